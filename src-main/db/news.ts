import { isListed } from './ticketRows'
import type { Reader } from './write'

/** Those of these tickets with something newer than `since` (epoch ms). */
export async function listUpdatedSince(
  db: Reader,
  ids: readonly string[],
  since: number,
): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.all<{ id: string }>(
    'SELECT id FROM ticket WHERE id IN (SELECT value FROM json_each(?)) AND updatedAt > ?',
    [JSON.stringify(ids), since],
  )
  return rows.map((row) => row.id)
}

/** Tickets with news since `since` (epoch ms), newest first. */
export async function listRecentIds(db: Reader, since: number, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM ticket WHERE updatedAt > ? AND ${isListed} ORDER BY updatedAt DESC LIMIT ?`,
    [since, limit],
  )
  return rows.map((row) => row.id)
}
