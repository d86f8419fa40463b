// The last look before a mail leaves: who has been taken off the ticket since it was queued gets nothing
// (participants.md §2 "queued and scheduled mail is recomputed").
import { narrow } from '#shared/rules/narrow'
import { readdressOwnMail } from '../db/messages'
import { getBytes, readdressItem, type OutboxItem } from '../db/outbox'
import { resolveTickets } from '../db/threads'
import { findTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import { log } from '../log'
import { readdress } from '../mail/readdress'
import { currentDesk, type Core } from '../tickets/core'
import { recordTicketEvents } from '../tickets/record'

/** Whether a server may have the mail already: then its bytes are what they are. */
const isAbroad = ({ state, accepted, doubted }: OutboxItem): boolean =>
  state !== 'queued' || accepted > 0 || doubted.length > 0

/** The item as it may go now; without anybody in `envelope` it may not. */
export async function narrowItem(core: Core, tx: Writer, item: OutboxItem): Promise<OutboxItem> {
  if (isAbroad(item)) return item
  const { ticketId, commentId, messageId } = item
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const projected = await findTicket(tx, owner)
  if (projected === undefined) return item
  const desk = await currentDesk(core, tx)
  const mentions = projected.comments.find(({ id }) => id === commentId)?.mentions ?? []
  const left = narrow(item, { desk, projected, mentions })
  if (left === null) return item
  const to = [...left.to]
  const cc = [...left.cc]
  const remaining = new Set([...to, ...cc].map(({ address }) => address))
  const envelope = item.envelope.filter((address) => remaining.has(address))
  if (envelope.length > 0) {
    const bytes = await readdress(await getBytes(tx, item.id), { to, cc })
    await readdressItem(tx, { id: item.id, to, cc, envelope, bytes })
    await readdressOwnMail(tx, messageId, { to, cc })
  }
  const skipped = [...left.skipped]
  const body = { kind: 'delivery.narrowed', commentId, messageId, skipped } as const
  await recordTicketEvents(core, tx, { ticketId: owner, bodies: [body], isQuiet: true })
  log.info('outbox', 'narrowed', { itemId: item.id, people: skipped.length })
  return { ...item, ...(envelope.length > 0 ? { to, cc } : {}), envelope }
}
