// The queue of held mail in the real window: each decision by its one key, what it did to the ticket,
// and its way back.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Locator, type Page } from '@playwright/test'
import type { HeldItem, TicketDetail } from '#shared/ipc/contract'
import type { Bridge, Envelope } from '#shared/ipc/procedure'
import { copydesk, setUpDesk, support } from '#support/electron/deskWindow'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { nextSecond } from '#support/nextSecond'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

test.describe.configure({ mode: 'serial' })

const shots = process.env['COPYDESK_SHOTS']
const olaf = 'olaf@elsewhere.test'
let server: MailServer
let folder: string
let launched: Launched | undefined

const current = (): Launched => {
  if (launched === undefined) throw new Error('the app is not running')
  return launched
}
const page = (): Page => current().window
const press = (key: string): Promise<void> => page().keyboard.press(key)
const rows = (): Locator => page().getByTestId('held-item')
const subjects = (): Promise<string[]> =>
  rows().evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))

async function ask<T>(path: string, input?: unknown): Promise<T> {
  const envelope: Envelope = await page().evaluate(([p, i]) => window.copydesk.call(p, i), [
    path,
    input,
  ] as const)
  if (!envelope.ok) throw new Error(`${path}: ${envelope.error.message}`)
  return envelope.value as T
}

/** The ticket of the lamp as main has it. */
async function lamp(): Promise<TicketDetail> {
  const filter = { view: 'all', query: 'subject:lamp', offset: 0, limit: 10 }
  const found = await ask<{ rows: { id: string }[] }>('tickets.list', filter)
  return ask<TicketDetail>('tickets.get', { id: found.rows[0]?.id })
}

const ccs = async (): Promise<string[]> =>
  (await lamp()).participants.filter(({ role }) => role === 'cc').map(({ address }) => address)
const visibilityOf = async (messageId: string): Promise<string | undefined> =>
  (await lamp()).comments.find((comment) => comment.messageId === messageId)?.visibility
const isLink = (): Promise<boolean> =>
  lamp().then(({ audit }) =>
    audit.some(({ what, detail }) => what === 'alias.linked' && detail['address'] === olaf),
  )

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-held-'))
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: support,
    cc: ['Dave Brown <dave@customer.test>'],
    subject: 'Lamp in room 12 flickers',
    text: 'Since Monday it goes dark every ten minutes.',
    messageId: '<lamp@customer.test>',
  })
  for (const [id, from] of [
    ['first', `Olaf Outsider <${olaf}>`],
    ['second', 'Nina Nobody <nina@nowhere.test>'],
  ] as const) {
    await nextSecond()
    await server.deliver({
      from,
      to: support,
      subject: 'Re: Lamp in room 12 flickers',
      text: `The ${id} of those nobody knows.`,
      messageId: `<${id}@elsewhere.test>`,
      headers: {
        'In-Reply-To': '<lamp@customer.test>',
        References: '<lamp@customer.test>',
      },
    })
  }
  const profile = join(folder, 'profile')
  const env = await setUpDesk(server, folder, profile)
  await expect(async () => {
    await copydesk(env, ['sync', '--profile', profile])
    expect(await copydesk(env, ['held', '--profile', profile])).toHaveLength(2)
  }).toPass({ timeout: 60_000 })
  launched = await launchApp({ profile, env })
  await page().getByRole('link', { name: /^Held/ }).click()
  await expect(rows()).toHaveCount(2, { timeout: 30_000 })
})

test.afterAll(async () => {
  await launched?.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Makes the row of this sender the current one, by keys alone. */
async function standOn(name: string): Promise<void> {
  for (const key of ['k', 'k', 'k']) await press(key)
  const all = await subjects()
  for (let at = all.findIndex((label) => label.includes(name)); at > 0; at -= 1) await press('j')
  const standing = rows().filter({ has: page().getByText(name, { exact: true }) })
  await expect(standing).toHaveAttribute('aria-current', 'true')
}

/** Decides by a key about Olaf's mail, looks at what came of it, takes it back and finds all as before. */
async function decide(key: string, check: () => Promise<void>): Promise<void> {
  const before = await lamp()
  await standOn('Olaf Outsider')
  await press(key)
  await expect(rows()).toHaveCount(1)
  await expect(rows().first()).toContainText('Nina Nobody')
  await check()
  await press('u')
  await expect(rows()).toHaveCount(2)
  const after = await lamp()
  expect(after.participants).toEqual(before.participants)
  expect(after.comments).toEqual(before.comments)
}

test('says who waits, on which ticket and why', async () => {
  await expect(rows().first()).toContainText('Lamp in room 12 flickers')
  const held = await ask<HeldItem[]>('held.list')
  expect(held.map(({ because }) => because)).toEqual(['not-a-participant', 'not-a-participant'])
  if (shots === undefined) return
  for (const theme of ['light', 'dark'] as const) {
    await page().emulateMedia({ colorScheme: theme })
    await page().screenshot({ path: join(shots, `held-queue-${theme}.png`) })
  }
})

test('a accepts, u takes it back', async () => {
  await decide('a', async () => {
    await expect.poll(() => visibilityOf('first@elsewhere.test')).toBe('public')
    expect(await ccs()).toEqual(['dave@customer.test'])
  })
})

test('c accepts and adds as CC, and opens no new ticket', async () => {
  await decide('c', async () => {
    await expect.poll(ccs).toEqual(['dave@customer.test', olaf])
    await expect(page().getByRole('dialog')).toHaveCount(0)
  })
})

test('l links the sender to the requester', async () => {
  await decide('l', async () => {
    await expect.poll(() => visibilityOf('first@elsewhere.test')).toBe('public')
    expect(await ccs()).toEqual(['dave@customer.test'])
    expect(await isLink()).toBe(true)
  })
  expect(await isLink()).toBe(false)
})

test('d discards', async () => {
  await decide('d', () => expect.poll(() => visibilityOf('first@elsewhere.test')).toBe('private'))
})

test('b blocks the sender', async () => {
  await decide('b', async () => {
    await expect.poll(() => ask<string[]>('held.blocked')).toEqual([olaf])
  })
  expect(await ask<string[]>('held.blocked')).toEqual([])
})

test('the menu of a row links to any participant, and the notice takes it back', async () => {
  const menu = { name: /^Accept and link as another address/ }
  await rows().first().getByRole('button', menu).click()
  await page()
    .getByRole('menuitemradio', { name: /Dave Brown/ })
    .click()
  await expect(rows()).toHaveCount(1)
  const offers = page().locator('.toasts').getByRole('button', { name: 'Undo' })
  await expect(offers, 'what a key took back offers nothing any more').toHaveCount(1)
  await offers.click()
  await expect(rows()).toHaveCount(2)
  await expect(offers).toHaveCount(0)
})

test('keys pressed faster than main answers decide about one mail each', async () => {
  await press('d')
  await press('d')
  await expect(page().getByText('Nothing waits for a decision')).toBeVisible()
  await press('u')
  await press('u')
  await expect(rows()).toHaveCount(2)
  expect(current().problems.consoleErrors).toEqual([])
})
