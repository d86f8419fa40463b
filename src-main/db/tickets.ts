import { z } from 'zod'
import { participant, suggestion, type Participant } from '#shared/model/participant'
import { comment, type Comment } from '#shared/model/message'
import type { ProjectedTicket, TicketProjection } from '#shared/model/projection'
import { ticket as ticketSchema, type Ticket, type TicketRow } from '#shared/model/ticket'
import { conflict } from '#shared/model/conflict'
import { mailAddress } from '#shared/model/address'
import { AppError } from '#shared/ipc/errors'
import { auditEntry } from '#shared/ipc/contract'
import { listSince } from './commentArrivals'
import { saveDuties } from './duties'
import { saveScheduled } from './scheduled'
import { standsForTicket } from './threads'
import { insertRows } from './insert'
import type { Parameter, Reader, Writer } from './write'

const json = JSON.stringify

/** A projection and what the row needs beside it. */
export interface SavedTicket {
  readonly projected: TicketProjection
  readonly ccLimit: number
}

const ticketColumns = [
  'id',
  'key',
  'subject',
  'status',
  'requesterAddress',
  'requesterName',
  'assignee',
  'group',
  'tags',
  'mailbox',
  'mergedInto',
  'createdAt',
  'updatedAt',
  'revision',
  'publicRevision',
  'commentCount',
  'heldCount',
  'ccCount',
  'followerCount',
  'ccLimit',
  'preview',
  'lastAuthor',
  'rest',
]

function ticketValues({ projected, ccLimit }: SavedTicket): Parameter[] {
  const { ticket: t, participants, comments } = projected
  const count = (role: Participant['role']): number =>
    participants.filter((p) => p.role === role).length
  return [
    t.id,
    t.key,
    t.subject,
    t.status,
    t.requester?.address ?? null,
    t.requester?.name ?? '',
    t.assignee,
    t.group,
    json(t.tags),
    t.mailbox,
    t.mergedInto,
    t.createdAt,
    t.updatedAt,
    t.revision,
    comments.filter((c) => c.visibility === 'public').length,
    t.commentCount,
    t.heldCount,
    count('cc'),
    count('follower'),
    Math.max(ccLimit, count('cc'), 1),
    t.preview,
    t.lastAuthor,
    json({
      suggestions: projected.suggestions,
      notAdded: projected.notAdded,
      audit: projected.audit,
      lastPublicAudience: projected.lastPublicAudience,
      publicMessageIds: projected.publicMessageIds,
      undeliverable: projected.undeliverable,
      aliases: projected.aliases,
      conflicts: projected.conflicts,
    }),
  ]
}

/** `[address, kind, ticketId]` of what colleagues had to do with a ticket. */
function involvementOf({ ticket, comments, participants }: ProjectedTicket): string[][] {
  const mentioned = comments.flatMap((c) => c.mentions ?? []).map((one) => [one, 'mentioned'])
  const wrote = comments
    .filter((c) => c.isInternal && c.kind !== 'note' && c.kind !== 'system')
    .map((c) => [c.author.address, 'wrote'])
  const added = participants
    .filter((p) => p.role === 'cc' && p.origin.kind === 'agent')
    .map((p) => [p.origin.by, 'addedCc'])
  return [...mentioned, ...wrote, ...added].map((pair) => [...pair, ticket.id])
}

/** Replaces the projections of `ids`: a ticket that no fact speaks of any more goes. */
export async function saveTickets(
  tx: Writer,
  ids: readonly string[],
  tickets: readonly SavedTicket[],
): Promise<void> {
  const known = await listSince(tx, ids)
  for (const table of ['participant', 'comment', 'involvement'] as const) {
    await tx.run(`DELETE FROM ${table} WHERE ticketId IN (SELECT value FROM json_each(?))`, [
      json(ids),
    ])
  }
  await tx.run('DELETE FROM ticket WHERE id IN (SELECT value FROM json_each(?))', [json(ids)])
  const duties = tickets.flatMap(({ projected }) => projected.duties)
  await saveDuties(tx, ids, duties)
  await saveScheduled(
    tx,
    ids,
    tickets.flatMap(({ projected: { ticket, scheduled } }) =>
      scheduled.map((each) => ({ ...each, ticketId: ticket.id })),
    ),
  )
  if (tickets.length === 0) return
  await insertRows(tx, 'INSERT INTO ticket', ticketColumns, tickets.map(ticketValues))
  await insertRows(
    tx,
    'INSERT OR IGNORE INTO involvement',
    ['address', 'kind', 'ticketId'],
    tickets.flatMap(({ projected }) => involvementOf(projected)),
  )
  await insertRows(
    tx,
    'INSERT INTO participant',
    [
      'ticketId',
      'role',
      'address',
      'name',
      'isInternal',
      'isMuted',
      'mutedBy',
      'level',
      'position',
      'origin',
    ],
    tickets.flatMap(({ projected }) =>
      projected.participants.map((p, position) => [
        projected.ticket.id,
        p.role,
        p.address,
        p.name,
        p.isInternal ? 1 : 0,
        p.isMuted ? 1 : 0,
        p.mutedBy,
        p.level,
        position,
        json(p.origin),
      ]),
    ),
  )
  await insertRows(
    tx,
    'INSERT INTO comment',
    ['ticketId', 'id', 'at', 'position', 'since', 'visibility', 'mailId', 'messageId', 'data'],
    tickets.flatMap(({ projected }) =>
      projected.comments.map((c, position) => [
        projected.ticket.id,
        c.id,
        c.at,
        position,
        known.get(`${projected.ticket.id} ${c.id}`) ?? projected.ticket.revision,
        c.visibility,
        c.mailId,
        c.messageId,
        json(c),
      ]),
    ),
  )
}

const rest = z.object({
  suggestions: z.array(suggestion),
  notAdded: z.array(suggestion),
  audit: z.array(auditEntry),
  lastPublicAudience: z.array(z.string()).nullable(),
  publicMessageIds: z.array(z.string()),
  undeliverable: z.array(z.string()),
  aliases: z.record(z.string(), z.string()).default({}),
  conflicts: z.array(conflict),
})

interface TicketColumns extends Omit<Ticket, 'requester' | 'tags'> {
  readonly requesterAddress: string | null
  readonly requesterName: string
  readonly tags: string
  readonly rest: string
  readonly publicRevision: number
  readonly ccLimit: number
}

interface ParticipantColumns extends Omit<Participant, 'isInternal' | 'isMuted' | 'origin'> {
  readonly isInternal: number
  readonly isMuted: number
  readonly origin: string
}

/** A ticket as last projected. */
export interface StoredTicket extends ProjectedTicket {
  readonly ccLimit: number
}

/** @throws AppError `not-found` */
export async function getTicket(db: Reader, id: string): Promise<StoredTicket> {
  const stored = await findTicket(db, id)
  if (stored !== undefined) return stored
  throw new AppError('not-found', 'There is no such ticket here: sync, or check the key.', { id })
}

export async function findTicket(db: Reader, id: string): Promise<StoredTicket | undefined> {
  const row = await db.first<TicketColumns>('SELECT * FROM ticket WHERE id = ?', [id])
  if (row === undefined) return undefined
  const people = await db.all<ParticipantColumns>(
    'SELECT * FROM participant WHERE ticketId = ? ORDER BY position',
    [id],
  )
  const comments = await db.all<{ data: string }>(
    'SELECT data FROM comment WHERE ticketId = ? ORDER BY position',
    [id],
  )
  const requester =
    row.requesterAddress === null
      ? null
      : mailAddress.parse({ name: row.requesterName, address: row.requesterAddress })
  return {
    ticket: ticketSchema.parse({ ...row, requester, tags: JSON.parse(row.tags) as unknown }),
    ccLimit: row.ccLimit,
    participants: people.map((p) =>
      participant.parse({
        ...p,
        isInternal: p.isInternal === 1,
        isMuted: p.isMuted === 1,
        origin: JSON.parse(p.origin) as unknown,
      }),
    ),
    comments: comments.map((c): Comment => comment.parse(JSON.parse(c.data))),
    ...rest.parse(JSON.parse(row.rest)),
  }
}

/** Ids of tickets whose key begins so, also a key from before threading moved them; people type keys in any case. */
export async function findTicketIds(db: Reader, key: string): Promise<string[]> {
  const prefix = key.toLowerCase().replace(/[^0-9a-z]/gu, '')
  if (prefix.length < 4) return []
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM ticket WHERE id >= ?1 AND id < ?2
     UNION SELECT ticketId FROM message WHERE ownTicketId >= ?1 AND ownTicketId < ?2 AND ${standsForTicket}
     ORDER BY 1 LIMIT 10`,
    [prefix, `${prefix}{`],
  )
  return rows.map((row) => row.id)
}

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
  readonly failed: number
  readonly uncertain: number
  readonly waiting: number
}

export interface ListQuery {
  /** SQL over `ticket`, made by `tickets/views`. */
  readonly where: string
  readonly parameters: readonly (string | number)[]
  readonly offset: number
  readonly limit: number
}

function toRow(row: RowColumns): TicketRow {
  const { requesterAddress, requesterName, isUnread, failed, uncertain, waiting, ...same } = row
  const delivery =
    failed > 0 ? 'failed' : uncertain > 0 ? 'uncertain' : waiting > 0 ? 'waiting' : 'none'
  return {
    ...same,
    requester:
      requesterAddress === null ? null : { name: requesterName, address: requesterAddress },
    isUnread: isUnread === 1,
    delivery,
  }
}

export async function listTickets(db: Reader, query: ListQuery): Promise<TicketRow[]> {
  const rows = await db.all<RowColumns>(
    `SELECT ticket.id, key, subject, status, requesterAddress, requesterName, assignee, ccCount, followerCount,
       commentCount, heldCount, preview, updatedAt,
       ticket.revision > coalesce((SELECT revision FROM read_marker WHERE ticketId = ticket.id), 0) AS isUnread,
       (SELECT count(*) FROM outbox_item o WHERE o.ticketId = ticket.id AND o.state IN ('failed', 'partly')) AS failed,
       (SELECT count(*) FROM outbox_item o WHERE o.ticketId = ticket.id AND o.state = 'uncertain') AS uncertain,
       (SELECT count(*) FROM outbox_item o WHERE o.ticketId = ticket.id AND o.state IN ('queued', 'sending')) AS waiting
     FROM ticket WHERE ${query.where} ORDER BY updatedAt DESC, ticket.id LIMIT ? OFFSET ?`,
    [...query.parameters, query.limit, query.offset],
  )
  return rows.map(toRow)
}

/** Ids of what a search finds, newest first. */
export async function listMatching(
  db: Reader,
  query: Pick<ListQuery, 'where' | 'parameters'>,
  limit: number,
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM ticket WHERE ${query.where} ORDER BY updatedAt DESC, ticket.id LIMIT ?`,
    [...query.parameters, limit],
  )
  return rows.map((row) => row.id)
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

/** Addresses that ever wrote here, best match first, for the CC input. */
export async function suggestPeople(
  db: Reader,
  query: string,
): Promise<{ name: string; address: string }[]> {
  const like = `%${query.replace(/[\\%_]/gu, (c) => `\\${c}`)}%`
  return db.all(
    `SELECT max(name) AS name, address FROM participant
     WHERE address LIKE ?1 ESCAPE '\\' OR name LIKE ?1 ESCAPE '\\'
     GROUP BY address ORDER BY count(*) DESC, address LIMIT 8`,
    [like],
  )
}

/** Tickets whose every mail somebody has read with another program are not news here. */
export async function markSeenTickets(tx: Writer, ids: readonly string[]): Promise<void> {
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision)
     SELECT id, revision FROM ticket WHERE id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM message WHERE ticketId = ticket.id AND isSeen = 0)
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [json(ids)],
  )
}

export async function markStale(tx: Writer, ids: readonly string[]): Promise<void> {
  await tx.run('INSERT OR IGNORE INTO stale_ticket SELECT value FROM json_each(?)', [json(ids)])
}

export async function listStale(db: Reader, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>('SELECT id FROM stale_ticket LIMIT ?', [limit])
  return rows.map((row) => row.id)
}

export async function deleteStale(tx: Writer, ids: readonly string[]): Promise<void> {
  await tx.run('DELETE FROM stale_ticket WHERE id IN (SELECT value FROM json_each(?))', [json(ids)])
}

export async function markRead(tx: Writer, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision) SELECT id, revision FROM ticket WHERE id = ?
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [id],
  )
}

/** The convergent state as text, ticket by ticket in order of id: what `hash` digests. */
export async function listConvergentState(
  db: Reader,
  afterId: string,
  limit: number,
): Promise<{ id: string; state: string }[]> {
  return db.all(
    `SELECT id, json_array(key, subject, status, requesterAddress, requesterName, assignee, "group", tags, mailbox,
       mergedInto, createdAt, updatedAt, revision, commentCount, heldCount, preview, lastAuthor, rest,
       (SELECT json_group_array(json_array(role, address, name, isInternal, isMuted, mutedBy, level, origin) ORDER BY position)
          FROM participant WHERE ticketId = ticket.id),
       (SELECT json_group_array(data ORDER BY position) FROM comment WHERE ticketId = ticket.id)) AS state
     FROM ticket WHERE id > ? ORDER BY id LIMIT ?`,
    [afterId, limit],
  )
}
