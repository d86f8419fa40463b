// Tickets this one is bound to: merged into it or it into them, or that its mail may have meant.
import type { RelatedTickets } from '#shared/ipc/contract'
import type { TicketRow } from '#shared/model/ticket'
import { bareSubject } from '#shared/rules/subject'
import { findMessage } from '../db/messages'
import { resolveTickets } from '../db/threads'
import { listTickets } from '../db/ticketRows'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import { whereVisible, type Viewer } from './views'

/** Nobody answers what is older. */
const answeredWithinMs = 90 * 24 * 3_600_000
const mostMerged = 50

/** It names a mail that the desk does not know, or is called an answer. */
async function looksLikeAnswer(db: Reader, { comments, ticket }: StoredTicket): Promise<boolean> {
  const [first] = comments
  if (first?.kind !== 'mail' || ticket.status !== 'new' || ticket.mergedInto !== null) return false
  const mail = first.mailId === null ? undefined : await findMessage(db, first.mailId)
  if (mail === undefined) return false
  const { subject, inReplyTo, references } = mail.fact
  return inReplyTo.length + references.length > 0 || bareSubject(subject) !== subject.trim()
}

/** What a client that keeps neither references nor subject leaves to the agent (reliability.md C7). */
async function mayBelongTo(
  db: Reader,
  visible: Awaited<ReturnType<typeof whereVisible>>,
  stored: StoredTicket,
): Promise<TicketRow | null> {
  const { id, requester, createdAt } = stored.ticket
  if (requester === null || !(await looksLikeAnswer(db, stored))) return null
  const [row] = await listTickets(db, {
    where: `ticket.id <> ? AND createdAt < ? AND updatedAt > ? AND status <> 'closed' AND mergedInto IS NULL
      AND ticket.id IN (SELECT ticketId FROM participant WHERE address = ? AND role IN ('requester', 'cc'))
      AND (${visible.where})`,
    parameters: [
      id,
      createdAt,
      createdAt - answeredWithinMs,
      requester.address,
      ...visible.parameters,
    ],
    offset: 0,
    limit: 1,
  })
  return row ?? null
}

/** Only tickets that the viewer may see. */
export async function findRelated(
  db: Reader,
  { desk, agent }: Viewer,
  stored: StoredTicket,
): Promise<RelatedTickets> {
  const { id, mergedInto } = stored.ticket
  const visible = await whereVisible(db, desk, agent.address)
  const list = (where: string, value: string): Promise<TicketRow[]> =>
    listTickets(db, {
      where: `${where} AND (${visible.where})`,
      parameters: [value, ...visible.parameters],
      offset: 0,
      limit: mostMerged,
    })
  const target =
    mergedInto === null ? null : (await resolveTickets(db, [mergedInto])).get(mergedInto)
  const [into] = target ? await list('ticket.id = ?', target) : []
  return {
    mergedInto: into ?? null,
    mergedHere: await list('mergedInto = ?', id),
    mayBelongTo: await mayBelongTo(db, visible, stored),
  }
}
