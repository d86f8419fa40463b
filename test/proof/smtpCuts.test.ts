// The SMTP conversation with a real Exim, cut at every byte in both directions by reset, orderly end and silence:
// nobody loses a mail, nobody gets one twice, nobody else gets one, and everything is settled; how long that took is printed.
// Drawn with SMTP_SEED, by default half of the cuts there are; SMTP_CUTS: so many, or `all`.
import { createConnection, createServer, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { createOutbox, retryItem, type Outbox } from '#main/outbox/run'
import { saveSendingSettings } from '#main/outbox/terms'
import { createWayOut } from '#main/wayOut'
import { aMail, feed } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const kinds = ['rst', 'fin', 'silence'] as const
const directions = ['client', 'server'] as const
interface Cut {
  readonly kind: (typeof kinds)[number]
  readonly direction: (typeof directions)[number]
  readonly at: number
}

const wanted = process.env.SMTP_CUTS ?? '1944'
const seed = Number(process.env.SMTP_SEED ?? Date.now() % 1_000_000_007)
/** Mails queued together on one desk; each conversation of a round meets a cut of its own. */
const batch = 100
const desks = Number(process.env.SMTP_DESKS ?? 5)
const customer = 'carol@customer.test'
const copied = 'dave@customer.test'

/** A proxy that gives each new connection the next cut; without one it lets everything pass. */
async function startCutter(target: number) {
  const cuts: Cut[] = []
  const seen = { client: 0, server: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    const cut = cuts.shift()
    const passed = { client: 0, server: 0 }
    let isCut = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    const pass = (direction: Cut['direction'], from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (isCut) return
        const room = cut?.direction === direction ? cut.at - passed[direction] : Infinity
        const part = chunk.length >= room ? chunk.subarray(0, room) : chunk
        passed[direction] += part.length
        if (cut === undefined) seen[direction] = Math.max(seen[direction], passed[direction])
        to.write(part)
        if (chunk.length < room || cut === undefined) return
        isCut = true
        if (cut.kind === 'fin') for (const socket of [client, upstream]) socket.end()
        if (cut.kind === 'rst') {
          setTimeout(() => {
            for (const socket of [client, upstream]) socket.resetAndDestroy()
          }, 5)
        }
      })
      from.on('end', () => {
        if (!isCut) to.end()
      })
      from.on('close', () => {
        if (!isCut || cut?.kind === 'silence') to.destroy()
      })
    }
    pass('client', client, upstream)
    pass('server', upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the cutter has no port')
  return {
    port: address.port,
    cuts,
    seen,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** mulberry32: the same seed draws the same cuts. */
function random(from: number): () => number {
  let state = from >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

let server: MailServer

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

interface Line {
  readonly desk: Desk
  readonly cutter: Awaited<ReturnType<typeof startCutter>>
  readonly outbox: Outbox
  /** A ticket for each mail of a round: those of one ticket would wait for each other. */
  readonly ticketIds: readonly string[]
}

async function openLine(n: number): Promise<Line> {
  const cutter = await startCutter(server.exim.smtpPort)
  const desk = await startDesk({ server, smtpPort: cutter.port })
  const mails = Array.from({ length: batch }, (_, m) => ({
    raw: aMail({
      from: `Carol <${customer}>`,
      to: desk.account.address,
      cc: [`Dave <${copied}>`],
      subject: `Line ${String(n)}.${String(m)}`,
      messageId: `<line${String(n)}.${String(m)}@customer.test>`,
      text: 'Hello?',
    }),
    // Hours apart: many mails of one sender at once would be taken for a loop.
    at: Date.now() - (m + 1) * 3_600_000,
  }))
  await feed(desk, mails)
  const rows = await desk.core.db.read.all<{ id: string }>(
    'SELECT id FROM ticket WHERE requesterAddress IS NOT NULL',
  )
  const outbox = createOutbox(desk.core, {
    accountIds: () => Promise.resolve([desk.account.id]),
    lookForReceipts: () => undefined,
    ...createWayOut(desk.core, desk.secrets, () => Promise.resolve(desk.account)),
  })
  if (rows.length < batch) throw new Error(`only ${String(rows.length)} tickets`)
  return { desk, cutter, outbox, ticketIds: rows.map((row) => row.id) }
}

let counter = 0
async function queue(line: Line, n: number): Promise<void> {
  counter += 1
  await queueReply(line.desk.core, {
    id: `cut-${String(counter)}`,
    ticketId: line.ticketIds[n] ?? '',
    visibility: 'public',
    text: 'Short.',
    audience: [],
    seenRevision: null,
    status: null,
  })
}

/** How long a silent server is waited for: short while it is silenced, as long as a busy machine needs otherwise. */
function patience({ desk }: Line, replyTimeoutMs: number): Promise<void> {
  const settings = { perMinute: 10_000, receiptWaitMs: 5_000, replyTimeoutMs }
  return saveSendingSettings(desk.core.db, desk.account.id, settings)
}

interface Score {
  cuts: number
  uncertain: number
  slowest: number
}

/** One round: as many mails as cuts, each conversation cut once, then whatever it takes until all are settled. */
async function round(line: Line, cuts: readonly Cut[], score: Score): Promise<void> {
  const { desk, cutter, outbox } = line
  for (const n of cuts.keys()) await queue(line, n)
  cutter.cuts.push(...cuts)
  await patience(line, 400)
  await outbox.flush()
  // Conversations that never came to be, because the machine was too slow, take their cuts along.
  cutter.cuts.length = 0
  await patience(line, 20_000)
  const startedAt = performance.now()
  for (;;) {
    const open = (await listItems(desk.core.db.read, 100_000)).filter(
      (item) => item.state !== 'sent',
    )
    if (open.length === 0) break
    const doubtful = open.filter((item) => item.state === 'uncertain')
    score.uncertain += doubtful.length
    const passed = performance.now() - startedAt
    if (doubtful.length > 0) score.slowest = Math.max(score.slowest, passed)
    // How long it takes is printed; a busy machine, whose passes take half a minute, proves nothing by it.
    if (passed > 600_000) {
      throw new Error(
        `not settled: ${open.map((item) => `${item.state} ${item.lastReply}`).join()}`,
      )
    }
    // What was cut before its content waits its minute; an agent would not wait for it either.
    for (const item of open) {
      if (item.state === 'queued') await retryItem(desk.core, item.id)
    }
    await desk.engine.syncOnce({ receiptMs: 2_000 })
  }
  score.cuts += cuts.length
}

/** How often each mail lies in a mailbox. */
async function copiesIn(user: string): Promise<Map<string, number>> {
  const copies = new Map<string, number>()
  for (const raw of await server.mailbox(user)) {
    const id = /^Message-ID: <(cd\.[^>]+)>/im.exec(raw)?.[1]
    if (id !== undefined) copies.set(id, (copies.get(id) ?? 0) + 1)
  }
  return copies
}

it('loses nothing, repeats nothing, leaks nothing at any byte', async () => {
  const lines = await Promise.all(Array.from({ length: desks }, (_, n) => openLine(n)))
  const [first] = lines
  if (first === undefined) throw new Error('no line')
  await queue(first, 0)
  await first.desk.engine.syncOnce()
  const { seen } = first.cutter
  const all: Cut[] = kinds.flatMap((kind) =>
    directions.flatMap((direction) =>
      Array.from({ length: seen[direction] }, (_, n) => ({ kind, direction, at: n + 1 })),
    ),
  )
  const draw = random(seed)
  const chosen =
    wanted === 'all'
      ? all
      : Array.from({ length: Number(wanted) }, (_, n) =>
          // Every byte once before any is drawn again.
          n < all.length && Number(wanted) >= all.length
            ? all[n]
            : all[Math.floor(draw() * all.length)],
        ).filter((cut) => cut !== undefined)
  process.stdout.write(
    `seed ${String(seed)}: ${String(chosen.length)} of ${String(all.length)} cuts, conversation of ${String(seen.client)} + ${String(seen.server)} bytes\n`,
  )
  const score: Score = { cuts: 0, uncertain: 0, slowest: 0 }
  await Promise.all(
    lines.map(async (line) => {
      while (chosen.length > 0) await round(line, chosen.splice(0, batch), score)
    }),
  )
  await delay(1_000)
  const sent = (
    await Promise.all(lines.map((line) => listItems(line.desk.core.db.read, 100_000)))
  ).flat()
  const [carol, dave] = [await copiesIn(customer), await copiesIn(copied)]
  const others = await copiesIn('erin@customer.test')
  const lost = sent.filter((item) => !carol.has(item.messageId) || !dave.has(item.messageId))
  const twice = [...carol.values(), ...dave.values()].filter((n) => n > 1)
  process.stdout.write(
    `cuts ${String(score.cuts)}, mails ${String(sent.length)}, lost ${String(lost.length)}, twice ${String(twice.length)}, leaked ${String(others.size)}, slowest settled in ${String(Math.round(score.slowest))} ms\n`,
  )
  expect([lost.length, twice.length, others.size]).toEqual([0, 0, 0])
  for (const { desk, cutter } of lines) {
    await desk.stop()
    await cutter.stop()
  }
})
