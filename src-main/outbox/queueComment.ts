// An agent's words become facts and final bytes, in one write. From here on nothing is computed again: what is stored
// is what is sent.
import type { Delivery, NewTicketInput, NoteInput, ReplyInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { AgentProfile } from '#shared/model/account'
import type { OutgoingFile } from '#shared/model/customerMail'
import type { Desk } from '#shared/model/desk'
import type { TicketEventBody } from '#shared/model/event'
import { canonicalAddress } from '#shared/rules/address'
import { isInternal, mayDo } from '#shared/rules/desk'
import { deleteDraft, newTicketDraft } from '../db/drafts'
import { newId } from '../db/ids'
import { insertOutboxItem, listItemsOf } from '../db/outbox'
import { resolveTickets } from '../db/threads'
import { markRead, type StoredTicket } from '../db/tickets'
import type { Writer } from '../db/write'
import { currentDesk, getAgent, type Core } from '../tickets/core'
import { getVisibleTicket } from '../tickets/detail'
import { mentionsIn, planMails, type MailPlan, type MailToSend } from '../tickets/planMails'
import { planContext } from '../tickets/previewPlan'
import { recordTicketEvents } from '../tickets/record'
import { commentsAt } from '../tickets/refreshTickets'
import { contentOf, type WrittenContent } from './content'
import { openTicket } from './openTicket'
import { refuseLeaks, secretsOf } from './refuseLeaks'
import { isForCustomers, renderMail, type RenderContext } from './renderMail'
import { findTerms } from './terms'
import { toDelivery } from '../tickets/toDelivery'
import { storeOwnMail } from './storeOwnMail'

export interface QueuedComment {
  readonly ticketId: string
  readonly commentId: string
  readonly deliveries: Delivery[]
}

interface Comment {
  readonly id: string
  readonly kind: 'public' | 'note' | 'private'
  readonly text: string
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
  readonly audience: readonly string[]
}

/** A comment as it was handed in: its files are named, not yet read. */
type Written = Omit<Comment, 'html' | 'files'> & WrittenContent

async function alreadyQueued(
  tx: Writer,
  ticketId: string,
  commentId: string,
): Promise<QueuedComment | undefined> {
  const done = await tx.first('SELECT 1 FROM journal_event WHERE id = ?', [`${commentId}-0`])
  if (done === undefined) return undefined
  const items = (await listItemsOf(tx, ticketId)).filter((item) => item.commentId === commentId)
  return { ticketId, commentId, deliveries: items.map((item) => toDelivery(item, [])) }
}

/** Whom the agent was shown and who would get it now. */
function audienceDifference(
  plan: MailPlan,
  shown: readonly string[] | undefined,
): { added: string[]; removed: string[] } {
  if (shown === undefined) return { added: [], removed: [] }
  const before = new Set(shown.map(canonicalAddress))
  const now = new Set(
    plan.mails
      .filter((mail) => mail.kind === 'public')
      .flatMap((mail) =>
        [...mail.to, ...mail.cc].map((person) => canonicalAddress(person.address)),
      ),
  )
  return {
    added: [...now].filter((address) => !before.has(address)),
    removed: [...before].filter((address) => !now.has(address)),
  }
}

/** @throws AppError `conflict` when somebody answered publicly since the agent looked, or other people would get the reply */
async function refuseStale(
  core: Core,
  tx: Writer,
  projected: StoredTicket,
  who: { agent: AgentProfile; seen: number | null; people: { added: string[]; removed: string[] } },
): Promise<void> {
  const { agent, seen, people } = who
  const { id, revision } = projected.ticket
  const isOther = people.added.length + people.removed.length > 0
  if (isOther && (seen === null || revision <= seen)) {
    throw new AppError('conflict', othersNow, { revision, comments: [], ...people })
  }
  if (seen === null || revision <= seen) return
  const known = new Set(await commentsAt(core, tx, id, seen))
  const me = canonicalAddress(agent.address)
  const answers = projected.comments.filter(
    (c) =>
      c.visibility === 'public' && !known.has(c.id) && canonicalAddress(c.author.address) !== me,
  )
  if (answers.length === 0 && !isOther) return
  const words =
    answers.length === 0
      ? othersNow
      : 'Somebody wrote on this ticket meanwhile: read it, then send again.'
  throw new AppError('conflict', words, {
    revision,
    comments: answers.map((c) => c.id),
    ...people,
  })
}

const othersNow = 'Other people than you were shown would get this reply: look, then send again.'

function isInside(desk: Desk, mail: MailToSend): boolean {
  return mail.to.every((person) => isInternal(desk, person.address))
}

/** What the server will not take is said now, while the agent can still do something about it (RFC 1870). */
function refuseOversize(size: number, maxSize: number): void {
  if (maxSize === 0 || size <= maxSize) return
  const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(1)
  throw new AppError(
    'refused',
    `This mail is ${mib(size)} MB and the mail server takes at most ${mib(maxSize)} MB: leave out a file.`,
    { size, maxSize },
  )
}

async function queueMails(
  core: Core,
  tx: Writer,
  job: {
    context: RenderContext
    plan: MailPlan
    comment: Comment
    projected: StoredTicket
    accountId: string
    undoMs: number
  },
): Promise<void> {
  const { context, plan, comment, projected, accountId, undoMs } = job
  const { traits } = await findTerms(tx, accountId)
  const ticketId = projected.ticket.id
  const secrets = await secretsOf(tx, projected, {
    agentAddress: context.agent.address,
    text: comment.text,
  })
  for (const mail of plan.mails) {
    const rendered = await renderMail(context, projected, { mail, comment })
    if (isForCustomers(mail.kind)) refuseLeaks(rendered.bytes, secrets)
    // The chosen people may read what is private here, but who follows is nobody's business.
    if (mail.kind === 'private' && !isInside(context.desk, mail)) {
      refuseLeaks(rendered.bytes, { ...secrets, privateTexts: [] })
    }
    if (mail.kind === 'public' || mail.kind === 'private') {
      await storeOwnMail(core, tx, { bytes: rendered.bytes, accountId })
    }
    refuseOversize(rendered.bytes.length, traits.maxSize)
    await insertOutboxItem(tx, {
      id: newId(),
      accountId,
      ticketId,
      commentId: comment.id,
      kind: mail.kind,
      messageId: mail.messageId,
      subject: rendered.subject,
      to: [...mail.to],
      cc: [...mail.cc],
      bytes: rendered.bytes,
      nextAt: context.now + undoMs,
      queuedAt: context.now,
    })
  }
}

function eventOf(
  comment: Comment,
  plan: MailPlan,
  more: { status: ReplyInput['status']; mentions: string[] },
): TicketEventBody {
  const address = ({ address }: { address: string }): string => address
  const mails = plan.mails.map((m) => ({
    messageId: m.messageId,
    kind: m.kind,
    to: m.to.map(address),
    cc: m.cc.map(address),
  }))
  const { id: commentId, text } = comment
  const { mentions, status } = more
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
  }
}

const actionOf = { public: 'public-reply', note: 'note', private: 'private-reply' } as const

async function queueInto(
  core: Core,
  tx: Writer,
  ticketId: string,
  request: {
    comment: Written
    status: ReplyInput['status']
    seenRevision: number | null
    follow?: boolean | undefined
    shownAudience?: readonly string[] | undefined
    undoMs?: number | undefined
  },
): Promise<QueuedComment> {
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const repeated = await alreadyQueued(tx, owner, request.comment.id)
  if (repeated !== undefined) return repeated
  const agent = await getAgent(tx)
  const desk = await currentDesk(core, tx)
  const projected = await getVisibleTicket(tx, { desk, agent }, owner)
  const base = await planContext(core, tx, projected)
  const comment = { ...request.comment, ...(await contentOf(tx, base.mailbox, request.comment)) }
  if (!mayDo(base.desk, agent.address, actionOf[comment.kind])) {
    throw new AppError('refused', 'Your role does not allow this kind of comment: ask an admin.')
  }
  const mentions = mentionsIn(base.desk, comment.text)
  const plan = planMails(base, projected, {
    kind: comment.kind,
    commentId: comment.id,
    actor: agent.address,
    audience: comment.audience,
    mentions,
  })
  if (comment.kind === 'public') {
    const people = audienceDifference(plan, request.shownAudience)
    await refuseStale(core, tx, projected, { agent, seen: request.seenRevision, people })
  }
  refuseEmpty(comment, plan)
  // The fact before the mail: a mail of ours whose comment nobody knows would be a stranger's.
  await recordTicketEvents(core, tx, {
    ticketId: owner,
    bodies: [
      eventOf(comment, plan, { status: request.status, mentions }),
      ...notFollowing(projected, agent, request.follow),
    ],
    id: comment.id,
  })
  const context = { ...base, agent, now: core.now() }
  const { undoMs = 0 } = request
  const { accountId } = base
  await queueMails(core, tx, { context, plan, comment, projected, accountId, undoMs })
  // What I wrote myself is not news to me.
  await markRead(tx, owner)
  await deleteDraft(tx, owner)
  tx.changed('outbox', comment.id)
  tx.changed('draft', owner)
  const queued = await alreadyQueued(tx, owner, comment.id)
  return queued ?? { ticketId: owner, commentId: comment.id, deliveries: [] }
}

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

function refuseEmpty(comment: Comment, plan: MailPlan): void {
  if (comment.kind === 'note' || plan.mails.some((m) => m.kind === comment.kind)) return
  throw new AppError(
    'refused',
    'Nobody would get this reply: add a requester or a CC, or write an internal note.',
    { skipped: plan.skipped },
  )
}

/** Queues a public or private reply. Repeating the call with the same id changes nothing. */
export async function queueReply(core: Core, input: ReplyInput): Promise<QueuedComment> {
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
    (tx) => queueInto(core, tx, input.ticketId, { ...input, comment }),
    { isDurable: true },
  )
}

/** Writes an internal note; followers and the assignee are told in mails of their own. */
export async function queueNote(core: Core, input: NoteInput): Promise<QueuedComment> {
  const { id, text, html = null, attachmentIds = [] } = input
  const comment = { id, kind: 'note', text, html, attachmentIds, audience: [] } as const
  return core.db.write(
    'outbox.queueNote',
    (tx) => queueInto(core, tx, input.ticketId, { comment, status: null, seenRevision: null }),
    { isDurable: true },
  )
}

/** Opens a ticket for a customer with a first public mail to them and the CCs. */
export async function queueNewTicket(core: Core, input: NewTicketInput): Promise<QueuedComment> {
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
        seenRevision: null,
      })
      await deleteDraft(tx, newTicketDraft)
      return queued
    },
    { isDurable: true },
  )
}
