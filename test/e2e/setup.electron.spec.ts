// The first run in a real window on a real mail server: one agent makes a desk, a colleague joins it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { Bridge } from '#shared/ipc/procedure'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

test.describe.configure({ mode: 'serial' })

const support = 'support@desk.test'
let server: MailServer
let folder: string
let launched: Launched | undefined

test.beforeAll(async () => {
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-setup-'))
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(profile: string): Promise<Page> {
  await launched?.close()
  launched = undefined
  launched = await launchApp({ profile: join(folder, profile) })
  return launched.window
}

async function fillServers(page: Page): Promise<void> {
  const ports = { IMAP: server.imapSettings(support).port, SMTP: server.smtpSettings(support).port }
  for (const [protocol, port] of Object.entries(ports)) {
    const group = page.getByRole('group', { name: protocol })
    await group.getByLabel('Security').selectOption('none')
    await group.getByLabel('Server').fill('127.0.0.1')
    await group.getByLabel('Port').fill(String(port))
  }
}

const password = (): string => server.imapSettings(support).password
const session = (page: Page): Promise<unknown> =>
  page.evaluate(() => window.copydesk.call('session.get', undefined))

test('makes a desk, by keyboard, and says which field is wrong on the way', async () => {
  const page = await start('ada')
  await expect(page.getByLabel('Support address')).toBeFocused()
  await page.keyboard.type('support')
  await page.keyboard.press('Enter')
  await expect(page.getByText('This is not a complete mail address.')).toBeVisible()
  await page.keyboard.type('@desk.test')
  await page.keyboard.press('Enter')

  // A reserved domain is asked about nowhere: the usual names are shown, and can be corrected.
  await expect(page.getByText('imap.desk.test · smtp.desk.test')).toBeVisible()
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused()
  await page.keyboard.type('wrong password')
  await fillServers(page)
  await page.getByLabel('Password', { exact: true }).press('Enter')
  await expect(page.getByRole('alert')).toContainText(/password/i)
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true')

  // A port where nothing listens is named as the port, not as the password.
  const smtp = page.getByRole('group', { name: 'SMTP' })
  await smtp.getByLabel('Port').fill('1')
  await page.getByLabel('Password', { exact: true }).fill(password())
  await page.keyboard.press('Enter')
  await expect(smtp.getByLabel('Port')).toHaveAttribute('aria-invalid', 'true')
  await smtp.getByLabel('Port').fill(String(server.smtpSettings(support).port))
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { name: 'Who are you?' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue(password())
  await page.getByRole('button', { name: 'Test and continue' }).click()
  await expect(page.getByLabel('Your name')).toBeFocused()
  await page.keyboard.type('Ada Lovelace')
  await page.keyboard.press('Tab')
  await page.keyboard.type(support)
  await page.keyboard.press('Tab')
  await expect(page.getByText('must differ from the support mailbox')).toBeVisible()
  await page.getByLabel('Your own address').fill('ada@desk.test')
  await page.getByLabel('Name of the desk').fill('Hotel desk')
  await page.keyboard.press('Enter')

  await expect(page.getByRole('button', { name: /New ticket/ }).first()).toBeVisible()
  expect(await session(page)).toMatchObject({
    ok: true,
    value: { agent: { name: 'Ada Lovelace', address: 'ada@desk.test', role: 'admin' } },
  })
})

test('lets a colleague into the directory', async () => {
  const page = launched!.window
  const first = page.getByRole('region', { name: 'Your desk is ready' })
  await expect(first).toContainText(`Write to ${support}`)
  await first.getByRole('link', { name: /Add your colleagues/ }).click()
  await page.getByRole('button', { name: 'Add person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Ben Bright')
  await dialog.getByLabel('Address', { exact: true }).fill('ben@desk.test')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('ben@desk.test')).toBeVisible()
  // What colleagues must know has reached the mailbox when the journal has it.
  const journal = async (): Promise<string> =>
    (await server.mailbox(support, 'Copydesk/Journal'))
      .map((raw) => Buffer.from(raw.split(/\r?\n\r?\n/)[1] ?? '', 'base64').toString())
      .join('\n')
  await expect.poll(journal, { timeout: 30_000 }).toContain('ben@desk.test')
})

test('lets the colleague join from another desktop, as the person the desk knows', async () => {
  const page = await start('ben')
  await page.getByLabel('Support address').fill(support)
  await page.keyboard.press('Enter')
  await fillServers(page)
  await page.getByLabel('Password', { exact: true }).fill(password())
  await page.keyboard.press('Enter')

  await expect(page.getByRole('heading', { name: 'Join the desk' })).toBeVisible({
    timeout: 30_000,
  })
  await expect(page.getByText('Desk “Hotel desk”')).toBeVisible()
  await expect(page.getByText('2 agents')).toBeVisible()
  await expect(page.getByText('Ask Ada Lovelace to add you')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Join the desk' })).toBeDisabled()
  await page.getByLabel('Join as').selectOption('ben@desk.test')
  await page.getByRole('button', { name: 'Join the desk' }).click()
  await expect(page.getByRole('button', { name: /New ticket/ }).first()).toBeVisible()
  expect(await session(page)).toMatchObject({
    ok: true,
    value: { agent: { name: 'Ben Bright', address: 'ben@desk.test', role: 'agent' } },
  })

  // Not an admin: the desk's settings can be read, with the reason why they cannot be changed.
  await page.keyboard.press('Control+,')
  await page.getByRole('link', { name: 'Desk policy' }).click()
  await expect(page.getByText('Only admins change this; you can read it.')).toBeVisible()
})
