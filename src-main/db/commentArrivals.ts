// Which comments a ticket had here at which revision: a reply is written against what its author had seen.
import type { TicketProjection } from '#shared/model/projection'
import type { Reader, Writer } from './write'

/** Remembers which comments a known ticket did not have before; before its projection is replaced. */
export async function noteArrivals(
  tx: Writer,
  tickets: readonly Pick<TicketProjection, 'ticket' | 'comments'>[],
): Promise<void> {
  const comments = tickets.flatMap(({ ticket, comments }) =>
    comments.map(({ id }) => [ticket.id, id, ticket.revision]),
  )
  await tx.run(
    `INSERT OR IGNORE INTO comment_arrival (ticketId, id, revision)
     SELECT t.id, c.value ->> 1, c.value ->> 2 FROM json_each(?) c JOIN ticket t ON t.id = c.value ->> 0
     WHERE NOT EXISTS (SELECT 1 FROM comment WHERE ticketId = t.id AND id = c.value ->> 1)`,
    [JSON.stringify(comments)],
  )
}

/** Ids of the comments a ticket had here at a revision, whatever their dates: mail may come late. */
export async function listCommentsAt(
  db: Reader,
  ticketId: string,
  revision: number,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT c.id FROM comment c LEFT JOIN comment_arrival a ON a.ticketId = c.ticketId AND a.id = c.id
     WHERE c.ticketId = ? AND coalesce(a.revision, 0) <= ?`,
    [ticketId, revision],
  )
  return rows.map(({ id }) => id)
}
