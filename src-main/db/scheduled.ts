import { z } from 'zod'
import { ticketEventBody } from '#shared/model/event'
import type { ScheduledFact } from '#shared/model/projection'
import type { TicketEventBody } from '#shared/model/event'
import { insertRows } from './insert'
import type { Reader, Writer } from './write'

type Body = Extract<TicketEventBody, { kind: 'reply.scheduled' }>

/** A reply for later, as the fold has it, with the words of the event that scheduled it. */
export interface StoredSchedule extends ScheduledFact {
  readonly ticketId: string
  /** Who wrote it, and where. */
  readonly by: string
  readonly device: string
  readonly body: Body
}

const row = z.object({
  eventId: z.string(),
  commentId: z.string(),
  ticketId: z.string(),
  state: z.enum(['waiting', 'held']),
  why: z.string(),
  sendAt: z.number(),
  by: z.string(),
  device: z.string(),
  body: z.string().transform((text) => ticketEventBody.parse(JSON.parse(text))),
})

async function query(db: Reader, where: string, of: readonly string[]): Promise<StoredSchedule[]> {
  const rows = await db.all(
    `SELECT s.*, e."by", e.device, e.body FROM scheduled_reply s JOIN journal_event e ON e.id = s.eventId
     WHERE ${where} ORDER BY s.sendAt, s.eventId`,
    of,
  )
  return rows.flatMap((each) => {
    const { body, ...rest } = row.parse(each)
    return body.kind === 'reply.scheduled' ? [{ ...rest, body }] : []
  })
}

/** Earliest first. A `held` one was due and waits for an agent. */
export async function listScheduled(db: Reader): Promise<StoredSchedule[]> {
  return query(db, '1', [])
}

/** By the id of the event that scheduled it; undefined when it has gone or was taken back. */
export async function findScheduled(
  db: Reader,
  eventId: string,
): Promise<StoredSchedule | undefined> {
  return (await query(db, 's.eventId = ?', [eventId]))[0]
}

/** What was scheduled by this event, also when it has gone since. */
export async function findScheduleBody(db: Reader, eventId: string): Promise<Body | undefined> {
  const found = await db.first<{ body: string }>(
    `SELECT body FROM journal_event WHERE id = ? AND kind = 'reply.scheduled'`,
    [eventId],
  )
  if (found === undefined) return undefined
  const body = ticketEventBody.parse(JSON.parse(found.body))
  return body.kind === 'reply.scheduled' ? body : undefined
}

/** Replaces the replies for later of `ticketIds`. */
export async function saveScheduled(
  tx: Writer,
  ticketIds: readonly string[],
  replies: readonly (ScheduledFact & { readonly ticketId: string })[],
): Promise<void> {
  await tx.run('DELETE FROM scheduled_reply WHERE ticketId IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ticketIds),
  ])
  await insertRows(
    tx,
    'INSERT OR REPLACE INTO scheduled_reply',
    ['eventId', 'commentId', 'ticketId', 'state', 'why', 'sendAt'],
    replies.map((r) => [r.eventId, r.commentId, r.ticketId, r.state, r.why, r.sendAt]),
  )
}
