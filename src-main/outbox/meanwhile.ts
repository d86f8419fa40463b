// The last look before a public reply leaves: what its author could not know when they sent it (architecture.md §4b). It
// is taken whatever the reply has waited for: its undo, the network, the server's patience, a colleague's mail before it.
import type { MailAddress } from '#shared/model/address'
import type { HeldBack } from '#shared/model/message'
import { dutyKey } from '#shared/model/duty'
import { canonicalAddress } from '#shared/rules/address'
import { planDelivery } from '#shared/rules/delivery'
import { say } from '#shared/rules/sayings'
import { isUntouched } from '#shared/rules/sending'
import { listArrivals } from '../db/messages'
import { holdItem, listItemsOfComment, type OutboxItem } from '../db/outbox'
import { findScheduleBody } from '../db/scheduled'
import { resolveTickets } from '../db/threads'
import { findTicket, type StoredTicket } from '../db/tickets'
import type { Reader, Writer } from '../db/write'
import { currentDesk, type Core } from '../tickets/core'

type Comment = StoredTicket['comments'][number]

/** Ids of the public comments of others that reached this desktop after it was queued, later than all its author had seen. */
async function newComments(
  db: Reader,
  { ticket, comments }: StoredTicket,
  own: Comment,
  messageId: string,
): Promise<string[]> {
  const places = await listArrivals(db, ticket.id)
  const ownPlace = places.get(messageId) ?? Infinity
  const placeOf = (comment: Comment): number => places.get(comment.messageId ?? '') ?? 0
  const others = comments.filter(({ id, visibility }) => visibility === 'public' && id !== own.id)
  const seen = others.filter((comment) => placeOf(comment) < ownPlace)
  // Older mail that a first sync brings late is no news; a server's dates are whole seconds.
  const seenAt = Math.max(0, ...seen.map(({ at }) => at))
  const me = canonicalAddress(own.author.address)
  return others
    .filter(
      (comment) =>
        placeOf(comment) > ownPlace &&
        comment.at >= seenAt &&
        canonicalAddress(comment.author.address) !== me,
    )
    .map(({ id }) => id)
}

const addressesOf = (people: readonly MailAddress[]): string[] =>
  people.map(({ address }) => canonicalAddress(address))

/** Who would get the reply if it were sent now. */
async function audienceNow(
  core: Core,
  db: Reader,
  projected: StoredTicket,
  own: Comment,
): Promise<string[]> {
  const { mails } = planDelivery({
    kind: 'public',
    projected,
    desk: await currentDesk(core, db),
    actor: own.author.address,
    chosen: [],
    mentions: own.mentions ?? [],
    alreadyOn: [],
    isPublic: true,
    isVerified: true,
    undeliverable: projected.undeliverable,
  })
  return mails
    .filter(({ kind }) => kind === 'public')
    .flatMap(({ to, cc }) => addressesOf([...to, ...cc]))
}

/** Its author wished a reply for later to go whatever others write until then. */
async function goesRegardless(db: Reader, { dutyKey: key }: OutboxItem): Promise<boolean> {
  if (key === null) return false
  const body = await findScheduleBody(db, key.slice(dutyKey('scheduled', '').length))
  return body?.onlyIfQuiet !== true
}

/**
 * What has happened since a reply was sent and its author has not been told yet, together with what they have; null where
 * there is nothing new, where a server may have it already, or where it is no public reply.
 */
export async function newsFor(core: Core, tx: Reader, item: OutboxItem): Promise<HeldBack | null> {
  if (item.kind !== 'public' || !isUntouched(item)) return null
  const { ticketId, commentId, messageId } = item
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const projected = await findTicket(tx, owner)
  const own = projected?.comments.find(({ id }) => id === commentId)
  // Nobody here has written a colleague's mail that is passed on, and its people were those of that moment.
  if (projected === undefined || own === undefined || own.kind === 'mail') return null
  const told = item.held ?? { comments: [], added: [], removed: [] }
  const comments = (await goesRegardless(tx, item))
    ? told.comments
    : await newComments(tx, projected, own, messageId)
  const now = await audienceNow(core, tx, projected, own)
  const then = addressesOf([...item.to, ...item.cc])
  const added = now.filter((address) => !then.includes(address))
  const removed = then.filter((address) => !now.includes(address))
  const isNew =
    comments.some((id) => !told.comments.includes(id)) ||
    added.some((address) => !told.added.includes(address))
  return isNew ? { comments, added, removed } : null
}

export const wrote = say('held-for-news')
export const others = say('held-for-people')

/** Writes to a reply and to the mails that tell colleagues of it why they are held; answers those that wait. */
export async function holdBack(
  tx: Writer,
  item: OutboxItem,
  held: HeldBack,
): Promise<OutboxItem[]> {
  const waiting = (await listItemsOfComment(tx, item.commentId)).filter(
    (each) => each.state === 'queued' && isUntouched(each),
  )
  for (const each of waiting) await holdItem(tx, each.id, held)
  return waiting.map((each) => ({ ...each, held }))
}

/** Those that are held together with this one: an agent decides about all of them at once. */
export async function heldTogether(db: Reader, item: OutboxItem): Promise<OutboxItem[]> {
  if (!isHeldBack(item)) return [item]
  return (await listItemsOfComment(db, item.commentId)).filter(isHeldBack)
}

/** Whether an agent has yet to decide about it: nobody has got it. */
export const isHeldBack = (item: OutboxItem): boolean =>
  item.held !== null && item.state === 'failed' && isUntouched(item)
