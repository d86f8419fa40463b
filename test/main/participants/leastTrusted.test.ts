// Ways by which a mail might reach the wrong person or a private word might leave, on real servers: each begins with what
// an honest person does, and goes on with what somebody makes of it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setTimeout as delay } from 'node:timers/promises'
import PostalMime from 'postal-mime'
import { queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import type { Policy } from '#shared/model/policy'
import { aMail, detailOf, rows } from '#support/feedMails'
import { nextSecond } from '#support/nextSecond'
import { DEFAULT_USERS, type MailServer, type SimpleMail } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let desk: Desk
let run = 0

const people = DEFAULT_USERS.filter((user) => user !== 'support@desk.test')
const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const vera = 'vera@vendor.test'
const pat = 'pat@partner.test'
const ben = 'ben@desk.test'
const unknown = { 'Authentication-Results': 'other.test; none' }

beforeAll(async () => {
  server = await startDeskServer()
}, 120_000)
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  await desk.stop()
})

/** How many mails each mailbox holds, so that a test sees its own only. */
const seen = new Map<string, number>()
async function mark(): Promise<void> {
  for (const user of people) seen.set(user, (await server.mailbox(user)).length)
}

/** Who has received something since `mark`. */
async function receivers(): Promise<string[]> {
  await desk.engine.syncOnce()
  await desk.engine.syncOnce()
  // A receipt and its siblings are delivered side by side.
  await delay(500)
  const found: string[] = []
  for (const user of people) {
    if ((await server.mailbox(user)).length > (seen.get(user) ?? 0)) found.push(user)
  }
  return found
}

async function newest(user: string) {
  const raw = (await server.mailbox(user)).at(-1) ?? ''
  return PostalMime.parse(Buffer.from(raw, 'latin1'))
}

async function replyToOf(user: string): Promise<string> {
  return (await newest(user)).replyTo?.[0]?.address ?? ''
}

/** Delivers to the desk alone; the other mailboxes shall hold what the desk sends. */
async function deliver(mail: Partial<SimpleMail> & { from: string }): Promise<string> {
  run += 1
  const messageId = `<least${String(run)}@elsewhere.test>`
  const to = mail.to ?? desk.account.address
  const text = `Words ${String(run)}.`
  const raw = aMail({ subject: 'Printer', messageId, to, text, ...mail })
  const from = /<([^>]*)>/.exec(mail.from)?.[1] ?? mail.from
  await server.deliver(raw, { from, to: [desk.account.address] })
  await server.waitForMail(desk.account.address, (found) => found.includes(messageId))
  await desk.engine.syncOnce()
  return messageId
}

const answer = (first: string) => ({ 'In-Reply-To': first, References: first })
const ticketOf = async (subject: string) => {
  const found = (await rows(desk)).find((row) => row.subject === subject)
  return found?.id ?? ''
}
const lastOf = async (id: string) => {
  const last = (await detailOf(desk, id)).comments.at(-1)
  return [last?.author.address, last?.visibility, last?.because]
}

async function open(policy: Partial<Policy> = {}): Promise<{ id: string; first: string }> {
  desk = await startDesk({ server, policy })
  const first = await deliver({ from: carol, cc: [dave] })
  return { id: await ticketOf('Printer'), first }
}

const reply = (ticketId: string, audience: string[] = []) =>
  queueReply(desk.core, {
    id: `least-reply-${String((run += 1))}`,
    ticketId,
    visibility: audience.length > 0 ? 'private' : 'public',
    text: 'Use water.',
    audience,
    seenRevision: null,
    status: null,
  })

describe('the token that proves who answers a notification', () => {
  let id: string
  let first: string
  let token: string

  beforeEach(async () => {
    ;({ id, first } = await open())
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    await nextSecond()
    await deliver({ from: carol, cc: [dave], headers: answer(first) })
    await receivers()
    token = await replyToOf(ben)
    expect(token).toMatch(/\+f/)
    await mark()
  })

  it('proves nothing once a mail has shown it to others', async () => {
    await deliver({ from: ben, to: token, cc: [vera], headers: { ...answer(first), ...unknown } })
    expect(await lastOf(id)).toEqual([ben, 'public', 'answers-public'])
    await receivers()
    await mark()
    await nextSecond()
    // Vera has read the token in To.
    await deliver({ from: ben, to: token, headers: { ...answer(first), ...unknown } })
    expect(await lastOf(id)).toEqual([ben, 'held', 'not-authenticated'])
    expect(await receivers()).toEqual([])
  })

  it('still proves while only its owner and the desk have seen it', async () => {
    for (const to of [token, token]) {
      await deliver({ from: ben, to, headers: { ...answer(first), ...unknown } })
      expect(await lastOf(id)).toEqual([ben, 'public', 'answers-public'])
    }
  })

  it('proves nothing on another ticket', async () => {
    const other = await deliver({ from: pat, subject: 'Invoice' })
    await nextSecond()
    await deliver({ from: ben, to: token, headers: { ...answer(other), ...unknown } })
    expect(await lastOf(await ticketOf('Invoice'))).toEqual([ben, 'held', 'not-authenticated'])
    expect(await receivers()).toEqual([])
  })
})

describe('somebody outside who was chosen for a private reply', () => {
  it('stays private with an answer that says of nothing what it answers, once it is let in', async () => {
    const { id } = await open({ relayToCcs: true })
    await reply(id, [vera])
    await receivers()
    const to = await replyToOf(vera)
    await mark()
    const messageId = await deliver({ from: vera, to, subject: 'Your question' })
    expect(await lastOf(id)).toEqual([vera, 'held', 'not-a-participant'])
    await changeTicket(desk.core, id, {
      do: 'acceptComment',
      messageId: messageId.slice(1, -1),
      mode: 'accept',
      aliasOf: null,
    })
    expect((await lastOf(id)).slice(0, 2)).toEqual([vera, 'private'])
    // Ada, who wrote to her, follows.
    expect(await receivers()).toEqual(['ada@desk.test'])
  })
})

describe('a mail whose header is written to be misread', () => {
  it('puts on the list whom its addresses name, and the answer goes to them and to nobody else', async () => {
    desk = await startDesk({ server })
    const likePat = '\u0440\u0430t@partner.test'
    const cc = [
      'Team: =?utf-8?Q?pat=40partner=2Etest=2C_erin=40customer=2Etest?= <dave@customer.test>;',
      '"vera@vendor.test, Pat" <erin@customer.test>',
      '"=?utf-8?B?PHZlcmFAdmVuZG9yLnRlc3Q+?=" <DAVE@customer.test>',
      'undisclosed-recipients:;',
      // Cyrillic er and a: somebody else. A wide letter in the domain: the plain one. A soft hyphen: nobody, and no end.
      `${likePat}, ve\u00adra@vendor.test, frank@\uff50artner.test`,
    ].join(',\r\n ')
    await deliver({ from: `"pat@partner.test" <${carol}>`, headers: { Cc: cc } })
    const id = await ticketOf('Printer')
    const { participants, notAdded } = await detailOf(desk, id)
    expect(participants.map(({ role, address }) => `${role} ${address}`)).toEqual([
      `requester ${carol}`,
      `cc ${dave}`,
      'cc erin@customer.test',
      `cc ${likePat}`,
      'cc frank@partner.test',
    ])
    expect(notAdded.map(({ address, because }) => `${address} ${because}`)).toEqual([
      've\ufffdra@vendor.test invalid-address',
    ])
    await changeTicket(desk.core, id, { do: 'removeCc', address: likePat })
    await changeTicket(desk.core, id, { do: 'removeCc', address: 'frank@partner.test' })
    await mark()
    await reply(id)
    expect(await receivers()).toEqual([carol, dave, 'erin@customer.test'])
    for (const user of [carol, dave, 'erin@customer.test']) {
      const { to, cc: copied } = await newest(user)
      const both = [...(to ?? []), ...(copied ?? [])].map(({ address }) => address)
      expect(both).toEqual([carol, dave, 'erin@customer.test'])
    }
  })
})
