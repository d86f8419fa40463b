// What an event changes, and what its author had seen of that (architecture.md §12, reliability.md F20). An event names
// the latest changes of the same thing that its desktop knew, so two that do not know of each other can be told from two
// that follow each other, whatever the clocks say.
import type { Conflict, ConflictField } from '#shared/model/conflict'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import { canonicalAddress } from './address'

/** One thing that an event changes. */
export interface Topic {
  readonly field: ConflictField
  /** Whom or what; empty where a ticket has only one. */
  readonly about: string
  readonly value: string
  /** Whether fewer or more people may read because of it; `group` depends on the desk, see `isRestricted`. */
  readonly effect: 'narrower' | 'wider' | 'neither'
}

/** One change of one thing. */
export interface Change {
  readonly event: TicketEvent
  readonly topic: Topic
}

/** All changes of one thing so far, in order. */
export interface Changes {
  readonly narrower: Change[]
  readonly wider: Change[]
  last: Change | null
}

const MOST_NAMED = 500

const one = (
  field: ConflictField,
  value: string,
  effect: Topic['effect'] = 'neither',
  about = '',
): Topic[] => [{ field, about, value, effect }]

const person = (
  field: 'cc' | 'follower',
  address: string,
  value: string,
  effect: Topic['effect'],
): Topic[] => one(field, value, effect, canonicalAddress(address))

type Kind = TicketEventBody['kind']
type Body<K extends Kind> = Extract<TicketEventBody, { kind: K }>
type IsRestricted = (group: string | null) => boolean

const replied = ({ status }: Body<'reply.written'>): Topic[] =>
  status === null ? [] : one('status', status)

function grouped(body: Body<'ticket.grouped'>, isRestricted: IsRestricted): Topic[] {
  const group = body.group?.trim() ?? ''
  return one('group', group, isRestricted(group === '' ? null : group) ? 'narrower' : 'wider')
}

/** Kinds that are not here change nothing that somebody else may change at the same time. */
const topics: { readonly [K in Kind]?: (body: Body<K>, isRestricted: IsRestricted) => Topic[] } = {
  'ticket.statusSet': ({ status }) => one('status', status),
  'reply.written': replied,
  'ticket.assigned': ({ assignee }) =>
    one('assignee', assignee === null ? '' : canonicalAddress(assignee)),
  'ticket.grouped': grouped,
  'ticket.tagged': ({ tags }) => one('tags', tags.join(', ')),
  'ticket.merged': ({ into }) => one('merge', into ?? ''),
  'requester.changed': ({ address }) => one('requester', canonicalAddress(address)),
  'cc.added': ({ people }) =>
    people.flatMap(({ address }) => person('cc', address, 'added', 'wider')),
  'cc.removed': ({ address }) => person('cc', address, 'removed', 'narrower'),
  'cc.muted': ({ address }) => person('cc', address, 'muted', 'narrower'),
  'cc.unmuted': ({ address }) => person('cc', address, 'unmuted', 'wider'),
  'follower.added': ({ address, level }) => person('follower', address, level, 'wider'),
  'follower.removed': ({ address }) => person('follower', address, 'removed', 'narrower'),
  'suggestion.accepted': ({ address }) => person('cc', address, 'added', 'wider'),
  'suggestion.dismissed': ({ address }) => person('cc', address, 'dismissed', 'narrower'),
  'comment.accepted': ({ mode, messageId }) => one('comment', mode, 'wider', messageId),
  'comment.discarded': ({ messageId }) => one('comment', 'discarded', 'narrower', messageId),
}

/** Everything an event changes that somebody else may change at the same time. */
export function topicsOf(body: TicketEventBody, isRestricted: IsRestricted = () => false): Topic[] {
  const find = topics[body.kind] as
    ((body: TicketEventBody, isRestricted: IsRestricted) => Topic[]) | undefined
  return find?.(body, isRestricted) ?? []
}

export const topicKey = ({ field, about }: Pick<Topic, 'field' | 'about'>): string =>
  `${field}:${about}`

/** Who may see a restricted ticket depends on these as well as on its group. */
const readers: ReadonlySet<ConflictField> = new Set(['group', 'assignee', 'cc', 'follower'])

function concerns(mine: readonly Topic[], theirs: readonly Topic[]): boolean {
  return mine.some((topic) =>
    theirs.some(
      (other) =>
        topicKey(topic) === topicKey(other) ||
        (readers.has(topic.field) && other.field === 'group') ||
        (topic.field === 'group' && readers.has(other.field)),
    ),
  )
}

/** Everything an event's author had seen, as far as it is named: the events it names and what those name in turn. */
function pastOf(event: TicketEvent, byId: ReadonlyMap<string, TicketEvent>): Set<string> {
  const past = new Set<string>()
  const open = [...(event.body.knows ?? [])]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (past.has(id)) continue
    past.add(id)
    open.push(...(byId.get(id)?.body.knows ?? []))
  }
  return past
}

/**
 * Whether the author of `later` had seen `earlier`, which comes before it in order. A desktop has seen what it did itself,
 * and an event that does not say what it knows is taken to know all.
 */
export function hasSeen(
  later: TicketEvent,
  earlier: TicketEvent,
  byId: ReadonlyMap<string, TicketEvent>,
): boolean {
  if (later.device === earlier.device || later.body.knows === undefined) return true
  return pastOf(later, byId).has(earlier.id)
}

/**
 * What a new event says it knows: of the facts its desktop has about the same thing, those that no other one names.
 * Undefined for an event that changes nothing anybody else could change.
 */
export function knownTo(
  body: TicketEventBody,
  events: readonly TicketEvent[],
): string[] | undefined {
  const own = topicsOf(body)
  if (own.length === 0) return undefined
  const related = events.filter((event) => concerns(own, topicsOf(event.body)))
  const byId = new Map(events.map((event) => [event.id, event]))
  const covered = new Set(related.flatMap((event) => [...pastOf(event, byId)]))
  return related
    .filter(({ id }) => !covered.has(id))
    .sort((a, b) => (a.hlc < b.hlc ? 1 : -1))
    .slice(0, MOST_NAMED)
    .map(({ id }) => id)
}

/** A conflict as the person sees it whose change did not hold. */
export function isLostBy({ winner, loser }: Conflict, own: ReadonlySet<string>): boolean {
  return own.has(canonicalAddress(loser.by)) && !own.has(canonicalAddress(winner.by))
}
