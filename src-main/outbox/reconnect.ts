// The network is back: what has waited for it alone goes at once, except a reply that has crossed with somebody's words,
// which its author could not know.
import { canonicalAddress } from '#shared/rules/address'
import { listArrivals } from '../db/messages'
import { listItemsIn, type OutboxItem } from '../db/outbox'
import { resolveTickets } from '../db/threads'
import { findTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import type { Core } from '../tickets/core'
import { takeStep } from './deliver'
import { findTerms } from './terms'

/** Whether somebody else's public comment, later than all its author had seen, reached this desktop after it was queued. */
async function hasCrossed(tx: Writer, item: OutboxItem): Promise<boolean> {
  if (item.kind !== 'public' || item.dutyKey !== null) return false
  const { ticketId, commentId, messageId } = item
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const comments = (await findTicket(tx, owner))?.comments ?? []
  const own = comments.find(({ id }) => id === commentId)
  if (own === undefined) return false
  const places = await listArrivals(tx, owner)
  const ownPlace = places.get(messageId) ?? Infinity
  const placeOf = (comment: (typeof comments)[number]): number =>
    places.get(comment.messageId ?? '') ?? 0
  const others = comments.filter(
    ({ id, visibility }) => visibility === 'public' && id !== commentId,
  )
  const seen = others.filter((comment) => placeOf(comment) < ownPlace)
  // Older mail that a first sync brings late is no news.
  const seenAt = Math.max(0, ...seen.map(({ at }) => at))
  const me = canonicalAddress(own.author.address)
  return others.some(
    (comment) =>
      placeOf(comment) > ownPlace &&
      comment.at > seenAt &&
      canonicalAddress(comment.author.address) !== me,
  )
}

/** To be called when a pass has read the mailbox of an account again. */
export async function reconnectItems(core: Core, accountId: string): Promise<void> {
  const { receiptWait } = await findTerms(core.db.read, accountId)
  await core.db.write('outbox.reconnected', async (tx) => {
    for (const item of await listItemsIn(tx, 'queued')) {
      if (item.accountId !== accountId) continue
      const event = { type: 'reconnected', isCrossed: await hasCrossed(tx, item) } as const
      await takeStep(core, tx, item, { event, receiptWait })
    }
  })
}
