// Up to which revision each ticket has been read here.
import type { Reader, Writer } from './write'

/** Up to which revision a ticket has been read here. */
export async function readRevision(db: Reader, id: string): Promise<number> {
  const row = await db.first<{ revision: number }>(
    'SELECT revision FROM read_marker WHERE ticketId = ?',
    [id],
  )
  return row?.revision ?? 0
}

/** Tickets whose every mail somebody has read with another program are not news here. */
export async function markSeenTickets(tx: Writer, ids: readonly string[]): Promise<void> {
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision)
     SELECT id, revision FROM ticket WHERE id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM message WHERE ticketId = ticket.id AND isSeen = 0)
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [JSON.stringify(ids)],
  )
}

export async function markRead(tx: Writer, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision) SELECT id, revision FROM ticket WHERE id = ?
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [id],
  )
}

/** Its newest state counts as not read, whatever was read before. */
export async function markUnread(tx: Writer, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision) SELECT id, revision - 1 FROM ticket WHERE id = ?
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [id],
  )
}
