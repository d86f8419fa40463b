// An agent's words become facts and final bytes, in one write. From here on nothing is computed again: what is stored
// is what is sent.
import type { Delivery, NewTicketInput, NoteInput, ReplyInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { AgentProfile } from '#shared/model/account'
import type { ChosenColleague, TicketEventBody } from '#shared/model/event'
import type { Skipped } from '#shared/model/message'
import { canonicalAddress } from '#shared/rules/address'
import { mayDo } from '#shared/rules/desk'
import { mentionsIn } from '#shared/rules/mentions'
import { colleaguesAmong } from '#shared/rules/narrow'
import { deleteDraft, newTicketDraft } from '../db/drafts'
import { isWritten } from '../db/journal'
import { keepSent } from '../db/sentDrafts'
import { listItemsOf } from '../db/outbox'
import { resolveTickets } from '../db/threads'
import { markRead } from '../db/readMarkers'
import { getTicket, type StoredTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import { currentDesk, getAgent, type Core } from '../tickets/core'
import { getVisibleTicket } from '../tickets/detail'
import { planMails, type MailPlan } from '../tickets/planMails'
import { planContext } from '../tickets/previewPlan'
import { recordTicketEvents } from '../tickets/record'
import { contentOf, type WrittenContent } from './content'
import { openTicket } from './openTicket'
import { queueMails, type CommentToSend } from './queueMails'
import { audienceDifference, refuseStale, seenAt } from './refuseStale'
import { toDelivery } from '../tickets/toDelivery'

export interface QueuedComment {
  readonly ticketId: string
  readonly commentId: string
  readonly deliveries: Delivery[]
}

/** A comment as it was handed in: its files are named, not yet read. */
type Written = Omit<CommentToSend, 'html' | 'files'> & WrittenContent

async function alreadyQueued(
  tx: Writer,
  ticketId: string,
  commentId: string,
): Promise<QueuedComment | undefined> {
  if (!(await isWritten(tx, commentId))) return undefined
  const items = (await listItemsOf(tx, ticketId)).filter((item) => item.commentId === commentId)
  return { ticketId, commentId, deliveries: items.map((item) => toDelivery(item, [])) }
}

function eventOf(
  comment: CommentToSend,
  plan: MailPlan,
  more: { status: ReplyInput['status']; mentions: string[]; colleagues: ChosenColleague[] },
): TicketEventBody {
  const address = ({ address }: { address: string }): string => address
  const mails = plan.mails.map((m) => ({
    messageId: m.messageId,
    kind: m.kind,
    to: m.to.map(address),
    cc: m.cc.map(address),
  }))
  const { id: commentId, text } = comment
  const { mentions, status, colleagues } = more
  const skipped = [...plan.skipped]
  if (comment.kind === 'note') {
    return { kind: 'note.written', commentId, text, mentions, mails, skipped }
  }
  const carrier = plan.mails.find((m) => m.kind === 'public' || m.kind === 'private')
  return {
    kind: 'reply.written',
    commentId,
    visibility: comment.kind,
    audience: [...comment.audience],
    messageId: carrier?.messageId ?? '',
    mails,
    status,
    mentions,
    skipped,
    ...(comment.kind === 'private' ? { colleagues } : {}),
  }
}

const actionOf = { public: 'public-reply', note: 'note', private: 'private-reply' } as const

/** How a comment is queued that nobody is handing in at this moment. */
export interface ByItself {
  /** Who wrote it. */
  readonly author: AgentProfile
  readonly dutyKey: string
}

export interface QueueRequest {
  readonly comment: Written
  readonly status: ReplyInput['status']
  /** Ids of the comments its author has seen; null: not checked. */
  readonly seen: (projected: StoredTicket) => Promise<ReadonlySet<string>> | null
  readonly follow?: boolean | undefined
  readonly shownAudience?: readonly string[] | undefined
  readonly undoMs?: number | undefined
  readonly byItself?: ByItself
  /** Chosen people who may not get it any more, and why. */
  readonly gone?: readonly Skipped[]
  /** The comment is what stood in the window's composer, not a bulk reply or a command beside it. */
  readonly isFromDraft?: boolean | undefined
  readonly isBulk?: boolean | undefined
}

/** @throws AppError `refused` or `conflict` with `because` in its detail when it must not go as it is */
export async function queueInto(
  core: Core,
  tx: Writer,
  ticketId: string,
  request: QueueRequest,
): Promise<QueuedComment> {
  const { byItself, undoMs = 0 } = request
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const repeated = await alreadyQueued(tx, owner, request.comment.id)
  if (repeated !== undefined && byItself === undefined) {
    await endDraft(tx, owner, request)
    return repeated
  }
  const agent = byItself?.author ?? (await getAgent(tx))
  const desk = await currentDesk(core, tx)
  const projected = await getVisibleTicket(tx, { desk, agent }, owner)
  const base = await planContext(core, tx, projected)
  const comment = { ...request.comment, ...(await contentOf(tx, base.mailbox, request.comment)) }
  if (!mayDo(base.desk, agent.address, actionOf[comment.kind])) {
    throw new AppError('refused', 'Your role does not allow this kind of comment: ask an admin.', {
      because: 'role',
    })
  }
  const mentions = mentionsIn(base.desk, comment.text)
  const plan = planMails(base, projected, {
    kind: comment.kind,
    commentId: comment.id,
    actor: agent.address,
    audience: comment.audience,
    mentions,
  })
  if (comment.kind !== 'note') {
    const shown = comment.kind === 'public' ? request.shownAudience : undefined
    const people = audienceDifference(plan, shown)
    const seen = await request.seen(projected)
    refuseStale(projected, { agent, seen, people })
  }
  refuseEmpty(comment, plan)
  const colleagues = colleaguesAmong(desk, projected, comment.audience)
  // The fact before the mail: a mail of ours whose comment nobody knows would be a stranger's.
  await recordTicketEvents(core, tx, {
    ticketId: owner,
    bodies: [
      eventOf(
        comment,
        { ...plan, skipped: [...plan.skipped, ...(request.gone ?? [])] },
        { status: request.status, mentions, colleagues },
      ),
      ...notFollowing(projected, agent, request.follow),
    ],
    // Two desktops may each do the same duty: their events are two.
    ...(byItself === undefined ? { id: comment.id } : { isQuiet: true }),
  })
  await queueMails(core, tx, {
    context: { ...base, agent, now: core.now() },
    plan,
    comment,
    projected,
    after: await getTicket(tx, owner),
    accountId: base.accountId,
    undoMs,
    dutyKey: byItself?.dutyKey ?? null,
    isBulk: request.isBulk === true,
  })
  await keepWritten(core, tx, request.comment)
  if (byItself === undefined) {
    // What I wrote myself is not news to me.
    await markRead(tx, owner)
  }
  await endDraft(tx, owner, request)
  tx.changed('outbox', comment.id)
  const queued = await alreadyQueued(tx, owner, comment.id)
  return queued ?? { ticketId: owner, commentId: comment.id, deliveries: [] }
}

/** The files of a note go with the mails that tell colleagues of it; it is not taken back. */
async function keepWritten(core: Core, tx: Writer, comment: Written): Promise<void> {
  const { id: commentId, kind, text, html, audience, attachmentIds: fileIds } = comment
  if (kind === 'note') return
  await keepSent(tx, { commentId, mode: kind, text, html, audience, fileIds }, core.now())
}

async function endDraft(tx: Writer, ticketId: string, request: QueueRequest): Promise<void> {
  if (request.isFromDraft !== true) return
  const { kind } = request.comment
  await deleteDraft(tx, ticketId, kind === 'note' ? 'internal' : kind)
  tx.changed('draft', ticketId)
}

const unchecked = (): null => null

/** Replying makes a follower of an agent (participants.md §3) unless they said no. */
function notFollowing(
  { participants }: StoredTicket,
  { address }: AgentProfile,
  follow: boolean | undefined,
): TicketEventBody[] {
  const me = canonicalAddress(address)
  const isFollower = participants.some((p) => p.role === 'follower' && p.address === me)
  return follow === false && !isFollower ? [{ kind: 'follower.removed', address: me }] : []
}

function refuseEmpty(comment: CommentToSend, plan: MailPlan): void {
  if (comment.kind === 'note' || plan.mails.some((m) => m.kind === comment.kind)) return
  throw new AppError(
    'refused',
    'Nobody would get this reply: add a requester or a CC, or write an internal note.',
    { because: 'no-recipient', skipped: plan.skipped },
  )
}

export type Origin = Pick<QueueRequest, 'isFromDraft' | 'isBulk'>

/** Queues a public or private reply. Repeating the call with the same id changes nothing. */
export async function queueReply(
  core: Core,
  input: ReplyInput,
  origin: Origin = {},
): Promise<QueuedComment> {
  const comment = {
    id: input.id,
    kind: input.visibility,
    text: input.text,
    audience: input.audience,
    html: input.html ?? null,
    attachmentIds: input.attachmentIds ?? [],
  }
  return core.db.write(
    'outbox.queueReply',
    (tx) =>
      queueInto(core, tx, input.ticketId, {
        ...input,
        ...origin,
        comment,
        seen: (projected) =>
          input.seenRevision === null || input.visibility !== 'public'
            ? null
            : seenAt(tx, projected, input.seenRevision),
      }),
    { isDurable: true },
  )
}

/** Writes an internal note; followers and the assignee are told in mails of their own. */
export async function queueNote(
  core: Core,
  input: NoteInput,
  origin: Origin = {},
): Promise<QueuedComment> {
  const { id, text, html = null, attachmentIds = [] } = input
  const comment = { id, kind: 'note', text, html, attachmentIds, audience: [] } as const
  return core.db.write(
    'outbox.queueNote',
    (tx) =>
      queueInto(core, tx, input.ticketId, { comment, status: null, seen: unchecked, ...origin }),
    { isDurable: true },
  )
}

/** Opens a ticket for a customer with a first public mail to them and the CCs. */
export async function queueNewTicket(
  core: Core,
  input: NewTicketInput,
  origin: Origin = {},
): Promise<QueuedComment> {
  return core.db.write(
    'outbox.queueNewTicket',
    async (tx) => {
      const { ticketId, events } = await openTicket(core, tx, input)
      await recordTicketEvents(core, tx, { ticketId, bodies: events, id: `${input.id}-new` })
      const { id, text, html = null, attachmentIds = [] } = input
      const comment = { id, kind: 'public', text, html, attachmentIds, audience: [] } as const
      const queued = await queueInto(core, tx, ticketId, {
        comment,
        status: null,
        seen: unchecked,
      })
      if (origin.isFromDraft === true) await deleteDraft(tx, newTicketDraft, 'public')
      return queued
    },
    { isDurable: true },
  )
}
