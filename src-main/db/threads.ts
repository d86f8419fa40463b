// Where each mail hangs. A mail has one parent, the best reference the desk knows; a ticket is the tree below a mail
// without one. Mail may come in any order, so a better parent that arrives later takes its children over.
import type { Reader, Writer } from './write'

const json = JSON.stringify

export interface Reference {
  readonly messageId: string
  readonly rfcId: string
  /** 0 is best: In-Reply-To first, then References from the last back (RFC 5322 §3.6.4). */
  readonly rank: number
}

export interface WaitingChild {
  readonly messageId: string
  readonly rfcId: string
  readonly rank: number
  readonly parentRank: number | null
}

/** Keeps references whose mail is not here yet, so that it can claim its child when it comes. */
export async function insertReferences(
  tx: Writer,
  references: readonly Reference[],
): Promise<void> {
  if (references.length === 0) return
  await tx.run(
    `INSERT OR IGNORE INTO message_reference (rfcId, messageId, rank)
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    [json(references.map((r) => [r.rfcId, r.messageId, r.rank]))],
  )
}

export async function listWaitingChildren(
  db: Reader,
  rfcIds: readonly string[],
): Promise<WaitingChild[]> {
  return db.all(
    `SELECT r.messageId, r.rfcId, r.rank, m.parentRank FROM message_reference r
     JOIN message m ON m.id = r.messageId WHERE r.rfcId IN (SELECT value FROM json_each(?))`,
    [json(rfcIds)],
  )
}

export interface ParentLink {
  readonly id: string
  readonly parentId: string
  readonly rank: number
}

/** Sets parents one by one, leaving out a link that would make a mail its own ancestor (forged References). */
export async function linkParents(tx: Writer, links: readonly ParentLink[]): Promise<void> {
  if (links.length === 0) return
  const ancestors = await ancestorsOf(
    tx,
    links.map((link) => link.parentId),
  )
  const parents = new Map(ancestors.map((row) => [row.id, row.parentId]))
  const good: ParentLink[] = []
  for (const link of links) {
    if (isAncestor(parents, link.id, link.parentId)) continue
    parents.set(link.id, link.parentId)
    good.push(link)
  }
  await tx.run(
    `UPDATE message SET parentId = link.parentId, parentRank = link.rank
     FROM (SELECT value ->> 0 AS id, value ->> 1 AS parentId, value ->> 2 AS rank FROM json_each(?)) AS link
     WHERE message.id = link.id`,
    [json(good.map((link) => [link.id, link.parentId, link.rank]))],
  )
}

function isAncestor(parents: Map<string, string | null>, wanted: string, from: string): boolean {
  let at: string | null | undefined = from
  while (at !== null && at !== undefined) {
    if (at === wanted) return true
    at = parents.get(at)
  }
  return false
}

async function ancestorsOf(
  db: Reader,
  ids: readonly string[],
): Promise<{ id: string; parentId: string | null }[]> {
  return db.all(
    `WITH RECURSIVE up (id, parentId) AS (
       SELECT id, parentId FROM message WHERE id IN (SELECT value FROM json_each(?))
       UNION SELECT m.id, m.parentId FROM up JOIN message m ON m.id = up.parentId)
     SELECT id, parentId FROM up`,
    [json(ids)],
  )
}

/** A mail that threading took from one ticket to another. */
export interface Move {
  readonly id: string
  readonly was: string
  readonly becomes: string
}

/** Gives each of these mails and everything below it the ticket of its root; says which mails moved. */
export async function moveToRootTickets(tx: Writer, ids: readonly string[]): Promise<Move[]> {
  const links = await ancestorsOf(tx, ids)
  const parents = new Map(links.map((row) => [row.id, row.parentId]))
  const rootOf = (id: string): string => {
    let at = id
    for (let up = parents.get(at); up !== null && up !== undefined; up = parents.get(at)) at = up
    return at
  }
  const pairs = ids.map((id) => [id, rootOf(id)])
  const moves = await tx.all<Move>(
    `WITH RECURSIVE down (id, root) AS (
       SELECT value ->> 0, value ->> 1 FROM json_each(?)
       UNION SELECT m.id, down.root FROM down JOIN message m ON m.parentId = down.id)
     SELECT m.id, m.ticketId AS was, root.ownTicketId AS becomes
     FROM down JOIN message m ON m.id = down.id JOIN message root ON root.id = down.root
     WHERE m.ticketId <> root.ownTicketId`,
    [json(pairs)],
  )
  await tx.run(
    `UPDATE message SET ticketId = move.becomes
     FROM (SELECT value ->> 0 AS id, value ->> 1 AS becomes FROM json_each(?)) AS move WHERE message.id = move.id`,
    [json(moves.map((move) => [move.id, move.becomes]))],
  )
  return moves
}

/** What hangs on a ticket that has lost all its mail to another follows it there. */
export async function moveTicketRows(tx: Writer, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return
  const pairs = json([...new Map(moves.map((move) => [move.was, move.becomes]))])
  const gone = `SELECT value ->> 0 AS was, value ->> 1 AS becomes FROM json_each(?)
    WHERE NOT EXISTS (SELECT 1 FROM message WHERE ticketId = value ->> 0)`
  for (const table of ['outbox_item', 'draft', 'read_marker']) {
    await tx.run(
      `UPDATE OR IGNORE ${table} SET ticketId = move.becomes FROM (${gone}) AS move WHERE ticketId = move.was`,
      [pairs],
    )
  }
}

/** Tickets by any id they ever had: the id of each mail's own ticket leads to the ticket it is in now. */
export async function resolveTickets(
  db: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.all<{ ownTicketId: string; ticketId: string }>(
    'SELECT ownTicketId, ticketId FROM message WHERE ownTicketId IN (SELECT value FROM json_each(?))',
    [json(ids)],
  )
  const found = new Map(rows.map((row) => [row.ownTicketId, row.ticketId]))
  return new Map(ids.map((id) => [id, found.get(id) ?? id]))
}
