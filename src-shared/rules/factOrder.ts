// The facts of a ticket, once each and in the order in which they count, so that the fold does not
// depend on how they arrived (architecture.md §12).
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { TicketFacts } from '#shared/model/projection'
import { physicalOf } from './clock'

/** A fact with its time (epoch ms); `rank`, `depth` and `tie` only order. */
export type Fact = {
  readonly at: number
  readonly rank: number
  /** How many facts of the same time it answers, one through the other. */
  readonly depth: number
  readonly tie: string
  readonly id: string
} & (
  | { readonly kind: 'mail'; readonly mail: MailFact }
  | { readonly kind: 'event'; readonly event: TicketEvent }
)

type Place = Pick<Fact, 'at' | 'depth'>

const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
const compareNumber = (one: number, other: number) => one - other
const timeOf = (ms: number) => (Number.isFinite(ms) ? ms : 0)

/** Of two copies of one mail: ours before a stranger's, the earlier, then any but always the same. */
function compareCopies(one: MailFact, other: MailFact): number {
  if (one === other) return 0
  const rank = { sent: 0, local: 1, inbox: 2 }
  return (
    compareNumber(rank[one.source], rank[other.source]) ||
    compareNumber(timeOf(one.receivedAt), timeOf(other.receivedAt)) ||
    compareText(JSON.stringify(one), JSON.stringify(other))
  )
}

function compareEvents(one: TicketEvent, other: TicketEvent): number {
  if (one === other) return 0
  return compareText(one.hlc, other.hlc) || compareText(JSON.stringify(one), JSON.stringify(other))
}

function unique<T extends { id: string }>(list: readonly T[], compare: (a: T, b: T) => number) {
  if (list.length < 2) return list
  const best = new Map<string, T>()
  for (const item of list) {
    const known = best.get(item.id)
    if (known === undefined || compare(item, known) < 0) best.set(item.id, item)
  }
  return [...best.values()]
}

/** Message-ID or mail id of the mail that an event is about. */
const mailNamed = ({ body }: TicketEvent) =>
  body.kind === 'comment.accepted' || body.kind === 'cc.mailChangeUndone' ? body.messageId : null

/** When what an answer may name was there: mails by Message-ID, our replies by every Message-ID they went out under. */
function knownTimes(
  mails: readonly MailFact[],
  events: readonly TicketEvent[],
): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  const know = (id: string, at: number): void => {
    times.set(id, Math.min(times.get(id) ?? Infinity, at))
  }
  for (const { rfcId, receivedAt } of mails) know(rfcId, timeOf(receivedAt))
  for (const { body, hlc } of events) {
    if (body.kind === 'reply.written') know(body.messageId, physicalOf(hlc))
    if (
      body.kind !== 'reply.written' &&
      body.kind !== 'note.written' &&
      body.kind !== 'duty.done'
    ) {
      continue
    }
    for (const { messageId } of body.mails ?? []) know(messageId, physicalOf(hlc))
  }
  return times
}

/**
 * When a mail counts: not before the mails it answers, and of the same moment the one that answers more comes later.
 * INTERNALDATE has whole seconds and another clock than ours, so by time alone an answer could open the ticket it answers.
 * It looks at the mail's own references only: what a stranger sends cannot move other mails, nor can a circle of them.
 */
function placeOf(mail: MailFact, times: ReadonlyMap<string, number>): Place {
  const place = { at: timeOf(mail.receivedAt), depth: 0 }
  for (const rfcId of new Set([...mail.inReplyTo, ...mail.references])) {
    const cause = rfcId === mail.rfcId ? undefined : times.get(rfcId)
    if (cause === undefined) continue
    place.at = Math.max(place.at, cause)
    place.depth += 1
  }
  return place
}

/** Where the mails are that an event may name, by Message-ID and by id. */
function mailPlaces(
  mails: readonly MailFact[],
  times: ReadonlyMap<string, number>,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  for (const mail of mails) {
    const place = placeOf(mail, times)
    for (const name of [mail.id, mail.rfcId]) {
      const known = places.get(name)
      if (known === undefined || place.at < known.at) places.set(name, place)
    }
  }
  return places
}

function eventFact(event: TicketEvent, places: ReadonlyMap<string, Place>): Fact {
  const named = mailNamed(event)
  // A word about a mail comes after that mail, however slow the clock of whoever spoke it.
  const cause = named === null ? undefined : places.get(named)
  const at = physicalOf(event.hlc)
  const isLate = cause !== undefined && cause.at >= at
  return {
    kind: 'event',
    at: isLate ? cause.at : at,
    depth: isLate ? cause.depth + 1 : 0,
    // The creation of a ticket comes before the answers to it, however fast its clock.
    rank: event.body.kind === 'ticket.created' ? 0 : 1,
    tie: event.hlc,
    id: event.id,
    event,
  }
}

function compareFacts(one: Fact, other: Fact): number {
  return (
    one.rank - other.rank ||
    one.at - other.at ||
    one.depth - other.depth ||
    compareText(one.tie, other.tie) ||
    compareText(one.id, other.id)
  )
}

/** Every fact once, by time: INTERNALDATE for mail, the clock for events, cause before effect, then id (architecture.md §12). */
export function inOrder(facts: Pick<TicketFacts, 'mails' | 'events'>): Fact[] {
  const mails = unique(facts.mails, compareCopies)
  const events = unique(facts.events, compareEvents)
  const [only] = mails
  if (only !== undefined && mails.length === 1 && events.length === 0) {
    return [mailFact(only, { at: timeOf(only.receivedAt), depth: 0 })]
  }
  const times = knownTimes(mails, events)
  const list = mails.map((mail) => mailFact(mail, placeOf(mail, times)))
  const places = events.length === 0 ? new Map<string, Place>() : mailPlaces(mails, times)
  for (const event of events) list.push(eventFact(event, places))
  return list.sort(compareFacts)
}

function mailFact(mail: MailFact, { at, depth }: Place): Fact {
  return { kind: 'mail', at, depth, rank: 1, tie: '', id: mail.id, mail }
}
