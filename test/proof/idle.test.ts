// What a desk costs while nothing happens (reliability.md F16): a journal of IDLE_EVENTS (100,000) events, a fifth of them
// claims of duties, and a minute in which nobody writes. Counted are the commands at the mail server and the statements in
// the database; no statement may walk a table that grows with the desk, and what they take together is told.
import sqlite3 from 'sqlite3'
import { createConnection, createServer, type AddressInfo, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const count = Number(process.env['IDLE_EVENTS'] ?? 100_000)
const idleMs = 70_000
/** Tables whose rows come with mail and events. */
const growing = [
  'journal_event',
  'message',
  'message_location',
  'ticket',
  'participant',
  'comment',
  'attachment',
]

/** Whether a step of a plan reads more rows the longer the desk has been in use. */
function isWalk(step: string): boolean {
  // This index holds what is not in the folder yet.
  if (step.includes('journal_event_unpushed')) return false
  const isWhole = growing.some((table) => new RegExp(`^SCAN ${table}\\b`, 'u').test(step))
  // Claims belong to no ticket.
  return isWhole || step.includes('journal_event_ticketId (ticketId=?)')
}

interface Statement {
  readonly sql: string
  readonly ms: number
}

let server: MailServer
let desk: Desk
let tap: Server
let isCounting = false
const commands: string[] = []
const statements: Statement[] = []

/** Lets everything pass to the mail server and notes what the client says, one command a line. */
async function startTap(port: number): Promise<number> {
  tap = createServer((client) => {
    const upstream = createConnection(port, '127.0.0.1')
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('data', (chunk: Buffer) => {
      const lines = chunk
        .toString('latin1')
        .split('\r\n')
        .filter((line) => line !== '')
      if (isCounting) commands.push(...lines)
    })
    client.pipe(upstream).pipe(client)
  })
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve))
  return (tap.address() as AddressInfo).port
}

type Call = (sql: string, ...rest: unknown[]) => unknown

/** Notes each statement that is run from now on, on whatever connection. */
function watchStatements(): void {
  const prototype = sqlite3.Database.prototype as unknown as Record<'all' | 'run' | 'get', Call>
  for (const name of ['all', 'run', 'get'] as const) {
    const original = prototype[name]
    prototype[name] = function (this: unknown, sql: string, ...rest: unknown[]) {
      const since = performance.now()
      const done = rest.at(-1)
      const timed =
        typeof done === 'function'
          ? [
              ...rest.slice(0, -1),
              function (this: unknown, ...answer: unknown[]) {
                if (isCounting) statements.push({ sql, ms: performance.now() - since })
                ;(done as (...given: unknown[]) => void).apply(this, answer)
              },
            ]
          : rest
      return original.call(this, sql, ...timed)
    }
  }
}

/** As a desk in use has them: of a tenth as many tickets, in the message of the folder that was read first. */
async function fillJournal(): Promise<void> {
  await desk.core.db.write('test.fill', async (tx) => {
    await tx.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(count)})
       INSERT INTO journal_event (id, hlc, "by", device, kind, ticketId, body, uid, text, signature, publicKey, firstAt)
       SELECT 'filled' || i, e.hlc, e."by", e.device,
         iif(i % 5 = 0, 'duty.claimed', 'ticket.tagged'),
         iif(i % 5 = 0, NULL, 'filled' || (i % ${String(Math.ceil(count / 10))})),
         iif(i % 5 = 0, '{"kind":"duty.claimed","key":"notice:' || i || '","number":0,"lease":1200000}',
           '{"kind":"ticket.tagged","tags":["t"]}'),
         e.uid, e.text, e.signature, e.publicKey, e.firstAt
       FROM n, (SELECT * FROM journal_event WHERE uid IS NOT NULL AND kind = 'desk.created' LIMIT 1) e`,
    )
  })
}

beforeAll(async () => {
  watchStatements()
  server = await startDeskServer()
  const imapPort = await startTap(server.dovecot.imapPort)
  desk = await startDesk({ server, imapPort })
  await server.deliver({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    subject: 'Printer',
    text: 'It burns.',
  })
  await server.waitForMail(desk.account.address, (raw) => raw.includes('It burns.'))
  await desk.engine.syncOnce()
  await theTicket(desk)
  await fillJournal()
  await desk.engine.start()
  // The first passes, and what they set off.
  await delay(5_000)
})
afterAll(async () => {
  await desk.stop()
  tap.close()
  await server.stop()
})

it('asks little, and nothing that grows with the desk', async () => {
  const events = await desk.core.db.read.first<{ n: number }>(
    'SELECT count(*) AS n FROM journal_event',
  )
  expect(events?.n).toBeGreaterThan(count)
  isCounting = true
  await delay(idleMs)
  isCounting = false

  const walks: string[] = []
  for (const sql of new Set(statements.map((each) => each.sql))) {
    if (!/^\s*(?:SELECT|UPDATE|DELETE|WITH)/iu.test(sql)) continue
    const plan = await desk.core.db.read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    if (plan.some(({ detail }) => isWalk(detail)))
      walks.push(`${sql} -> ${plan.map(({ detail }) => detail).join('; ')}`)
  }
  const took = statements.reduce((sum, { ms }) => sum + ms, 0)
  process.stdout.write(
    `${String(count)} events, ${String(idleMs / 1_000)} s idle: ${String(commands.length)} IMAP lines, ` +
      `${String(statements.length)} statements, ${took.toFixed(0)} ms in the database\n`,
  )
  if (process.env['IDLE_LIST'] !== undefined) {
    const by = new Map<string, Statement[]>()
    for (const each of statements) by.set(each.sql, [...(by.get(each.sql) ?? []), each])
    for (const [sql, all] of by) {
      const ms = all.reduce((sum, each) => sum + each.ms, 0)
      process.stdout.write(
        `${String(all.length)} x, ${ms.toFixed(1)} ms: ${sql.replaceAll(/\s+/gu, ' ').slice(0, 150)}\n`,
      )
    }
    for (const line of commands) process.stdout.write(`${line}\n`)
  }
  expect(walks).toEqual([])
  expect(commands.length).toBeLessThan(40)
  expect(statements.length).toBeLessThan(200)
})
