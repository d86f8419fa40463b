// Two agents at two desktops on one mailbox: each sees what the other does, without a click and without another server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { encodeBatch } from '#main/journal/codec'
import { loadDeviceKey } from '#main/journal/signing'
import { connectImap } from '#main/mail/imap'
import type { SignedEvent } from '#shared/model/batch'
import { tick } from '#shared/rules/clock'
import { copydesk, deliverCases, setUpDesk, support } from '#support/electron/deskWindow'
import { clearText } from '#support/electron/deskPage'
import { launchApp, type Launched } from '#support/electron/launchApp'
import { nextSecond } from '#support/nextSecond'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

test.describe.configure({ mode: 'serial' })

const subject = 'Invoice 4711 is wrong'
const shots = process.env['COPYDESK_SHOTS']
let server: MailServer
let folder: string
/** Ben's way to the mailbox, to be cut. */
let wire: FaultProxy
const launched: Launched[] = []
let ada: Page
let ben: Page

async function call(page: Page, path: string, input: unknown): Promise<void> {
  const answer = await page.evaluate(([name, given]) => window.copydesk.call(name, given), [
    path,
    input,
  ] as const)
  expect(answer, path).toMatchObject({ ok: true })
}

test.beforeAll(async () => {
  test.setTimeout(240_000)
  server = await startMailServer()
  folder = mkdtempSync(join(tmpdir(), 'cd-two-'))
  await deliverCases(server)
  const env = await setUpDesk(server, folder, join(folder, 'ada'))
  const imap = server.imapSettings(support)
  wire = await startFaultProxy(imap.port)
  const config = {
    account: {
      address: support,
      name: 'Hotel desk',
      imap: { ...imap, port: wire.port },
      smtp: server.smtpSettings(support),
    },
    agent: { name: 'Ben Bright', address: 'ben@desk.test', role: 'agent' },
  }
  const bens = { ...env, XDG_CONFIG_HOME: join(folder, 'ben-config') }
  const profile = join(folder, 'ben')
  await copydesk(bens, ['setup', '--config', '-', '--profile', profile], JSON.stringify(config))
  await copydesk(bens, ['sync', '--profile', profile])
  for (const [name, vars] of [
    ['ada', env],
    ['ben', bens],
  ] as const) {
    launched.push(await launchApp({ profile: join(folder, name), env: vars }))
  }
  ;[ada, ben] = launched.map(({ window }) => window) as [Page, Page]
  for (const page of [ada, ben]) {
    await expect(page.getByRole('option').filter({ hasText: subject })).toBeVisible({
      timeout: 30_000,
    })
    await call(page, 'preferences.set', { undoSeconds: 0 })
  }
})

test.afterAll(async () => {
  for (const one of launched) await one.close()
  await wire.stop()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const here = (page: Page) => page.getByRole('status', { name: 'Colleagues on this ticket' })
const rowOf = (page: Page) => page.getByRole('option').filter({ hasText: subject })
const comment = (page: Page, text: string) => page.getByTestId('comment').filter({ hasText: text })

async function shoot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .exclude('iframe')
      .analyze()
    const found = violations.map(({ id, nodes }) =>
      [id, ...nodes.map(({ html }) => html)].join(' '),
    )
    expect(found, `${name}, ${colorScheme}`).toEqual([])
    if (shots !== undefined) {
      await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`) })
    }
  }
}

test('each sees where the other is', async () => {
  await rowOf(ada).click()
  await expect(rowOf(ben).getByTestId('present')).toContainText('Ada Lovelace is viewing.')
  await rowOf(ben).click()
  await expect(here(ada)).toContainText('Ben Bright is viewing.')
  await expect(here(ben)).toContainText('Ada Lovelace is viewing.')
})

test('what one does the other has without a click', async () => {
  await ada.keyboard.press('i')
  await expect(ben.getByRole('button', { name: 'Assignee: Ada Lovelace' })).toBeVisible()
  await ada.keyboard.press('s')
  await ada.getByRole('menuitemradio', { name: 'Pending' }).click()
  await expect(ben.getByRole('button', { name: 'Status: Pending' })).toBeVisible()

  const ccs = ada.getByRole('region', { name: 'CCs' }).last()
  await ccs.getByLabel('Add CCs').fill('Zoe Zorn <zoe@customer.test>')
  await ccs.getByLabel('Add CCs').press('Enter')
  await expect(ben.getByRole('region', { name: 'CCs' }).last()).toContainText('Zoe Zorn')

  await ada.getByText('Internal note', { exact: true }).last().click()
  await ada.getByLabel('Text of the internal note').fill('They mean the one of May.')
  await ada.keyboard.press('Control+Enter')
  await expect(comment(ben, 'They mean the one of May.')).toBeVisible()
})

test('who replies is seen, and a reply that came first is told before Send', async () => {
  await ben.keyboard.press('r')
  await ben.getByLabel('Text of the public reply').fill('We look into it.')
  await expect(here(ada)).toContainText('Ben Bright is replying.')
  await expect(ada.getByTestId('also-replying')).toContainText('Ben Bright is replying.')
  await shoot(ada, 'presence')

  await call(ada, 'replies.send', {
    id: 'reply-of-ada-0001',
    ticketId: await ada.evaluate(() => location.hash.split('/').at(-1)),
    visibility: 'public',
    text: 'The corrected invoice is attached.',
  })
  const alert = ben.getByRole('alert').filter({ hasText: 'just now' })
  await expect(alert).toContainText('Ada Lovelace sent a reply just now.', { timeout: 30_000 })

  await shoot(ben, 'collision')
  await ben.getByRole('button', { name: 'I have seen it' }).click()
  await expect(alert).toHaveCount(0)
  await clearText(ben.getByLabel('Text of the public reply'))
  await expect(here(ada)).toContainText('Ben Bright is viewing.')
})

test('whose change did not hold is told whose does', async () => {
  const ticketId = await ada.evaluate(() => location.hash.split('/').at(-1))
  const action = { do: 'setStatus', status: 'pending' }
  await call(ada, 'tickets.change', { ticketId, action })
  await expect(ben.getByRole('button', { name: 'Status: Pending' })).toBeVisible()
  wire.setFault({ kind: 'rst', direction: 'client', afterBytes: 0 })
  wire.dropAll()
  await ben.getByLabel('Text of the public reply').press('Escape')
  await ben.keyboard.press('s')
  await ben.getByRole('menuitemradio', { name: 'Open' }).click()
  await expect(ben.getByRole('button', { name: 'Status: Open' })).toBeVisible()
  await call(ada, 'tickets.change', { ticketId, action: { do: 'setStatus', status: 'solved' } })
  await expect(ada.getByRole('button', { name: 'Status: Solved' })).toBeVisible()
  wire.setFault(null)
  await call(ben, 'sync.now', undefined)
  const strip = ben.getByTestId('conflict')
  await expect(strip).toContainText('Ada Lovelace solved it at', { timeout: 30_000 })
  await expect(strip).toContainText('was older.')
  await expect(ben.getByRole('button', { name: 'Status: Solved' })).toBeVisible()
  await shoot(ben, 'conflict')
  await strip.getByRole('button').click()
  await expect(strip).toHaveCount(0)
})

test('whoever goes back to the list is gone', async () => {
  await expect(here(ada)).toContainText('Ben Bright', { timeout: 30_000 })
  await ben.getByRole('link', { name: 'Outbox' }).click()
  // His desktop may still be on its way back to the server.
  await expect(here(ada)).not.toContainText('Ben Bright', { timeout: 60_000 })
})

test('a mail that both see is told to a follower exactly once', async () => {
  const ticketId = await ada.evaluate(() => location.hash.split('/').at(-1))
  const action = { do: 'follow', address: 'cleo@desk.test' }
  await call(ada, 'tickets.change', { ticketId, action })
  const sent = ['First thing more.', 'Second thing more.']
  const notices = async (text: string): Promise<number> =>
    (await server.mailbox('cleo@desk.test')).filter((raw) => raw.includes(text)).length
  const [original] = (await server.mailbox(support)).filter((raw) => raw.includes(subject))
  const id = /^message-id: *(<.+>)/im.exec(original ?? '')?.[1] ?? ''
  await nextSecond()
  for (const text of sent) {
    await server.deliver({
      from: 'Customer 0 <customer0@customer.test>',
      to: support,
      subject: `Re: ${subject}`,
      text,
      headers: { 'In-Reply-To': id, References: id },
    })
    await expect(comment(ada, text)).toBeVisible({ timeout: 30_000 })
    await expect.poll(() => notices(text), { timeout: 30_000 }).toBe(1)
  }
  // The second was claimed after the first was done on both desktops.
  expect(await Promise.all(sent.map(notices))).toEqual([1, 1])
})

/** A message of the desk's folder as somebody with the mailbox's password could put it there. */
async function appendEvents(events: readonly SignedEvent[]): Promise<void> {
  const imap = await connectImap(server.imapSettings(support))
  const head = { from: support, mailbox: support, at: Date.now() }
  await imap.append('Copydesk/Journal', encodeBatch(events, head), ['\\Seen'])
  await imap.close()
}

test('a new desktop waits until an admin approves it, and a forged change is shown', async () => {
  await ada.keyboard.press('Control+,')
  await ada.getByRole('link', { name: 'Desktops' }).click()
  await expect(ada.getByText('Nothing has been set aside.')).toBeVisible()
  const approval = ada.getByRole('switch', { name: 'An admin approves each new desktop' })
  await approval.click()
  await expect(approval).toBeChecked()

  const cleo = loadDeviceKey(join(folder, 'cleo'))
  const signed = (id: string, body: object): SignedEvent => {
    const envelope = { id, by: 'cleo@desk.test', device: cleo.device, ticketId: null, body }
    const text = JSON.stringify({ ...envelope, hlc: tick(null, Date.now(), cleo.device) })
    return { text, signature: cleo.sign(text), key: cleo.publicKey }
  }
  const announced = { kind: 'device.announced', device: cleo.device, name: 'Cleo’s laptop' }
  const genuine = signed('cleo-announced', announced)
  const forged = { ...signed('cleo-forged', announced), signature: genuine.signature }
  await appendEvents([genuine, forged])
  const row = ada.getByTestId('device').filter({ hasText: 'Cleo’s laptop' })
  await expect(row).toContainText('Waits for approval', { timeout: 30_000 })
  await expect(ada.getByText('Its signature does not fit: it was altered or forged.')).toBeVisible()
  await shoot(ada, 'approval')
  await row.getByRole('button', { name: /^Approve / }).click()
  await expect(row).toContainText('Trusted')
})

test('an admin sees the desktops, revokes one, and is asked before', async () => {
  await ada.keyboard.press('Control+,')
  await ada.getByRole('link', { name: 'Desktops' }).click()
  await expect(ada.getByTestId('device')).toHaveCount(3)
  await shoot(ada, 'devices')
  await ada.getByRole('button', { name: /^Revoke .* of Ben Bright$/ }).click()
  await expect(ada.getByRole('dialog')).toContainText('for ever')
  await ada.getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(ada.getByTestId('device').filter({ hasText: 'Revoked' })).toHaveCount(1)
})

test('a folder that is gone is told, and rebuilt when somebody says so', async () => {
  await server.dovecot.doveadm('mailbox', 'delete', '-u', support, 'Copydesk/Journal')
  await call(ada, 'sync.now', undefined)
  const banner = ada.getByRole('status').filter({ hasText: 'has lost' })
  await expect(banner).toBeVisible({ timeout: 30_000 })
  await expect(ada.getByText('Desk not shared')).toBeVisible()
  await shoot(ada, 'lost')
  await banner.getByRole('button').click()
  await ada.getByRole('button', { name: 'Rebuild now' }).click()
  await expect(banner).toHaveCount(0, { timeout: 30_000 })
})
