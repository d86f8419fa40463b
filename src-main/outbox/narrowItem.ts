// The last look before a mail leaves: who has been taken off the ticket since it was queued gets nothing
// (participants.md §2 "queued and scheduled mail is recomputed").
import type { MailAddress } from '#shared/model/address'
import type { ChosenColleague } from '#shared/model/event'
import { compareHlc } from '#shared/rules/clock'
import { narrow } from '#shared/rules/narrow'
import { listTicketEvents } from '../db/journal'
import { readdressOwnMail } from '../db/messages'
import { getBytes, readdressItem, type OutboxItem } from '../db/outbox'
import { resolveTickets } from '../db/threads'
import { findTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import { log } from '../log'
import { readdress } from '../mail/readdress'
import { currentDesk, type Core } from '../tickets/core'
import { recordTicketEvents } from '../tickets/record'

/** Whether somebody it is still to go to may have it already. */
const isInDoubt = ({ state, doubted }: OutboxItem): boolean =>
  state !== 'queued' || doubted.length > 0

/** Colleagues among the chosen people of a private reply: as it was written, which may be long before it is due. */
async function colleaguesOf(
  tx: Writer,
  owner: string,
  { kind, commentId }: OutboxItem,
): Promise<ChosenColleague[]> {
  if (kind !== 'private') return []
  const events = (await listTicketEvents(tx, [owner])).get(owner) ?? []
  const written = events
    .toSorted((a, b) => compareHlc(a.hlc, b.hlc))
    .flatMap(({ body }) => {
      const isIt = body.kind === 'reply.scheduled' || body.kind === 'reply.written'
      return isIt && body.commentId === commentId ? [body.colleagues ?? []] : []
    })
  return written[0] ?? []
}

/** The item as it may go now; without anybody in `envelope` it may not. */
export async function narrowItem(core: Core, tx: Writer, item: OutboxItem): Promise<OutboxItem> {
  if (isInDoubt(item)) return item
  const { ticketId, commentId, messageId, accepted } = item
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const projected = await findTicket(tx, owner)
  if (projected === undefined) return item
  const desk = await currentDesk(core, tx)
  const mentions = projected.comments.find(({ id }) => id === commentId)?.mentions ?? []
  const colleagues = await colleaguesOf(tx, owner, item)
  // Who has it already keeps it: then its bytes are what they are, and only the rest can be spared.
  const isAbroad = accepted > 0
  const open = new Set(item.envelope)
  const isOpen = ({ address }: MailAddress): boolean => !isAbroad || open.has(address)
  const waiting = { kind: item.kind, to: item.to.filter(isOpen), cc: item.cc.filter(isOpen) }
  const left = narrow(waiting, { desk, projected, mentions, colleagues })
  if (left === null) return item
  const to = isAbroad ? item.to : [...left.to]
  const cc = isAbroad ? item.cc : [...left.cc]
  const remaining = new Set([...left.to, ...left.cc].map(({ address }) => address))
  const envelope = item.envelope.filter((address) => remaining.has(address))
  if (envelope.length > 0) {
    const old = await getBytes(tx, item.id)
    const bytes = isAbroad ? old : await readdress(old, { to, cc })
    await readdressItem(tx, { id: item.id, to, cc, envelope, bytes })
    if (!isAbroad) await readdressOwnMail(tx, messageId, { to, cc })
  }
  const skipped = [...left.skipped]
  const body = { kind: 'delivery.narrowed', commentId, messageId, skipped } as const
  await recordTicketEvents(core, tx, { ticketId: owner, bodies: [body], isQuiet: true })
  log.info('outbox', 'narrowed', { itemId: item.id, people: skipped.length })
  return { ...item, ...(envelope.length > 0 ? { to, cc } : {}), envelope }
}
