// Views, several tickets at once, commands and CCs by keyboard and by mouse, in the real window on real servers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { deliverCases, setUpDesk } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial', timeout: 60_000 })

const lamp = 'Lamp in room 12 flickers'
let server: MailServer
let folder: string
let launched: Launched

const page = (): Page => launched.window
const press = (...keys: string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => page().keyboard.press(key)), Promise.resolve())
const tickets = (): Locator => page().getByRole('listbox', { name: 'Tickets' })
const row = (words: string): Locator => tickets().getByRole('option').filter({ hasText: words })
const view = (name: string): Locator =>
  page().getByRole('navigation').getByRole('link', { name, exact: false })
const side = (): Locator => page().getByRole('complementary', { name: 'People and properties' })
const ccs = (): Locator => side().getByRole('region', { name: 'CCs' })
const toast = (words: RegExp): Locator => page().locator('.toast').filter({ hasText: words })

async function open(subject: string): Promise<void> {
  await row(subject).first().click()
  await expect(page().getByRole('heading', { name: subject, level: 1 })).toBeVisible()
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-flows-'))
  await deliverCases(server)
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  await expect(row(lamp)).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('views say how many, and open by mouse and by the palette', async () => {
  await expect(view('All open')).toContainText('4')
  await view('Unassigned').click()
  await expect(tickets().getByRole('option')).toHaveCount(4)
  await press('Control+k')
  await page().keyboard.type('All tickets')
  await press('Enter')
  await expect(page()).toHaveURL(/all/)
  await view('All open').click()
})

test('several tickets are picked and changed, by keys and by mouse', async () => {
  await press('Escape', 'Escape')
  await tickets().focus()
  await press('Home', 'x', 'j', 'x')
  await expect(page().getByText('2 picked')).toBeVisible()
  await press('a')
  await page().getByRole('menuitemradio', { name: 'Ben Bright' }).waitFor()
  await page().keyboard.type('Ben')
  await press('Enter')
  await expect(toast(/assigned to Ben Bright/)).toBeVisible()
  await press('Escape')
  await row('Chair wobbles').click({ modifiers: ['Control'] })
  await row('Invoice 4711').click({ modifiers: ['Control'] })
  const bar = page().getByRole('region', { name: 'Picked tickets' })
  await bar.getByRole('button', { name: 'Tag' }).click()
  await page().getByLabel('Name of the tag').fill('vip')
  await press('Enter')
  await expect(toast(/tagged “vip”/)).toBeVisible()
  await press('Escape')
  await expect(bar).toHaveCount(0)
})

test('a command is found by its name, and the help sheet names the keys', async () => {
  await open(lamp)
  await press('Control+k')
  await page().keyboard.type('Assign to me')
  await press('Enter')
  await expect(
    page()
      .getByRole('button', { name: /Ada Lovelace/ })
      .first(),
  ).toBeVisible()
  await press('?')
  const help = page().getByRole('dialog', { name: 'Keyboard' })
  await expect(help).toContainText('Schedule the reply')
  await press('Escape')
  await expect(help).toHaveCount(0)
})

test('CCs come by paste, are refused kindly, muted, and leave by key and by mouse', async () => {
  await open(lamp)
  const field = ccs().getByLabel('Add CCs')
  await field.fill('Erin <erin@customer.test>, frank@customer.test; nonsense')
  await field.press('Enter')
  await expect(ccs().getByText('4/20')).toBeVisible()
  await expect(ccs().getByRole('alert')).toContainText('nonsense')
  await field.fill('dave@customer.test')
  await field.press(',')
  await expect(ccs().getByRole('alert')).toContainText('is a CC already')
  await field.fill('carol@customer.test')
  await field.press('Enter')
  await expect(ccs().getByRole('alert')).toContainText('is the requester')
  await field.fill('')

  await ccs().getByRole('button', { name: 'Dave Brown, CC' }).click()
  const about = page().locator('.popover')
  await expect(about).toContainText('In the Cc line of Carol Jones')
  await about.getByRole('button', { name: 'Mute' }).click()
  await expect(ccs().getByRole('button', { name: /Dave Brown.*muted/i })).toBeVisible()
  await ccs()
    .getByRole('button', { name: /Dave Brown.*muted/i })
    .press('Enter')
  await page().getByRole('button', { name: 'Unmute' }).click()
  await expect(ccs().getByRole('button', { name: 'Dave Brown, CC' })).toBeVisible()

  // Backspace goes to the last × and takes nobody off by itself.
  await field.press('Backspace')
  await expect(ccs().getByText('4/20')).toBeVisible()
  await press('Enter')
  await expect(ccs().getByText('3/20')).toBeVisible()
  await ccs()
    .getByRole('button', { name: /^Remove Erin/ })
    .click()
  await expect(ccs().getByText('2/20')).toBeVisible()
})
