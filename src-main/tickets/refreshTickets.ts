import { deskAt } from '#shared/rules/desk'
import { projectTicket } from '#shared/rules/projectTicket'
import { ticketKey } from '../db/ids'
import { listTicketEvents, ticketsWithPrivateText } from '../db/journal'
import { listMailFacts } from '../db/messages'
import { saveTickets, type SavedTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import type { Core } from './core'

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
  const { ccLimit } = deskAt(history, core.now()).policy
  const events = await listTicketEvents(tx, ids)
  const mails = await listMailFacts(tx, ids, ticketsWithPrivateText(events))
  const saved: SavedTicket[] = []
  for (const id of ids) {
    const facts = { mails: mails.get(id) ?? [], events: events.get(id) ?? [] }
    const isEmpty =
      facts.mails.length === 0 && !facts.events.some((e) => e.body.kind === 'ticket.created')
    // Events about a ticket whose mail has not come yet wait as facts.
    if (isEmpty) continue
    const deskOf = (at: number): ReturnType<typeof deskAt> => deskAt(history, at)
    saved.push({
      projected: projectTicket({ id, key: ticketKey(id), ...facts, deskAt: deskOf }),
      ccLimit,
    })
  }
  await saveTickets(tx, ids, saved)
  tx.changed('ticket', ...ids)
}
