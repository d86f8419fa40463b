// The mails of a ticket as far as this desktop knows them: those it sends itself, and those of other desktops, of which
// the journal tells (architecture.md §12).
import type { Delivery } from '#shared/ipc/contract'
import type { TicketEvent } from '#shared/model/event'
import { deliveryKind, type DeliveryState } from '#shared/model/message'
import { canonicalAddress } from '#shared/rules/address'
import { physicalOf } from '#shared/rules/clock'
import { mailId } from '../db/ids'
import { listTicketEvents } from '../db/journal'
import { findByRfcIds } from '../db/messages'
import { listItemsOf } from '../db/outbox'
import { listSkipped } from '../db/skipped'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import { toDelivery } from './toDelivery'

type Planned = Omit<Delivery, 'skipped' | 'state' | 'refused' | 'ticketId' | 'subject'>

const asPeople = (addresses: readonly string[]): Delivery['to'] =>
  addresses.map((address) => ({ name: '', address }))

function plannedBy({ body, hlc }: TicketEvent): Planned[] {
  if (body.kind !== 'reply.written' && body.kind !== 'note.written' && body.kind !== 'duty.done') {
    return []
  }
  const commentId = body.kind === 'duty.done' ? body.sourceId : body.commentId
  const at = physicalOf(hlc)
  return (body.mails ?? []).flatMap(({ messageId, kind, to, cc }) => {
    const known = deliveryKind.safeParse(kind)
    if (!known.success) return []
    const id = mailId(messageId, 'elsewhere')
    const mail = { id, messageId, commentId, kind: known.data, queuedAt: at }
    const people = { to: asPeople(to), cc: asPeople(cc) }
    return [
      { ...mail, ...people, attempts: 0, nextAt: null, lastReply: '', triedAt: null, waiting: [] },
    ]
  })
}

interface Fate {
  readonly state: DeliveryState
  readonly refused: readonly string[]
}

/** What other desktops have said of their mails since: how they fared, and who was taken off them. */
function newsOf(events: readonly TicketEvent[]) {
  const fates = new Map<string, Fate>()
  const narrowed = new Map<string, Set<string>>()
  for (const { body } of [...events].sort((a, b) => (a.hlc < b.hlc ? -1 : 1))) {
    if (body.kind === 'delivery.settled') fates.set(body.messageId, body)
    if (body.kind !== 'delivery.narrowed') continue
    const gone = narrowed.get(body.messageId) ?? new Set()
    for (const { address } of body.skipped) gone.add(canonicalAddress(address))
    narrowed.set(body.messageId, gone)
  }
  return { fates, narrowed }
}

/** Mails of other desktops. One that no server copy and no report speaks of may still wait there. */
async function listElsewhere(
  db: Reader,
  { ticket, comments, audit }: StoredTicket,
  own: ReadonlySet<string>,
): Promise<Omit<Delivery, 'skipped'>[]> {
  const events = (await listTicketEvents(db, [ticket.id])).get(ticket.id) ?? []
  const { fates, narrowed } = newsOf(events)
  // What does not count made no comment and no line of the history.
  const sources = new Set([...comments.map(({ id }) => id), ...audit.map(({ source }) => source)])
  const planned = new Map(
    events
      .flatMap(plannedBy)
      .filter(({ messageId, commentId }) => !own.has(messageId) && sources.has(commentId))
      .map((mail) => [mail.messageId, mail]),
  )
  const copies = new Set((await findByRfcIds(db, [...planned.keys()])).map(({ rfcId }) => rfcId))
  return [...planned.values()].map((mail) => {
    const { messageId } = mail
    const gone = narrowed.get(messageId) ?? new Set()
    const stays = ({ address }: { address: string }): boolean =>
      !gone.has(canonicalAddress(address))
    const fate = fates.get(messageId)
    return {
      ...mail,
      to: mail.to.filter(stays),
      cc: mail.cc.filter(stays),
      ticketId: ticket.id,
      subject: ticket.subject,
      state: fate?.state ?? (copies.has(messageId) ? 'sent' : 'queued'),
      refused: (fate?.refused ?? []).map((address) => ({ address, reply: '' })),
      isElsewhere: true,
    }
  })
}

/** Every mail about the comments and events of a ticket, with those who got none; oldest first. */
export async function listDeliveries(db: Reader, stored: StoredTicket): Promise<Delivery[]> {
  const items = await listItemsOf(db, stored.ticket.id)
  const elsewhere = await listElsewhere(db, stored, new Set(items.map((item) => item.messageId)))
  const commentIds = [...new Set([...items, ...elsewhere].map(({ commentId }) => commentId))]
  const skipped = await listSkipped(db, commentIds)
  const skippedOf = (id: string): Delivery['skipped'] => skipped.get(id) ?? []
  return [
    ...items.map((item) => toDelivery(item, skippedOf(item.commentId))),
    ...elsewhere.map((mail) => ({ ...mail, skipped: skippedOf(mail.commentId) })),
  ].sort((a, b) => a.queuedAt - b.queuedAt)
}
