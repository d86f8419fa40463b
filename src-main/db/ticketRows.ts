// The rows of the ticket list: what is found, in which order, and how many there are.
import type { TicketRow } from '#shared/model/ticket'
import type { Reader } from './write'

/** What a list row shows; `ccs` and `followers` only when asked for. */
interface RowColumns {
  readonly id: string
  readonly key: string
  readonly subject: string
  readonly status: TicketRow['status']
  readonly requesterAddress: string | null
  readonly requesterName: string
  readonly assignee: string | null
  readonly ccCount: number
  readonly followerCount: number
  readonly commentCount: number
  readonly heldCount: number
  readonly preview: string
  readonly updatedAt: number
  readonly isUnread: number
  readonly delivery: TicketRow['delivery'] | null
}

/** How the unfinished mail of a ticket that fares worst stands; NULL where all are finished. */
const worstDelivery = `(SELECT CASE max(CASE
    WHEN o.state = 'failed' AND o.held IS NULL THEN 5 WHEN o.state = 'uncertain' THEN 4 WHEN o.state = 'partly' THEN 3
    WHEN o.state = 'failed' THEN 2 ELSE 1 END)
  WHEN 5 THEN 'failed' WHEN 4 THEN 'uncertain' WHEN 3 THEN 'partly' WHEN 2 THEN 'held' WHEN 1 THEN 'waiting' END
  FROM outbox_item o WHERE o.ticketId = ticket.id AND o.state NOT IN ('sent', 'cancelled'))`

/**
 * Not merged away. Two tickets that two desktops merged into each other at once are both listed: each would be lost in
 * the other.
 */
export const isListed = `(mergedInto IS NULL OR EXISTS (SELECT 1 FROM ticket AS other
  WHERE other.id = ticket.mergedInto AND other.mergedInto = ticket.id))`

export interface ListQuery {
  /** SQL over `ticket`, made by `tickets/views`. */
  readonly where: string
  readonly parameters: readonly (string | number)[]
  readonly offset: number
  readonly limit: number
}

function toRow(row: RowColumns): TicketRow {
  const { requesterAddress, requesterName, isUnread, delivery, ...same } = row
  return {
    ...same,
    requester:
      requesterAddress === null ? null : { name: requesterName, address: requesterAddress },
    isUnread: isUnread === 1,
    delivery: delivery ?? 'none',
  }
}

export async function listTickets(db: Reader, query: ListQuery): Promise<TicketRow[]> {
  const rows = await db.all<RowColumns>(
    `SELECT ticket.id, key, subject, status, requesterAddress, requesterName, assignee, ccCount, followerCount,
       commentCount, heldCount, preview, updatedAt,
       ticket.revision > coalesce((SELECT revision FROM read_marker WHERE ticketId = ticket.id), 0) AS isUnread,
       ${worstDelivery} AS delivery
     FROM ticket WHERE ${query.where} ORDER BY updatedAt DESC, ticket.id LIMIT ? OFFSET ?`,
    [...query.parameters, query.limit, query.offset],
  )
  return rows.map(toRow)
}

/** Ids of what a search finds, newest first; only of those in `among`, each named once, unless that is null. */
export async function listMatching(
  db: Reader,
  query: Pick<ListQuery, 'where' | 'parameters'> & { readonly among: readonly string[] | null },
  limit: number,
): Promise<string[]> {
  // These first: SQLite would rather go through all open tickets than through those that have the words.
  const from =
    query.among === null
      ? 'ticket'
      : `(SELECT value AS oneOfThem FROM json_each(?)) CROSS JOIN ticket ON ticket.id = oneOfThem`
  const among = query.among === null ? [] : [JSON.stringify(query.among)]
  // As one text: a row for each of thousands takes longer than to find them.
  const found = await db.first<{ list: string }>(
    `SELECT json_group_array(id) AS list FROM (
       SELECT ticket.id FROM ${from} WHERE ${query.where} ORDER BY updatedAt DESC, ticket.id LIMIT ?)`,
    [...among, ...query.parameters, limit],
  )
  return JSON.parse(found?.list ?? '[]') as string[]
}

export async function countTickets(
  db: Reader,
  query: Pick<ListQuery, 'where' | 'parameters'>,
): Promise<number> {
  const row = await db.first<{ n: number }>(
    `SELECT count(*) AS n FROM ticket WHERE ${query.where}`,
    [...query.parameters],
  )
  return row?.n ?? 0
}

/** The groups that tickets are in, as they are written there. */
export async function listGroups(db: Reader): Promise<string[]> {
  // From one name to the next in the index: DISTINCT would go by every ticket.
  const rows = await db.all<{ name: string }>(
    `WITH RECURSIVE found (name) AS (
       SELECT min("group") FROM ticket WHERE "group" IS NOT NULL
       UNION ALL
       SELECT (SELECT min("group") FROM ticket WHERE "group" > found.name) FROM found WHERE name IS NOT NULL)
     SELECT name FROM found WHERE name IS NOT NULL`,
  )
  return rows.map((row) => row.name)
}
