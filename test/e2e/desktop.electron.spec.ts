// What the desktop hands to the app and what the app tells the desktop, in a real Electron on a real desk.
import type * as asyncHooks from 'node:async_hooks'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { keepLogOnFailure } from '../support/electron/keepLog'
import { launchApp, type Launched } from '../support/electron/launchApp'
import { memorySecrets } from '../support/startDesk'
import { nextSecond } from '../support/nextSecond'
import { startMailServer, type MailServer } from '../support/servers/startMailServer'
import { createEngine } from '#main/engine'
import { queueNote } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'

declare global {
  var notified: {
    title: string
    body: string
    actions: string[]
    click: () => void
    act: (index: number) => void
  }[]
}

test.describe.configure({ mode: 'serial' })
keepLogOnFailure(() => profile)

const support = 'support@desk.test'
let server: MailServer
let folder: string
let profile: string
let key: string
let ticketId: string
let launched: Launched

const link = (url: string): Promise<boolean> =>
  launched.app.evaluate(
    ({ app }, opened) => app.emit('second-instance', {}, ['copydesk', opened], ''),
    url,
  )

test.beforeAll(async () => {
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-desktop-'))
  profile = join(folder, 'profile')
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    subject: 'Printer prints half pages',
    text: 'It stops in the middle.',
  })
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  await engine.setUp({
    account: {
      address: support,
      aliases: [],
      name: 'Desk',
      imap: server.imapSettings(support),
      smtp: server.smtpSettings(support),
    },
    agent: { name: 'Ada', address: 'ada@desk.test', role: 'admin' },
    preset: null,
    policy: { trustedAuthservIds: ['mx.desk.test'] },
    directory: [],
  })
  await engine.syncOnce()
  const [row] = await engine.core.db.read.all<{ id: string; key: string }>(
    'SELECT id, key FROM ticket',
  )
  if (row === undefined) throw new Error('no ticket')
  key = row.key
  ticketId = row.id
  await queueNote(engine.core, {
    id: 'note-canary',
    ticketId: row.id,
    text: 'note-canary: refund him',
  })
  await changeTicket(engine.core, row.id, { do: 'assign', assignee: 'ada@desk.test' })
  await engine.stop()
  launched = await launchApp({
    profile,
    env: { COPYDESK_PASSWORD: server.imapSettings(support).password },
    args: [`copydesk://ticket/${key.toLowerCase()}`],
  })
})

test.afterAll(async () => {
  await launched.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

test('a deep link among the words of the start opens its ticket', async () => {
  await expect(
    launched.window.getByRole('heading', { name: 'Printer prints half pages' }),
  ).toBeVisible()
})

test('a link to nothing says so in one sentence', async () => {
  await link('copydesk://ticket/ZZZZZZ')
  await expect(
    launched.window.getByText('There is no ticket ZZZZZZ: sync, or check the key.', {
      exact: true,
    }),
  ).toBeVisible()
})

test('a mailto: link fills in a new ticket and sends nothing', async () => {
  await link(
    `mailto:dora@customer.test?cc=fred@customer.test,${support}&bcc=spy@evil.test&subject=Hello&body=One%0ATwo&attach=/etc/hostname`,
  )
  const dialog = launched.window.getByRole('dialog', { name: 'New ticket' })
  await expect(dialog).toBeVisible()
  await expect(dialog.getByText('dora@customer.test')).toBeVisible()
  await expect(dialog.getByText('fred@customer.test')).toBeVisible()
  await expect(dialog.getByLabel('Subject')).toHaveValue('Hello')
  await expect(dialog).not.toContainText(/spy@evil|hostname/)
  await expect(dialog).not.toContainText(support)
  await launched.window.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  expect(await server.mailbox('dora@customer.test')).toEqual([])
})

test('a ticket becomes a PDF with what customers have seen, unless everything is asked for', async () => {
  const save = async (choice: string, file: string): Promise<number> => {
    await launched.app.evaluate(
      ({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath })
      },
      join(folder, file),
    )
    await launched.window.getByRole('button', { name: 'Print or save as PDF' }).click()
    await launched.window.getByText(choice, { exact: true }).click()
    await launched.window.getByRole('button', { name: 'Save as PDF…' }).click()
    const saved = (): string =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'latin1') : ''
    await expect.poll(saved, { timeout: 20_000 }).toMatch(/^%PDF-[^]*%%EOF\s*$/u)
    return saved().length
  }
  const less = await save('Public comments only', 'public.pdf')
  const more = await save('Everything', 'all.pdf')
  expect(more).toBeGreaterThan(less)
})

/** Carol answers the mail she began with. */
async function answer(id: string): Promise<void> {
  const [raw] = await server.mailbox(support)
  const first = /^Message-ID:\s*(<[^>]+>)/imu.exec(raw?.toString() ?? '')?.[1] ?? ''
  const lines = [
    'From: Carol Jones <carol@customer.test>',
    `To: ${support}`,
    'Subject: Re: Printer prints half pages',
    `Message-ID: <${id}@customer.test>`,
    `In-Reply-To: ${first}`,
    '',
    'text-canary',
    '',
  ]
  await server.deliver(Buffer.from(lines.join('\r\n')), {
    from: 'carol@customer.test',
    to: [support],
  })
}

const told = (): Promise<{ title: string; body: string; actions: string[] }[]> =>
  launched.app.evaluate(() =>
    globalThis.notified.map(({ title, body, actions }) => ({ title, body, actions })),
  )
const act = (which: number, button: number): Promise<void> =>
  launched.app.evaluate((_electron, [n, at]) => globalThis.notified[n]?.act(at), [
    which,
    button,
  ] as const)

test('a customer’s answer on my ticket notifies, without its text, and a click opens it', async () => {
  await launched.app.evaluate(({ Notification, BrowserWindow }) => {
    globalThis.notified = []
    Notification.isSupported = () => true
    Notification.prototype.show = function (this: Electron.Notification) {
      // The system tells of it as an event of its own; what Playwright asks may run amid the app's work.
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- what Playwright evaluates has no other way to a module
      const main = process.mainModule
      const { AsyncResource } = main?.require('node:async_hooks') as typeof asyncHooks
      const click = AsyncResource.bind(() => {
        this.emit('click', { preventDefault: () => undefined })
      })
      const act = AsyncResource.bind((at: number) => {
        this.emit('action', { actionIndex: at }, at)
      })
      const actions = this.actions.map(({ text }) => text ?? '')
      globalThis.notified.push({ title: this.title, body: this.body, actions, click, act })
    }
    for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false
  })
  await launched.window.getByRole('link', { name: /Solved/ }).click()
  await answer('answer-1')
  await expect.poll(told, { timeout: 30_000 }).toEqual([
    {
      title: 'Carol Jones wrote on your ticket',
      body: expect.stringMatching(/^(?:Re: )?Printer prints half pages$/),
      actions: ['Reply'],
    },
  ])
  await launched.app.evaluate(() => globalThis.notified[0]?.click())
  await expect(
    launched.window.getByRole('heading', { name: 'Printer prints half pages' }),
  ).toBeVisible()
})

test('a notification begins a reply, and sends nothing', async () => {
  await launched.window.getByRole('link', { name: /Solved/ }).click()
  await act(0, 0)
  await expect(launched.window.getByLabel('Text of the public reply')).toBeFocused()
  expect((await server.outbox()).filter((mail) => mail.includes('carol@customer.test'))).toEqual([])
})

test('a notification takes a ticket that is nobody’s', async () => {
  const change = (action: unknown): Promise<unknown> =>
    launched.window.evaluate(
      ([ticketId, wanted]) => window.copydesk.call('tickets.change', { ticketId, action: wanted }),
      [ticketId, action] as const,
    )
  await change({ do: 'follow', address: 'ada@desk.test', level: 'all' })
  await change({ do: 'assign', assignee: null })
  const assign = launched.window.locator('.assignee')
  await expect(assign).toContainText('Unassigned')
  await nextSecond()
  await answer('answer-2')
  await expect.poll(told, { timeout: 30_000 }).toHaveLength(2)
  expect((await told())[1]).toMatchObject({
    title: 'Carol Jones wrote on a ticket you follow',
    actions: ['Reply', 'Assign to me'],
  })
  await act(1, 1)
  const assignee = (): Promise<unknown> =>
    launched.window.evaluate(async (id) => window.copydesk.call('tickets.get', { id }), ticketId)
  await expect
    .poll(assignee)
    .toMatchObject({ ok: true, value: { ticket: { assignee: 'ada@desk.test' } } })
  await expect(assign).toContainText('Ada')
})

test('a notification that may not take its ticket says why', async () => {
  const call = (path: string, input: unknown): Promise<unknown> =>
    launched.window.evaluate(([wanted, given]) => window.copydesk.call(wanted, given), [
      path,
      input,
    ] as const)
  await call('tickets.change', { ticketId, action: { do: 'assign', assignee: null } })
  await call('directory.set', { name: 'Ben', address: 'ben@desk.test', role: 'admin' })
  await call('directory.set', { name: 'Ada', address: 'ada@desk.test', role: 'light' })
  await launched.window.getByRole('link', { name: /Solved/ }).click()
  await act(1, 1)
  await expect(
    launched.window.getByText('Your role does not allow this: ask an agent or an admin.', {
      exact: true,
    }),
  ).toBeVisible()
  await expect(
    launched.window.getByRole('heading', { name: 'Printer prints half pages' }),
  ).toBeVisible()
})
