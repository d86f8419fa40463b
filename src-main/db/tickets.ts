// Projected tickets as stored: read whole, found by key.
import { z } from 'zod'
import { participant, suggestion, type Participant } from '#shared/model/participant'
import type { Comment } from '#shared/model/message'
import type { ProjectedTicket } from '#shared/model/projection'
import { ticket as ticketSchema, type Ticket } from '#shared/model/ticket'
import { conflict } from '#shared/model/conflict'
import { mailAddress } from '#shared/model/address'
import { AppError } from '#shared/ipc/errors'
import { auditEntry } from '#shared/ipc/contract'
import { standsForTicket } from './threads'
import type { Reader } from './write'

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
  throw new AppError('not-found', 'There is no such ticket here: sync, or check the key.', {
    id,
    because: 'no-such-ticket',
  })
}

export async function findTicket(db: Reader, id: string): Promise<StoredTicket | undefined> {
  const row = await db.first<TicketColumns>('SELECT * FROM ticket WHERE id = ?', [id])
  if (row === undefined) return undefined
  const people = await db.all<ParticipantColumns>(
    'SELECT * FROM participant WHERE ticketId = ? ORDER BY position',
    [id],
  )
  // As one text: a row for each of ten thousand comments takes longer than all that is done with them.
  const comments = await db.first<{ list: string }>(
    `SELECT '[' || coalesce(group_concat(data, ',' ORDER BY position), '') || ']' AS list FROM comment WHERE ticketId = ?`,
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
    // Written by `saveTickets` alone, so they are not checked again.
    comments: JSON.parse(comments?.list ?? '[]') as Comment[],
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
