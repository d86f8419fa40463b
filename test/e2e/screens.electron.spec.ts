// What a person sees and does in the real window: HTML mail in its frame, held mail, CCs, drafts,
// search and keys. With COPYDESK_SHOTS=<folder> it also takes a picture of each screen.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import type { Bridge } from '#shared/ipc/procedure'
import { onePixel } from '#support/electron/hostileMails'
import { launchApp, repository, type Launched } from '#support/electron/launchApp'
import { nextSecond } from '#support/nextSecond'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
  var openedLinks: string[]
}

test.describe.configure({ mode: 'serial' })

const support = 'support@desk.test'
const shots = process.env['COPYDESK_SHOTS']
const lamp = 'Lamp in room 12 flickers'
const invoice = 'Invoice 4711 is wrong'
const passed = { ehlo: 'dmarc-pass.test' }
const fileSize = 24_000

let server: MailServer
let folder: string
let launched: Launched | undefined

const env = () => ({
  COPYDESK_PASSWORD: server.imapSettings(support).password,
  XDG_CONFIG_HOME: join(folder, 'config'),
})
const profile = (): string => join(folder, 'profile')

/** The command line on the profile of the window, which is closed meanwhile. */
async function copydesk(args: readonly string[], input = ''): Promise<unknown> {
  const cli = join(repository, 'out', 'main', 'cli.cjs')
  const child = spawn(process.execPath, [cli, ...args, '--profile', profile()], {
    env: { ...process.env, ...env() },
    stdio: 'pipe',
  })
  child.stdin.end(input)
  let printed = ''
  let logged = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (logged += chunk.toString()))
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`copydesk ${args.join(' ')}: ${printed}${logged}`)
  return JSON.parse(printed)
}

const paragraph =
  '<p style="margin:0 0 14px">Since Monday it goes dark for a second about every ten minutes, ' +
  'and the guests complain. We have changed the bulb and the switch, without success.</p>'

/** Styles, an inline picture, a picture elsewhere, a link on the first line, and a file. */
function lampMail(): Buffer {
  const html =
    '<html><head><style>p{color:#333}</style></head>' +
    '<body style="font-family:Georgia,serif;color:#222">' +
    '<a href="https://customer.test/room/12" style="display:block;height:32px;color:#7a1f5c">' +
    'Report 12 of the Hotel Seeblick</a>' +
    '<img src="cid:logo@customer.test" width="220" height="44" alt="Hotel Seeblick">' +
    '<h2 style="border-bottom:3px solid #7a1f5c;padding-bottom:6px">The lamp flickers</h2>' +
    paragraph.repeat(3) +
    '<table width="100%" cellpadding="6" style="border-collapse:collapse">' +
    '<tr><th align="left" style="border-bottom:1px solid #999">Room</th>' +
    '<th align="left" style="border-bottom:1px solid #999">Lamps</th></tr>' +
    '<tr><td>12</td><td>3</td></tr><tr><td>14</td><td>2</td></tr></table>' +
    '<p>Kind regards,<br>Carol Jones</p>' +
    '<img src="https://tracker.test/open.gif" width="1" height="1"></body></html>'
  const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/.{76}/g, '$&\r\n')
  const lines = [
    'From: Carol Jones <carol@customer.test>',
    `To: ${support}`,
    'Cc: Dave Brown <dave@customer.test>, Pat Lee <pat@partner.test>',
    `Subject: ${lamp}`,
    'Message-ID: <lamp@customer.test>',
    `Date: ${new Date(Date.now() - 7_200_000).toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    '--outer',
    'Content-Type: multipart/related; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    html.replace(/></g, '>\r\n<'),
    '--inner',
    'Content-Type: image/png; name=logo.png',
    'Content-ID: <logo@customer.test>',
    'Content-Disposition: inline; filename=logo.png',
    'Content-Transfer-Encoding: base64',
    '',
    base64(onePixel),
    '--inner--',
    '--outer',
    'Content-Type: application/pdf; name="floor plan.pdf"',
    'Content-Disposition: attachment; filename="floor plan.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    base64(Buffer.alloc(fileSize, '%PDF-1.4 ')),
    '--outer--',
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}

async function deliverAll(): Promise<void> {
  const carol = 'Carol Jones <carol@customer.test>'
  const onLamp = { 'In-Reply-To': '<lamp@customer.test>', References: '<lamp@customer.test>' }
  const people = ['dave@customer.test', 'pat@partner.test']
  await server.deliver(lampMail(), { from: 'carol@customer.test', to: [support], ...passed })
  await nextSecond()
  await server.deliver(
    {
      from: 'Dave Brown <dave@customer.test>',
      to: support,
      subject: invoice,
      text:
        'Good morning,\n\nthe zeppelin is listed twice, see https://customer.test/invoice.\n\n' +
        'On Friday Desk wrote:\n> Please find your invoice attached.\n> It is due in a week.\n',
    },
    {},
  )
  await server.deliver(
    {
      from: carol,
      to: support,
      cc: [...people, 'Erin Gray <erin@customer.test>'],
      subject: `Re: ${lamp}`,
      text: 'Erin from our technicians is in copy now.',
      headers: onLamp,
    },
    passed,
  )
  await nextSecond()
  await server.deliver({
    from: 'Vera Voss <vera@vendor.test>',
    to: [support, 'carol@customer.test'],
    subject: `Re: ${lamp}`,
    text: 'Carol forwarded this to me. We built the lamp and can send a new driver.',
    headers: onLamp,
  })
  for (const [n, subject] of ['Opening hours', 'A spare key', 'Thank you'].entries()) {
    const from = `Guest ${String(n + 1)} <guest${String(n + 1)}@customer.test>`
    await server.deliver({ from, to: support, subject, text: `About: ${subject.toLowerCase()}.` })
  }
}

async function makeProfile(): Promise<void> {
  const config = {
    account: {
      address: support,
      name: 'Lumenhaus',
      imap: server.imapSettings(support),
      smtp: server.smtpSettings(support),
    },
    agent: { name: 'Ada Lovelace', address: 'ada@desk.test', role: 'admin' },
    directory: [{ name: 'Ben Bright', address: 'ben@desk.test', role: 'agent' }],
    trustedAuthservIds: ['mx.desk.test'],
    undoSeconds: 0,
  }
  await copydesk(['setup', '--config', '-'], JSON.stringify(config))
  await expect(async () => {
    await copydesk(['sync'])
    const rows = (await copydesk(['tickets'])) as { subject: string; key: string }[]
    expect(rows).toHaveLength(5)
    const key = rows.find((row) => row.subject === lamp)?.key ?? ''
    await copydesk(['follow', key, 'ben@desk.test'])
  }).toPass({ timeout: 60_000 })
}

async function start(at = profile()): Promise<Launched> {
  const app = await launchApp({ profile: at, env: env() })
  await app.app.evaluate(({ shell, nativeTheme }) => {
    nativeTheme.themeSource = 'light'
    globalThis.openedLinks = []
    shell.openExternal = (url) => {
      globalThis.openedLinks.push(url)
      return Promise.resolve()
    }
  })
  launched = app
  return app
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  folder = mkdtempSync(join(tmpdir(), 'cd-screens-'))
  if (shots !== undefined) mkdirSync(shots, { recursive: true })
  server = await startMailServer()
  await deliverAll()
  await makeProfile()
  await start()
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function current(): Launched {
  if (launched === undefined) throw new Error('the app is not running')
  return launched
}

const page = (): Page => current().window
const comment = (text: string): Locator => page().getByTestId('comment').filter({ hasText: text })
const row = (subject: string): Locator =>
  page().getByRole('listbox', { name: 'Tickets' }).getByRole('option').filter({ hasText: subject })
const conversation = (): Locator => page().getByRole('log', { name: 'Conversation' })
const frame = (): Locator => page().locator('iframe[title^="Mail:"]').first()
const publicText = (): Locator => page().getByLabel('Text of the public reply')
const noteText = (): Locator => page().getByLabel('Text of the internal note')

async function open(subject: string): Promise<void> {
  await row(subject).click()
  await expect(page().getByRole('heading', { name: subject, level: 1 })).toBeVisible()
}

async function shot(name: string): Promise<void> {
  if (shots === undefined) return
  // What fades in is there by then.
  await page().waitForTimeout(300)
  await page().screenshot({ path: join(shots, `${name}.png`) })
}

async function theme(source: 'light' | 'dark'): Promise<void> {
  await current().app.evaluate(({ nativeTheme }, wanted) => {
    nativeTheme.themeSource = wanted
  }, source)
}

async function resize(width: number, height: number): Promise<void> {
  await current().app.evaluate(
    ({ BrowserWindow }, [w, h]) => {
      const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
      shown?.setMinimumSize(320, 320)
      shown?.setContentSize(w, h)
    },
    [width, height] as const,
  )
}

const heightOf = async (): Promise<number> => (await frame().boundingBox())?.height ?? 0
const scrolled = (): Promise<number> => conversation().evaluate((log) => log.scrollTop)

test('shows an HTML mail whole, without a scrollbar of its own', async () => {
  await resize(1440, 900)
  await open(lamp)
  await expect(frame()).toBeAttached()
  await frame().scrollIntoViewIfNeeded()
  await expect.poll(heightOf).toBeGreaterThan(400)
  const mailId = new URL((await frame().getAttribute('src')) ?? '').pathname.slice(1, -1)
  const asked = await page().evaluate(
    (id) => window.copydesk.call('mail.frameHeight', { mailId: decodeURIComponent(id) }),
    mailId,
  )
  const height = await heightOf()
  expect(asked).toMatchObject({ ok: true, value: { height, hasRemote: true } })
  await expect(page().getByText('Remote content blocked.')).toBeVisible()

  // A wheel over the mail moves the conversation: there is nothing to scroll inside.
  await conversation().evaluate((log) => {
    log.scrollTop = 0
  })
  await frame().hover()
  await page().mouse.wheel(0, 60)
  await expect.poll(scrolled).toBeGreaterThan(40)
  await conversation().evaluate((log) => {
    log.scrollTop = 0
  })
  await shot('html-light')
  await theme('dark')
  await shot('html-dark')
  await theme('light')

  await resize(820, 900)
  await expect.poll(heightOf).not.toBe(height)
  await resize(1440, 900)
  await expect.poll(heightOf).toBe(height)
})

test('sends a link of a mail to the browser and stays where it is', async () => {
  const before = page().url()
  await conversation().evaluate((log) => {
    log.scrollTop = 0
  })
  const box = await frame().boundingBox()
  await page().mouse.click((box?.x ?? 0) + 60, (box?.y ?? 0) + 22)
  const links = (): Promise<string[]> => current().app.evaluate(() => globalThis.openedLinks)
  await expect.poll(links).toEqual(['https://customer.test/room/12'])
  expect(page().url()).toBe(before)
  expect(await heightOf()).toBeGreaterThan(400)
})

test('names an attachment and its size', async () => {
  const chip = page().getByRole('button', { name: /^floor plan\.pdf/ })
  await expect(chip).toBeVisible()
  await expect(chip).toContainText('24 kB')
  await expect(page().getByRole('button', { name: /logo\.png/ })).toHaveCount(0)
})

test('makes a held mail public when an agent accepts it', async () => {
  const held = comment('can send a new driver')
  await expect(held.getByTestId('visibility')).toHaveText('Held')
  await held.scrollIntoViewIfNeeded()
  await shot('held-light')
  await theme('dark')
  await shot('held-dark')
  await theme('light')
  await expect(held.getByRole('button', { name: /link as/i })).toBeVisible()
  await expect(held.getByRole('button', { name: 'Block sender', exact: true })).toBeVisible()
  await held.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(held).toHaveCount(0)
  const notices = page().getByRole('region', { name: /^Notifications/ })
  await notices.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(held.getByTestId('visibility')).toHaveText('Held')
  await held.getByRole('button', { name: 'Accept', exact: true }).click()
  await expect(held.getByTestId('visibility')).toHaveText('Public')
  await expect(held.getByRole('button', { name: 'Accept', exact: true })).toHaveCount(0)
})

test('takes back what a mail did to the CCs', async () => {
  const ccs = page().getByRole('region', { name: 'CCs' }).last()
  const mail = comment('Erin from our technicians')
  await expect(mail).toContainText('Added as CC: Erin Gray')
  await expect(ccs.getByText('3/20')).toBeVisible()
  await mail.getByRole('button', { name: 'Undo' }).click()
  await expect(ccs.getByText('2/20')).toBeVisible()
  await expect(mail.getByRole('button', { name: 'Undo' })).toHaveCount(0)
})

test('removes a CC with × and brings it back with Undo', async () => {
  const ccs = page().getByRole('region', { name: 'CCs' }).last()
  const chip = ccs.getByRole('button', { name: 'Pat Lee, CC' })
  await ccs.getByRole('button', { name: 'Remove Pat Lee from the CCs' }).click()
  await expect(chip).toHaveCount(0)
  const notice = page().locator('.toasts').getByRole('listitem').filter({ hasText: 'Pat Lee' })
  await notice.getByRole('button', { name: 'Undo' }).click()
  await expect(chip).toBeVisible()
  await expect(ccs.getByText('2/20')).toBeVisible()
})

test('shows a colleague’s answer to a note as a note, and the own one at once', async () => {
  await page().keyboard.press('Escape')
  await open(lamp)
  await page().keyboard.press('n')
  await expect(noteText()).toBeFocused()
  await noteText().fill('Ben, do we have a spare driver?')
  await shot('composer-note')
  await noteText().press('Control+Enter')
  const own = comment('do we have a spare driver')
  await expect(own).toBeInViewport({ ratio: 0.9 })
  await expect(own).toContainText('Agent')
  const raw = await server.waitForMail('ben@desk.test', (mail) => mail.includes('spare driver'))
  await nextSecond()
  const token = /^reply-to:[\s\S]*?([^\s<]+\+[^\s>]+)/im.exec(raw)?.[1] ?? ''
  const id = /^message-id:\s*(\S+)/im.exec(raw)?.[1] ?? ''
  await server.deliver(
    {
      from: 'Ben Bright <ben@desk.test>',
      to: token,
      subject: `Re: ${lamp}`,
      text: 'Two, on the upper shelf.',
      headers: { 'In-Reply-To': id, References: id },
    },
    passed,
  )
  const answer = comment('on the upper shelf')
  await expect(answer.getByTestId('visibility')).toHaveText('Internal note', { timeout: 30_000 })
  await expect(answer).toBeInViewport()
  // It came in before our eyes: nothing is unread.
  await expect(row(lamp).getByText('Unread.')).toHaveCount(0)
  await shot('note-answered')
})

test('folds quotes and keeps a draft under its own ticket', async () => {
  await noteText().press('Escape')
  await page().keyboard.press('r')
  await publicText().fill('Dear Carol, a new driver is on its way.')
  await shot('composer-public')
  await publicText().press('Escape')
  await open(invoice)
  const mail = comment('zeppelin')
  await expect(mail).not.toContainText('due in a week')
  await mail.getByRole('button', { name: 'Show the quoted text' }).click()
  await expect(mail).toContainText('due in a week')
  await expect(publicText()).toHaveText('')
  await shot('plain-quotes')
})

test('finds a word of a mail’s body', async () => {
  const search = page().getByLabel('Search tickets')
  await page().keyboard.press('/')
  await expect(search).toBeFocused()
  await search.fill('zeppelin')
  await expect(page().getByRole('listbox', { name: 'Tickets' }).getByRole('option')).toHaveCount(1)
  await expect(row(invoice)).toBeVisible()
  await search.press('Escape')
  await expect(page().getByRole('listbox', { name: 'Tickets' }).getByRole('option')).toHaveCount(5)
})

test('works without the mouse', async () => {
  const list = page().getByRole('listbox', { name: 'Tickets' })
  const at = (): Promise<string | null> => list.getAttribute('aria-activedescendant')
  await page().keyboard.press('Escape')
  await page().keyboard.press('Escape')
  const first = await at()
  await page().keyboard.press('j')
  const second = await at()
  expect(second).not.toBe(first)
  await page().keyboard.press('j')
  await page().keyboard.press('k')
  expect(await at()).toBe(second)
  await page().keyboard.press('Enter')
  await expect(page()).toHaveURL(new RegExp(`${second?.replace('ticket-', '') ?? '?'}$`))
  await expect(publicText()).toBeVisible()
  await page().keyboard.press('n')
  await expect(noteText()).toBeFocused()
  await page().keyboard.press('Escape')
  await page().keyboard.press('r')
  await expect(publicText()).toBeFocused()
  await page().keyboard.press('Escape')
  await page().keyboard.press('?')
  await expect(page().getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await shot('help')
  await page().keyboard.press('Escape')
  // Enter on a button presses that button and opens no ticket.
  await page().getByRole('link', { name: 'Mine' }).focus()
  await page().keyboard.press('Enter')
  await expect(page().getByText('Nothing is yours')).toBeVisible()
  await shot('empty')
})

test('brings a draft back after a restart', async () => {
  await page().getByRole('link', { name: 'Outbox' }).click()
  await expect(page().getByRole('heading', { name: 'Outbox' })).toBeVisible()
  await shot('outbox')
  await current().close()
  launched = undefined
  await start()
  await resize(1440, 900)
  await open(lamp)
  await expect(publicText()).toHaveText('Dear Carol, a new driver is on its way.')
  await open(invoice)
  await expect(publicText()).toHaveText('')
  expect(
    current().problems.consoleErrors.filter((text) => !text.includes('TrustedScript')),
  ).toEqual([])
})

test('fits a narrow window', async () => {
  await resize(700, 860)
  await expect(page().getByRole('button', { name: 'Back to the list' })).toBeVisible()
  await shot('narrow-ticket')
  await page().getByRole('button', { name: 'Back to the list' }).click()
  await expect(row(lamp)).toBeVisible()
  await shot('narrow-list')
  const isWider = await page().evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(isWider).toBe(false)
})

test('welcomes a new desk', async () => {
  await current().close()
  launched = undefined
  await start(join(folder, 'fresh'))
  await resize(1440, 900)
  await expect(page().getByLabel('Support address')).toBeVisible()
  await shot('setup')
})
