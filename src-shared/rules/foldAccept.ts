// Lets in a held comment on an agent's word (participants.md §4.3 rows 4 and 5).
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
import { isSupport, record, wakeByPublic, type HeldMail, type Step } from './foldState'
import { isCustomersWord, viewMail, type MailView } from './mailView'
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

/** An agent lets a held mail in, adds its sender, or links the sender to a participant (§4.3 row 5). */
export function foldAccepted(
  step: Step,
  body: Extract<TicketEventBody, { kind: 'comment.accepted' }>,
): string | null {
  const { state } = step
  const held = state.held.get(body.messageId)
  if (held?.folded.comment.visibility !== 'held') return 'not-held'
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
