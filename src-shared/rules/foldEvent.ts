// Folds one event into its ticket. Permission is part of the fold: what the actor may not do is kept,
// marked ineffective with a reason, and changes nothing (architecture.md §12).
import { dutyKey } from '#shared/model/duty'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import { isRestrictedGroup, maySeeTicket } from './access'
import { canonicalAddress, isValidAddress } from './address'
import { actionOf, actorRefusal } from './actors'
import { findPerson } from './desk'
import { foldAccepted, foldDecisionUndone, foldDiscarded } from './foldAccept'
import {
  addCc,
  addCcs,
  byAgent,
  byPolicy,
  findCc,
  findFollower,
  follow,
  isInternalNow,
  keyOf,
  putRequester,
  removeCc,
  standingOf,
} from './foldPeople'
import { fitOf, narrowsUnaware, noteChanges, noteNarrower, takeBackWider } from './foldConflicts'
import { foldNarrowed, foldNote, foldReply, foldSettled } from './foldReply'
import { foldScheduled, foldUnscheduled } from './foldScheduled'
import {
  isSupport,
  joinMailbox,
  mailboxFor,
  record,
  recordRefusal,
  setStatus,
  unmerge,
  type Step,
} from './foldState'
import { ccRefusal } from './participants'

type Kind = TicketEventBody['kind']
type Body<K extends Kind> = Extract<TicketEventBody, { kind: K }>
/** Null: done; else why it changes nothing. */
type Handler<K extends Kind> = (step: Step, body: Body<K>) => string | null

function created(step: Step, body: Body<'ticket.created'>): string | null {
  const { state } = step
  if (state.isOpened) return 'already-created'
  state.isOpened = true
  state.subject = body.subject
  state.createdAt = step.at
  record(step, 'ticket.created', 'agent-chose', { subject: body.subject })
  joinMailbox(step, mailboxFor(step, body.mailbox))
  const { requester } = body
  if (requester !== null) {
    const because = unfitRequester(step, requester.address)
    if (because === null) putRequester(step, requester, byAgent(step, 'ticket-created'))
    else recordRefusal(step, 'event.ineffective', because, { event: 'requester.changed' })
  }
  addCcs(step, body.ccs, 'ticket-created')
  return null
}

function unfitRequester(step: Step, address: string): string | null {
  if (!isValidAddress(address)) return 'invalid-address'
  return isSupport(step, address) ? 'support-address' : null
}

function assigned(step: Step, { assignee }: Body<'ticket.assigned'>): string | null {
  const { state, desk } = step
  const person = assignee === null ? null : findPerson(desk, assignee)
  if (person === undefined) return 'not-internal'
  const next = person === null ? null : canonicalAddress(person.address)
  const before = state.assignee
  if (next === before) return 'no-change'
  state.assignee = next
  record(step, 'ticket.assigned', 'agent-chose', { from: before ?? '', to: next ?? '' })
  if (before !== null && desk.policy.followPreviousAssignee) {
    follow(step, before, 'all', byPolicy(step, 'auto-follow-previous-assignee'))
  }
  return null
}

function tagged(step: Step, body: Body<'ticket.tagged'>): string | null {
  const tags = [...new Set(body.tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))]
  const { state } = step
  if (tags.join('\n') === state.tags.join('\n')) return 'no-change'
  record(step, 'ticket.tagged', 'agent-chose', { from: state.tags.join(', '), to: tags.join(', ') })
  state.tags = tags
  return null
}

function grouped(step: Step, body: Body<'ticket.grouped'>): string | null {
  const { state } = step
  const group = body.group === null || body.group.trim() === '' ? null : body.group.trim()
  if (group === state.group) return 'no-change'
  record(step, 'ticket.grouped', 'agent-chose', { from: state.group ?? '', to: group ?? '' })
  state.group = group
  return null
}

function requesterChanged(step: Step, body: Body<'requester.changed'>): string | null {
  const { state } = step
  const address = canonicalAddress(body.address)
  const because = unfitRequester(step, address)
  if (because !== null) return because
  if (state.requester?.address === address) return 'no-change'
  // The agent means this very address, so it stands for nobody else from now on.
  state.aliases.delete(address)
  state.undeliverable.delete(address)
  putRequester(step, { address, name: body.name }, byAgent(step, 'agent-chose'))
  return null
}

function ccRemoved(step: Step, { address }: Body<'cc.removed'>): string | null {
  const { state } = step
  const cc = findCc(step, address)
  if (cc !== undefined) removeCc(step, cc, 'removed-by-agent')
  else {
    // The agent saw them on the list; a mail that comes in late must not undo that word.
    const key = keyOf(step, address)
    if (state.keptOff.get(key) === 'removed-by-agent') return 'no-change'
    state.keptOff.set(key, 'removed-by-agent')
    record(step, 'cc.keptOff', 'removed-by-agent', { address: canonicalAddress(address) })
  }
  return null
}

const muted =
  (isMuted: boolean) =>
  (step: Step, { address }: { address: string }): string | null => {
    const cc = findCc(step, address)
    if (cc === undefined) return 'not-a-cc'
    if (cc.isMuted === isMuted) return 'no-change'
    const mutedBy = isMuted ? step.by : null
    step.state.ccs.set(cc.address, { ...cc, isMuted, mutedBy })
    const what = isMuted ? 'cc.muted' : 'cc.unmuted'
    record(step, what, 'agent-chose', { address: cc.address })
    return null
  }

/** What an agent has said of somebody since a mail removed them stands against undoing the mail. */
function sinceRemoved(step: Step, address: string): 'removed-by-agent' | null {
  const keptOff = step.state.keptOff.get(keyOf(step, address))
  return keptOff === 'removed-by-agent' ? keptOff : null
}

/** Takes back what a mail added and puts back whom it removed, as far as that still stands (§4.4). */
function mailChangeUndone(step: Step, { messageId }: Body<'cc.mailChangeUndone'>): string | null {
  const { state, desk } = step
  const change = state.mailChanges.get(messageId)
  if (change === undefined) return 'unknown-mail'
  const auditBefore = state.audit.length
  for (const address of change.added) {
    const cc = state.ccs.get(address)
    if (cc?.origin.messageId === change.messageId) removeCc(step, cc, 'removed-by-agent')
  }
  let refusal: string | null = null
  for (const cc of change.removed) {
    const standing = standingOf(step, cc.address)
    const isInternal = isInternalNow(step, cc.address)
    const because =
      sinceRemoved(step, cc.address) ??
      ccRefusal({ standing, isInternal }, desk.policy, state.ccs.size)
    refusal ??= because
    if (because !== null) continue
    state.ccs.set(cc.address, cc)
    state.keptOff.delete(keyOf(step, cc.address))
    state.suggestions.delete(cc.address)
    record(step, 'cc.added', 'undone', { address: cc.address })
  }
  return state.audit.length > auditBefore ? null : (refusal ?? 'no-change')
}

function followerAdded(step: Step, body: Body<'follower.added'>): string | null {
  const { state } = step
  const known = findFollower(step, body.address)
  if (known === undefined) {
    const isSelf = keyOf(step, step.by) === keyOf(step, body.address)
    const origin = byAgent(step, body.because === '' ? 'agent-chose' : body.because)
    return follow(step, body.address, body.level, isSelf ? { ...origin, kind: 'self' } : origin)
  }
  if (known.level === body.level) return 'no-change'
  state.followers.set(known.address, { ...known, level: body.level })
  record(step, 'follower.levelSet', 'agent-chose', { address: known.address, level: body.level })
  return null
}

function followerRemoved(step: Step, { address }: Body<'follower.removed'>): string | null {
  const follower = findFollower(step, address)
  if (follower === undefined) return 'not-a-follower'
  step.state.followers.delete(follower.address)
  record(step, 'follower.removed', 'agent-chose', { address: follower.address })
  return null
}

/** An internal person who was offered follows; everybody else becomes CC (participants.md §2, §4.4). */
function suggestionAccepted(step: Step, body: Body<'suggestion.accepted'>): string | null {
  const { state } = step
  const address = canonicalAddress(body.address)
  const suggestion = state.suggestions.get(address)
  if (suggestion === undefined) return 'not-suggested'
  const because = 'suggestion-accepted'
  if (suggestion.because !== 'offer-follower') return addCc(step, suggestion, because)
  const refusal = follow(step, address, 'all', byAgent(step, because))
  if (refusal === null) state.suggestions.delete(address)
  return refusal
}

function suggestionDismissed(step: Step, body: Body<'suggestion.dismissed'>): string | null {
  const { state } = step
  const address = canonicalAddress(body.address)
  // A person who did not fit on the list is dismissed in the same way.
  const isKnown = state.suggestions.delete(address) || state.notAdded.delete(address)
  if (!isKnown) return 'not-suggested'
  state.keptOff.set(keyOf(step, address), 'dismissed')
  record(step, 'suggestion.dismissed', 'agent-chose', { address })
  return null
}

function merged(step: Step, { into }: Body<'ticket.merged'>): string | null {
  const { state } = step
  if (into === null) return unmerge(step, 'agent-chose') ? null : 'no-change'
  if (into === '' || into === state.ticketId) return 'merge-into-itself'
  if (into === state.mergedInto) return 'no-change'
  state.mergedInto = into
  record(step, 'ticket.merged', 'agent-chose', { into })
  return null
}

function statusSet(step: Step, { status }: Body<'ticket.statusSet'>): string | null {
  if (step.state.status === status) return 'no-change'
  setStatus(step, status, 'agent-chose')
  return null
}

/** Bookkeeping between desktops: no revision, no line of the audit trail unless customers got nothing. */
function dutyDone(
  step: Step,
  { duty, sourceId, mails, refused }: Body<'duty.done'>,
): string | null {
  const { done, relayed } = step.state
  const key = dutyKey(duty, sourceId)
  if (done.has(key)) return null
  done.add(key)
  const passedOn = mails.find(({ kind }) => kind === 'public')
  if (duty === 'relay' && passedOn !== undefined) relayed.set(sourceId, passedOn.messageId)
  if (refused !== null) record(step, 'mail.refused', refused, { duty, source: sourceId })
  return null
}

const handlers: { readonly [K in Kind]: Handler<K> } = {
  'ticket.created': created,
  'ticket.assigned': assigned,
  'ticket.statusSet': statusSet,
  'ticket.grouped': grouped,
  'ticket.tagged': tagged,
  'ticket.merged': merged,
  'requester.changed': requesterChanged,
  'cc.added': (step, { people }) => addCcs(step, people, 'agent-added'),
  'cc.removed': ccRemoved,
  'cc.muted': muted(true),
  'cc.unmuted': muted(false),
  'cc.mailChangeUndone': mailChangeUndone,
  'follower.added': followerAdded,
  'follower.removed': followerRemoved,
  'note.written': foldNote,
  'reply.written': foldReply,
  'delivery.settled': foldSettled,
  'delivery.narrowed': foldNarrowed,
  'duty.done': dutyDone,
  'reply.scheduled': foldScheduled,
  'reply.unscheduled': foldUnscheduled,
  'comment.accepted': foldAccepted,
  'comment.discarded': foldDiscarded,
  'comment.decisionUndone': foldDecisionUndone,
  'suggestion.accepted': suggestionAccepted,
  'suggestion.dismissed': suggestionDismissed,
}

/** Why the actor may not do this, or null (participants.md §2 "restricted ticket", §6 "Roles"). */
function forbidden(step: Step, event: TicketEvent): string | null {
  const { state, desk, by } = step
  const { body } = event
  const because = actorRefusal(desk, event)
  if (because !== null) return because
  if (actionOf(body) === 'read' || !isRestrictedGroup(desk, state.group)) return null
  const participants = [...state.ccs.values(), ...state.followers.values()]
  if (maySeeTicket(desk, by, state, participants).may || narrowsUnaware(step, event)) return null
  return 'restricted'
}

function carryOut(step: Step, event: TicketEvent): string | null {
  const fit = fitOf(step, event)
  if (fit === null) return 'narrower-wins'
  takeBackWider(step, event)
  const handle = handlers[fit.kind] as (step: Step, body: TicketEventBody) => string | null
  const because = handle(step, fit)
  if (because === null) noteChanges(step, event, fit)
  else noteNarrower(step, event)
  return because
}

/** Folds one event; one that is refused leaves nothing but a line of the audit trail. */
export function foldEvent(step: Step, event: TicketEvent): void {
  const { body } = event
  const because = forbidden(step, event) ?? carryOut(step, event)
  if (because !== null) recordRefusal(step, 'event.ineffective', because, { event: body.kind })
}
