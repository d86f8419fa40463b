// What becomes of two changes of one thing whose authors did not know of each other (architecture.md §12): where it
// concerns who may read, the narrower audience holds; else the newer change. The one that does not hold is kept and shown.
import type { Conflict } from '#shared/model/conflict'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import { isRestrictedGroup, maySeeTicket } from './access'
import { canonicalAddress } from './address'
import { hasSeen, topicKey, topicsOf, type Change, type Topic } from './causality'
import { physicalOf } from './clock'
import { record, type Step } from './foldState'

const topicsAt = ({ desk }: Step, body: TicketEventBody): Topic[] =>
  topicsOf(body, (group) => isRestrictedGroup(desk, group))

const sideOf = ({ event, topic }: Change): Conflict['winner'] => ({
  by: canonicalAddress(event.by),
  at: physicalOf(event.hlc),
  value: topic.value,
  source: event.id,
})

function addConflict(step: Step, winner: Change, loser: Change, because: Conflict['because']) {
  if (canonicalAddress(winner.event.by) === canonicalAddress(loser.event.by)) return
  const { field, about } = loser.topic
  step.state.conflicts.push({
    field,
    about,
    because,
    winner: sideOf(winner),
    loser: sideOf(loser),
  })
}

const isUnseen =
  ({ state }: Step, event: TicketEvent) =>
  (change: Change): boolean =>
    !hasSeen(event, change.event, state.index.events)

/** Whether a person may read this ticket whatever list they are on. */
function readsAnyway({ state, desk }: Step, address: string): boolean {
  return maySeeTicket(desk, address, { group: state.group, assignee: null }, []).may
}

/** The narrower change that this one did not know of, or undefined. */
function narrowerThan(step: Step, event: TicketEvent, topic: Topic): Change | undefined {
  const { topics } = step.state
  if (topic.effect === 'wider') {
    const found = topics.get(topicKey(topic))?.narrower.find(isUnseen(step, event))
    if (found !== undefined) return found
  }
  // Somebody put on a ticket that has become restricted meanwhile.
  const isReader = topic.field === 'assignee' || topic.effect === 'wider'
  const whom = topic.field === 'assignee' ? topic.value : topic.about
  if (!isReader || topic.field === 'group' || topic.field === 'comment' || whom === '')
    return undefined
  const restricted = topics.get('group:')?.narrower.find(isUnseen(step, event))
  const isColleague = maySeeTicket(step.desk, whom, { group: null, assignee: null }, []).may
  if (restricted === undefined || !isColleague) return undefined
  return readsAnyway(step, whom) ? undefined : restricted
}

/** Whether this only narrows who reads, by somebody who did not know yet that the ticket is closed to them. */
export function narrowsUnaware(step: Step, event: TicketEvent): boolean {
  const topics = topicsAt(step, event.body)
  const restricted = step.state.topics.get('group:')?.narrower ?? []
  return (
    topics.length > 0 &&
    topics.every(({ effect }) => effect === 'narrower') &&
    restricted.length > 0 &&
    restricted.every(isUnseen(step, event))
  )
}

/** The event without what loses to a narrower change; null when nothing of it is left. */
export function fitOf(step: Step, event: TicketEvent): TicketEventBody | null {
  const { body } = event
  const losing = topicsAt(step, body).flatMap((topic) => {
    const winner = narrowerThan(step, event, topic)
    return winner === undefined ? [] : [{ winner, topic }]
  })
  for (const { winner, topic } of losing) addConflict(step, winner, { event, topic }, 'narrower')
  if (losing.length === 0) return body
  if (body.kind !== 'cc.added') return null
  const lost = new Set(losing.map(({ topic }) => topic.about))
  const people = body.people.filter(({ address }) => !lost.has(canonicalAddress(address)))
  return people.length === 0 ? null : { ...body, people }
}

/** A held comment that was let in before a discard which did not know of it is folded as if it had not been. */
export function takeBackWider(step: Step, event: TicketEvent): void {
  const { topics, undone, newlyUndone } = step.state
  for (const topic of topicsAt(step, event.body)) {
    if (topic.effect !== 'narrower' || topic.field !== 'comment') continue
    const unseen = topics.get(topicKey(topic))?.wider.filter(isUnseen(step, event)) ?? []
    for (const change of unseen) if (!undone.has(change.event.id)) newlyUndone.add(change.event.id)
  }
}

/** Colleagues put on the ticket by somebody who did not know, nor was known, that it becomes restricted. */
function dropUnseenReaders(step: Step, restricting: Change): void {
  const { state } = step
  const isUnknown = (key: string): Change | undefined => {
    const last = state.topics.get(key)?.last ?? undefined
    return last !== undefined && isUnseen(step, restricting.event)(last) ? last : undefined
  }
  const drop = (address: string, key: string, what: string, remove: () => void): void => {
    const change = isUnknown(key)
    if (change === undefined || readsAnyway(step, address)) return
    remove()
    record(step, what, 'narrower-wins', { address })
    addConflict(step, restricting, change, 'narrower')
  }
  for (const { address } of [...state.followers.values()]) {
    drop(address, `follower:${address}`, 'follower.removed', () => state.followers.delete(address))
  }
  for (const { address, isInternal } of [...state.ccs.values()]) {
    if (isInternal) {
      drop(address, `cc:${address}`, 'cc.removed', () => state.ccs.delete(address))
    }
  }
  const { assignee } = state
  if (assignee !== null) {
    drop(assignee, 'assignee:', 'ticket.assigned', () => {
      state.assignee = null
    })
  }
}

function note(step: Step, change: Change): void {
  const { state } = step
  const { event, topic } = change
  const key = topicKey(topic)
  const known = state.topics.get(key) ?? { narrower: [], wider: [], last: null }
  state.topics.set(key, known)
  const unseen = isUnseen(step, event)
  const { last } = known
  // Whoever knew both has decided.
  state.conflicts = state.conflicts.filter(({ field, about, winner, loser }) => {
    if (field !== topic.field || about !== topic.about) return true
    const sides = [winner.source, loser.source].flatMap((id) => state.index.events.get(id) ?? [])
    return sides.some((side) => side.id === event.id || !hasSeen(event, side, state.index.events))
  })
  if (last !== null && last.topic.value !== topic.value && unseen(last)) {
    addConflict(step, change, last, 'newer')
  }
  if (topic.effect !== 'neither') known[topic.effect].push(change)
  known.last = change
}

/** Remembers what an event changed, and whose change of the same thing it outdid. */
export function noteChanges(step: Step, event: TicketEvent, body: TicketEventBody): void {
  for (const topic of topicsAt(step, body)) {
    const change = { event, topic }
    note(step, change)
    if (topic.field === 'group' && topic.effect === 'narrower') dropUnseenReaders(step, change)
  }
}

/** A narrower change counts against wider ones even where it found nothing to narrow. */
export function noteNarrower(step: Step, event: TicketEvent): void {
  for (const topic of topicsAt(step, event.body)) {
    if (topic.effect !== 'narrower') continue
    const key = topicKey(topic)
    const known = step.state.topics.get(key) ?? { narrower: [], wider: [], last: null }
    step.state.topics.set(key, known)
    known.narrower.push({ event, topic })
  }
}
