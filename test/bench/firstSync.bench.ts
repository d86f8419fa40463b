// The whole first sync with full-text index beside a bare imapflow fetch loop of the same mailbox, in one run: once while
// nobody works, once while an agent reads and writes all the time, for whom the sync makes room.
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp } from '#main/app'
import { createEngine } from '#main/engine'
import type { App, Host } from '#main/host'
import { memorySecrets, temporaryProfile } from '#support/startDesk'
import { generateMail } from '#support/servers/genMail'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'
import { parseAlone, storeAlone } from './alone'
import { percentile, print, ratio, seconds, type Line } from './report'

const count = Number(process.env['BENCH_MAILS'] ?? 20_000)
const support = 'support@desk.test'
const workers = join(import.meta.dirname, '../../out/main')
const noHost: Host = {
  frameHeight: () => Promise.resolve(0),
  purify: (html) => Promise.resolve(html),
  openExternal: () => Promise.resolve(),
  saveFile: () => Promise.resolve(false),
  openFile: () => Promise.resolve(),
  takeRequest: () => null,
  print: () => Promise.resolve(),
  savePdf: () => Promise.resolve(false),
  saveLines: () => Promise.resolve(false),
  showFile: () => undefined,
}

let server: MailServer
const profiles: string[] = []

beforeAll(async () => {
  if (!existsSync(join(workers, 'syncProcess.cjs'))) throw new Error('Build first: npm run build')
  server = await startMailServer()
  const batch: { raw: Buffer; flags: string; receivedAt: number }[] = []
  for (const { raw, flags, receivedAt } of generateMail({ count })) {
    batch.push({ raw, flags, receivedAt })
    if (batch.length < 1_000) continue
    await server.inject(support, 'INBOX', batch.splice(0))
  }
  await server.inject(support, 'INBOX', batch)
})

afterAll(async () => {
  await server.stop()
  for (const profile of profiles) await rm(profile, { recursive: true, force: true })
})

/** One mail in so many is kept, to be parsed alone. */
const sampled = 10
const windowBytes = 65_536

async function bareFetch(): Promise<{ ms: number; sample: Buffer[] }> {
  const { host, port, user, password } = server.imapSettings(support)
  const client = new ImapFlow({
    host,
    port,
    secure: false,
    doSTARTTLS: false,
    auth: { user, pass: password },
    logger: false,
  })
  await client.connect()
  await client.mailboxOpen('INBOX')
  const startedAt = performance.now()
  let fetched = 0
  const sample: Buffer[] = []
  for await (const message of client.fetch('1:*', { uid: true, source: true })) {
    if (message.source === undefined) continue
    if (fetched % sampled === 0) sample.push(Buffer.from(message.source.subarray(0, windowBytes)))
    fetched += 1
  }
  const ms = performance.now() - startedAt
  await client.logout()
  expect(fetched).toBe(count)
  return { ms, sample }
}

async function setUp(): Promise<string> {
  const profile = await temporaryProfile()
  profiles.push(profile)
  const secrets = memorySecrets()
  const engine = await createEngine({ profile, secrets })
  const imap = server.imapSettings(support)
  const smtp = server.smtpSettings(support)
  await engine.setUp({
    account: { address: support, aliases: [], name: 'Desk', imap, smtp },
    agent: { name: 'Ada', address: 'ada@desk.test', role: 'admin' },
    preset: null,
    policy: {},
    directory: [],
  })
  const [account] = await engine.accounts()
  await engine.stop()
  if (account === undefined) throw new Error('no account')
  passwords.set(account.id, JSON.stringify({ imap: imap.password, smtp: smtp.password }))
  return profile
}

const passwords = new Map<string, string>()
const secrets = {
  mode: 'ask' as const,
  get: (id: string) => Promise.resolve(passwords.get(id) ?? null),
  set: () => Promise.resolve(),
}

interface Rows {
  readonly rows: readonly { readonly id: string }[]
}

async function rowsOf(app: App, limit: number): Promise<Rows['rows']> {
  const answer = await app.serve('tickets.list', { view: 'all', limit })
  if (!answer.ok) throw new Error(answer.error.message)
  return (answer.value as Rows).rows
}

/** A write as an agent's: it must not wait for the sync. */
async function saveDraft(app: App, ticketId: string): Promise<number> {
  const askedAt = performance.now()
  const draft = { ticketId, mode: 'public', text: 'x', seenRevision: null }
  const answer = await app.serve('drafts.save', draft)
  if (!answer.ok) throw new Error(answer.error.message)
  return performance.now() - askedAt
}

/** What the processes that this one has started take and have used; NaN where the system does not tell. */
function children(): { residentBytes: number; processorMs: number } {
  const sum = { residentBytes: 0, processorMs: 0 }
  try {
    const own = String(process.pid)
    const pids = readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').trim().split(' ')
    for (const pid of pids.filter((each) => each !== '')) {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      sum.residentBytes += Number(/VmRSS:\s+(\d+)/u.exec(status)?.[1] ?? 0) * 1024
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // Behind the name: user and system time are the 12th and 13th field, in hundredths of a second.
      const [user, system] = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13)
      sum.processorMs += (Number(user) + Number(system)) * 10
    }
    return sum
  } catch {
    return { residentBytes: Number.NaN, processorMs: Number.NaN }
  }
}

async function isSynced(app: App): Promise<boolean> {
  const answer = await app.serve('sync.activity', undefined)
  if (!answer.ok) throw new Error(answer.error.message)
  const { accounts } = answer.value as { accounts: { syncedAt: number | null; problem: string }[] }
  const problem = accounts.find((a) => a.problem !== '')?.problem
  if (problem !== undefined) throw new Error(problem)
  return accounts.length > 0 && accounts.every((a) => a.syncedAt !== null)
}

interface Sync {
  readonly firstRow: number
  readonly first200: number
  readonly synced: number
  readonly indexed: number
  /** Ms of each `tickets.list` and each draft, from question to answer. */
  readonly answers: readonly number[]
  readonly drafts: readonly number[]
  readonly heldUp: number
  readonly peak: number
  readonly peakChildren: number
  readonly mainCpu: number
  readonly childrenCpu: number
}

/** A first sync into an empty profile. `isAtWork`: an agent looks at the list and types. */
async function firstSync(profile: string, isAtWork: boolean): Promise<Sync> {
  const before = process.cpuUsage()
  let childrenCpu = 0
  const startedAt = performance.now()
  const app = await startApp({ profile, secrets, host: noHost, version: '0', workers })
  const answers: number[] = []
  let firstRow = Number.NaN
  let first200 = Number.NaN
  const drafts: number[] = []
  let peak = 0
  let peakChildren = 0
  const loop = monitorEventLoopDelay({ resolution: 2 })
  loop.enable()
  while (!(await isSynced(app))) {
    if (isAtWork || Number.isNaN(first200)) {
      const askedAt = performance.now()
      // As the window does: the whole screen until it is full, then what shows.
      const rows = await rowsOf(app, Number.isNaN(first200) ? 200 : 50)
      answers.push(performance.now() - askedAt)
      if (rows.length > 0 && Number.isNaN(firstRow)) firstRow = performance.now() - startedAt
      if (rows.length >= 200 && Number.isNaN(first200)) first200 = performance.now() - startedAt
      const [first] = rows
      if (isAtWork && first !== undefined && answers.length % 5 === 0) {
        drafts.push(await saveDraft(app, first.id))
      }
    }
    peak = Math.max(peak, process.memoryUsage().rss)
    const { residentBytes, processorMs } = children()
    peakChildren = Math.max(peakChildren, residentBytes)
    childrenCpu = processorMs
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  loop.disable()
  const synced = performance.now() - startedAt
  await app.stop()
  const indexed = performance.now() - startedAt
  const cpu = process.cpuUsage(before)
  const mainCpu = (cpu.user + cpu.system) / 1000
  const heldUp = loop.percentile(99) / 1e6
  return {
    ...{ firstRow, first200, synced, indexed, answers, drafts },
    ...{ heldUp, peak, peakChildren, mainCpu, childrenCpu },
  }
}

it(`first sync of ${count} mails`, async () => {
  const load = loadavg()[0]?.toFixed(1) ?? ''
  await bareFetch()
  const bare = await bareFetch()
  const floor = Math.min(bare.ms, (await bareFetch()).ms)
  const profile = await setUp()
  const alone = await firstSync(profile, false)
  const busy = await firstSync(await setUp(), true)

  const engine = await createEngine({ profile, secrets, workers })
  await engine.syncOnce()
  const again = performance.now()
  await engine.syncOnce()
  const nothingNew = performance.now() - again
  const { tickets } = await engine.hash()
  await engine.stop()

  const parsed = await parseAlone(bare.sample, sampled)
  const copy = await temporaryProfile()
  const { stored, projected, indexed: indexedAlone } = await storeAlone(profile, copy, count)
  await rm(copy, { recursive: true, force: true })
  const parts = floor + parsed + stored + projected + indexedAlone
  const timed = (what: string, ms: number): Line => ({
    what,
    value: seconds(ms),
    beside: ratio(ms, floor),
  })
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`
  const perSecond = (ms: number): string => (count / (ms / 1000)).toFixed(0)
  const ms = (value: number): string => `${value.toFixed(1)} ms`

  print(`First sync of ${String(count)} mails (load average ${load} before)`, [
    timed('bare imapflow fetch of every source', floor),
    timed('all mail here, tickets made', alone.synced),
    timed('full-text index complete', alone.indexed),
    { what: 'messages per second', value: perSecond(alone.indexed) },
    { what: 'bare fetch, messages per second', value: perSecond(floor) },
    { what: 'first ticket on screen', value: seconds(alone.firstRow) },
    { what: 'newest 200 tickets on screen', value: seconds(alone.first200) },
    { what: 'nothing-new sync', value: seconds(nothingNew) },
    { what: 'memory at most, main', value: megabytes(alone.peak) },
    { what: 'memory at most, sync process', value: megabytes(alone.peakChildren) },
    timed('processor time of main', alone.mainCpu),
    timed('processor time of the sync process', alone.childrenCpu),
    timed('an agent at work: full-text index complete', busy.indexed),
    { what: 'an agent at work: tickets.list p50', value: ms(percentile(busy.answers, 0.5)) },
    { what: 'an agent at work: tickets.list p99', value: ms(percentile(busy.answers, 0.99)) },
    { what: 'an agent at work: main thread held up p99', value: ms(busy.heldUp) },
    { what: 'an agent at work: draft saved p50', value: ms(percentile(busy.drafts, 0.5)) },
    { what: 'an agent at work: draft saved p99', value: ms(percentile(busy.drafts, 0.99)) },
    timed('alone: parsing', parsed),
    timed('alone: SQLite storing the rows', stored),
    timed('alone: making tickets', projected),
    timed('alone: full-text index', indexedAlone),
    timed('these and the fetch, in sum', parts),
    { what: 'tickets', value: String(tickets) },
  ])
  expect(tickets).toBeGreaterThan(0)
})
