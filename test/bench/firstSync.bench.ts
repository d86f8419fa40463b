// The whole first sync with full-text index beside a bare imapflow fetch loop of the same mailbox, in one run.
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
import { percentile, print, ratio, seconds } from './report'

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
let profile: string

beforeAll(async () => {
  if (!existsSync(join(workers, 'syncProcess.cjs'))) throw new Error('Build first: npm run build')
  server = await startMailServer()
  profile = await temporaryProfile()
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
  await rm(profile, { recursive: true, force: true })
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

async function setUp(): Promise<void> {
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

it(`first sync of ${count} mails`, async () => {
  const load = loadavg()[0]?.toFixed(1) ?? ''
  await bareFetch()
  const bare = await bareFetch()
  const floor = Math.min(bare.ms, (await bareFetch()).ms)
  await setUp()

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
    const askedAt = performance.now()
    // As the window does: the whole screen until it is full, then what shows.
    const rows = await rowsOf(app, Number.isNaN(first200) ? 200 : 50)
    answers.push(performance.now() - askedAt)
    if (rows.length > 0 && Number.isNaN(firstRow)) firstRow = performance.now() - startedAt
    if (rows.length >= 200 && Number.isNaN(first200)) first200 = performance.now() - startedAt
    const [first] = rows
    if (first !== undefined && answers.length % 5 === 0) {
      drafts.push(await saveDraft(app, first.id))
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

  print(`First sync of ${String(count)} mails (load average ${load} before)`, [
    { what: 'bare imapflow fetch of every source', value: seconds(floor), beside: '1.0×' },
    { what: 'all mail here, tickets made', value: seconds(synced), beside: ratio(synced, floor) },
    { what: 'full-text index complete', value: seconds(indexed), beside: ratio(indexed, floor) },
    { what: 'messages per second', value: (count / (indexed / 1000)).toFixed(0) },
    { what: 'bare fetch, messages per second', value: (count / (floor / 1000)).toFixed(0) },
    { what: 'first ticket on screen', value: seconds(firstRow) },
    { what: 'newest 200 tickets on screen', value: seconds(first200) },
    { what: 'nothing-new sync', value: seconds(nothingNew) },
    { what: 'tickets.list answer p50', value: `${percentile(answers, 0.5).toFixed(1)} ms` },
    { what: 'tickets.list answer p99', value: `${percentile(answers, 0.99).toFixed(1)} ms` },
    { what: 'main thread held up p99', value: `${(loop.percentile(99) / 1e6).toFixed(1)} ms` },
    { what: 'agent’s write (draft) p50', value: `${percentile(drafts, 0.5).toFixed(1)} ms` },
    { what: 'agent’s write (draft) p99', value: `${percentile(drafts, 0.99).toFixed(1)} ms` },
    { what: 'memory at most, main', value: `${(peak / 1e6).toFixed(0)} MB` },
    { what: 'memory at most, sync process', value: `${(peakChildren / 1e6).toFixed(0)} MB` },
    { what: 'processor time of main', value: seconds((cpu.user + cpu.system) / 1000) },
    {
      what: 'processor time of the sync process',
      value: seconds(childrenCpu),
      beside: ratio(childrenCpu, floor),
    },
    { what: 'alone: parsing', value: seconds(parsed), beside: ratio(parsed, floor) },
    {
      what: 'alone: SQLite storing the rows',
      value: seconds(stored),
      beside: ratio(stored, floor),
    },
    { what: 'alone: making tickets', value: seconds(projected), beside: ratio(projected, floor) },
    {
      what: 'alone: full-text index',
      value: seconds(indexedAlone),
      beside: ratio(indexedAlone, floor),
    },
    { what: 'these and the fetch, in sum', value: seconds(parts), beside: ratio(parts, floor) },
    { what: 'tickets', value: String(tickets) },
  ])
  expect(tickets).toBeGreaterThan(0)
})
