// Several processes on one profile, on real servers: whoever may not work beside the other is told so, whoever may does,
// and each mail leaves once.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '#main/db/open'
import { listItems, type OutboxItem } from '#main/db/outbox'
import { aMail, feed, rows } from '#support/feedMails'
import { runCommand, start, type Served } from '#support/headless'
import { until } from '#support/joinDesk'
import { watchOutbox } from '#support/watchOutbox'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

/** Each starts many processes, which takes a busy machine a while. */
const patient = { timeout: 240_000 }
const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const ticketCount = 8

let server: MailServer
let desk: Desk
let keys: string[]
let running: Served[] = []
let round = 0

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
/** A desk with some tickets of Carol, Dave in Cc; nothing runs on it yet. */
beforeEach(async () => {
  round += 1
  desk = await startDesk({ server })
  const mails = Array.from({ length: ticketCount }, (_, n) => ({
    raw: aMail({
      from: `Carol <${carol}>`,
      to: desk.account.address,
      cc: [`Dave <${dave}>`],
      subject: `Two ${String(round)}.${String(n)}`,
      text: 'Hello?',
    }),
    at: Date.now() - (n + 1) * 3_600_000,
  }))
  await feed(desk, mails)
  keys = (await rows(desk)).map((row) => row.key)
  expect(keys).toHaveLength(ticketCount)
  await desk.engine.stop()
})
afterEach(async () => {
  for (const one of running) one.signal('SIGKILL')
  await Promise.all(running.map((one) => one.ended))
  running = []
  await rm(desk.profile, { recursive: true, force: true })
})

function begin(...words: readonly string[]): Served {
  const begun = start(desk, ...(words.length === 0 ? ['serve'] : words))
  running.push(begun)
  return begun
}

/** It holds the profile and has read its mailbox. */
async function isServing(): Promise<void> {
  const subject = `Served ${String(round)} ${String(Math.random())}`
  await server.deliver({ from: `Carol <${carol}>`, to: desk.account.address, subject })
  await until(async () => {
    const { printed } = await run('tickets', '--query', `subject:"${subject}"`)
    return printed.includes(subject)
  })
}

const run = (...words: string[]): ReturnType<typeof runCommand> => runCommand(desk, ...words)
const problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
const refusalIn = (printed: string): string =>
  problem.parse(JSON.parse(printed) as unknown).error.message

async function items(): Promise<OutboxItem[]> {
  const db = await openDatabase(desk.profile)
  expect(await db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  const all = await listItems(db.read)
  await db.close()
  return all
}

async function copiesOf(messageId: string): Promise<number[]> {
  const has = (raw: string): boolean => raw.replace(/\r?\n[ \t]+/gu, ' ').includes(messageId)
  const boxes = await Promise.all([carol, dave].map((user) => server.mailbox(user)))
  return boxes.map((mails) => mails.filter(has).length)
}

/** Waits until nothing is on its way, then looks who has what. */
async function expectEachOnce(count: number): Promise<void> {
  const open = new Set(['queued', 'sending', 'uncertain'])
  await until(async () => !(await items()).some(({ state }) => open.has(state)), 90_000)
  const all = await items()
  expect(all).toHaveLength(count)
  for (const { messageId, state } of all) {
    const expected = state === 'cancelled' ? 0 : 1
    // The server has taken it, and puts it into the mailboxes a moment later.
    await until(async () => (await copiesOf(messageId)).every((copies) => copies >= expected))
    expect([state, await copiesOf(messageId)]).toEqual([state, [expected, expected]])
  }
}

it(
  'a second serve and a sync beside a serve end with a sentence, and it goes on',
  patient,
  async () => {
    begin()
    await isServing()
    for (const command of ['serve', 'sync']) {
      const { code, printed } = await run(command)
      expect(code).toBe(1)
      expect(refusalIn(printed)).toMatch(/Another Copydesk is using this profile: close it first/)
    }
    expect((await run('reply', keys[0] ?? '', '--body', 'Still here.')).code).toBe(0)
    await expectEachOnce(1)
  },
)

it('commands at once beside a serve are all done, and each mail leaves once', patient, async () => {
  begin()
  await isServing()
  const replies = keys.slice(0, 4).map((key) => run('reply', key, '--body', `To ${key}.`))
  const bulk = run('bulk-reply', ...keys.slice(4), '--body', 'To many.')
  const ended = await Promise.all([...replies, bulk])
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
  await expectEachOnce(ticketCount)
})

it('cancelled or sent, never both, however close the two processes come', patient, async () => {
  begin()
  await isServing()
  for (const key of keys) {
    const { printed } = await run('reply', key, '--body', `Perhaps ${key}.`)
    const [, id = ''] = /"id": "([^"]+)"/.exec(printed) ?? []
    const [again, cancelled] = await Promise.all([
      run('outbox', 'retry', id),
      run('outbox', 'cancel', id),
    ])
    const state = (await items()).find((item) => item.id === id)?.state
    if (cancelled.code === 0 && again.code !== 0) expect(state).toBe('cancelled')
    if (cancelled.code !== 0) expect(refusalIn(cancelled.printed)).toMatch(/cannot be cancelled/)
  }
  await expectEachOnce(ticketCount)
})

/** A bulk reply to all tickets that ends when some have it. @returns how many */
async function cutBulk(...words: string[]): Promise<number> {
  const firstQueued = await watchOutbox(desk.profile)
  const bulk = begin('bulk-reply', ...keys, ...words)
  await firstQueued()
  bulk.signal('SIGKILL')
  expect(await bulk.ended).toBeNull()
  const has = (await items()).length
  expect(has).toBeLessThan(ticketCount)
  return has
}

it(
  'a bulk reply that is killed says how to go on, is not begun twice, and reaches each once',
  patient,
  async () => {
    const has = await cutBulk('--body', 'Open again.')
    const again = await run('bulk-reply', ...keys, '--body', 'Open again.')
    expect(again.code).toBe(1)
    const said = refusalIn(again.printed)
    expect(said).toContain(`${String(has)} of ${String(ticketCount)} tickets have it`)
    const [, id = ''] = /“bulk-replies resume (\w+)”/.exec(said) ?? []
    const listed = JSON.parse((await run('bulk-replies')).printed) as unknown
    expect(listed).toMatchObject([{ id, text: 'Open again.' }])

    const { code, printed } = await run('bulk-replies', 'resume', id)
    expect([code, JSON.parse(printed)]).toMatchObject([0, keys.map((key) => ({ key, isOk: true }))])
    expect((await run('bulk-replies')).printed.trim()).toBe('[]')
    expect((await run('bulk-replies', 'resume', id)).code).toBe(1)
    begin()
    await expectEachOnce(ticketCount)
  },
)

it('what a killed bulk reply has not reached can be left out', patient, async () => {
  const has = await cutBulk('--body', 'Perhaps.')
  const listed = JSON.parse((await run('bulk-replies')).printed) as { id: string }[]
  expect((await run('bulk-replies', 'drop', listed[0]?.id ?? '')).printed.trim()).toBe('[]')
  begin()
  await expectEachOnce(has)
})

it('of several syncs at once one works and the others say why not', patient, async () => {
  const queued = await Promise.all(keys.map((key) => run('reply', key, '--body', `To ${key}.`)))
  expect(queued.map(({ code }) => code)).toEqual(keys.map(() => 0))
  const ended = await Promise.all(Array.from({ length: 4 }, () => run('sync')))
  expect(ended.some(({ code }) => code === 0)).toBe(true)
  for (const { code, printed } of ended) {
    if (code !== 0) expect(refusalIn(printed)).toMatch(/Another Copydesk/)
  }
  await expectEachOnce(ticketCount)
})

it('a serve that takes over from one that was killed repeats nothing', patient, async () => {
  for (let n = 0; n < ticketCount; n += 1) {
    const first = begin()
    await run('reply', keys[n] ?? '', '--body', `To ${keys[n] ?? ''}.`)
    await delay(Math.random() * 1_500)
    first.signal('SIGKILL')
    // At once: nothing of the other is waited for.
  }
  begin()
  await expectEachOnce(ticketCount)
})

it(
  'several commands at once on a profile that does not exist yet all say what is missing',
  patient,
  async () => {
    const profile = join(await mkdtemp(join(tmpdir(), 'cd-fresh-')), 'profile')
    const ended = await Promise.all(
      Array.from({ length: 8 }, () => runCommand({ profile }, 'tickets')),
    )
    for (const { code, printed } of ended) {
      expect(code).toBe(1)
      expect(refusalIn(printed)).toMatch(/not set up yet/)
    }
    await rm(join(profile, '..'), { recursive: true, force: true })
  },
)
