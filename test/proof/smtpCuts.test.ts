// The SMTP conversation of a running desk with a real Exim, in clear and under STARTTLS, both with AUTH, cut at any byte of
// both directions by reset, orderly end and silence: nobody loses a mail, nobody gets one twice, nobody else gets one, and
// what is in doubt is settled within a minute. Drawn with SMTP_SEED; SMTP_CUTS: at most so many of each conversation, or `all`.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listItems, listItemsIn, type OutboxItem } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { retryItem } from '#main/outbox/run'
import { saveSendingSettings } from '#main/outbox/terms'
import { AppError } from '#shared/ipc/errors'
import { aMail, feed } from '#support/feedMails'
import { allCuts, drawCuts, startCutter, type Cut, type Cutter } from '#support/servers/cutter'
import type { MailServer } from '#support/servers/startMailServer'
import { trust } from '#support/servers/trust'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const wanted = process.env.SMTP_CUTS ?? '5100'
const seed = Number(process.env.SMTP_SEED ?? Date.now() % 1_000_000_007)
/** Mails on their way at once on one desk, each on a ticket of its own: those of one ticket would wait for each other. */
const batch = 60
/** Those of them that are about to leave; the others are in doubt. */
const inReserve = 10
const desks = Number(process.env.SMTP_DESKS ?? 5)
const settleLimit = 60_000
/** Longer than Exim here needs to deliver, also on a busy machine: a receipt taken for lost sends a mail twice. */
const receiptWaitMs = 10_000
const customer = 'carol@customer.test'
const copied = 'dave@customer.test'

let server: MailServer

beforeAll(async () => {
  server = await startDeskServer()
  trust(server.ca)
})
afterAll(async () => {
  await server.stop()
})

interface Line {
  readonly desk: Desk
  readonly cutter: Cutter
  readonly ticketIds: readonly string[]
}

type Security = 'none' | 'starttls'

async function openLine(n: number, smtpSecurity: Security): Promise<Line> {
  const cutter = await startCutter(server.exim.smtpPort)
  const desk = await startDesk({ server, smtpPort: cutter.port, smtpSecurity, receiptWaitMs })
  const mails = Array.from({ length: batch }, (_, m) => ({
    raw: aMail({
      from: `Carol <${customer}>`,
      to: desk.account.address,
      cc: [`Dave <${copied}>`],
      subject: `Line ${String(n)}.${String(m)}`,
      messageId: `<line.${smtpSecurity}.${String(n)}.${String(m)}@customer.test>`,
      text: 'Hello?',
    }),
    // Hours apart: many mails of one sender at once would be taken for a loop.
    at: Date.now() - (m + 1) * 3_600_000,
  }))
  await feed(desk, mails)
  const rows = await desk.core.db.read.all<{ id: string }>(
    'SELECT id FROM ticket WHERE requesterAddress IS NOT NULL',
  )
  if (rows.length < batch) throw new Error(`only ${String(rows.length)} tickets`)
  return { desk, cutter, ticketIds: rows.map((row) => row.id) }
}

let counter = 0
async function queue({ desk }: Line, ticketId: string): Promise<void> {
  counter += 1
  await queueReply(desk.core, {
    id: `smtp-cut-${String(counter)}`,
    ticketId,
    visibility: 'public',
    text: 'Short.',
    audience: [],
    seenRevision: null,
    status: null,
  })
}

/** How long a silent server is waited for: short while it is silenced, as long as a busy machine needs otherwise. */
function patience({ desk }: Line, replyTimeoutMs: number): Promise<void> {
  const settings = { perMinute: 10_000, receiptWaitMs, replyTimeoutMs }
  return saveSendingSettings(desk.core.db, desk.account.id, settings)
}

/** How long each try of each mail of one desk has been in doubt, as seen from outside. */
function createStopwatch() {
  const since = new Map<string, number>()
  const score = { doubts: 0, slowest: 0 }
  return {
    score,
    look: (uncertain: readonly OutboxItem[]): void => {
      const now = performance.now()
      const ids = new Set(uncertain.map(({ id, attempts }) => `${id} ${String(attempts)}`))
      for (const [id, at] of since) {
        score.slowest = Math.max(score.slowest, now - at)
        if (!ids.has(id)) since.delete(id)
      }
      for (const id of ids) {
        if (since.has(id)) continue
        since.set(id, now)
        score.doubts += 1
      }
    },
  }
}

/** An agent who tries at once what waits its minute. It may have left meanwhile. */
async function hurry({ desk }: Line, waiting: readonly OutboxItem[]): Promise<void> {
  for (const { id, nextAt } of waiting) {
    if ((nextAt ?? 0) < Date.now() + 1_000) continue
    await retryItem(desk.core, id).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
    })
  }
}

/** The desk runs; there is always something to send until every cut was made, and then until nothing is open. */
async function cutAll(line: Line, cuts: readonly Cut[]) {
  const { desk, cutter, ticketIds } = line
  const watch = createStopwatch()
  const { read } = desk.core.db
  cutter.cuts.push(...cuts)
  await patience(line, 400)
  await desk.engine.start()
  let isCutting = true
  for (;;) {
    const uncertain = await listItemsIn(read, 'uncertain')
    const waiting = await listItemsIn(read, 'queued')
    const going = [...waiting, ...(await listItemsIn(read, 'sending'))]
    const open = [...uncertain, ...going]
    watch.look(uncertain)
    if (watch.score.slowest > settleLimit) throw new Error('not settled within the limit')
    if (isCutting && cutter.cuts.length === 0) {
      isCutting = false
      await patience(line, 20_000)
    }
    if (!isCutting && open.length === 0) return watch.score
    await hurry(line, waiting)
    const busy = new Set(open.map(({ ticketId }) => ticketId))
    const lacking = Math.min(inReserve, cutter.cuts.length) - going.length
    const free = isCutting ? ticketIds.filter((id) => !busy.has(id)) : []
    for (const id of free.slice(0, Math.max(lacking, 0))) await queue(line, id)
    await delay(150)
  }
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

/** Who lacks a mail; what Exim still has in its queue is waited for. */
async function missing(sent: readonly OutboxItem[]): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const [carol, dave] = [await copiesIn(customer), await copiesIn(copied)]
    const lost = sent.filter(({ messageId: id }) => !carol.has(id) || !dave.has(id)).length
    if (lost === 0 || tries === 30) return lost
    await delay(1_000)
  }
}

it.each(['none', 'starttls'] as const)(
  'loses nothing, repeats nothing, leaks nothing at any byte, security: %s',
  async (security) => {
    const lines = await Promise.all(Array.from({ length: desks }, (_, n) => openLine(n, security)))
    const [first] = lines
    if (first === undefined) throw new Error('no line')
    await queue(first, first.ticketIds[0] ?? '')
    await first.desk.engine.syncOnce()
    const { seen } = first.cutter
    const all = allCuts(seen)
    const chosen = drawCuts(all, wanted === 'all' ? all.length : Number(wanted), seed)
    const print = (words: string) => process.stdout.write(`${security}: ${words}\n`)
    print(
      `seed ${String(seed)}, ${String(chosen.length)} of ${String(all.length)} cuts, conversation of ${String(seen.client)} + ${String(seen.server)} bytes`,
    )
    const scores = await Promise.all(
      lines.map((line, n) =>
        cutAll(
          line,
          chosen.filter((_, place) => place % desks === n),
        ),
      ),
    )
    const stored = await Promise.all(lines.map(({ desk }) => listItems(desk.core.db.read, 100_000)))
    const items = stored.flat().filter(({ kind }) => kind === 'public')
    const lost = await missing(items)
    const [carol, dave] = [await copiesIn(customer), await copiesIn(copied)]
    const twice = [...carol.values(), ...dave.values()].filter((n) => n > 1).length
    const leaked = (await copiesIn('erin@customer.test')).size
    const made = lines.reduce((sum, { cutter }) => sum + cutter.made(), 0)
    const doubts = scores.reduce((sum, score) => sum + score.doubts, 0)
    const slowest = Math.max(...scores.map((score) => score.slowest))
    print(
      `cuts ${String(made)}, mails ${String(items.length)}, lost ${String(lost)}, twice ${String(twice)}, leaked ${String(leaked)}, in doubt ${String(doubts)}, slowest settled in ${String(Math.round(slowest))} ms`,
    )
    expect(items.filter(({ state }) => state !== 'sent')).toEqual([])
    expect({ lost, twice, leaked }).toEqual({ lost: 0, twice: 0, leaked: 0 })
    // A conversation under TLS is not equally long each time: a cut behind its end is none.
    expect(made).toBeGreaterThan(chosen.length * 0.9)
    for (const { desk, cutter } of lines) {
      await desk.stop()
      await cutter.stop()
    }
  },
)
