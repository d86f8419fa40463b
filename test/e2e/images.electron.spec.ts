// Pictures from the internet in the real window: not shown until somebody asks, per mail or per sender, never the
// ones that only count readers; a newsletter looks as it was made; what is encrypted or packed says so.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Frame, type Locator, type Page } from '@playwright/test'
import { setUpDesk, support } from '#support/electron/deskWindow'
import { clickRow } from '#support/electron/clickRow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import type { Bridge } from '#shared/ipc/procedure'
import { plainPng, startPictureHost, type PictureHost } from '#support/electron/outside'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

test.describe.configure({ mode: 'serial' })

const shots = process.env['COPYDESK_SHOTS']
let server: MailServer
let folder: string
let launched: Launched | undefined
let host: PictureHost

const page = (): Page => {
  if (launched === undefined) throw new Error('the app is not running')
  return launched.window
}

const news = (n: number): string =>
  [
    'From: Nora News <nora@customer.test>',
    `To: ${support}`,
    `Subject: Spring news ${String(n)}`,
    `Message-ID: <news${String(n)}@customer.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><head><style>',
    '@import url("https://evil.test/sheet.css");',
    'body { background-color: #eef1f4 } .card { max-width: 520px; margin: 0 auto; background: #ffffff; padding: 24px }',
    '.button { display: inline-block; background: #0b57d0; color: #ffffff !important; padding: 10px 18px; border-radius: 6px; text-decoration: none }',
    'h1 { color: #7a1f5c; font-size: 24px } @media (max-width: 500px) { .card { padding: 8px } }',
    '</style></head><body><div class="card">',
    '<img src="https://127.0.0.1:9/banner.png" width="472" height="80" alt="Spring at Lumenhaus">',
    `<h1>Spring news ${String(n)}</h1><p>New lamps are here, and the old ones come home.</p>`,
    '<p><a class="button" href="https://customer.test/lamps">See the lamps</a></p>',
    '<img src="https://127.0.0.1:9/open.gif" width="1" height="1">',
    '<script>document.title = "ran"</script></div></body></html>',
    '',
  ].join('\r\n')

/** A mail whose pictures exist: one to see, one that counts readers, and ways to load without asking. */
const catalogue = (name: string, picture: string): string =>
  [
    'From: Pia Post <pia@partner.test>',
    `To: ${support}`,
    `Subject: ${name}`,
    `Message-ID: <${picture}@partner.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<html><head><link rel="stylesheet" href="https://${host.name}/sheet.css">`,
    `<style>p { background: url("https://${host.name}/back.png") }</style></head>`,
    `<body background="https://${host.name}/body.png"><p>Our catalogue.</p>`,
    `<img src="https://${host.name}/${picture}" alt="a lamp">`,
    `<img src="https://${host.insideName}:${String(host.port)}/router.png" alt="a router">`,
    `<img src="http://${host.name}:${String(host.port)}/plain.png" alt="not encrypted">`,
    `<img src="https://${host.name}/count.gif?reader=7" width="1" height="1">`,
    `<video poster="https://${host.name}/poster.png"></video>`,
    '</body></html>',
    '',
  ].join('\r\n')

/** A mail of one part with a type of its own. */
const typed = (subject: string, type: string, body: string): string =>
  [
    'From: Carol <carol@customer.test>',
    `To: ${support}`,
    `Subject: ${subject}`,
    `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
    'MIME-Version: 1.0',
    `Content-Type: ${type}`,
    '',
    body,
  ].join('\r\n')

/** Gmail's way, in Finnish: no word of it is known to us. */
const answer =
  '<div dir="ltr">The new driver works.</div><br><div class="gmail_quote"><div dir="ltr">' +
  'ma 3. kes\u00e4k. 2024 klo 10.12 Desk (&lt;desk@desk.test&gt;) kirjoitti:<br></div>' +
  '<blockquote><p>We sent the driver.</p><p style="height:400px">Ada</p></blockquote></div>'

/** 40,001 elements: four times what is shown of a mail at first. */
const report = `<table>\n${Array.from(
  { length: 20_000 },
  (_, n) => `<tr><td onclick="document.title = 'ran'">Row ${String(n + 1)}</td></tr>\n`,
).join('')}</table>`

const parts = (...all: readonly string[]): string =>
  [...all.flatMap((one) => ['--b', one]), '--b--', ''].join('\r\n')
const text = 'Content-Type: text/plain\r\n\r\nSee below.\r\n'
const sealed: readonly [string, string, RegExp][] = [
  [
    'Sealed with PGP',
    typed(
      'Sealed with PGP',
      'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
      parts(
        'Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n',
        'Content-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n',
      ),
    ),
    /Encrypted \(PGP\)/,
  ],
  [
    'Sealed with SMIME',
    typed(
      'Sealed with SMIME',
      'application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m',
      'MIIB\r\n',
    ),
    /Encrypted \(S\/MIME\)/,
  ],
  [
    'Packed by Outlook',
    typed(
      'Packed by Outlook',
      'multipart/mixed; boundary=b',
      parts(text, 'Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\neJ8+\r\n'),
    ),
    /winmail\.dat/,
  ],
]

/** Its formatted form cancels, its plain text orders. */
const twoForms = typed(
  'About order 4711',
  'multipart/alternative; boundary=b',
  parts(
    'Content-Type: text/plain\r\n\r\nPlease send order 4711 to my new address.\r\n',
    'Content-Type: text/html\r\n\r\n<p>Please <b>cancel</b> order 4711.</p>\r\n',
  ),
)

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-images-'))
  host = await startPictureHost('pictures.partner.test', plainPng(120, 60, [200, 60, 20]))
  const envelope = { from: 'nora@customer.test', to: [support] }
  await server.deliver(catalogue('Summer catalogue', 'lamp.png'), envelope)
  await server.deliver(catalogue('Autumn catalogue', 'chair.png'), envelope)
  for (const n of [1, 2]) await server.deliver(news(n), envelope)
  for (const [, raw] of sealed) await server.deliver(raw, envelope)
  await server.deliver(twoForms, envelope)
  const html = typed('Driver works', 'text/html; charset=utf-8', answer)
  await server.deliver(typed('Long report', 'text/html; charset=utf-8', report), envelope)
  await server.deliver(html.replace('MIME', 'In-Reply-To: <x@desk.test>\r\nMIME'), envelope)
  await server.waitForMail(support, (raw) => raw.includes('Subject: Driver'))
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  await host.reachFrom(launched.app)
  await launched.app.evaluate(({ session }) => {
    const made: string[] = []
    Object.assign(globalThis, { made })
    session.defaultSession.webRequest.onSendHeaders(({ url }) => made.push(url))
  })
  await expect(page().getByRole('option').first()).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched?.close()
  await host.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(subject: string): Promise<void> {
  await clickRow(page().getByRole('option').filter({ hasText: subject }))
  await expect(page().getByRole('heading', { name: subject, level: 1 })).toBeVisible()
}
const banner = (): Locator => page().getByTestId('remote')
const frame = (): Frame | undefined =>
  page()
    .frames()
    .find((one) => one.url().startsWith('mail:'))
/** `undefined` while one frame gives way to another. */
const pictures = async (): Promise<(string | null)[] | undefined> =>
  frame()
    ?.evaluate(() => [...document.images].map((image) => image.getAttribute('src')))
    .catch(() => undefined)

async function shot(name: string): Promise<void> {
  if (shots === undefined) return
  for (const colorScheme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme })
    await page().screenshot({ path: join(shots, `${name}-${colorScheme}.png`) })
  }
}

test('shows no picture, says so, names the tracker, and keeps the look of the mail', async () => {
  await open('Spring news 1')
  await expect(banner()).toContainText('Remote content blocked')
  await expect(banner()).toContainText('1 tracking pixel removed')
  await expect.poll(pictures).toEqual([])
  const look = await frame()?.evaluate(() => ({
    button: getComputedStyle(document.querySelector('.button') as Element).backgroundColor,
    title:
      document.querySelector('h1') &&
      getComputedStyle(document.querySelector('h1') as Element).color,
    ran: document.title,
  }))
  expect(look).toEqual({ button: 'rgb(11, 87, 208)', title: 'rgb(122, 31, 92)', ran: '' })
  await shot('newsletter')
})

test('shows the pictures of this mail when asked, without the tracker, and hides them again', async () => {
  await banner().getByRole('button', { name: 'Show images in this mail' }).click()
  await expect(banner()).toContainText('Images from the internet are shown')
  await expect.poll(() => frame()?.url()).toMatch(/-images\/$/)
  await expect.poll(pictures).toEqual(['remote/0'])
  await shot('newsletter-images')
  await open('Spring news 2')
  await expect.poll(pictures).toEqual([])
  await open('Spring news 1')
  await expect.poll(pictures).toEqual(['remote/0'])
  await banner().getByRole('button', { name: 'Hide them again' }).click()
  await expect.poll(pictures).toEqual([])
})

test('shows those of all mail of a sender once chosen', async () => {
  await banner().getByRole('button', { name: 'Always from nora@customer.test' }).click()
  await expect.poll(pictures).toEqual(['remote/0'])
  await open('Spring news 2')
  await expect.poll(pictures).toEqual(['remote/0'])
  await banner().getByRole('button', { name: 'Hide them again' }).click()
  await expect.poll(pictures).toEqual([])
})

const askedFor = (): string[] => host.asked.map(({ url }) => url)
/** Widths of the pictures that are really drawn. */
const drawn = async (): Promise<number[] | undefined> =>
  frame()
    ?.evaluate(() => [...document.images].flatMap((one) => one.naturalWidth || []))
    .catch(() => undefined)

test('a picture that exists is asked for once, when somebody wants to see it, and nothing else is', async () => {
  await open('Summer catalogue')
  await expect(banner()).toContainText('Remote content blocked')
  await page().waitForTimeout(1_500)
  expect(askedFor()).toEqual([])
  await banner().getByRole('button', { name: 'Show images in this mail' }).click()
  await expect.poll(drawn).toEqual([120])
  await shot('picture')
  await page().waitForTimeout(1_000)
  expect(askedFor()).toEqual(['/lamp.png'])
  const { headers } = host.asked[0] ?? { headers: {} }
  expect(Object.keys(headers).sort()).toEqual(['accept', 'connection', 'host', 'user-agent'])
})

test('what is kept is not asked for again, and another mail of the sender stays as it was', async () => {
  await open('Autumn catalogue')
  await expect(banner()).toContainText('Remote content blocked')
  await expect.poll(pictures).toEqual([])
  await open('Summer catalogue')
  await expect.poll(drawn).toEqual([120])
  await page().waitForTimeout(1_000)
  expect(askedFor()).toEqual(['/lamp.png'])
})

test('all mail of a sender is shown with its pictures once that was chosen, and no longer when it is taken back', async () => {
  await open('Autumn catalogue')
  await banner().getByRole('button', { name: 'Always from pia@partner.test' }).click()
  await expect.poll(drawn).toEqual([120])
  await banner().getByRole('button', { name: 'Hide them again' }).click()
  await expect.poll(pictures).toEqual([])
  await page().waitForTimeout(500)
  expect(askedFor()).toEqual(['/lamp.png', '/chair.png'])
})

test('folds the mail that an HTML mail answers, and unfolds it', async () => {
  await open('Driver works')
  const words = (): Promise<string> | undefined =>
    frame()
      ?.evaluate(() => document.body.innerText)
      .catch(() => '')
  const height = async (): Promise<number> =>
    (await page().locator('iframe[title^="Mail:"]').boundingBox())?.height ?? 0
  await expect.poll(words).toBe('The new driver works.')
  await expect.poll(height).toBeLessThan(60)
  await page().getByRole('button', { name: 'Show the quoted text' }).click()
  await expect.poll(words).toContain('We sent the driver.')
  await expect.poll(height).toBeGreaterThan(400)
  await page().getByRole('button', { name: 'Hide the quoted text' }).press('Enter')
  await expect.poll(words).toBe('The new driver works.')
  await expect.poll(height).toBeLessThan(60)
})

test('shows the beginning of a very long mail, and all of it when asked, while the window goes on', async () => {
  const cut = page().getByTestId('cut')
  const seen = (): Promise<unknown> | undefined =>
    frame()
      ?.evaluate(() => ({
        rows: document.querySelectorAll('td').length,
        last: document.querySelector('tr:last-child')?.textContent?.trim(),
        handlers: document.querySelectorAll('[onclick]').length,
        title: document.title,
      }))
      .catch(() => undefined)
  await open('Long report')
  await expect(cut).toContainText('only its beginning is shown')
  await expect.poll(seen, { timeout: 20_000 }).toMatchObject({ rows: 4_999 })
  await shot('cut')
  const pauses = page().evaluate(async () => {
    let longest = 0
    const end = Date.now() + 5_000
    while (Date.now() < end) {
      const start = Date.now()
      await window.copydesk.call('session.get', undefined)
      longest = Math.max(longest, Date.now() - start)
      await new Promise((done) => setTimeout(done, 10))
    }
    return longest
  })
  const sayings = page().evaluate(async () => {
    const said = new Set<string>()
    for (;;) {
      const line = document.querySelector('[data-testid="cut"]')
      if (line === null) return [...said].join(' | ')
      said.add(line.textContent ?? '')
      await new Promise(requestAnimationFrame)
    }
  })
  const from = Date.now()
  await cut.getByRole('button', { name: 'Show all of it' }).click()
  await expect(cut).toHaveCount(0, { timeout: 60_000 })
  const ms = Date.now() - from
  expect(await sayings).toContain('being prepared')
  const whole = { rows: 20_000, last: 'Row 20000', handlers: 0, title: '' }
  await expect.poll(seen).toEqual(whole)
  await shot('whole')
  const pause = await pauses
  process.stdout.write(
    `40,001 elements whole in ${String(ms)} ms, the window waited ${String(pause)} ms at most\n`,
  )
  expect(pause).toBeLessThan(1_000)
  await open('Driver works')
  await open('Long report')
  await expect(cut).toContainText('only its beginning is shown')
})

test('marks a mail whose two forms say different things, says why, and shows the other one', async () => {
  await open('About order 4711')
  const comment = page().getByTestId('comment').filter({ hasText: 'Carol' })
  const mark = comment.getByRole('button', { name: /Plain text says something else/ })
  await mark.click()
  const reason = page().getByText(/Its plain text says something else than the formatted mail/)
  await expect(reason).toBeVisible()
  await shot('two-forms')
  await page().keyboard.press('Escape')
  await comment.getByRole('button', { name: 'Show as plain text' }).click()
  await expect(comment).toContainText('Please send order 4711 to my new address.')
  await expect(mark).toBeVisible()
  await shot('two-forms-plain')
  await open('Driver works')
  await expect.poll(() => frame()?.url()).toBeDefined()
  await expect(mark).toHaveCount(0)
})

test('the window itself asked for nothing outside', async () => {
  const made = await launched?.app.evaluate(
    () => (globalThis as unknown as { made: string[] }).made,
  )
  expect(made?.filter((url) => !/^(?:app|mail):\/\/copydesk\//.test(url))).toEqual([])
  expect(made?.some((url) => url.includes('/remote/0'))).toBe(true)
})

for (const [subject, , words] of sealed) {
  test(`says what it is: ${subject}`, async () => {
    await open(subject)
    await expect(page().getByTestId('comment').filter({ hasText: words })).toBeVisible()
  })
}
