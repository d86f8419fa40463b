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

/** Of several mails that claim one Message-ID the first is meant: ours, else the one that came first. */
const byPreference = `(fact ->> 'isOwnId') DESC, receivedAt, id`

/** True for the one row that stands for its `ownTicketId`: a copy with other content cannot take a ticket's name. */
export const standsForTicket = `NOT EXISTS (SELECT 1 FROM message better
  WHERE better.ownTicketId = message.ownTicketId AND better.id <> message.id
    AND (1 - (better.fact ->> 'isOwnId'), better.receivedAt, better.id)
      < (1 - (message.fact ->> 'isOwnId'), message.receivedAt, message.id))`

/** Which mail is meant by each of these Message-IDs. */
export async function findTargets(
  db: Reader,
  rfcIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.all<{ rfcId: string; id: string }>(
    `SELECT rfcId, id FROM message WHERE rfcId IN (SELECT value FROM json_each(?)) ORDER BY ${byPreference}`,
    [json(rfcIds)],
  )
  return new Map(rows.reverse().map((row) => [row.rfcId, row.id]))
}

/** The mail from which the ticket whose id begins so takes its id. */
export async function findTicketRoot(db: Reader, prefix: string): Promise<string | undefined> {
  const row = await db.first<{ id: string }>(
    `SELECT id FROM message WHERE ownTicketId >= ? AND ownTicketId < ? ORDER BY ${byPreference} LIMIT 1`,
    [prefix, `${prefix}{`],
  )
  return row?.id
}

/** Keeps the reference that counts now and those that would be better, whose mail can claim its child when it comes. */
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

/** Sets parents. Forged references may close a circle; `moveToRootTickets` knows where to cut it. */
export async function linkParents(tx: Writer, links: readonly ParentLink[]): Promise<void> {
  if (links.length === 0) return
  await tx.run(
    `UPDATE message SET parentId = link.parentId, parentRank = link.rank
     FROM (SELECT value ->> 0 AS id, value ->> 1 AS parentId, value ->> 2 AS rank FROM json_each(?)) AS link
     WHERE message.id = link.id`,
    [json(links.map((link) => [link.id, link.parentId, link.rank]))],
  )
}

interface Ancestor {
  readonly id: string
  readonly parentId: string | null
  readonly receivedAt: number
}

async function ancestorsOf(db: Reader, ids: readonly string[]): Promise<Map<string, Ancestor>> {
  const rows = await db.all<Ancestor>(
    `WITH RECURSIVE up (id, parentId, receivedAt) AS (
       SELECT id, parentId, receivedAt FROM message WHERE id IN (SELECT value FROM json_each(?))
       UNION SELECT m.id, m.parentId, m.receivedAt FROM up JOIN message m ON m.id = up.parentId)
     SELECT id, parentId, receivedAt FROM up`,
    [json(ids)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

const isBefore = (one: Ancestor, other: Ancestor): boolean =>
  one.receivedAt === other.receivedAt ? one.id < other.id : one.receivedAt < other.receivedAt

/** The mail at the top of each; of a circle the one that came first, whichever of them is asked for. */
function rootsOf(
  ancestors: ReadonlyMap<string, Ancestor>,
  ids: readonly string[],
): ReadonlyMap<string, string> {
  const roots = new Map<string, string>()
  const findRoot = (id: string): void => {
    const path = new Map<string, Ancestor>()
    let at = ancestors.get(id)
    while (at !== undefined && !path.has(at.id) && !roots.has(at.id)) {
      path.set(at.id, at)
      at = at.parentId === null ? undefined : ancestors.get(at.parentId)
    }
    const walked = [...path.values()]
    const circle = at === undefined ? walked.slice(-1) : walked.slice(walked.indexOf(at))
    const top = circle.reduce((best, next) => (isBefore(next, best) ? next : best)).id
    const root = (at && roots.get(at.id)) ?? top
    // Each step of a conversation is walked once, however long it is.
    for (const each of path.keys()) roots.set(each, root)
  }
  for (const id of ids) if (!roots.has(id) && ancestors.has(id)) findRoot(id)
  return roots
}

/** A mail that threading took from one ticket to another. */
export interface Move {
  readonly id: string
  readonly was: string
  readonly becomes: string
}

/** Gives each of these mails and everything below it the ticket of its root; says which mails moved. */
export async function moveToRootTickets(tx: Writer, ids: readonly string[]): Promise<Move[]> {
  const roots = rootsOf(await ancestorsOf(tx, ids), ids)
  const pairs = ids.map((id) => [id, roots.get(id) ?? id])
  const moves = await tx.all<Move>(
    `WITH RECURSIVE down (id, root) AS (
       SELECT value ->> 0, value ->> 1 FROM json_each(?)
       UNION SELECT m.id, down.root FROM down JOIN message m ON m.parentId = down.id)
     SELECT m.id, m.ticketId AS was, root.ownTicketId AS becomes
     FROM down JOIN message m ON m.id = down.id JOIN message root ON root.id = down.root
     WHERE m.ticketId <> root.ownTicketId`,
    [json(pairs)],
  )
  if (moves.length === 0) return moves
  await tx.run(
    `UPDATE message SET ticketId = move.becomes
     FROM (SELECT value ->> 0 AS id, value ->> 1 AS becomes FROM json_each(?)) AS move WHERE message.id = move.id`,
    [json(moves.map((move) => [move.id, move.becomes]))],
  )
  return moves
}

/** Of these moves those that left a ticket without mail. */
async function listBereft(
  db: Reader,
  moves: readonly Move[],
): Promise<Pick<Move, 'was' | 'becomes'>[]> {
  const pairs = json([...new Map(moves.map((move) => [move.was, move.becomes]))])
  return db.all(
    `SELECT value ->> 0 AS was, value ->> 1 AS becomes FROM json_each(?)
     WHERE NOT EXISTS (SELECT 1 FROM message WHERE ticketId = value ->> 0)`,
    [pairs],
  )
}

/** Of these tickets those on which something hangs that an agent has written. */
async function listWrittenOn(db: Reader, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.all<{ id: string }>(
    `SELECT value AS id FROM json_each(?)
     WHERE EXISTS (SELECT 1 FROM draft WHERE ticketId = value)
       OR EXISTS (SELECT 1 FROM outbox_item WHERE ticketId = value)
       OR EXISTS (SELECT 1 FROM staged_file WHERE draftId = value)`,
    [json(ids)],
  )
  return new Set(rows.map(({ id }) => id))
}

/** What hangs on a ticket that has lost all its mail to another follows it there. */
export async function moveTicketRows(tx: Writer, moves: readonly Move[]): Promise<void> {
  if (moves.length === 0) return
  const bereft = await listBereft(tx, moves)
  if (bereft.length === 0) return
  const ids = bereft.map(({ was }) => was)
  // A first sync moves most mails, and most of them have been read.
  await tx.run(
    `UPDATE OR IGNORE read_marker SET ticketId = move.becomes
     FROM (SELECT value ->> 0 AS was, value ->> 1 AS becomes FROM json_each(?)) AS move
     WHERE read_marker.ticketId = move.was`,
    [json(bereft.map(({ was, becomes }) => [was, becomes]))],
  )
  await tx.run('DELETE FROM read_marker WHERE ticketId IN (SELECT value FROM json_each(?))', [
    json(ids),
  ])
  const writtenOn = await listWrittenOn(tx, ids)
  for (const { was, becomes } of bereft) {
    if (!writtenOn.has(was)) continue
    // Two drafts of a mode become one: nothing that somebody typed is lost, and nobody reads what was meant for another.
    await tx.run(
      `UPDATE draft SET html = NULL, text = draft.text || char(10, 10) || lost.text,
         audience = CASE WHEN draft.audience = lost.audience THEN draft.audience ELSE '[]' END
       FROM draft AS lost
       WHERE lost.ticketId = ? AND draft.ticketId = ? AND draft.mode = lost.mode`,
      [was, becomes],
    )
    await tx.run('UPDATE outbox_item SET ticketId = ? WHERE ticketId = ?', [becomes, was])
    await tx.run('UPDATE OR IGNORE draft SET ticketId = ? WHERE ticketId = ?', [becomes, was])
    await tx.run('UPDATE staged_file SET draftId = ? WHERE draftId = ?', [becomes, was])
    await tx.run('DELETE FROM draft WHERE ticketId = ?', [was])
    tx.changed('draft', becomes)
  }
}

/** Tickets by any id they ever had: the id of each mail's own ticket leads to the ticket it is in now. */
export async function resolveTickets(
  db: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.all<{ ownTicketId: string; ticketId: string }>(
    `SELECT ownTicketId, ticketId FROM message
     WHERE ownTicketId IN (SELECT value FROM json_each(?)) AND ${standsForTicket}`,
    [json(ids)],
  )
  const found = new Map(rows.map((row) => [row.ownTicketId, row.ticketId]))
  return new Map(ids.map((id) => [id, found.get(id) ?? id]))
}

/** Every ticket with a mail that claims one of these ids as that of its own ticket. */
export async function listClaimants(
  db: Reader,
  ownTicketIds: readonly string[],
): Promise<string[]> {
  const rows = await db.all<{ ticketId: string }>(
    'SELECT DISTINCT ticketId FROM message WHERE ownTicketId IN (SELECT value FROM json_each(?))',
    [json(ownTicketIds)],
  )
  return rows.map((row) => row.ticketId)
}

/** Whether a name of this kind (it begins so, with a colon) is among the references at all. */
export async function hasReferences(db: Reader, kind: string): Promise<boolean> {
  const row = await db.first(
    'SELECT 1 FROM message_reference WHERE rfcId >= ? AND rfcId < ? LIMIT 1',
    [kind, `${kind.slice(0, -1)};`],
  )
  return row !== undefined
}

/** Mails without a parent whose subject names one of these tickets, with who wrote them. */
export async function listBySubject(
  db: Reader,
  rfcIds: readonly string[],
): Promise<{ id: string; subject: string; fromAddress: string; ticketId: string }[]> {
  return db.all(
    `SELECT m.id, m.subject, m.fromAddress, m.ticketId FROM message_reference r JOIN message m ON m.id = r.messageId
     WHERE r.rfcId IN (SELECT value FROM json_each(?)) AND m.parentId IS NULL ORDER BY m.receivedAt, m.id`,
    [json(rfcIds)],
  )
}

/** Whether somebody has a role on a ticket. */
export async function hasRole(db: Reader, ticketId: string, address: string): Promise<boolean> {
  const row = await db.first('SELECT 1 FROM participant WHERE ticketId = ? AND address = ?', [
    ticketId,
    address,
  ])
  return row !== undefined
}
