// The facts of a ticket, once each and in the order in which they count, so that the fold does not
// depend on how they arrived (architecture.md §12).
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { TicketFacts } from '#shared/model/projection'
import { physicalOf } from './clock'

/** A fact with its time (epoch ms); `rank` and `tie` only order. */
export type Fact =
  | { kind: 'mail'; at: number; rank: number; tie: string; id: string; mail: MailFact }
  | { kind: 'event'; at: number; rank: number; tie: string; id: string; event: TicketEvent }

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

function arrivals(mails: readonly MailFact[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>()
  for (const { id, rfcId, receivedAt } of mails) {
    const at = timeOf(receivedAt)
    first.set(id, at)
    first.set(rfcId, Math.min(first.get(rfcId) ?? Infinity, at))
  }
  return first
}

function eventFacts(events: readonly TicketEvent[], mails: readonly MailFact[]): Fact[] {
  let arrived: ReadonlyMap<string, number> | null = null
  return events.map((event) => {
    const named = mailNamed(event)
    if (named !== null) arrived ??= arrivals(mails)
    // A word about a mail comes after that mail, however slow the clock of whoever spoke it.
    const cause = named === null ? 0 : (arrived?.get(named) ?? 0)
    return {
      kind: 'event',
      at: Math.max(physicalOf(event.hlc), cause),
      // The creation of a ticket comes before the answers to it, however fast its clock.
      rank: event.body.kind === 'ticket.created' ? 0 : 1,
      tie: event.hlc,
      id: event.id,
      event,
    }
  })
}

function compareFacts(one: Fact, other: Fact): number {
  return (
    one.rank - other.rank ||
    one.at - other.at ||
    compareText(one.tie, other.tie) ||
    compareText(one.id, other.id)
  )
}

/** Every fact once, by time: INTERNALDATE for mail, the clock for events, then id (architecture.md §12). */
export function inOrder(facts: Pick<TicketFacts, 'mails' | 'events'>): Fact[] {
  const mails = unique(facts.mails, compareCopies)
  const events = unique(facts.events, compareEvents)
  const list = mails.map((mail): Fact => {
    return { kind: 'mail', at: timeOf(mail.receivedAt), rank: 1, tie: '', id: mail.id, mail }
  })
  for (const fact of eventFacts(events, mails)) list.push(fact)
  return list.length < 2 ? list : list.sort(compareFacts)
}
