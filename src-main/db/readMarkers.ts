import type { Reader } from './write'

/** Up to which revision a ticket has been read here. */
export async function readRevision(db: Reader, id: string): Promise<number> {
  const row = await db.first<{ revision: number }>(
    'SELECT revision FROM read_marker WHERE ticketId = ?',
    [id],
  )
  return row?.revision ?? 0
}
