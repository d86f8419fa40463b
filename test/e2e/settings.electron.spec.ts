// Settings in a real window on a real mail server, by keyboard and by mouse; what is said is looked up in the desk.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import type { Bridge } from '#shared/ipc/procedure'
import { deliverCases, setUpDesk, support } from '#support/electron/deskWindow'
import { clickRow } from '#support/electron/clickRow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { DEFAULT_USERS, startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

test.describe.configure({ mode: 'serial' })

const orders = 'orders@desk.test'
let server: MailServer
let folder: string
let launched: Launched

const page = (): Page => launched.window
const ask = (procedure: string, input?: unknown): Promise<unknown> =>
  page().evaluate(([name, given]) => window.copydesk.call(name, given), [procedure, input] as const)

async function goTo(section: string): Promise<void> {
  await page().keyboard.press('Control+,')
  await page().getByRole('link', { name: section, exact: true }).click()
  await expect(page().getByRole('heading', { level: 2, name: section })).toBeVisible()
}

/** Presses a key until the control has the keyboard, as somebody without a mouse would. */
async function walkTo(control: Locator, key = 'Tab'): Promise<void> {
  await expect(async () => {
    await page().keyboard.press(key)
    await expect(control).toBeFocused({ timeout: 50 })
  }).toPass({ intervals: [0], timeout: 30_000 })
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer({ users: [...DEFAULT_USERS, orders] })
  folder = mkdtempSync(join(tmpdir(), 'cd-settings-'))
  await deliverCases(server)
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  launched = await launchApp({ profile, env })
  await expect(page().getByRole('option').first()).toBeVisible({ timeout: 30_000 })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a setting of the policy says what it does, is tried first, and changed by keyboard', async () => {
  await goTo('Desk policy')
  await page().getByLabel('Suppose').selectOption({ label: 'Tickets have CCs: Off' })
  await page().getByRole('button', { name: 'Look', exact: true }).click()
  // Carol's mail has put two people on CC.
  await expect(page().getByText(/1 of 4 tickets would have come out differently/)).toBeVisible()
  await expect(page().getByText('Fewer CCs: 2')).toBeVisible()

  const answers = page().getByRole('switch', { name: 'New tickets are acknowledged by mail' })
  await expect(answers).toHaveAccessibleDescription(
    /Who opens a ticket gets a short answer at once/,
  )
  await page().getByRole('button', { name: 'Look', exact: true }).focus()
  await walkTo(answers)
  await page().keyboard.press('Space')
  await expect(answers).toBeChecked()
  const limit = page().getByLabel('CCs per ticket at most')
  await limit.fill('99')
  await limit.press('Enter')
  await expect(limit).toHaveValue('20')
  await expect(limit).toBeFocused()
  await limit.fill('7')
  await limit.press('Enter')
  await expect
    .poll(() => ask('policy.get'))
    .toMatchObject({ value: { acknowledge: true, ccLimit: 7 } })
})

test('a person, by keyboard, and a group that only its members see, by mouse', async () => {
  await goTo('Directory')
  await page().getByRole('button', { name: 'Add person' }).focus()
  await page().keyboard.press('Enter')
  await expect(page().getByLabel('Name', { exact: true })).toBeFocused()
  await page().keyboard.type('Dora Day')
  await page().keyboard.press('Tab')
  await page().keyboard.type('dora@desk.test')
  await page().keyboard.press('Enter')
  await expect(page().getByTestId('person').filter({ hasText: 'dora@desk.test' })).toBeVisible()

  await page().getByRole('button', { name: 'New group' }).click()
  const dialog = page().getByRole('dialog')
  await dialog.getByLabel('Name of the group').fill('lights')
  await expect(dialog.getByText('There is a group of this name already.')).toBeVisible()
  await dialog.getByLabel('Name of the group').fill('VIP')
  await dialog.getByLabel('Dora Day').click()
  await dialog.getByRole('switch', { name: 'Only they see its tickets' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page().getByTestId('group').filter({ hasText: 'VIP' })).toContainText('Dora Day')
  expect(await ask('policy.get')).toMatchObject({ value: { restrictedGroups: ['VIP'] } })
  expect(JSON.stringify(await ask('directory.list'))).toContain('"groups":["VIP"]')

  await page().getByRole('button', { name: 'Remove Dora Day' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await expect(page().getByTestId('person').filter({ hasText: 'Dora Day' })).toBeHidden()
  await expect(page().getByTestId('group').filter({ hasText: 'VIP' })).toContainText('No members')
})

test('a template is made, changed, removed and brought back', async () => {
  await goTo('Templates')
  await page().getByRole('button', { name: 'New template' }).click()
  await expect(page().getByLabel('Name', { exact: true })).toBeFocused()
  await page().keyboard.type('Thanks')
  await page().keyboard.press('Tab')
  await page().keyboard.type('Dear {{requester.name}}, thank you {{nobody}}')
  await expect(page().getByText(/Nothing is known by the name: \{\{nobody\}\}/)).toBeVisible()
  await page().keyboard.press('Control+Enter')
  const thanks = page().getByRole('button', { name: /Thanks/ })
  await thanks.click()
  await page().getByLabel('Name', { exact: true }).fill('Many thanks')
  await page().getByRole('button', { name: 'Save' }).click()
  await page()
    .getByRole('button', { name: /Many thanks/ })
    .click()
  await page().getByRole('button', { name: 'Remove' }).click()
  await expect(page().getByText('No templates yet')).toBeVisible()
  await page().getByRole('button', { name: 'Undo' }).click()
  await expect(page().getByRole('button', { name: /Many thanks/ })).toBeVisible()
})

test('name and signature, by keyboard; a reply carries both', async () => {
  await goTo('Me')
  const save = page().getByRole('button', { name: 'Save' })
  await expect(save).toBeDisabled()
  await walkTo(page().getByLabel('Your name'))
  await page().keyboard.press('Control+a')
  await page().keyboard.type('Ada King')
  await page().keyboard.press('Tab')
  await expect(page().getByLabel('Your signature')).toBeFocused()
  await page().keyboard.type('Ada King')
  await page().keyboard.press('Enter')
  await page().keyboard.type('Analytical engines')
  await walkTo(save)
  await page().keyboard.press('Enter')
  const toast = page().locator('.toast')
  await expect(toast.filter({ hasText: /end with this signature/ })).toBeVisible()
  await expect(save).toBeDisabled()
  await page().getByRole('radio', { name: 'None' }).click()

  await page().getByRole('link', { name: 'All open' }).click()
  await clickRow(page().getByRole('option').filter({ hasText: 'Lamp in room 12' }))
  await expect(page().getByTestId('comment').first()).toBeVisible()
  await page().keyboard.press('r')
  await expect(page().getByLabel('Text of the public reply')).toBeFocused()
  await page().keyboard.type('From nine to five.')
  await page().keyboard.press('Control+Enter')
  const raw = await server.waitForMail('carol@customer.test', (mail) =>
    mail.includes('From nine to five.'),
  )
  expect(raw).toMatch(/^From: "?Ada King"? /im)
  expect(raw).toMatch(/From nine to five\.\s+--(?: |=20)\s+Ada King\s+Analytical engines/)
})

test('notifications and appearance are kept, and the language changes at once', async () => {
  await goTo('Notifications')
  const kind = page().getByRole('switch', { name: 'A new ticket came in' })
  await expect(kind).toBeDisabled()
  await page().getByRole('radio', { name: 'My tickets' }).focus()
  // The choice follows the arrow while the key is down, as under a finger.
  await page().keyboard.press('ArrowRight', { delay: 100 })
  await expect(kind).toBeEnabled()
  await page().getByRole('switch', { name: 'Pause all notifications' }).click()
  await goTo('Appearance')
  await page().getByRole('radio', { name: 'High contrast' }).click()
  await expect(page().locator('html')).toHaveAttribute('data-contrast', 'more')
  await page().getByRole('radio', { name: 'System' }).click()
  await page().getByLabel('Language').selectOption('de')
  await expect(page().getByRole('heading', { name: 'Aussehen' })).toBeVisible()
  await page().getByLabel('Sprache').selectOption('en')
  await expect(page().getByRole('heading', { name: 'Appearance' })).toBeVisible()
  expect(await ask('preferences.get')).toMatchObject({
    value: { language: 'en', theme: 'system', notifications: { about: 'all', isPaused: true } },
  })
})

test('export, rebuild, and diagnostics without a secret in them', async () => {
  await goTo('Data')
  const save = async (button: string, name: string): Promise<string> => {
    const path = join(folder, name)
    await launched.app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
    }, path)
    await page().getByRole('button', { name: button, exact: true }).click()
    await expect.poll(() => existsSync(path), { timeout: 20_000 }).toBe(true)
    await expect(page().getByText('Saved.', { exact: true }).last()).toBeVisible()
    return readFileSync(path, 'utf8')
  }
  const lines = (await save('Export', 'all.jsonl')).trim().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines.join('\n')).toContain('Lamp in room 12 flickers')
  await page().getByRole('button', { name: 'Rebuild', exact: true }).click()
  await expect(page().getByText('4 tickets rebuilt.', { exact: true })).toBeVisible()

  const report = await save('Save a file', 'diagnostics.json')
  expect(JSON.parse(report)).toMatchObject({ profile: { tickets: 4 } })
  const { password, host } = server.imapSettings(support)
  for (const secret of [`"${password}"`, host, '@', 'desk.test', 'Lamp', 'Ada', folder]) {
    expect(report).not.toContain(secret)
  }
})

test('a further mailbox is found, tried and kept', async () => {
  await goTo('Mailboxes')
  await page().getByRole('button', { name: 'Add a mailbox' }).focus()
  await page().keyboard.press('Enter')
  const dialog = page().getByRole('dialog')
  await expect(dialog.getByLabel('Support address')).toBeFocused()
  await page().keyboard.type(orders)
  await page().keyboard.press('Enter')
  const ports = { IMAP: server.imapSettings(orders).port, SMTP: server.smtpSettings(orders).port }
  for (const [protocol, port] of Object.entries(ports)) {
    const group = dialog.getByRole('group', { name: protocol })
    await group.getByLabel('Security').selectOption('none')
    await group.getByLabel('Server').fill('127.0.0.1')
    await group.getByLabel('Port').fill(String(port))
  }
  await dialog.getByLabel('Password', { exact: true }).fill('wrong password')
  await page().keyboard.press('Enter')
  await expect(dialog.getByRole('alert')).toContainText(/password/i)
  await dialog.getByLabel('Password', { exact: true }).fill(server.imapSettings(orders).password)
  await page().keyboard.press('Enter')
  await expect(dialog).toBeHidden({ timeout: 30_000 })
  await page()
    .getByRole('button', { name: new RegExp(orders) })
    .click()
  await page().getByLabel('Signature').fill('Orders, Hotel desk')
  await page().getByRole('button', { name: 'Save' }).click()
  await expect(page().getByText('Saved for the whole desk.', { exact: true })).toBeVisible()
  expect(JSON.stringify(await ask('mailboxes.list'))).toContain('Orders, Hotel desk')
})
