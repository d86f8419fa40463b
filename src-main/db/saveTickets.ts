// Projected tickets → rows, and which of them are to be projected anew.
import type { Participant } from '#shared/model/participant'
import type { ProjectedTicket, TicketProjection } from '#shared/model/projection'
import { listSince } from './commentArrivals'
import { saveDuties } from './duties'
import { insertRows } from './insert'
import { saveScheduled } from './scheduled'
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
