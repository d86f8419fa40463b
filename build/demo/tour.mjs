// The desk's main job, played in the real window and read back from the mail servers.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from '../cache.mjs'
import { startCustomers } from './customers.mjs'
import { writeMail } from './mail.mjs'
import { colleagues, mailServer, support } from './people.mjs'
import { headersOf, isColleague, keepReceived, tableOf } from './received.mjs'
import { driveWindow } from './window.mjs'

const pictures = join(root, 'screenshots', 'demo')
const subject = 'Twelve pendants flicker in the breakfast room'
const sofia = { name: 'Sofia Marin', address: 'sofia.marin@hotelmarin.example' }
const paulo = { name: 'Paulo Brandt', address: 'paulo.brandt@hotelmarin.example' }
const ilse = { name: 'Ilse Vogt', address: 'ilse@vogt-elektro.example' }
const ben = colleagues[0]
const outsiders = [sofia, paulo, ilse]

const question = `Good morning,

Since the new coffee machine was connected, all twelve pendants in the breakfast room flicker when it heats up. It shares a circuit with the lights.

Paulo, our manager, is in copy. Guests arrive on Friday: is this dangerous, and what can we do until then?

Sofia Marin
Hotel Marin`

const reply = `Good morning Sofia,

It is not dangerous, but it tells us that the circuit is loaded to its limit. Please keep the machine on another circuit until Friday.

Ilse from Vogt Elektro (now in copy) can look at it on Thursday; she knows the building.

Ana`

const note =
  'Third case with this coffee machine. Ben, could you ask the laboratory for the inrush current?'

function must(isTrue, sentence) {
  if (!isTrue) throw new Error(sentence)
}

/** Asks again until the answer is there. */
async function until(look, sentence, limitMs = 20_000) {
  const end = Date.now() + limitMs
  for (;;) {
    const found = await look()
    if (found) return found
    must(Date.now() < end, `${sentence} within ${limitMs / 1000} s`)
    await wait(50)
  }
}

function createCamera(window) {
  fs.rmSync(pictures, { recursive: true, force: true })
  fs.mkdirSync(pictures, { recursive: true })
  let count = 0
  /** One picture by day and, where it is worth it, one by night. */
  return async (name, schemes = ['light', 'dark']) => {
    count += 1
    for (const colorScheme of schemes) {
      await window.emulateMedia({ colorScheme })
      await wait(400)
      const file = `${String(count).padStart(2, '0')}-${name}-${colorScheme}.png`
      await window.screenshot({ path: join(pictures, file) })
    }
    await window.emulateMedia({ colorScheme: 'light' })
  }
}

const row = (window, words) => window.getByRole('option').filter({ hasText: words })
const comment = (window, words) => window.getByTestId('comment').filter({ hasText: words })
const sidebar = (window) => window.getByRole('complementary', { name: 'People and properties' })
const view = (window, name) => window.getByRole('navigation').getByRole('link', { name })

async function showList({ window, photograph }) {
  await window.getByText('Up to date').waitFor()
  await row(window, 'Cracked glass').waitFor()
  await photograph('list')
}

/** The sandboxed frame of the first HTML mail, as high as what is in it. */
async function showHtml({ window, photograph }) {
  await row(window, 'Re-lamping programme').click()
  const frame = window.locator('iframe').first()
  await frame.scrollIntoViewIfNeeded()
  const height = async () => (await frame.boundingBox())?.height ?? 0
  await until(async () => (await height()) > 150, 'The HTML mail is measured')
  await comment(window, 'Show as plain text').first().scrollIntoViewIfNeeded()
  await window.getByText('Remote content blocked').first().waitFor()
  await photograph('html')
  return `a formatted mail of ${Math.round(await height())} px without scripts, remote content blocked`
}

async function showTickets({ window, photograph }) {
  for (const [name, words] of [
    ['held', 'Lamp fell from the ceiling'],
    ['japanese', '照明器具'],
  ]) {
    await row(window, words).click()
    await window.getByTestId('comment').first().waitFor()
    await wait(800)
    await photograph(name, ['light'])
  }
}

async function receiveMail({ window, servers, state, photograph }) {
  const asked = {
    id: `${Date.now().toString(36)}.breakfast@hotelmarin.example`,
    at: Date.now(),
    from: sofia,
    to: [{ name: 'Lumenhaus', address: support }],
    cc: [paulo],
    subject,
    text: question,
    references: [],
  }
  state.asked = asked
  const began = Date.now()
  servers.deliver({ from: sofia.address, raw: await writeMail(asked) })
  await row(window, subject).waitFor()
  const seconds = ((Date.now() - began) / 1000).toFixed(1)
  await photograph('arrived', ['light'])
  return `on screen ${seconds} s after the server had it, without a click`
}

async function openTicket({ window }) {
  await row(window, subject).click()
  await comment(window, 'not dangerous').or(comment(window, 'coffee machine')).first().waitFor()
  const ccs = sidebar(window).getByRole('region', { name: 'CCs' })
  await ccs.getByText(paulo.name).waitFor()
  return `${sofia.name} is the requester, ${paulo.name} a CC because of the mail's Cc line`
}

async function addPeople({ window, photograph }) {
  const side = sidebar(window)
  await side.getByRole('button', { name: 'Add a colleague as follower' }).click()
  await window.getByRole('menuitemradio', { name: ben.name }).click()
  await side.getByRole('region', { name: 'Followers' }).getByText(ben.name).waitFor()
  const ccs = side.getByRole('region', { name: 'CCs' })
  await ccs.getByRole('combobox', { name: 'Add CCs' }).fill(`${ilse.name} <${ilse.address}>`)
  await window.keyboard.press('Enter')
  await ccs.getByText(ilse.name).waitFor()
  await photograph('people', ['light'])
  return `${ilse.name} is a CC, ${ben.name} follows; saved at once`
}

async function writeReply({ window, photograph }) {
  const composer = window.getByRole('region', { name: 'Public reply' })
  await composer.getByRole('textbox', { name: 'Text of the public reply' }).fill(reply)
  const send = composer.getByTestId('send')
  await until(async () => /2 CCs/.test(await send.innerText()), 'The send button names 2 CCs')
  const label = await send.innerText()
  await photograph('composer')
  await composer.locator('.summary').click()
  const preview = window.locator('.popover')
  await preview.getByText(ilse.name).waitFor()
  await photograph('audience', ['light'])
  const words = (await preview.innerText()).replace(/\s*\n\s*/g, ' · ')
  await window.keyboard.press('Escape')
  return `the button says “${label.trim()}”, the preview: ${words}`
}

/** Mails handed over since `from`, as soon as there are `count` and for a while no more. */
async function sentSince({ sent }, from, count) {
  await until(() => sent.length - from >= count, `The desk sends ${count} mails`)
  await wait(1500)
  return sent.slice(from)
}

const mailsOf = (mails, { address }) => mails.filter(({ to }) => to.includes(address))
const named = (text, person) => text.toLowerCase().includes(person.address)

function proveReply(mails, asked) {
  const [customerMail] = mailsOf(mails, sofia)
  const [followerMail] = mailsOf(mails, ben)
  must(customerMail, `${sofia.name} got a mail`)
  must(followerMail, `${ben.name} got a mail`)
  const head = headersOf(customerMail.raw)
  const reached = new Set(mails.flatMap(({ to }) => to).filter((address) => address !== support))
  const wanted = new Set([...outsiders, ben].map(({ address }) => address))
  const customerText = customerMail.raw.toString('latin1')
  const followerHead = [...headersOf(followerMail.raw).values()].join('\n')
  return [
    [
      'Requester and CCs got one and the same mail',
      outsiders.every((one) => mailsOf(mails, one)[0] === customerMail),
    ],
    ['To names the requester alone', named(head.get('to'), sofia) && !head.get('to').includes(',')],
    [
      'Cc names both CCs and nobody else',
      [paulo, ilse].every((one) => named(head.get('cc'), one)) &&
        head.get('cc').split('@').length === 3,
    ],
    ['In-Reply-To names the mail that is answered', head.get('in-reply-to') === `<${asked.id}>`],
    [
      'From is the support address, Reply-To carries the ticket',
      named(head.get('from'), { address: support }) && /\+t/.test(head.get('reply-to')),
    ],
    [
      `No byte of it names the follower ${ben.name}`,
      !named(customerText, ben) && !customerText.includes(ben.name),
    ],
    [
      `No header of ${ben.name}'s own mail names a customer`,
      outsiders.every((one) => !named(followerHead, one)),
    ],
    [
      'Everybody got exactly one mail',
      [...outsiders, ben].every((one) => mailsOf(mails, one).length === 1),
    ],
    [
      'Nobody else got anything',
      reached.size === wanted.size && [...reached].every((one) => wanted.has(one)),
    ],
  ]
}

function print(say, proofs) {
  for (const [sentence, holds] of proofs) say(`  ${holds ? '✓' : '✗ NOT TRUE:'} ${sentence}`)
  must(
    proofs.every(([, holds]) => holds),
    'not everything above holds',
  )
}

async function sendReply({ window, say, servers, state, photograph }) {
  const from = state.sent.length
  await window.getByTestId('send').click()
  // The CC's domain is new on this ticket: one more key.
  await window.getByTestId('confirm-domain').press('Enter')
  const mails = await sentSince(state, from, 2)
  await comment(window, 'not dangerous').getByText('Sent to').waitFor()
  await photograph('sent')
  say('')
  const roles = [
    [sofia, 'requester'],
    [paulo, 'CC by mail'],
    [ilse, 'CC by the agent'],
    [ben, 'follower'],
  ]
  for (const [person, role] of roles) {
    for (const line of tableOf(person, role, mailsOf(mails, person))) say(`  ${line}`)
  }
  const id = headersOf(mailsOf(mails, sofia)[0].raw).get('message-id')
  await until(() => servers.sentFolder().some((raw) => raw.includes(id)), 'A copy is in Sent')
  print(say, [
    ...proveReply(mails, state.asked),
    ['A copy is in the Sent folder of the mailbox', true],
  ])
}

async function awaitAnswer({ window, photograph }) {
  await comment(window, 'I will try it today').waitFor({ timeout: 30_000 })
  await photograph('answer', ['light'])
  return `${sofia.name}'s answer to all is in the conversation, without a click`
}

async function addNote({ window, say, state, photograph }) {
  const from = state.sent.length
  await window.getByText('Internal note', { exact: true }).last().click()
  const composer = window.getByRole('region', { name: 'Internal note' })
  await composer.getByRole('textbox', { name: 'Text of the internal note' }).fill(note)
  await photograph('note', ['light'])
  await composer.getByTestId('send').click()
  const mails = await sentSince(state, from, 1)
  await comment(window, 'inrush current').waitFor()
  await photograph('noted')
  say('')
  for (const line of tableOf(ben, 'follower', mailsOf(mails, ben))) say(`  ${line}`)
  const reached = mails.flatMap(({ to }) => to).filter((address) => address !== support)
  print(say, [
    [
      `${ben.name} has the note by mail`,
      mailsOf(mails, ben).some(({ raw }) => raw.includes('Third case')),
    ],
    ['It reached nobody outside', reached.every(isColleague)],
    [
      'No mail outside contains it',
      state.sent.every(
        // The desk's own mailbox gets each mail as its receipt.
        ({ raw, to }) =>
          to.every((address) => address === support || isColleague(address)) ||
          !raw.includes('Third case'),
      ),
    ],
  ])
}

async function showOutbox({ window, photograph }) {
  await view(window, /Outbox/).click()
  await window.getByRole('heading', { name: 'Outbox' }).waitFor()
  await photograph('outbox')
}

const steps = [
  ['The desk is up to date', showList],
  ['An HTML mail', showHtml],
  ['A held mail, a ticket in Japanese', showTickets],
  ['A mail with a CC comes in', receiveMail],
  ['The agent opens it', openTicket],
  ['The agent adds a CC and a follower', addPeople],
  ['The agent writes a public reply', writeReply],
  ['The agent sends it: what each person received', sendReply],
  ['A customer answers', awaitAnswer],
  ['An internal note', addNote],
  ['The outbox', showOutbox],
]

async function playSteps(context) {
  for (const [index, [name, play]] of steps.entries()) {
    try {
      context.say(`\n${index + 1}. ${name}`)
      const result = await play(context)
      if (result) context.say(`  ✓ ${result}`)
    } catch (error) {
      const file = join(pictures, 'failed.png')
      await context.window.screenshot({ path: file }).catch(() => undefined)
      throw new Error(`step ${index + 1} (${name}): ${error.message}\nThe window then: ${file}`, {
        cause: error,
      })
    }
  }
}

/** @returns {Promise<number>} the exit code */
export async function playTour(context) {
  const { servers, folder, say } = context
  const state = { sent: [], asked: undefined }
  servers.onSent((mail) => state.sent.push(mail))
  keepReceived(servers, join(folder, 'received'), () => undefined)
  const { window, quit } = await driveWindow(context)
  say(`The window is open; ${mailServer} speaks for all mail servers`)
  startCustomers({ servers, delays: [3000, 5000], say: () => undefined })
  await playSteps({ ...context, window, state, photograph: createCamera(window) })
  await quit()
  say(`\nThe tour is done. Screenshots: ${pictures}`)
  return 0
}
