// What an agent decides about a held comment (participants.md §4.3 rows 4 and 5): let in, discard, and
// take that back.
import type { TicketEventBody } from '#shared/model/event'
import { canonicalAddress } from './address'
import { rememberPrivate } from './answered'
import { applyPeople, openTicket } from './foldMailPeople'
import {
  addCcs,
  followOnReply,
  isInternalNow,
  isRequester,
  keyOf,
  participantOf,
} from './foldPeople'
import { isSupport, record, setStatus, wakeByPublic, type HeldMail, type Step } from './foldState'
import { audienceOf, isCustomersWord, viewMail, type MailView } from './mailView'
import { decideVisibility, type VisibilityDecision } from './visibility'

/** Makes the sender's address stand for a participant from now on, or says why not. */
function linkAlias(step: Step, author: string, aliasOf: string | null): string | null {
  const { state } = step
  const target = aliasOf === null ? null : participantOf(step, aliasOf)
  if (target === null) return 'alias-target-unknown'
  if (isSupport(step, author)) return 'support-address'
  if (isInternalNow(step, author)) return 'address-taken'
  if (isRequester(step, author) || keyOf(step, author) === keyOf(step, target)) {
    return 'already-participant'
  }
  state.ccs.delete(author)
  state.suggestions.delete(author)
  state.notAdded.delete(author)
  for (const [address, stands] of state.aliases) {
    if (stands === author) state.aliases.set(address, target)
  }
  state.aliases.set(author, target)
  record(step, 'alias.linked', 'agent-chose', { address: author, aliasOf: target })
  return null
}

/** The table as for a genuine mail; what an outsider wrote then counts as a participant's. */
function decideAccepted({ input }: MailView): VisibilityDecision {
  const genuine = {
    ...input,
    trust: 'verified' as const,
    hasToken: true,
    isFromSupport: false,
    isLooping: false,
    isSurplus: false,
  }
  if (input.isNewTicket || input.role !== 'outsider') return decideVisibility(genuine)
  return decideVisibility({ ...genuine, role: 'cc', isCc: true, isRequesterIncluded: true })
}

function letIn(step: Step, { mail, folded }: HeldMail, view: MailView): void {
  const { state } = step
  const { comment } = folded
  const decision = decideAccepted(view)
  const isPublic = decision.visibility === 'public'
  const isOutsider = view.role === 'outsider'
  comment.visibility = decision.visibility
  comment.because = isPublic ? 'accepted' : decision.because
  comment.authorRole = view.role
  comment.isInternal = view.input.isInternal
  comment.audience = audienceOf(step, view, decision.because)
  if (isPublic && !isOutsider) comment.leftOut = [...view.leftOut]
  if (view.input.isNewTicket) openTicket(step, view)
  const { flags } = applyPeople(step, view, 'accepted')
  comment.flags = [
    ...comment.flags,
    'accepted',
    ...(comment.leftOut.length > 0 ? ['left-out'] : []),
    ...flags,
  ]
  if (isPublic) {
    state.publicCount += 1
    wakeByPublic(step, isCustomersWord(view))
  } else if (mail.text !== null) rememberPrivate(step, mail.text)
  if (view.input.isInternal) followOnReply(step, view.author)
}

/** Notes a decision about a held mail; true when a later event takes it back. */
export function isTakenBack(step: Step, { mail }: HeldMail, what: string): boolean {
  const { decisions, undone } = step.state
  decisions.set(mail.id, [...(decisions.get(mail.id) ?? []), step.source])
  if (!undone.has(step.source)) return false
  record(step, what, 'taken-back', { messageId: mail.rfcId, from: mail.from.address })
  return true
}

/** Puts a held mail away: readable, but no part of the conversation and nobody's comment. */
export function discard(step: Step, { folded }: HeldMail, because: string): void {
  const { comment } = folded
  comment.kind = 'system'
  comment.visibility = 'private'
  comment.because = because
  comment.flags = [...comment.flags, 'discarded']
  const isAll = step.state.comments.every((other) => other.comment.flags.includes('discarded'))
  if (isAll && !step.state.isOpened) setStatus(step, 'closed', because)
}

/** An agent discards a held mail. */
export function foldDiscarded(
  step: Step,
  body: Extract<TicketEventBody, { kind: 'comment.discarded' }>,
): string | null {
  const held = step.state.held.get(body.messageId)
  if (held === undefined) return 'not-held'
  if (isTakenBack(step, held, body.kind)) return null
  if (held.folded.comment.visibility !== 'held') return 'not-held'
  const detail = { messageId: held.mail.rfcId, from: held.mail.from.address }
  const because = body.because === 'agent-chose' ? 'discarded' : body.because
  record(step, 'comment.discarded', because, detail)
  discard(step, held, because)
  return null
}

/** Whatever was decided about a held mail before this is taken back. */
export function foldDecisionUndone(
  step: Step,
  body: Extract<TicketEventBody, { kind: 'comment.decisionUndone' }>,
): string | null {
  const { held, byMessageId, decisions, undone, newlyUndone } = step.state
  const { messageId } = body
  const comment = (held.get(messageId)?.folded ?? byMessageId.get(messageId))?.comment
  const taken = decisions.get(comment?.id ?? '') ?? []
  if (comment === undefined || taken.length === 0) return 'not-decided'
  for (const source of taken) if (!undone.has(source)) newlyUndone.add(source)
  const detail = { messageId, from: comment.author.address }
  record(step, 'comment.decisionUndone', 'agent-chose', detail)
  return null
}

/** An agent lets a held mail in, adds its sender, or links the sender to a participant (§4.3 row 5). */
export function foldAccepted(
  step: Step,
  body: Extract<TicketEventBody, { kind: 'comment.accepted' }>,
): string | null {
  const { state } = step
  const held = state.held.get(body.messageId)
  if (held === undefined) return 'not-held'
  if (isTakenBack(step, held, body.kind)) return null
  if (held.folded.comment.visibility !== 'held') return 'not-held'
  const { from } = held.mail
  const author = canonicalAddress(from.address)
  if (body.mode === 'alias') {
    const refusal = linkAlias(step, author, body.aliasOf)
    if (refusal !== null) return refusal
  }
  const detail = { messageId: held.mail.rfcId, from: author, mode: body.mode }
  record(step, 'comment.accepted', 'agent-chose', detail)
  letIn(step, held, viewMail(step, held.mail))
  if (body.mode === 'add-cc') addCcs(step, [from], 'accepted')
  return null
}
