// The settings in a real window: every page with axe in both themes, and what each of them does.
// With COPYDESK_SHOTS=<folder> it takes a picture of each page.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { deliverCases, setUpDesk, support } from '#support/electron/deskWindow'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial' })

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const shots = process.env['COPYDESK_SHOTS']
let server: MailServer
let folder: string
let launched: Launched | undefined
const page = (): Page => launched!.window

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-settings-'))
  await deliverCases(server)
  const profile = join(folder, 'profile')
  launched = await launchApp({ profile, env: await setUpDesk(server, folder, profile) })
  await expect(page().getByRole('option').first()).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function shoot(name: string): Promise<void> {
  if (shots !== undefined) await page().screenshot({ path: join(shots, `settings-${name}.png`) })
}

async function expectClean(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page: page() })
      .setLegacyMode(true)
      .withTags(tags)
      .analyze()
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n  ')}`,
    )
    expect(found, `${name}, ${colorScheme}`).toEqual([])
    await shoot(`${name}-${colorScheme}`)
  }
  await page().emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })
}

const go = (name: string): Promise<void> =>
  page()
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name, exact: true })
    .click()
const isDark = (): Promise<boolean> =>
  page().evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)

async function resize(width: number, height: number): Promise<void> {
  await launched!.app.evaluate(
    ({ BrowserWindow }, [w, h]) => {
      const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
      shown?.setContentSize(w, h)
    },
    [width, height] as const,
  )
}

test('opens by key, and arrows walk along the pages', async () => {
  await resize(1440, 900)
  await page().keyboard.press('Control+,')
  await expect(page().getByRole('heading', { name: 'Me', exact: true })).toBeVisible()
  await expectClean('me')
  const nav = page().getByRole('navigation', { name: 'Settings' })
  await nav.getByRole('link', { name: 'Me', exact: true }).focus()
  await page().keyboard.press('ArrowDown')
  await page().keyboard.press('Enter')
  await expect(page().getByRole('heading', { name: 'Notifications' })).toBeVisible()
  await expectClean('notifications')
})

test('changes the theme of the whole app, and keeps it', async () => {
  await go('Appearance')
  await page().getByRole('radio', { name: 'Dark' }).click()
  await expect.poll(isDark).toBe(true)
  await page().getByRole('radio', { name: 'Light' }).click()
  await expect.poll(isDark).toBe(false)
  await page().getByRole('radio', { name: 'High contrast' }).click()
  await expect(page().locator('html')).toHaveAttribute('data-contrast', 'more')
  await expectClean('contrast')
  await page().getByRole('radio', { name: 'Light' }).click()
  await expectClean('appearance')
})

test('speaks the language that was chosen, in the menus as well', async () => {
  const menu = (): Promise<string[]> =>
    launched!.app.evaluate(
      ({ Menu }) => Menu.getApplicationMenu()?.items.map(({ label }) => label) ?? [],
    )
  await page().getByLabel('Language').selectOption('de')
  await expect(page().getByRole('heading', { name: 'Aussehen' })).toBeVisible()
  await expect.poll(menu).toContain('&Datei')
  await expectClean('german')
  await page().getByLabel('Sprache').selectOption('en')
  await expect.poll(menu).toContain('&File')
})

test('keeps a template with a placeholder, shows how it reads, and takes removal back', async () => {
  await go('Templates')
  await expect(page().getByText('No templates yet')).toBeVisible()
  await expectClean('templates-empty')
  await page().getByRole('button', { name: 'New template' }).click()
  await page().getByLabel('Name', { exact: true }).fill('Greeting')
  await page().getByLabel('Text', { exact: true }).fill('Dear ')
  await page().getByRole('button', { name: 'requester.firstName' }).click()
  await page().keyboard.type(', {{nobody.knows}}')
  await expect(page().getByRole('region', { name: 'As it reads on a ticket' })).toContainText(
    'Dear Maria,',
  )
  await expect(page().getByText('{{nobody.knows}}').last()).toBeVisible()
  await expectClean('template')
  await page().getByRole('button', { name: 'Save' }).click()
  const row = page().getByRole('button', { name: /^Greeting/ })
  await expect(row).toBeVisible()
  await row.click()
  await page().getByRole('button', { name: 'Remove' }).click()
  await expect(page().getByText('No templates yet')).toBeVisible()
  await page().getByRole('button', { name: 'Undo' }).click()
  await expect(row).toBeVisible()
  await expectClean('templates')
})

test('tries a connection and keeps no wrong password', async () => {
  await go('Mailboxes')
  await page()
    .getByRole('button', { name: new RegExp(`^${support}`) })
    .click()
  await page().getByRole('button', { name: 'Test the connection' }).click()
  await expect(page().getByRole('img', { name: 'Works' })).toHaveCount(2)
  await page().getByLabel('New password').fill('wrong password')
  await page().getByRole('button', { name: 'Change password' }).click()
  await expect(page().getByRole('alert').first()).toContainText(/password/i)
  await page().getByLabel('Signature').fill('Hotel desk\nRoom 1')
  await page().getByRole('button', { name: 'Save' }).click()
  await expect(page().getByText('Saved for the whole desk.')).toBeVisible()
  await expectClean('mailboxes')
  await page().getByRole('button', { name: 'Disconnect this desktop' }).click()
  await expect(
    page()
      .getByText(/only mailbox|journal lies/)
      .first(),
  ).toBeVisible()
})

test('tries a policy on past mail and names the tickets', async () => {
  await go('Desk policy')
  await page().getByLabel('Suppose').selectOption({ label: 'Tickets have CCs: Off' })
  await page().getByRole('button', { name: 'Look', exact: true }).click()
  await expect(page().getByText(/1 of \d+ tickets would have come out differently/)).toBeVisible()
  await expect(page().getByText('Fewer CCs: 2')).toBeVisible()
  await page().getByText('Try a change first').scrollIntoViewIfNeeded()
  await expectClean('policy')
})

test('says what the profile holds, and builds tickets anew', async () => {
  await go('Data')
  await expect(page().getByText(join(folder, 'profile'))).toBeVisible()
  await page().getByRole('button', { name: 'Rebuild' }).click()
  await expect(page().getByText(/\d tickets rebuilt/)).toBeVisible()
  await expectClean('data')
  await go('Directory')
  await expect(page().getByText('ben@desk.test')).toBeVisible()
  await expectClean('directory')
})

test('fits a narrow window, 200 % and right to left', async () => {
  await resize(900, 700)
  await go('Notifications')
  await shoot('narrow')
  await page().evaluate(() => {
    document.documentElement.dir = 'rtl'
  })
  await shoot('rtl')
  await page().evaluate(() => {
    document.documentElement.dir = 'ltr'
  })
  await launched!.app.evaluate(({ BrowserWindow }) => {
    const shown = BrowserWindow.getAllWindows().find((one) => one.isVisible())
    shown?.setContentSize(1440, 900)
    shown?.webContents.setZoomFactor(2)
  })
  await shoot('zoomed')
  const isWider = await page().evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(isWider).toBe(false)
  const complaints = launched!.problems.consoleErrors.filter(
    (one) => !one.includes('TrustedScript'),
  )
  expect(complaints).toEqual([])
})
