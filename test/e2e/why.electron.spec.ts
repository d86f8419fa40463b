// The questions a person asks about who is here and who got what, answered by keyboard alone in the real window: each
// sign is reached with Tab, opened with Enter, closed with Escape, and the focus is where it was.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { deskPage, type DeskPage } from '#support/electron/deskPage'
import { deliverCases, setUpDesk, support } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial', timeout: 60_000 })

const lamp = 'Lamp in room 12 flickers'
let server: MailServer
let folder: string
let launched: Launched
let desk: DeskPage

const page = (): Page => launched.window
const popover = () => page().locator('.popover')

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-why-'))
  await deliverCases(server)
  // Dave is CC and leaves Carol, the requester, out.
  await server.deliver({
    from: 'Dave Brown <dave@customer.test>',
    to: support,
    subject: `Re: ${lamp}`,
    text: 'Between us: it is the switch.',
    headers: { 'In-Reply-To': '<lamp@customer.test>', References: '<lamp@customer.test>' },
  })
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  desk = deskPage(launched.window)
  await expect(desk.row(lamp)).toBeVisible({ timeout: 30_000 })
  await desk.tickets().focus()
  await desk.press('Home')
  await desk.command(lamp)
  await expect(page().getByRole('heading', { name: lamp, level: 1 })).toBeVisible()
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What has the focus, as a screen reader would say it. */
const focused = () =>
  page().evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
  })

/** Goes on with Tab until something of this name has the focus. */
async function tabTo(name: RegExp): Promise<void> {
  for (let steps = 0; steps < 150; steps += 1) {
    if (name.test(await focused())) return
    await desk.press('Tab')
  }
  throw new Error(`Tab does not reach ${String(name)}`)
}

/** Asks by Enter, reads the answer, closes by Escape; the focus is back on what was asked about. */
async function ask(name: RegExp, answers: readonly (string | RegExp)[]): Promise<void> {
  await tabTo(name)
  const from = await focused()
  await desk.press('Enter')
  await expect(popover()).toBeVisible()
  for (const answer of answers) await expect(popover()).toContainText(answer)
  await expect
    .poll(() => popover().evaluate((box) => box.contains(document.activeElement)))
    .toBe(true)
  await desk.press('Escape')
  await expect(popover()).toHaveCount(0)
  await expect.poll(focused).toBe(from)
}

/** Leaves whatever has the focus, so that single keys are commands again. */
const leave = () => page().evaluate(() => (document.activeElement as HTMLElement | null)?.blur())

test('why a comment is private, and why one is held', async () => {
  await ask(/^Why: Requester left out$/, [/the requester was not among the recipients/])
  await ask(/^Why: Requester not included$/, ['The requester was not included'])
  await ask(/^Why: Not on this ticket$/, ['Olaf Outsider is not on this ticket'])
  await ask(/^Why: Sender not verified$/, ['no verdict on who sent this'])
  await ask(/^Held$/, ['Olaf Outsider is not on this ticket'])
})

test('why somebody is here', async () => {
  await ask(/^Carol Jones$/, ['In the From line of Carol Jones’s mail'])
  await ask(/^Dave Brown, CC$/, ['In the Cc line of Carol Jones’s mail'])
})

test('why somebody is assigned, follows, and which mails they got', async () => {
  await desk.command('Follow')
  await leave()
  await desk.press('n')
  await desk.type('The switch, they say.')
  await desk.press('Control+Enter')
  await expect(desk.comment('The switch, they say.')).toBeVisible()
  await leave()
  await desk.press('a')
  await page().getByRole('menuitemradio', { name: 'Ben Bright' }).waitFor()
  await desk.type('Ben')
  await desk.press('Enter')
  await expect(page().getByRole('button', { name: 'Assignee: Ben Bright' })).toBeVisible()
  await leave()
  await desk.press('r')
  await desk.type('We come on Monday.')
  await desk.press('Control+Enter')
  await expect(desk.comment('We come on Monday.')).toBeVisible()

  await leave()
  await ask(/^Ben Bright$/, [
    'ben@desk.test',
    'Assigned by Ada Lovelace',
    /Ada Lovelace.*Own mail/,
    /Ada Lovelace.*Had no part in it then/,
  ])
  // Her own words are not mailed to her.
  await ask(/^Ada Lovelace$/, ['Joined by themselves', 'Wrote it'])
  await ask(/^Dave Brown, CC$/, [/Nothing sent: A note stays inside the desk/, /Cc · /])
})

test('who got a comment, and why the others did not', async () => {
  await leave()
  const reply = desk.comment('We come on Monday.')
  const line = reply.getByTestId('receipts')
  const hasFocus = () => line.evaluate((element) => element === document.activeElement)
  for (let steps = 0; steps < 150 && !(await hasFocus()); steps += 1) await desk.press('Tab')
  expect(await hasFocus()).toBe(true)
  await desk.press('Enter')
  const of = (name: string) => reply.getByTestId('receipt').filter({ hasText: name })
  await expect(of('Dave Brown')).toContainText('Cc')
  await expect(of('Ada Lovelace')).toContainText('no mail')
  await expect(of('Ada Lovelace')).toContainText('They did it themselves.')
  await desk.press('Enter')
  await expect(of('Dave Brown')).toHaveCount(0)
  expect(await hasFocus()).toBe(true)
})
