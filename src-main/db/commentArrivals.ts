// Which comments a ticket had here at which revision: a reply is written against what its author had seen.
import type { Reader } from './write'

/** The revision at which each comment of these tickets joined here, by ticket id, space, comment id. */
export async function listSince(
  db: Reader,
  ticketIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.all<{ ticketId: string; id: string; since: number }>(
    'SELECT ticketId, id, since FROM comment WHERE ticketId IN (SELECT value FROM json_each(?))',
    [JSON.stringify(ticketIds)],
  )
  return new Map(rows.map(({ ticketId, id, since }) => [`${ticketId} ${id}`, since]))
}

/** Ids of the comments a ticket had here at a revision, whatever their dates. */
export async function listCommentsAt(
  db: Reader,
  ticketId: string,
  revision: number,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    'SELECT id FROM comment WHERE ticketId = ? AND since <= ?',
    [ticketId, revision],
  )
  return rows.map(({ id }) => id)
}
