// No screen leaves anybody out: axe finds nothing against WCAG 2.2 AA, in the light and in the dark theme.
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

const current = (): Launched => {
  if (launched === undefined) throw new Error('the app is not running')
  return launched
}
const page = (): Page => current().window

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-axe-'))
  await deliverCases(server)
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Names each rule that is broken with the elements that break it. */
async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page: page() })
    .setLegacyMode(true)
    .withTags(tags)
    // What is in a mail is written by its sender.
    .exclude('iframe')
    .analyze()
  return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n  ')}`)
}

async function expectClean(screen: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Colours fade from one theme to the other; half-way between them nothing is to be judged.
    await page().waitForTimeout(400)
    expect(await violations(), `${screen}, ${colorScheme}`).toEqual([])
    if (shots === undefined) continue
    const name = `${screen.replace(/[^a-z0-9]+/gi, '-')}-${colorScheme}.png`
    await page().screenshot({ path: join(shots, name) })
  }
}

test('the first run', async () => {
  launched = await launchApp({ profile: join(folder, 'fresh') })
  await expect(page().getByLabel('Support address')).toBeVisible()
  await expectClean('first run')
  await launched.close()
})

test('the list, roomy, compact and with tickets picked', async () => {
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  await expect(page().getByRole('option').first()).toBeVisible({ timeout: 30_000 })
  await expectClean('list')
  await page().keyboard.press('d')
  await page().keyboard.press('x')
  await expect(page().getByText('1 picked')).toBeVisible()
  await expectClean('compact list, one picked')
  await page().keyboard.press('a')
  await expect(page().getByRole('menu')).toBeVisible()
  await expectClean('menu')
  await page().keyboard.press('Escape')
  await page().keyboard.press('Escape')
  await page().keyboard.press('d')
})

test('a ticket with held mail, notes and files, and its people', async () => {
  await page().getByRole('option').filter({ hasText: 'Carol Jones' }).click()
  await expect(page().getByTestId('comment').first()).toBeVisible()
  await page().getByText('History').click()
  await expectClean('ticket')
  await page().keyboard.press('n')
  await expectClean('note')
  await page().keyboard.press('Escape')
  await page().keyboard.press('s')
  await expect(page().getByRole('menu')).toBeVisible()
  await page().keyboard.press('Escape')
})

test('commands, help and a new ticket', async () => {
  await page().keyboard.press('Control+k')
  await page()
    .getByPlaceholder(/What do you want/)
    .fill('lamp')
  await expect(page().getByRole('option').filter({ hasText: 'Lamp' }).first()).toBeVisible()
  await expectClean('palette')
  await page().keyboard.press('Escape')
  await page().keyboard.press('?')
  await expectClean('help')
  await page().keyboard.press('Escape')
  await page().keyboard.press('c')
  await expect(page().getByRole('dialog')).toBeVisible()
  await expectClean('new ticket')
  await page().keyboard.press('Escape')
})

test('empty views, the outbox and the narrow window', async () => {
  for (const name of ['Mine', 'Mentioned', 'Held', 'Outbox']) {
    await page().getByRole('link', { name }).click()
    await expectClean(name)
  }
  await page().getByRole('link', { name: 'All open' }).click()
  await current().app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(730, 700)
  })
  await expectClean('narrow')
  expect(support).toContain('@')
})

test('zoomed to 200 %', async () => {
  await current().app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setContentSize(1440, 900)
    window?.webContents.setZoomFactor(2)
  })
  await page().getByRole('option').first().click()
  await expect(page().getByTestId('comment').first()).toBeVisible()
  const isWider = await page().evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  expect(isWider).toBe(false)
  await expectClean('200 %')
})
