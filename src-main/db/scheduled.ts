import { z } from 'zod'
import { ticketEventBody } from '#shared/model/event'
import type { ScheduledReply } from '#shared/ipc/contract'
import type { Reader } from './write'

/** A scheduled reply that has neither gone nor been taken back. */
export interface StoredSchedule extends Omit<ScheduledReply, 'id' | 'subject'> {
  readonly commentId: string
  /** Where it was written. */
  readonly device: string
}

const row = z.object({
  ticketId: z.string(),
  by: z.string(),
  device: z.string(),
  body: z.string().transform((text) => ticketEventBody.parse(JSON.parse(text))),
  last: z.string().nullable(),
})

/** Earliest first. A `held` one was due and waits for an agent. */
export async function listScheduled(db: Reader): Promise<StoredSchedule[]> {
  const rows = await db.all(
    `SELECT e.ticketId, e."by", e.device, e.body,
       (SELECT u.body ->> 'because' FROM journal_event u WHERE u.ticketId = e.ticketId AND u.kind = 'reply.unscheduled'
          AND u.body ->> 'commentId' = e.body ->> 'commentId' ORDER BY u.hlc DESC LIMIT 1) AS last
     FROM journal_event e WHERE e.kind = 'reply.scheduled' ORDER BY e.body ->> 'sendAt'`,
  )
  return rows.flatMap((each) => {
    const { body, last, ...rest } = row.parse(each)
    if (body.kind !== 'reply.scheduled' || last === 'cancelled' || last === 'sent') return []
    const { kind: _kind, ...shown } = body
    return [
      { ...rest, ...shown, state: last === 'held' ? ('held' as const) : ('waiting' as const) },
    ]
  })
}
