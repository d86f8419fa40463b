// Views, several tickets at once, commands and CCs by keyboard and by mouse, in the real window on real servers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
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
const side = (): Locator => desk.side()
const ccs = (): Locator => side().getByRole('region', { name: 'CCs' })

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-flows-'))
  await deliverCases(server)
  // Carol is not proven to be Carol, so whom she adds later is only suggested.
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    cc: ['dave@customer.test', 'pat@partner.test', 'Uma <uma@customer.test>', 'vik@customer.test'],
    subject: `Re: ${lamp}`,
    text: 'Uma and Vik should know as well.',
    headers: { 'In-Reply-To': '<lamp@customer.test>', References: '<lamp@customer.test>' },
  })
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  desk = deskPage(launched.window)
  await expect(desk.row(lamp)).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('views say how many, and open by mouse and by the palette', async () => {
  await expect(desk.view('All open')).toContainText('4')
  await desk.view('Unassigned').click()
  await expect(desk.tickets().getByRole('option')).toHaveCount(4)
  await desk.command('All tickets')
  await expect(page()).toHaveURL(/all/)
  await desk.view('All open').click()
})

test('rows stay under a hand that presses: the click meets the ticket it aimed at', async () => {
  const rows = desk.tickets().getByRole('option')
  const aimed = rows.nth(1)
  const subject = await aimed.locator('.subject').innerText()
  await aimed.hover()
  await page().mouse.down()
  await server.deliver({
    from: 'Customer 9 <customer9@customer.test>',
    to: support,
    subject: 'News above the others',
    text: 'Hello?',
  })
  // The desk knows of it and says so; the rows wait for the hand.
  await expect(desk.view('All open')).toContainText('5', { timeout: 30_000 })
  await expect(aimed).toContainText(subject)
  await page().mouse.up()
  await expect(page().getByRole('heading', { name: subject, level: 1 })).toBeVisible()
  await expect(rows.first()).toContainText('News above the others')
  await expect(rows.nth(2)).toContainText(subject)
})

test('several tickets are picked and changed, by keys and by mouse', async () => {
  await desk.press('Escape', 'Escape')
  await desk.tickets().focus()
  await desk.press('Home', 'x', 'j', 'x')
  await expect(page().getByText('2 picked')).toBeVisible()
  await desk.press('a')
  await page().getByRole('menuitemradio', { name: 'Ben Bright' }).waitFor()
  await page().keyboard.type('Ben')
  await desk.press('Enter')
  await expect(desk.toast(/assigned to Ben Bright/)).toBeVisible()
  await desk.press('Escape')
  await desk.row('Chair wobbles').click({ modifiers: ['Control'] })
  await desk.row('Invoice 4711').click({ modifiers: ['Control'] })
  const bar = page().getByRole('region', { name: 'Picked tickets' })
  await bar.getByRole('button', { name: 'Tag' }).click()
  await page().getByLabel('Name of the tag').fill('vip')
  await desk.press('Enter')
  await expect(desk.toast(/tagged “vip”/)).toBeVisible()
  await desk.press('Escape')
  await expect(bar).toHaveCount(0)
})

test('a command is found by its name, and the help sheet names the keys', async () => {
  await desk.open(lamp)
  await desk.command('Assign to me')
  await expect(
    page()
      .getByRole('button', { name: /Ada Lovelace/ })
      .first(),
  ).toBeVisible()
  await desk.press('?')
  const help = page().getByRole('dialog', { name: 'Keyboard' })
  await expect(help).toContainText('Schedule the reply')
  await desk.press('Escape')
  await expect(help).toHaveCount(0)
})

test('CCs come by paste, are refused kindly, muted, and leave by key and by mouse', async () => {
  await desk.open(lamp)
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
  await desk.press('Enter')
  await expect(ccs().getByText('3/20')).toBeVisible()
  await ccs()
    .getByRole('button', { name: /^Remove Erin/ })
    .click()
  await expect(ccs().getByText('2/20')).toBeVisible()
})

test('people a mail names are suggested, and taken or left by key and by mouse', async () => {
  await desk.open(lamp)
  const suggested = side().getByRole('region', { name: 'Suggested as CC' })
  await suggested.getByRole('listitem').filter({ hasText: 'Uma' }).getByText('Add as CC').click()
  await expect(ccs().getByRole('button', { name: 'Uma, CC' })).toBeVisible()
  await suggested.getByRole('button', { name: 'Dismiss' }).press('Enter')
  await expect(suggested).toHaveCount(0)
})

test('colleagues follow with a level, by keys and by mouse', async () => {
  const followers = side().getByRole('region', { name: 'Followers' })
  await followers.getByRole('button', { name: 'Add a colleague as follower' }).press('Enter')
  await expect(page().getByRole('menuitemradio', { name: 'Ben Bright' })).toBeVisible()
  await page().keyboard.type('Cleo')
  await desk.press('Enter')
  const cleo = followers.getByRole('listitem').filter({ hasText: 'Cleo Clear' })
  await cleo.getByRole('button', { name: /hears: everything/ }).press('Enter')
  await page().getByRole('menuitemradio', { name: 'everything' }).waitFor()
  await desk.press('ArrowDown', 'Enter')
  await expect(cleo.getByRole('button', { name: /hears: public only/ })).toBeVisible()
  await cleo.getByRole('button', { name: /hears:/ }).click()
  await page().getByRole('menuitemradio', { name: 'mentions only' }).click()
  await expect(cleo.getByRole('button', { name: /hears: mentions only/ })).toBeVisible()
  await desk.press('f')
  await expect(followers).toContainText('(you)')
  await followers.getByRole('button', { name: 'Unfollow' }).click()
  await expect(followers).not.toContainText('(you)')
})
