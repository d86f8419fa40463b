import type { Reader } from './write'

/** Those of these tickets with a reply that the journal knows since `since` (epoch ms, the server's) and whose mail is not here. */
export async function listAwaitingMail(
  db: Reader,
  ticketIds: readonly string[],
  since: number,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT DISTINCT event.ticketId AS id FROM journal_event AS event
     WHERE event.ticketId IN (SELECT value FROM json_each(?))
       AND event.kind = 'reply.written' AND event.firstAt >= ?
       AND NOT EXISTS (SELECT 1 FROM message WHERE message.rfcId = event.body ->> '$.messageId')`,
    [JSON.stringify(ticketIds), since],
  )
  return rows.map(({ id }) => id)
}
