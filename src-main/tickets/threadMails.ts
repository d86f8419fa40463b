import { canonicalAddress } from '#shared/rules/address'
import {
  findTargets,
  findTicketRoot,
  hasReferences,
  hasRole,
  insertReferences,
  linkParents,
  listBySubject,
  listWaitingChildren,
  moveToRootTickets,
  resolveTickets,
  type Move,
  type ParentLink,
  type Reference,
} from '../db/threads'
import { findTicketIds } from '../db/tickets'
import type { Reader, Writer } from '../db/write'
import type { MailFact } from '#shared/model/message'
import type { ReadToken } from './tokens'

/** A mail as far as threading looks at it. */
export interface Threadable {
  readonly fact: MailFact
  readonly token: ReadToken | null
  /** The ticket it would open by itself. */
  readonly ownTicketId: string
}

const maxReferences = 50
/** Worse than any reference: a token or a key in the subject only counts where no Message-ID is known. */
const tokenRank = 1000
const subjectRank = 2000

const ticketKeyName = 'key:'
const ticketName = 'ticket:'

/** A token names a ticket by the start of its id: kept among the references, so that it too can wait for its mail. */
function ticketReference(ticketId: string): string {
  return `${ticketName}${ticketId.slice(0, 16)}`
}

/** So does the key in a subject, by the six characters that every form of it has. */
function keyReference(ticketId: string): string {
  return `${ticketKeyName}${ticketId.slice(0, 6).toLowerCase()}`
}

/** The ticket that a subject names, e.g. `K7M2QX` in `Re: [#K7M2QX] Printer`. */
function keyIn(subject: string): string | undefined {
  return /\[#([0-9A-Za-z]{6,26})\]/u.exec(subject)?.[1]
}

/** What a mail refers to, best first: In-Reply-To, then References from the last back (RFC 5322 §3.6.4), token, subject. */
function referencesOf({ fact, token }: Threadable): Reference[] {
  const returned = fact.bounce?.originalId ?? null
  const answered = [...fact.inReplyTo, ...[...fact.references].reverse()]
  const ids = [...new Set(returned === null ? answered : [returned, ...answered])]
  const references = ids
    .filter((rfcId) => rfcId !== fact.rfcId)
    .slice(0, maxReferences)
    .map((rfcId, rank) => ({ messageId: fact.id, rfcId, rank }))
  if (token !== null) {
    const rfcId = ticketReference(token.ticketPrefix)
    references.push({ messageId: fact.id, rfcId, rank: tokenRank })
  }
  const key = keyIn(fact.subject)
  if (key !== undefined) {
    references.push({ messageId: fact.id, rfcId: keyReference(key), rank: subjectRank })
  }
  return references
}

/** Which mails these names mean: Message-IDs, and tickets for the mail from which their id comes. */
async function targetsOf(tx: Writer, names: readonly string[]): Promise<Map<string, string>> {
  const unique = [...new Set(names)]
  const targets = await findTargets(tx, unique)
  for (const name of unique.filter((each) => each.startsWith(ticketName))) {
    const root = await findTicketRoot(tx, name.slice(ticketName.length))
    if (root !== undefined) targets.set(name, root)
  }
  return targets
}

/**
 * Mail has come that other mail referred to, or a better claimant of its Message-ID: the younger becomes its child.
 * Equal ranks are the same reference, whose meaning has changed.
 */
async function claimChildren(tx: Writer, arrivals: readonly Threadable[]): Promise<ParentLink[]> {
  const names = arrivals.flatMap((m) => [m.fact.rfcId, ticketReference(m.ownTicketId)])
  const waiting = await listWaitingChildren(tx, names)
  const targets = await targetsOf(
    tx,
    waiting.map((child) => child.rfcId),
  )
  const best = new Map<string, ParentLink>()
  for (const child of waiting) {
    const parentId = targets.get(child.rfcId)
    const current = best.get(child.messageId)?.rank ?? child.parentRank ?? Infinity
    if (parentId === undefined || parentId === child.messageId || child.rank > current) continue
    best.set(child.messageId, { id: child.messageId, parentId, rank: child.rank })
  }
  return [...best.values()]
}

/**
 * Hangs new mails into the trees of known mail (participants.md §4.1). The trees are the same whatever the order in
 * which the mails came.
 * @returns tickets to project anew, and which mails moved from one ticket to another
 */
export async function threadMails(
  tx: Writer,
  arrivals: readonly Threadable[],
): Promise<{ tickets: string[]; moves: Move[] }> {
  const references = arrivals.map(referencesOf)
  const targets = await targetsOf(
    tx,
    references.flat().map((r) => r.rfcId),
  )
  const links: ParentLink[] = []
  const kept: Reference[] = []
  for (const [index, { fact }] of arrivals.entries()) {
    const own = references[index] ?? []
    const parent = own.find((r) => (targets.get(r.rfcId) ?? fact.id) !== fact.id)
    kept.push(...own.filter((r) => parent === undefined || r.rank <= parent.rank))
    if (parent === undefined) continue
    links.push({ id: fact.id, parentId: targets.get(parent.rfcId) ?? '', rank: parent.rank })
  }
  await linkParents(tx, links)
  await insertReferences(tx, kept)
  const claimed = await claimChildren(tx, arrivals)
  await linkParents(tx, claimed)
  const touched = [...arrivals.map((m) => m.fact.id), ...claimed.map((link) => link.id)]
  const moves = await moveToRootTickets(tx, touched)
  const tickets = new Set(arrivals.map((m) => m.ownTicketId))
  for (const move of moves) tickets.add(move.was).add(move.becomes)
  return { tickets: [...tickets], moves }
}

/** The ticket a subject names, and the mail to hang on, for somebody who already has a role there. */
async function targetBySubject(
  db: Reader,
  mail: { subject: string; fromAddress: string; ticketId: string },
): Promise<string | undefined> {
  const key = (keyIn(mail.subject) ?? '').toLowerCase()
  const ids = await findTicketIds(db, key)
  const [ticketId] = ids
  if (ticketId === undefined || ids.length > 1 || ticketId === mail.ticketId) return undefined
  if (!(await hasRole(db, ticketId, canonicalAddress(mail.fromAddress)))) return undefined
  return findTicketRoot(db, key)
}

/**
 * `[#K7M2QX]` counts only for somebody who already has a role on that ticket, which is known only after it has been
 * projected: so this comes after, for new mail that names a ticket and for new tickets that waiting mail has named.
 */
export async function threadBySubject(
  tx: Writer,
  arrivals: readonly Threadable[],
  ticketIds: readonly string[],
): Promise<{ tickets: string[]; moves: Move[] }> {
  if (!(await hasReferences(tx, ticketKeyName))) return { tickets: [], moves: [] }
  const keys = arrivals.flatMap((m) => keyIn(m.fact.subject) ?? [])
  const owners = [...(await resolveTickets(tx, ticketIds)).values()]
  const named = [...arrivals.map((m) => m.ownTicketId), ...owners, ...ticketIds, ...keys]
  const waiting = await listBySubject(tx, [...new Set(named.map(keyReference))])
  const links: ParentLink[] = []
  for (const mail of waiting) {
    const parentId = await targetBySubject(tx, mail)
    if (parentId !== undefined) links.push({ id: mail.id, parentId, rank: subjectRank })
  }
  if (links.length === 0) return { tickets: [], moves: [] }
  await linkParents(tx, links)
  const moves = await moveToRootTickets(
    tx,
    links.map((link) => link.id),
  )
  return { tickets: [...new Set(moves.flatMap((move) => [move.was, move.becomes]))], moves }
}
