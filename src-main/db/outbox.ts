import { z } from 'zod'
import { mailAddress, type MailAddress } from '#shared/model/address'
import {
  deliveryKind,
  deliveryState,
  heldBack,
  type DeliveryState,
  type HeldBack,
} from '#shared/model/message'
import type { Sending } from '#shared/rules/sending'
import type { Reader, Writer } from './write'

const list = <T extends z.ZodType>(item: T) =>
  z.string().transform((text) => z.array(item).parse(JSON.parse(text)))

const refusal = z.object({ address: z.string(), reply: z.string() })
const triedRefusal = refusal.extend({ isTemporary: z.boolean() })
const flag = z.number().transform((value) => value !== 0)

const storedItem = z.object({
  id: z.string(),
  accountId: z.string(),
  ticketId: z.string(),
  commentId: z.string(),
  kind: deliveryKind,
  messageId: z.string(),
  subject: z.string(),
  to: list(mailAddress),
  cc: list(mailAddress),
  envelope: list(z.string()),
  state: deliveryState,
  attempts: z.number(),
  nextAt: z.number().nullable(),
  lastReply: z.string(),
  refused: list(refusal),
  queuedAt: z.number(),
  refusedNow: list(triedRefusal),
  doubted: list(z.string()),
  hasReceipt: flag,
  accepted: z.number(),
  receipted: z.number(),
  triedAt: z.number().nullable(),
  settledAt: z.number().nullable(),
  isFiled: flag,
  dutyKey: z.string().nullable(),
  held: z
    .string()
    .transform((text) => heldBack.parse(JSON.parse(text)))
    .nullable(),
  isBulk: flag,
})

/** A mail on its way, without its bytes. */
export type OutboxItem = z.output<typeof storedItem>

export interface NewOutboxItem extends Pick<
  OutboxItem,
  | 'id'
  | 'accountId'
  | 'ticketId'
  | 'commentId'
  | 'kind'
  | 'messageId'
  | 'subject'
  | 'nextAt'
  | 'queuedAt'
  | 'dutyKey'
> {
  readonly to: MailAddress[]
  readonly cc: MailAddress[]
  readonly bytes: Uint8Array
  readonly isBulk?: boolean
}

const columns = `id, accountId, ticketId, commentId, kind, messageId, subject, "to", cc, envelope, state, attempts,
  nextAt, lastReply, refused, queuedAt, refusedNow, doubted, hasReceipt, accepted, receipted, triedAt, settledAt, isFiled, dutyKey, held, isBulk`

async function query(
  db: Reader,
  where: string,
  parameters: readonly (string | number)[] = [],
): Promise<OutboxItem[]> {
  const rows = await db.all(`SELECT ${columns} FROM outbox_item WHERE ${where}`, parameters)
  return rows.map((row) => storedItem.parse(row))
}

/** Queues a mail with its final bytes; the same Message-ID a second time is the same mail and changes nothing. */
export async function insertOutboxItem(tx: Writer, item: NewOutboxItem): Promise<void> {
  const envelope = [...item.to, ...item.cc].map((person) => person.address)
  await tx.run(
    `INSERT OR IGNORE INTO outbox_item (id, accountId, ticketId, commentId, kind, messageId, subject, "to", cc, envelope,
       bytes, state, attempts, nextAt, lastReply, refused, queuedAt, dutyKey, isBulk)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, '', '[]', ?, ?, ?)`,
    [
      item.id,
      item.accountId,
      item.ticketId,
      item.commentId,
      item.kind,
      item.messageId,
      item.subject,
      JSON.stringify(item.to),
      JSON.stringify(item.cc),
      JSON.stringify(envelope),
      item.bytes,
      item.nextAt,
      item.queuedAt,
      item.dutyKey,
      Number(item.isBulk === true),
    ],
  )
}

/** No wait of ours is as long: a time beyond it was set by a clock that has been put back since. */
const clockSlack = 2 * 3_600_000

/**
 * The mail of this account that goes next: the oldest, but those of a bulk reply after what was written to one ticket, unless
 * such a reply waits for them. Comments of one ticket leave in the order they were written, as long as
 * that costs minutes: one mailbox that is full for days must not keep everybody else waiting. Without a network nobody
 * else gets anything either, so then the order is kept however long it takes.
 */
export async function findDue(
  db: Reader,
  accountId: string,
  now: number,
): Promise<OutboxItem | undefined> {
  const due = await query(
    db,
    `accountId = ?1 AND state = 'queued' AND (nextAt <= ?2 OR nextAt > ?2 + ${String(clockSlack)}) AND NOT EXISTS (
       SELECT 1 FROM outbox_item older WHERE older.ticketId = outbox_item.ticketId
         AND (older.state IN ('queued', 'sending') OR (older.state = 'uncertain' AND older.nextAt IS NOT NULL))
         AND (older.attempts < 4 OR older.lastReply NOT GLOB '[2-5][0-9][0-9][ -]*')
         AND older.rowid < outbox_item.rowid
         AND older.commentId <> outbox_item.commentId)
     ORDER BY isBulk AND NOT EXISTS (
         SELECT 1 FROM outbox_item single WHERE single.ticketId = outbox_item.ticketId
           AND single.state = 'queued' AND NOT single.isBulk), rowid
     LIMIT 1`,
    [accountId, now],
  )
  return due[0]
}

export async function getBytes(db: Reader, id: string): Promise<Buffer> {
  const row = await db.first<{ bytes: Buffer }>('SELECT bytes FROM outbox_item WHERE id = ?', [id])
  return row?.bytes ?? Buffer.alloc(0)
}

export async function findItem(db: Reader, id: string): Promise<OutboxItem | undefined> {
  return (await query(db, 'id = ?', [id]))[0]
}

/** Everything that is or was on its way, newest first. */
export async function listItems(db: Reader, limit = 500): Promise<OutboxItem[]> {
  return query(db, '1 ORDER BY rowid DESC LIMIT ?', [limit])
}

export async function listItemsOf(db: Reader, ticketId: string): Promise<OutboxItem[]> {
  return query(db, 'ticketId = ? ORDER BY rowid', [ticketId])
}

/** How many transactions with this account's server have begun since `since` (epoch ms), and when the oldest did. */
export async function countTries(
  db: Reader,
  accountId: string,
  since: number,
): Promise<{ count: number; oldest: number | null }> {
  const row = await db.first<{ count: number; oldest: number | null }>(
    'SELECT count(*) AS count, min(triedAt) AS oldest FROM outbox_item WHERE accountId = ? AND triedAt > ?',
    [accountId, since],
  )
  return row ?? { count: 0, oldest: null }
}

/** Mails of the account that are to go before `before` (epoch ms). */
export async function countDue(db: Reader, accountId: string, before: number): Promise<number> {
  const row = await db.first<{ n: number }>(
    `SELECT count(*) AS n FROM outbox_item WHERE accountId = ? AND state = 'queued' AND nextAt < ? AND NOT isBulk`,
    [accountId, before],
  )
  return row?.n ?? 0
}

/** The keys of the duties whose mails are to go from here, the longest queued first. */
export async function listQueuedDuties(db: Reader): Promise<string[]> {
  const rows = await db.all<{ key: string }>(
    `SELECT dutyKey AS key FROM outbox_item WHERE state = 'queued' AND dutyKey IS NOT NULL
     GROUP BY dutyKey ORDER BY min(rowid)`,
  )
  return rows.map(({ key }) => key)
}

/** Whether a mail waits for its receipt whose wait is over: the mailbox must be read again. */
export async function isReceiptOverdue(db: Reader, now: number): Promise<boolean> {
  const row = await db.first(
    `SELECT 1 FROM outbox_item WHERE state = 'uncertain' AND nextAt <= ? LIMIT 1`,
    [now],
  )
  return row !== undefined
}

/** Whether a mail of this account has been tried and is to be tried again. */
export async function isRetrying(db: Reader, accountId: string): Promise<boolean> {
  const row = await db.first(
    `SELECT 1 FROM outbox_item WHERE state = 'queued' AND attempts > 0 AND accountId = ? LIMIT 1`,
    [accountId],
  )
  return row !== undefined
}

export async function listItemsOfComment(db: Reader, commentId: string): Promise<OutboxItem[]> {
  return query(db, 'commentId = ? ORDER BY rowid', [commentId])
}

export async function listItemsIn(db: Reader, state: DeliveryState): Promise<OutboxItem[]> {
  return query(db, 'state = ? ORDER BY rowid', [state])
}

/** Moves an item to its next state and says so. */
export async function advance(
  tx: Writer,
  item: OutboxItem,
  next: Sending,
  now: number,
): Promise<void> {
  const isSettled =
    next.state !== 'queued' && next.state !== 'sending' && next.state !== 'uncertain'
  await tx.run(
    `UPDATE outbox_item SET state = ?, lastReply = ?, nextAt = ?, attempts = ?, envelope = ?, refused = ?,
       refusedNow = ?, doubted = ?, hasReceipt = ?, accepted = ?, receipted = ?, triedAt = ?, settledAt = ? WHERE id = ?`,
    [
      next.state,
      next.lastReply,
      next.nextAt,
      next.attempts,
      JSON.stringify(next.envelope),
      JSON.stringify(next.refused),
      JSON.stringify(next.refusedNow),
      JSON.stringify(next.doubted),
      next.hasReceipt ? 1 : 0,
      next.accepted,
      next.receipted,
      next.attempts > item.attempts ? now : item.triedAt,
      isSettled ? now : null,
      item.id,
    ],
  )
  tx.changed('outbox', item.id)
  tx.changed('ticket', item.ticketId)
}

/** Whether the ticket has been told already how a mail fared. */
export async function wasSettled(db: Reader, messageId: string): Promise<boolean> {
  const row = await db.first(
    `SELECT 1 FROM journal_event WHERE kind = 'delivery.settled' AND body ->> 'messageId' = ?1
       AND ticketId IN (SELECT ownTicketId FROM message WHERE ticketId = (
         SELECT ticketId FROM outbox_item WHERE messageId = ?1) UNION SELECT ticketId FROM outbox_item WHERE messageId = ?1)`,
    [messageId],
  )
  return row !== undefined
}

/** Writes other people into a mail that waits: its bytes have been made anew for them. */
export async function readdressItem(
  tx: Writer,
  mail: Pick<OutboxItem, 'id' | 'to' | 'cc' | 'envelope'> & { readonly bytes: Uint8Array },
): Promise<void> {
  const { id, to, cc, envelope, bytes } = mail
  await tx.run('UPDATE outbox_item SET "to" = ?, cc = ?, envelope = ?, bytes = ? WHERE id = ?', [
    JSON.stringify(to),
    JSON.stringify(cc),
    JSON.stringify(envelope),
    bytes,
    id,
  ])
  tx.changed('outbox', id)
}

/** Keeps what its author is told about a mail that is held. */
export async function holdItem(tx: Writer, id: string, held: HeldBack): Promise<void> {
  await tx.run('UPDATE outbox_item SET held = ? WHERE id = ?', [JSON.stringify(held), id])
}

/** When the next mail of any account is to be sent or looked for again; undefined when none waits. */
export async function nextDueAt(db: Reader): Promise<number | undefined> {
  const row = await db.first<{ at: number | null }>(
    `SELECT min(nextAt) AS at FROM outbox_item WHERE state IN ('queued', 'uncertain')`,
  )
  return row?.at ?? undefined
}

export async function countByState(
  db: Reader,
): Promise<{ waiting: number; failed: number; uncertain: number }> {
  const rows = await db.all<{ state: DeliveryState; n: number }>(
    'SELECT state, count(*) AS n FROM outbox_item GROUP BY state',
  )
  const of = (...states: DeliveryState[]): number =>
    rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + row.n, 0)
  return {
    waiting: of('queued', 'sending'),
    failed: of('failed', 'partly'),
    uncertain: of('uncertain'),
  }
}
