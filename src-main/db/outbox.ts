import { z } from 'zod'
import { mailAddress, type MailAddress } from '#shared/model/address'
import {
  deliveryKind,
  deliveryState,
  type DeliveryState,
  type Skipped,
} from '#shared/model/message'
import type { Reader, Writer } from './write'

const list = <T extends z.ZodType>(item: T) =>
  z.string().transform((text) => z.array(item).parse(JSON.parse(text)))

const refusal = z.object({ address: z.string(), reply: z.string() })
export type Refusal = z.infer<typeof refusal>

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
})

/** A mail on its way, without its bytes. */
export type OutboxItem = z.output<typeof storedItem>

export interface NewOutboxItem extends Omit<
  OutboxItem,
  'state' | 'attempts' | 'lastReply' | 'refused' | 'envelope'
> {
  readonly to: MailAddress[]
  readonly cc: MailAddress[]
  readonly bytes: Uint8Array
}

const columns = `id, accountId, ticketId, commentId, kind, messageId, subject, "to", cc, envelope, state, attempts,
  nextAt, lastReply, refused, queuedAt`

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
       bytes, state, attempts, nextAt, lastReply, refused, queuedAt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', 0, ?, '', '[]', ?)`,
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
    ],
  )
}

/** The oldest mail of this account that may go now. Comments of one ticket leave in the order they were written. */
export async function findDue(
  db: Reader,
  accountId: string,
  now: number,
): Promise<OutboxItem | undefined> {
  const due = await query(
    db,
    `accountId = ? AND state = 'queued' AND nextAt <= ? AND NOT EXISTS (
       SELECT 1 FROM outbox_item older WHERE older.ticketId = outbox_item.ticketId
         AND older.state IN ('queued', 'sending') AND older.rowid < outbox_item.rowid
         AND older.commentId <> outbox_item.commentId)
     ORDER BY rowid LIMIT 1`,
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

export async function listItemsIn(db: Reader, state: DeliveryState): Promise<OutboxItem[]> {
  return query(db, 'state = ? ORDER BY rowid', [state])
}

export interface Step {
  readonly state: DeliveryState
  readonly lastReply?: string
  readonly nextAt?: number | null
  readonly attempts?: number
  readonly envelope?: readonly string[]
  readonly refused?: readonly Refusal[]
}

/** Moves an item one step and says so. */
export async function advance(tx: Writer, item: OutboxItem, step: Step): Promise<void> {
  await tx.run(
    `UPDATE outbox_item SET state = ?, lastReply = ?, nextAt = ?, attempts = ?, envelope = ?, refused = ? WHERE id = ?`,
    [
      step.state,
      step.lastReply ?? item.lastReply,
      step.nextAt ?? null,
      step.attempts ?? item.attempts,
      JSON.stringify(step.envelope ?? item.envelope),
      JSON.stringify(step.refused ?? item.refused),
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

/** When the next queued mail of any account becomes due; undefined when none waits. */
export async function nextDueAt(db: Reader): Promise<number | undefined> {
  const row = await db.first<{ at: number | null }>(
    `SELECT min(nextAt) AS at FROM outbox_item WHERE state = 'queued'`,
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

export async function insertSkipped(
  tx: Writer,
  commentId: string,
  skipped: readonly Skipped[],
): Promise<void> {
  await tx.run(
    `INSERT OR IGNORE INTO skipped_recipient (commentId, address, because)
     SELECT ?, value ->> 'address', value ->> 'because' FROM json_each(?)`,
    [commentId, JSON.stringify(skipped)],
  )
}

export async function listSkipped(
  db: Reader,
  commentIds: readonly string[],
): Promise<Map<string, Skipped[]>> {
  const rows = await db.all<Skipped & { commentId: string }>(
    `SELECT commentId, address, because FROM skipped_recipient
     WHERE commentId IN (SELECT value FROM json_each(?)) ORDER BY address`,
    [JSON.stringify(commentIds)],
  )
  const byComment = new Map<string, Skipped[]>()
  for (const { commentId, ...skip } of rows) {
    byComment.set(commentId, [...(byComment.get(commentId) ?? []), skip])
  }
  return byComment
}
