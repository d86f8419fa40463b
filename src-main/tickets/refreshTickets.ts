import type { Desk } from '#shared/model/desk'
import type { TicketProjection } from '#shared/model/projection'
import { isSupportAddress } from '#shared/rules/address'
import { deskAt, deskNow } from '#shared/rules/desk'
import { dutiesSince } from '#shared/rules/duties'
import { projectTicket } from '#shared/rules/projectTicket'
import { ticketKey } from '../db/ids'
import { listBegun, listTicketEvents, ticketsWithPrivateText } from '../db/journal'
import { listMailFacts } from '../db/mailFacts'
import { saveTickets, type SavedTicket } from '../db/saveTickets'
import type { Writer } from '../db/write'
import type { Core } from './core'

/** An address that became the desk's own later is no participant any more, whatever it was at its time. */
function withoutSupport(desk: Desk, projected: TicketProjection): TicketProjection {
  const isOurs = ({ address }: { address: string }): boolean => isSupportAddress(desk, address)
  if (!projected.participants.some(isOurs)) return projected
  const { ticket, participants } = projected
  const requester = ticket.requester !== null && isOurs(ticket.requester) ? null : ticket.requester
  return {
    ...projected,
    ticket: { ...ticket, requester },
    participants: participants.filter((person) => !isOurs(person)),
  }
}

/**
 * Projects these tickets from their facts and saves them. A ticket has tens of facts: rebuilding is cheaper than being
 * clever. An id that no fact speaks of any more (threading moved its mail) loses its row.
 */
export async function refreshTickets(
  core: Core,
  tx: Writer,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const history = await core.history(tx)
  const desk = deskNow(history)
  const { ccLimit } = desk.policy
  // Events about a ticket whose mail has not come yet wait as facts.
  const begun = await listBegun(tx, ids)
  const events = await listTicketEvents(tx, begun)
  const mails = await listMailFacts(tx, begun, ticketsWithPrivateText(events))
  const saved: SavedTicket[] = []
  for (const id of begun) {
    const facts = { mails: mails.get(id) ?? [], events: events.get(id) ?? [] }
    const isEmpty =
      facts.mails.length === 0 && !facts.events.some((e) => e.body.kind === 'ticket.created')
    if (isEmpty) continue
    const deskOf = (at: number): ReturnType<typeof deskAt> => deskAt(history, at)
    const projected = projectTicket({
      id,
      key: ticketKey(id),
      ...facts,
      deskAt: deskOf,
      dutiesSince: (mailbox) => dutiesSince(history, mailbox),
    })
    saved.push({ projected: withoutSupport(desk, projected), ccLimit })
  }
  await saveTickets(tx, ids, saved)
  tx.changed('ticket', ...ids)
}
