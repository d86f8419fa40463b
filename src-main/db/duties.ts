// Open duties of all tickets: a part of the projection, so that the runner need not fold anything.
import { duty, type Duty } from '#shared/model/duty'
import type { Reader, Writer } from './write'

/** Replaces the duties of `ticketIds`. */
export async function saveDuties(
  tx: Writer,
  ticketIds: readonly string[],
  duties: readonly Duty[],
): Promise<void> {
  await tx.run('DELETE FROM duty WHERE ticketId IN (SELECT value FROM json_each(?))', [
    JSON.stringify(ticketIds),
  ])
  if (duties.length === 0) return
  await tx.run(
    `INSERT OR REPLACE INTO duty (key, kind, ticketId, sourceId, dueAt)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
    [JSON.stringify(duties.map((d) => [d.key, d.kind, d.ticketId, d.sourceId, d.dueAt]))],
  )
}

/**
 * Duties that may be done now, oldest first. What a fact has caused is due whatever the clock here says: the fact's date
 * is the server's, and a clock that is slow would keep everybody waiting. Only a scheduled reply has an hour of its own.
 */
export async function listDueDuties(db: Reader, now: number): Promise<Duty[]> {
  const rows = await db.all(
    `SELECT * FROM duty WHERE kind <> 'scheduled' OR dueAt <= ? ORDER BY dueAt, key`,
    [now],
  )
  return rows.map((row) => duty.parse(row))
}

/** The mailbox of each of these tickets, by their ids; null: of none. */
export async function listMailboxesOf(
  db: Reader,
  ticketIds: readonly string[],
): Promise<Map<string, string | null>> {
  const rows = await db.all<{ id: string; mailbox: string | null }>(
    'SELECT id, mailbox FROM ticket WHERE id IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ticketIds)],
  )
  return new Map(rows.map(({ id, mailbox }) => [id, mailbox]))
}

/** The duty as it stands now; undefined when it is done or no longer owed. */
export async function findDuty(db: Reader, key: string): Promise<Duty | undefined> {
  const row = await db.first('SELECT * FROM duty WHERE key = ?', [key])
  return row === undefined ? undefined : duty.parse(row)
}

/** Epoch ms at which the next duty that is not due yet becomes so. */
export async function nextDutyAt(db: Reader, now: number): Promise<number | undefined> {
  const row = await db.first<{ at: number | null }>(
    `SELECT min(dueAt) AS at FROM duty WHERE kind = 'scheduled' AND dueAt > ?`,
    [now],
  )
  return row?.at ?? undefined
}

/** How many acknowledgements a requester's tickets since `since` (epoch ms) have had, from whatever desktop. */
export async function countAcknowledged(
  db: Reader,
  requester: string,
  since: number,
): Promise<number> {
  const row = await db.first<{ n: number }>(
    `SELECT count(*) AS n FROM ticket t JOIN journal_event e ON e.ticketId = t.id
     WHERE t.requesterAddress = ? AND t.createdAt >= ? AND e.kind = 'duty.done'
       AND e.body ->> '$.duty' = 'acknowledgement' AND e.body ->> '$.mails' <> '[]'`,
    [requester, since],
  )
  return row?.n ?? 0
}
