// Folds what agents write: notes and replies, and what became of their delivery (participants.md §3, §5).
import type { TicketEventBody } from '#shared/model/event'
import type { Comment, MailFact } from '#shared/model/message'
import { canonicalAddress, isValidAddress } from './address'
import { rememberPrivate } from './answered'
import { findPerson } from './desk'
import { byPolicy, follow, followOnReply, roleOf } from './foldPeople'
import { addComment, canonicalList, record, setStatus, wakeByPublic, type Step } from './foldState'

type Body<K extends TicketEventBody['kind']> = Extract<TicketEventBody, { kind: K }>

const PREVIEW = 200

const asPeople = (addresses: readonly string[]) =>
  addresses.map((address) => ({ name: '', address }))

const isTaken = ({ state }: Step, id: string) =>
  state.byCommentId.has(id) || state.index.mailIds.has(id)

/** What every comment of an agent has in common. */
function writtenBy(step: Step, id: string): Omit<Comment, 'kind' | 'visibility'> {
  const person = findPerson(step.desk, step.by)
  const address = canonicalAddress(person?.address ?? step.by)
  return {
    id,
    author: { name: person?.name ?? '', address },
    authorRole: roleOf(step, address),
    isInternal: true,
    because: 'agent-chose',
    flags: [],
    trust: 'own',
    audience: [],
    leftOut: [],
    at: step.at,
    mailId: null,
    messageId: null,
    text: null,
  }
}

const mentionsOf = (mentions: readonly string[]): Pick<Comment, 'mentions'> =>
  mentions.length === 0 ? {} : { mentions: canonicalList(asPeople(mentions)) }

function followMentioned(step: Step, mentions: readonly string[]): void {
  for (const address of mentions) {
    follow(step, address, 'all', byPolicy(step, 'auto-follow-mention'))
  }
}

/** A note: seen inside only (participants.md §5). */
export function foldNote(step: Step, body: Body<'note.written'>): string | null {
  if (isTaken(step, body.commentId)) return 'no-change'
  const comment: Comment = {
    ...writtenBy(step, body.commentId),
    kind: 'note',
    visibility: 'private',
    text: body.text,
    ...mentionsOf(body.mentions),
  }
  addComment(step, comment, body.text.slice(0, PREVIEW).replace(/\s+/g, ' ').trim())
  record(step, 'note.written', 'agent-chose', { commentId: body.commentId })
  rememberPrivate(step, body.text)
  followMentioned(step, body.mentions)
  return null
}

function audienceOf(step: Step, body: Body<'reply.written'>): string[] {
  if (body.visibility === 'private') return canonicalList(asPeople(body.audience))
  const planned = body.mails.find(({ messageId }) => messageId === body.messageId)
  if (planned !== undefined) return canonicalList(asPeople([...planned.to, ...planned.cc]))
  const mail = step.state.index.ownMails.get(body.messageId)
  return mail === undefined ? [] : canonicalList([...mail.to, ...mail.cc])
}

function replyOf(step: Step, body: Body<'reply.written'>, mail: MailFact | undefined): Comment {
  const isCancelled = step.state.index.cancelled.has(body.messageId)
  return {
    ...writtenBy(step, body.commentId),
    kind: body.visibility === 'public' ? 'reply' : 'private-reply',
    // A reply that was taken back has been seen by nobody outside.
    visibility: isCancelled ? 'private' : body.visibility,
    flags: isCancelled ? ['delivery-cancelled'] : [],
    audience: audienceOf(step, body),
    mailId: mail?.id ?? null,
    messageId: body.messageId,
    ...mentionsOf(body.mentions),
  }
}

/** A reply with the mail that carries it: one comment, however often that mail comes back (§4.3 row 1). */
export function foldReply(step: Step, body: Body<'reply.written'>): string | null {
  if (isTaken(step, body.commentId)) return 'no-change'
  // Whichever desktop sends a scheduled reply, it is the word of whoever wrote it.
  const by = step.state.scheduled.get(body.commentId)?.by ?? step.by
  foldReplyOf({ ...step, by }, body)
  step.hasEffect = true
  return null
}

function foldReplyOf(step: Step, body: Body<'reply.written'>): void {
  const { state } = step
  const { commentId, visibility, status } = body
  const mail = state.index.ownMails.get(body.messageId)
  const comment = replyOf(step, body, mail)
  addComment(step, comment, mail?.preview ?? '')
  record(step, 'reply.written', 'agent-chose', { commentId, visibility })
  state.isOpened = true
  if (state.index.cancelled.has(body.messageId)) return
  if (visibility === 'private') rememberPrivate(step, mail?.text ?? '')
  if (status !== null) setStatus(step, status, 'agent-chose')
  else if (visibility === 'public') wakeByPublic(step, false)
  followOnReply(step, step.by)
  followMentioned(step, body.mentions)
}

/** What the server said about a mail of ours (participants.md §5). */
export function foldSettled(step: Step, body: Body<'delivery.settled'>): string | null {
  const { state } = step
  for (const address of canonicalList(asPeople(body.refused))) {
    if (!isValidAddress(address) || state.undeliverable.has(address)) continue
    state.undeliverable.add(address)
    record(step, 'address.undeliverable', 'refused', { address, messageId: body.messageId })
  }
  const comment = state.byMessageId.get(body.messageId)?.comment
  if (comment?.kind === 'reply' || comment?.kind === 'private-reply') {
    const kept = comment.flags.filter((flag) => !flag.startsWith('delivery-'))
    comment.flags = body.state === 'sent' ? kept : [...kept, `delivery-${body.state}`]
  }
  record(step, 'delivery.settled', body.state, { messageId: body.messageId })
  return null
}

/** People who were taken off a mail before it left have not seen it (participants.md §2 "removed"). */
export function foldNarrowed(step: Step, body: Body<'delivery.narrowed'>): string | null {
  const gone = new Set(canonicalList(asPeople(body.skipped.map(({ address }) => address))))
  const comment = step.state.byMessageId.get(body.messageId)?.comment
  if (comment !== undefined) {
    comment.audience = comment.audience.filter((address) => !gone.has(address))
  }
  for (const { address, because } of body.skipped) {
    record(step, 'delivery.narrowed', because, { address, messageId: body.messageId })
  }
  return body.skipped.length === 0 ? 'no-change' : null
}
