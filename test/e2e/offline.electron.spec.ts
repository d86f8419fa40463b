// Written on a train: without a connection, across a quit and a power cut, and each mail arrives once.
import { createConnection, createServer, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import { deliverCases, setUpDesk, support } from '../support/electron/deskWindow'
import { clickRow } from '../support/electron/clickRow'
import { launchApp, type Launched } from '../support/electron/launchApp'
import { startMailServer, type MailServer } from '../support/servers/startMailServer'

test.describe.configure({ mode: 'serial' })

const lamp = 'Lamp in room 12 flickers'

/** The way to a server, which can be cut. */
async function startGate(target: number) {
  const sockets = new Set<Socket>()
  let isOpen = true
  const gate = createServer((client) => {
    sockets.add(client)
    client.on('error', () => undefined)
    if (!isOpen) {
      client.destroy()
      return
    }
    const upstream = createConnection(target, '127.0.0.1')
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done))
  const address = gate.address()
  if (address === null || typeof address === 'string') throw new Error('the gate has no port')
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    port: address.port,
    shut: () => {
      isOpen = false
      drop()
    },
    open: () => {
      isOpen = true
    },
    stop: async () => {
      drop()
      await new Promise((done) => gate.close(done))
    },
  }
}

let server: MailServer
let gates: Awaited<ReturnType<typeof startGate>>[]
let folder: string
let profile: string
let env: Record<string, string>
let launched: Launched | undefined

test.beforeAll(async () => {
  server = await startMailServer()
  await deliverCases(server)
  folder = mkdtempSync(join(tmpdir(), 'cd-offline-'))
  profile = join(folder, 'profile')
  const imap = await startGate(server.imapSettings(support).port)
  const smtp = await startGate(server.smtpSettings(support).port)
  gates = [imap, smtp]
  const gated: MailServer = {
    ...server,
    imapSettings: (user) => ({ ...server.imapSettings(user), port: imap.port }),
    smtpSettings: (user) => ({ ...server.smtpSettings(user), port: smtp.port }),
  }
  env = await setUpDesk(gated, folder, profile)
})

test.afterAll(async () => {
  await launched?.close()
  for (const gate of gates) await gate.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

function current(): Launched {
  if (launched === undefined) throw new Error('the app is not running')
  return launched
}

async function start(): Promise<Page> {
  launched = await launchApp({ profile, env })
  await expect(launched.window.getByText('Lamp in room 12 flickers').first()).toBeVisible({
    timeout: 30_000,
  })
  return launched.window
}

async function open(window: Page, subject: string): Promise<void> {
  await window.getByRole('link', { name: 'All open' }).click()
  await clickRow(window.getByRole('option').filter({ hasText: subject }).first())
  await expect(window.getByRole('heading', { name: subject }).first()).toBeVisible()
}

async function outbox(window: Page): Promise<void> {
  await window.getByRole('link', { name: /Outbox/ }).click()
  await expect(window.getByRole('heading', { name: 'Outbox', exact: true })).toBeVisible()
}

const copies = async (user: string, words: string): Promise<number> =>
  (await server.mailbox(user)).filter((raw) => raw.includes(words)).length

test('a reply written offline waits in the outbox, and a half-written one is kept', async () => {
  const window = await start()
  for (const gate of gates) gate.shut()
  await open(window, lamp)
  const text = window.getByLabel('Text of the public reply')
  await text.fill('We replace the lamp today.')
  await expect(window.getByTestId('send')).toBeEnabled()
  await text.press('Control+Enter')
  await expect(
    window.getByTestId('comment').filter({ hasText: 'We replace the lamp today.' }),
  ).toBeVisible()
  await open(window, 'Chair wobbles')
  await window.getByLabel('Text of the public reply').fill('Half a sentence about the cha')
  await outbox(window)
  await expect(window.getByRole('heading', { name: /^On the way/ })).toBeVisible()
  await expect(
    window.getByText(/Leaves \d|Waits for the connection|cannot be reached|next try/).first(),
  ).toBeVisible()
  expect(await copies('carol@customer.test', 'We replace the lamp today.')).toBe(0)
})

test('both survive the power cut, and the app starts offline', async () => {
  await current().kill()
  const window = await start()
  await open(window, 'Chair wobbles')
  await expect(window.getByLabel('Text of the public reply')).toContainText(
    'Half a sentence about the cha',
  )
  await outbox(window)
  await expect(window.getByRole('heading', { name: /^On the way/ })).toBeVisible()
})

test('survives a quit as well, and goes out once when the connection is back', async () => {
  // The next try may be minutes away.
  test.setTimeout(360_000)
  await current().close()
  const window = await start()
  for (const gate of gates) gate.open()
  await outbox(window)
  await expect(window.getByRole('heading', { name: /^Done/ })).toBeVisible({ timeout: 240_000 })
  for (const user of ['carol@customer.test', 'dave@customer.test', 'pat@partner.test']) {
    expect(await copies(user, 'We replace the lamp today.')).toBe(1)
  }
})

test('a reply taken back within its seconds goes to nobody, and its words are back', async () => {
  const { window } = current()
  await open(window, lamp)
  const text = window.getByLabel('Text of the public reply')
  await text.fill('We never open.')
  await text.press('Control+Enter')
  await window.getByRole('button', { name: 'Undo' }).click()
  await expect(text).toContainText('We never open.')
  await outbox(window)
  await expect(window.getByText('Cancelled').first()).toBeVisible()
  expect(await copies('carol@customer.test', 'We never open.')).toBe(0)
})

test('a reply is edited after a power cut: words and file are back, and leave once', async () => {
  for (const gate of gates) gate.shut()
  const before = current().window
  await open(before, lamp)
  const chooser = before.waitForEvent('filechooser')
  await before.getByRole('button', { name: 'Attach files' }).click()
  const file = { name: 'hours.txt', mimeType: 'text/plain', buffer: Buffer.from('9 to 5') }
  await (await chooser).setFiles([file])
  const files = (window: Page): Locator =>
    window.locator('.composer').getByRole('list', { name: 'Attached files' })
  await expect(files(before)).toContainText('hours.txt')
  await before.getByLabel('Text of the public reply').press('Control+Enter')
  await expect(before.getByRole('button', { name: 'Undo' })).toBeVisible()
  await current().kill()

  const window = await start()
  await outbox(window)
  const item = window.getByRole('article', { name: `Waiting: Re: ${lamp}` }).first()
  await item.getByRole('button', { name: 'Edit' }).press('Enter')
  const text = window.getByLabel('Text of the public reply')
  await expect(text).toContainText('We never open.')
  await expect(files(window)).toContainText('hours.txt')
  for (const gate of gates) gate.open()
  await text.press('Control+Enter')
  await server.waitForMail('carol@customer.test', (raw) => raw.includes('hours.txt'), 60_000)
  expect(await copies('carol@customer.test', 'We never open.')).toBe(1)
})

test('the outbox is worked by keyboard: send now, cancel', async () => {
  const { window } = current()
  for (const gate of gates) gate.shut()
  await open(window, 'Invoice 4711 is wrong')
  const text = window.getByLabel('Text of the public reply')
  await text.fill('Here is the right invoice.')
  await text.press('Control+Enter')
  await outbox(window)
  const item = window.getByRole('article').filter({ hasText: 'Invoice 4711' }).first()
  await item.getByRole('button', { name: 'Send now' }).focus()
  await window.keyboard.press('Enter')
  await expect(item).toContainText(/1 try/, { timeout: 30_000 })
  await item.getByRole('button', { name: 'Cancel' }).focus()
  await window.keyboard.press('Enter')
  await expect(item).toContainText('Cancelled')
  for (const gate of gates) gate.open()
})
