// Folds one mail into its ticket: what becomes of it and what it changes (participants.md §4.3, §4.4).
import type { Comment, MailFact } from '#shared/model/message'
import { canonicalAddress } from './address'
import { rememberPrivate } from './answered'
import { isBlockedSender } from './blockedSenders'
import { discard } from './foldAccept'
import { applyPeople, openTicket, rememberChange } from './foldMailPeople'
import { findCc, findFollower, followOnReply, participantOf, removeCc } from './foldPeople'
import {
  addComment,
  canonicalList,
  joinMailbox,
  mailboxFor,
  record,
  recordRefusal,
  unmerge,
  wakeByPublic,
  type HeldMail,
  type Step,
} from './foldState'
import {
  audienceOf,
  isCustomersWord,
  senderFlags,
  shownTokenOf,
  viewMail,
  type MailView,
} from './mailView'
import { decideVisibility, type VisibilityDecision } from './visibility'

/** Where the last server says it delivered a mail that names none of our addresses (Bcc, forwarding). */
const deliveryHeaders = new Set(['delivered-to', 'x-original-to', 'envelope-to'])

/** The mailbox a mail came to, or was sent from: the first of ours that it names, else the one it was found in. */
function mailboxOf(step: Step, { mail, author, named }: MailView): string | null {
  const delivered = mail.headers.filter(({ name }) => deliveryHeaders.has(name))
  const candidates =
    mail.source === 'inbox'
      ? [
          ...named.map(({ address }) => address),
          ...delivered.map(({ value }) => canonicalAddress(value.replace(/^<|>$/g, ''))),
          mail.mailbox ?? '',
        ]
      : [author, ...named.map(({ address }) => address)]
  for (const address of candidates) {
    const mailbox = mailboxFor(step, address)
    if (mailbox !== null) return mailbox
  }
  const { mailboxes } = step.desk
  const only = mailboxes.length === 1 && mail.source === 'inbox' ? mailboxes[0] : undefined
  return only === undefined ? mailboxFor(step, author) : canonicalAddress(only.address)
}

function commentOf(step: Step, view: MailView, decision: VisibilityDecision): Comment {
  const { mail, author, role, verdict, input } = view
  const isProven = decision.because !== 'not-authenticated'
  const isSystem = decision.kind === 'system'
  return {
    id: mail.id,
    kind: isSystem ? 'system' : 'mail',
    author: { name: mail.from.name, address: author },
    authorRole: input.isBounce ? 'system' : isProven ? role : 'outsider',
    isInternal: isProven && (input.isInternal || input.isSentElsewhere),
    visibility: decision.visibility,
    because: decision.because,
    flags: isSystem ? [...decision.flags] : [...decision.flags, ...senderFlags(step, view)],
    trust: input.isSentElsewhere ? 'own' : verdict.trust,
    audience: audienceOf(step, view, decision.because),
    leftOut: [],
    at: step.at,
    mailId: mail.id,
    messageId: mail.rfcId,
    text: null,
  }
}

/** Whose addresses failed counts only for people this ticket writes to: anybody can send a bounce. */
function foldBounce(step: Step, bounce: NonNullable<MailFact['bounce']>): void {
  const { state } = step
  const commentId = state.index.planned.get(bounce.originalId ?? '')?.commentId ?? ''
  const audience = new Set(state.byCommentId.get(commentId)?.comment.audience)
  const failed = bounce.failed.map((address) => ({ name: '', address }))
  for (const address of canonicalList(failed)) {
    const isOurs = audience.has(address) || participantOf(step, address) !== null
    if (!isOurs) recordRefusal(step, 'event.ineffective', 'no-change', { event: 'bounce', address })
    else if (!state.undeliverable.has(address)) {
      state.undeliverable.add(address)
      record(step, 'address.undeliverable', 'bounce', { address })
    }
  }
}

/** A leave mail removes its own sender, proven to be that, and nobody else (participants.md §4.4). */
function foldLeave(step: Step, view: MailView): string[] {
  const { state, desk } = step
  const { author } = view
  const cc = findCc(step, author)
  const follower = findFollower(step, author)
  const isOff = desk.policy.ccRemovalByMail === 'off'
  const isNobody = cc === undefined && follower === undefined
  if (isOff || isNobody || !view.sender.isVerified) {
    const because = isOff || isNobody ? 'leave-refused' : 'leave-not-verified'
    recordRefusal(step, 'leave.refused', because, { address: author })
    return [because]
  }
  if (cc !== undefined) removeCc(step, cc, 'left')
  if (follower !== undefined) {
    state.followers.delete(follower.address)
    record(step, 'follower.removed', 'left', { address: follower.address })
  }
  rememberChange(step, view, { added: [], removed: cc === undefined ? [] : [cc] })
  return ['left']
}

function foldSystem(step: Step, view: MailView, decision: VisibilityDecision): void {
  const comment = commentOf(step, view, decision)
  if (view.mail.bounce !== null) foldBounce(step, view.mail.bounce)
  if (decision.because === 'leave') comment.flags = foldLeave(step, view)
  if (view.automatic !== null) comment.flags = [...comment.flags, view.automatic]
  addComment(step, comment, view.mail.preview)
}

function keepHeld(step: Step, view: MailView, decision: VisibilityDecision): HeldMail {
  const { held } = step.state
  const { mail } = view
  const folded = addComment(step, commentOf(step, view, decision), mail.preview)
  const entry = { mail, folded }
  held.set(mail.id, entry)
  if (!held.has(mail.rfcId)) held.set(mail.rfcId, entry)
  return entry
}

function foldHeld(step: Step, view: MailView, decision: VisibilityDecision): void {
  const { mail, author } = view
  record(step, 'comment.held', decision.because, { messageId: mail.rfcId, from: author })
  keepHeld(step, view, decision)
}

/** A blocked sender is still heard where they have a role, and so is who was let in again. */
function isUnwanted(step: Step, { mail, author, input }: MailView): boolean {
  const { state, desk } = step
  const isStranger = !input.isInternal && (input.isNewTicket || input.role === 'outsider')
  return isStranger && !state.undone.has(mail.id) && isBlockedSender(desk, author)
}

function foldUnwanted(step: Step, view: MailView, decision: VisibilityDecision): void {
  const { mail, author } = view
  const held = keepHeld(step, view, { ...decision, visibility: 'held' })
  step.state.decisions.set(mail.id, [mail.id])
  const detail = { messageId: mail.rfcId, from: author }
  record(step, 'comment.discarded', 'sender-blocked', detail)
  discard(step, held, 'sender-blocked')
}

function foldComment(step: Step, view: MailView, decision: VisibilityDecision): void {
  const { mail, author, input } = view
  const isPublic = decision.visibility === 'public'
  const isFirst = input.isNewTicket
  if (isFirst) openTicket(step, view)
  const comment = commentOf(step, view, decision)
  const { flags, removed } = applyPeople(
    step,
    view,
    isFirst ? 'first' : isPublic ? 'public' : 'private',
  )
  comment.leftOut = isPublic ? view.leftOut.filter((address) => !removed.has(address)) : []
  const kept = comment.flags.filter((flag) => flag !== 'left-out' || comment.leftOut.length > 0)
  comment.flags = [...kept, ...flags]
  addComment(step, comment, mail.preview)
  step.state.undeliverable.delete(author)
  if (!isPublic && mail.text !== null) rememberPrivate(step, mail.text)
  if (isPublic) wakeByPublic(step, isCustomersWord(view))
  if (input.isInternal) followOnReply(step, author)
}

const leave: VisibilityDecision = {
  kind: 'system',
  visibility: 'private',
  because: 'leave',
  flags: [],
}

/** The requester's answer to a survey: it is kept, and a solved ticket stays solved. */
function ratingOf(
  { mail, role }: MailView,
  decided: VisibilityDecision,
): VisibilityDecision | null {
  if (mail.isRating !== true || role !== 'requester' || decided.visibility !== 'public') return null
  const word = /\b(good|bad)\b/i.exec(mail.subject)?.[1]?.toLowerCase()
  const flags = word === undefined ? [] : [`rating-${word}`]
  return { kind: 'system', visibility: 'private', because: 'rating', flags }
}

const beforeLeave = new Set(['own-mail', 'bounce', 'not-authenticated'])

/** Folds one mail (participants.md §4). Our own mail is a receipt and changes nothing. */
export function foldMail(step: Step, mail: MailFact): void {
  if (mail.isOwnId) return
  const { state } = step
  const view = viewMail(step, mail)
  state.subject ??= mail.subject
  if (state.mailbox === null) joinMailbox(step, mailboxOf(step, view))
  const decided = decideVisibility(view.input)
  const isLeave = mail.isLeave && !beforeLeave.has(decided.because)
  const decision = isLeave ? leave : (ratingOf(view, decided) ?? decided)
  if (decision.kind === 'system') foldSystem(step, view, decision)
  else if (isUnwanted(step, view)) foldUnwanted(step, view, decision)
  else foldWanted(step, view, decision)
  const shown = shownTokenOf(step, view)
  if (shown !== null) state.shownTokens.add(shown)
}

function foldWanted(step: Step, view: MailView, decision: VisibilityDecision): void {
  const { undone, decisions } = step.state
  const { id } = view.mail
  // Its sender is blocked and an agent wants to see it all the same.
  if (undone.has(id)) decisions.set(id, [id])
  unmerge(step, 'mail-after-merge')
  if (decision.visibility === 'held') foldHeld(step, view, decision)
  else foldComment(step, view, decision)
}
