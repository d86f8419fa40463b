// Reading a long conversation in the real window: it opens at the newest comment, and what comes in meanwhile is told
// without moving what somebody reads; it can be put back as unread. By mouse and by key.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator } from '@playwright/test'
import { deskPage, type DeskPage } from '#support/electron/deskPage'
import { setUpDesk, support } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial', timeout: 60_000 })

const subject = 'Twelve lamps for the hall'
const count = 18
let server: MailServer
let folder: string
let launched: Launched
let desk: DeskPage

const body = (n: number): string =>
  [`This is message ${n}.`, ...Array.from({ length: 14 }, (_, line) => `Line ${line + 1}.`)].join(
    '\n\n',
  )

async function deliver(n: number): Promise<void> {
  const before = Array.from({ length: n - 1 }, (_, at) => `<m${at + 1}@customer.test>`)
  const last = before.at(-1)
  // Of the same second the one that answers more is later.
  const thread = last === undefined ? {} : { 'In-Reply-To': last, References: before.join('\r\n ') }
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    subject: n === 1 ? subject : `Re: ${subject}`,
    text: body(n),
    messageId: `<m${n}@customer.test>`,
    headers: thread,
  })
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-reading-'))
  for (let n = 1; n <= count; n += 1) await deliver(n)
  await server.waitForMail(support, (raw) => raw.includes(`This is message ${count}.`))
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  desk = deskPage(launched.window)
  await expect(desk.row(subject)).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const log = (): Locator => desk.page.getByRole('log')
const beginning = (n: number): Locator => log().getByText(`This is message ${n}.`)
const pill = (words: RegExp): Locator => log().getByRole('button', { name: words })
const none = /new comment|Go to the newest/
/** Where the log stands, once nothing moves it any more. */
async function settledTop(): Promise<number> {
  let before = -1
  await expect(async () => {
    const top = await log().evaluate((el) => el.scrollTop)
    const isStill = top === before
    before = top
    expect(isStill).toBe(true)
  }).toPass({ intervals: [250] })
  return before
}

async function readEarlier(): Promise<void> {
  await log().hover()
  await desk.page.mouse.wheel(0, -1_500)
  await expect(pill(/Go to the newest comment/)).toBeVisible()
}

test('a ticket opens at its newest comment, with the earlier ones folded', async () => {
  await desk.open(subject)
  await expect(beginning(count)).toBeInViewport()
  await expect(pill(none)).toHaveCount(0)
  await expect(beginning(1)).toBeAttached()
  await expect(beginning(5)).toHaveCount(0)
  await log()
    .getByRole('button', { name: /Show \d+ earlier comments/ })
    .click()
  await expect(beginning(5)).toBeAttached()
})

test('who reads at the end sees what comes in', async () => {
  await desk.press('g')
  await expect(beginning(count)).toBeInViewport()
  await deliver(count + 1)
  await expect(beginning(count + 1)).toBeInViewport({ timeout: 20_000 })
  await expect(pill(none)).toHaveCount(0)
})

test('who reads further up is left there, is told how many came, and goes there by mouse', async () => {
  await readEarlier()
  const top = await settledTop()
  await deliver(count + 2)
  await expect(pill(/^1 new comment$/)).toBeVisible({ timeout: 20_000 })
  await deliver(count + 3)
  await expect(pill(/^2 new comments$/)).toBeVisible({ timeout: 20_000 })
  expect(await settledTop()).toBe(top)

  await pill(/2 new comments/).click()
  await expect(beginning(count + 3)).toBeInViewport()
  await expect(pill(none)).toHaveCount(0)
  await expect(log()).toBeFocused()
})

test('and by key, from the list as well; what was seen is not counted again', async () => {
  await readEarlier()
  await deliver(count + 4)
  await expect(pill(/^1 new comment$/)).toBeVisible({ timeout: 20_000 })
  await desk.tickets().focus()
  await desk.press('g')
  await expect(beginning(count + 4)).toBeInViewport()
  await expect(log()).toBeFocused()
  await expect(pill(none)).toHaveCount(0)
  await readEarlier()
  await expect(pill(/new comment/)).toHaveCount(0)
})

test('what one writes oneself comes into view', async () => {
  await desk.press('n')
  await expect(desk.text('internal note')).toBeFocused()
  await desk.type('Ask the workshop')
  await desk.press('Control+Enter')
  await expect(desk.comment('Ask the workshop')).toBeInViewport()
  await expect(pill(none)).toHaveCount(0)
})

test('a ticket is put back as unread by key, and is read when it is opened again', async () => {
  const unread = desk.row(subject).getByText('Unread.')
  await expect(unread).toHaveCount(0)
  await desk.press('U')
  await expect(unread).toHaveCount(1)
  await expect(log()).toHaveCount(0)
  await desk.open(subject)
  await expect(unread).toHaveCount(0)
})

test('Ctrl and a digit open a view, also while one writes', async () => {
  await desk.press('n')
  await expect(desk.text('internal note')).toBeFocused()
  await desk.press('Control+3')
  await expect(desk.view('Unassigned')).toHaveAttribute('aria-current', 'page')
  await desk.press('Control+8')
  await expect(desk.page.getByRole('heading', { name: 'Held', level: 1 })).toBeVisible()
  await desk.press('Control+1')
  await expect(desk.row(subject)).toBeVisible()
})
