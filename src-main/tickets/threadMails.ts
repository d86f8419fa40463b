import { canonicalAddress } from '#shared/rules/address'
import { findByRfcIds } from '../db/messages'
import { findTicketIds } from '../db/tickets'
import {
  insertReferences,
  linkParents,
  listWaitingChildren,
  moveToRootTickets,
  type Move,
  type ParentLink,
  type Reference,
} from '../db/threads'
import type { Writer } from '../db/write'
import type { Arrival } from './arrival'

const maxReferences = 50
/** Worse than any reference: a token or a key in the subject only counts where no Message-ID is known. */
const tokenRank = 1000
const subjectRank = 2000

/** A token names a ticket by the start of its id: kept among the references, so that it too can wait for its mail. */
function ticketReference(ticketId: string): string {
  return `ticket:${ticketId.slice(0, 16)}`
}

/** What a mail refers to, best first: In-Reply-To, then References from the last back (RFC 5322 §3.6.4), then its token. */
function referencesOf(message: Arrival): Reference[] {
  const { fact, token } = message
  const ids = [...new Set([...fact.inReplyTo, ...[...fact.references].reverse()])]
  const references = ids
    .filter((rfcId) => rfcId !== fact.rfcId)
    .slice(0, maxReferences)
    .map((rfcId, rank) => ({ messageId: fact.id, rfcId, rank }))
  if (token === null) return references
  return [
    ...references,
    { messageId: fact.id, rfcId: ticketReference(token.ticketPrefix), rank: tokenRank },
  ]
}

/** `[#K7M2QX]` counts only for somebody who already has a role on that ticket (participants.md §4.1). */
async function parentBySubject(tx: Writer, message: Arrival): Promise<ParentLink | undefined> {
  const key = /\[#([0-9A-Za-z]{6,26})\]/u.exec(message.fact.subject)?.[1]
  if (key === undefined) return undefined
  const tickets = await findTicketIds(tx, key)
  const root = await tx.first<{ id: string }>(
    `SELECT message.id FROM message WHERE ownTicketId = ?1 AND EXISTS (
       SELECT 1 FROM participant WHERE ticketId = ?1 AND address = ?2)`,
    [tickets.length === 1 ? (tickets[0] ?? '') : '', canonicalAddress(message.fact.from.address)],
  )
  return root === undefined
    ? undefined
    : { id: message.fact.id, parentId: root.id, rank: subjectRank }
}

async function knownTargets(
  tx: Writer,
  references: readonly Reference[],
  arrivals: readonly Arrival[],
): Promise<Map<string, string>> {
  const targets = new Map<string, string>()
  const rows = await findByRfcIds(tx, [...new Set(references.map((r) => r.rfcId))])
  // Of two mails that claim one Message-ID, ours is meant; else the smaller id, the same choice on every desktop.
  rows.sort((a, b) => b.isOwnId - a.isOwnId || (a.id < b.id ? -1 : 1))
  for (const row of rows) if (!targets.has(row.rfcId)) targets.set(row.rfcId, row.id)
  for (const message of arrivals) targets.set(ticketReference(message.ownTicketId), message.fact.id)
  for (const { rfcId } of references.filter((r) => r.rank === tokenRank)) {
    if (targets.has(rfcId)) continue
    const prefix = rfcId.slice('ticket:'.length)
    const root = await tx.first<{ id: string }>(
      'SELECT id FROM message WHERE ownTicketId >= ? AND ownTicketId < ? ORDER BY ownTicketId LIMIT 1',
      [prefix, `${prefix}{`],
    )
    if (root !== undefined) targets.set(rfcId, root.id)
  }
  return targets
}

/** Older mail has come that younger mail referred to: the younger becomes its child. */
async function claimChildren(tx: Writer, arrivals: readonly Arrival[]): Promise<ParentLink[]> {
  const targets = new Map(
    arrivals.flatMap((m) => [
      [m.fact.rfcId, m.fact.id] as const,
      [ticketReference(m.ownTicketId), m.fact.id] as const,
    ]),
  )
  const waiting = await listWaitingChildren(tx, [...targets.keys()])
  const best = new Map<string, ParentLink>()
  for (const child of waiting) {
    const parentId = targets.get(child.rfcId)
    const current = best.get(child.messageId)?.rank ?? child.parentRank ?? Infinity
    if (parentId === undefined || parentId === child.messageId || child.rank >= current) continue
    best.set(child.messageId, { id: child.messageId, parentId, rank: child.rank })
  }
  return [...best.values()]
}

/**
 * Hangs new mails into the trees of known mail (participants.md §4.1), in whatever order they came.
 * @returns tickets to project anew, and which mails moved from one ticket to another
 */
export async function threadMails(
  tx: Writer,
  arrivals: readonly Arrival[],
): Promise<{ tickets: string[]; moves: Move[] }> {
  const references = arrivals.map(referencesOf)
  const targets = await knownTargets(tx, references.flat(), arrivals)
  const links: ParentLink[] = []
  const waiting: Reference[] = []
  for (const [index, message] of arrivals.entries()) {
    const own = references[index] ?? []
    const parent = own.find((r) => targets.has(r.rfcId) && targets.get(r.rfcId) !== message.fact.id)
    waiting.push(...own.filter((r) => parent === undefined || r.rank < parent.rank))
    if (parent !== undefined) {
      links.push({
        id: message.fact.id,
        parentId: targets.get(parent.rfcId) ?? '',
        rank: parent.rank,
      })
      continue
    }
    const bySubject = await parentBySubject(tx, message)
    if (bySubject !== undefined) links.push(bySubject)
  }
  // Before claiming: a mail's own place must be known when a child is hung below it.
  await linkParents(tx, links)
  await insertReferences(tx, waiting)
  const claimed = await claimChildren(tx, arrivals)
  await linkParents(tx, claimed)
  const touched = [...arrivals.map((m) => m.fact.id), ...claimed.map((link) => link.id)]
  const moves = await moveToRootTickets(tx, touched)
  const tickets = new Set(arrivals.map((m) => m.ownTicketId))
  for (const move of moves) tickets.add(move.was).add(move.becomes)
  return { tickets: [...tickets], moves }
}
