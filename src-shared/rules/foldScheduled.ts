// Folds replies for later (participants.md §5 "scheduled reply"): one waits until its reply is written, or until an event
// that counts takes it back or holds it. Whatever else is recorded about it changes nothing, so none is lost.
import type { TicketEventBody } from '#shared/model/event'
import type { ScheduledFact } from '#shared/model/projection'
import { record, type FoldState, type Step } from './foldState'

type Body<K extends TicketEventBody['kind']> = Extract<TicketEventBody, { kind: K }>

export function foldScheduled(step: Step, body: Body<'reply.scheduled'>): string | null {
  const { state, by, source } = step
  const { commentId, sendAt } = body
  const isTaken = state.byCommentId.has(commentId) || state.index.mailIds.has(commentId)
  if (isTaken || state.scheduled.has(commentId)) return 'no-change'
  state.scheduled.set(commentId, { eventId: source, by, sendAt })
  record(step, 'reply.scheduled', 'agent-chose', { commentId, at: new Date(sendAt).toISOString() })
  return null
}

/** Remembered even before its reply is known: a wrong clock may sort it first, and what was taken back must not go. */
export function foldUnscheduled(step: Step, body: Body<'reply.unscheduled'>): string | null {
  const { state } = step
  const { commentId, because, why = '' } = body
  const before = state.unscheduled.get(commentId)?.because
  const isOver = state.byCommentId.has(commentId) || before === 'cancelled' || before === because
  if (isOver) return 'no-change'
  state.unscheduled.set(commentId, { because, why })
  record(step, 'reply.unscheduled', because, why === '' ? { commentId } : { commentId, why })
  return null
}

/** Replies for later that have neither gone nor been taken back, earliest first. */
export function scheduledIn(state: FoldState): ScheduledFact[] {
  const open: ScheduledFact[] = []
  for (const [commentId, { eventId, sendAt }] of state.scheduled) {
    const end = state.unscheduled.get(commentId)
    if (state.byCommentId.has(commentId) || end?.because === 'cancelled') continue
    const held = end === undefined ? 'waiting' : 'held'
    open.push({ commentId, eventId, state: held, why: end?.why ?? '', sendAt })
  }
  return open.sort((a, b) => a.sendAt - b.sendAt || (a.eventId < b.eventId ? -1 : 1))
}
