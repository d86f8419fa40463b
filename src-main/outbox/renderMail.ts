// A planned mail becomes final bytes. What customers get is built from a type that cannot hold a note, a follower or a
// private audience; what colleagues get is built apart from it.
import type { AgentProfile } from '#shared/model/account'
import type {
  CustomerMailInput,
  FollowerMailInput,
  OutgoingFile,
  PrivateMailInput,
  SurveyMailInput,
} from '#shared/model/customerMail'
import type { DeliveryKind } from '#shared/model/message'
import type { ProjectedTicket } from '#shared/model/projection'
import { canonicalAddress } from '#shared/rules/address'
import { answerWillBe } from '#shared/rules/answerWillBe'
import { signatureOf } from '#shared/rules/desk'
import { composeMail, type ComposedMail, type ComposeInput } from '../mail/compose'
import { escapeHtml } from '../mail/htmlText'
import type { MailToSend, PlanContext } from '../tickets/planMails'
import { TOKEN_HEADER } from './selfTest'
import { tokenAddress } from '../tickets/tokens'

export interface RenderContext extends PlanContext {
  readonly agent: AgentProfile
  /** Epoch ms: the mail's Date. */
  readonly now: number
}

export interface CommentText {
  readonly id: string
  readonly kind: 'public' | 'note' | 'private'
  readonly text: string
  /** Sanitised; null for plain text. */
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
}

/** At most so many ids in References (reliability.md C5); the first and the newest say where a mail belongs. */
const maxReferences = 20

export function replySubject(subject: string, isFirst: boolean): string {
  return isFirst || /^re:/iu.test(subject) ? subject : `Re: ${subject}`
}

/** An id made by us for a mail without one names nothing that the customer's program knows. */
export function knownOutside(ids: readonly string[]): string[] {
  const real = ids.filter((id) => !id.endsWith('.invalid'))
  const [first] = real
  return real.length <= maxReferences || first === undefined
    ? real
    : [first, ...real.slice(1 - maxReferences)]
}

/** The signature below the text, divided as mail programs expect it (RFC 3676 §4.3). */
export function signed(text: string, signature: string): string {
  const lines = signature.trim()
  return lines === '' ? text : `${text.trimEnd()}\n\n-- \n${lines}\n`
}

/** The same for the HTML of a mail. */
export function signedHtml(html: string, signature: string): string {
  const lines = signature.trim()
  const below =
    lines === '' ? '' : `<div>-- <br>${escapeHtml(lines).replaceAll('\n', '<br>')}</div>`
  return `<!DOCTYPE html><html><body><div dir="auto">${html}</div>${below}</body></html>`
}

/** Body and files of a mail as the composer takes them. */
function contentOf(input: {
  readonly text: string
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
}): Pick<ComposeInput, 'text' | 'html' | 'attachments'> {
  return {
    text: input.text,
    ...(input.html === null ? {} : { html: input.html }),
    attachments: input.files.map(({ name, type, content, cid }) => ({
      name,
      type,
      content: Buffer.from(content),
      ...(cid === null ? {} : { cid }),
    })),
  }
}

/** The mail for requester and CCs (participants.md §5). */
export async function renderCustomerMail(input: CustomerMailInput): Promise<ComposedMail> {
  return composeMail({
    from: input.from,
    to: input.to,
    cc: input.cc,
    replyTo: [{ name: input.from.name, address: input.replyTo }],
    subject: input.subject,
    ...contentOf(input),
    messageId: input.messageId,
    inReplyTo: input.inReplyTo,
    references: input.references,
    date: input.date,
    headers: {
      [TOKEN_HEADER]: input.messageId,
      'List-Unsubscribe': `<mailto:${input.leaveAddress}?subject=leave>`,
      ...(input.autoSubmitted === null
        ? {}
        : { 'Auto-Submitted': input.autoSubmitted, 'X-Auto-Response-Suppress': 'All' }),
    },
  })
}

/** The mail of a private reply: chosen people only. */
export async function renderPrivateMail(input: PrivateMailInput): Promise<ComposedMail> {
  return composeMail({
    from: input.from,
    to: input.to,
    replyTo: [{ name: input.from.name, address: input.replyTo }],
    subject: input.subject,
    ...contentOf(input),
    messageId: input.messageId,
    headers: { [TOKEN_HEADER]: input.messageId },
    references: input.references,
    date: input.date,
  })
}

/** The own mail of one colleague; no customer's address stands in any header. */
export async function renderFollowerMail(input: FollowerMailInput): Promise<ComposedMail> {
  const first =
    input.replyWillBe === 'public'
      ? 'Your answer to this mail will be a PUBLIC reply: the customer gets it.'
      : 'Your answer to this mail will be an INTERNAL note: no customer sees it.'
  return composeMail({
    from: input.from,
    to: [input.to],
    replyTo: [{ name: input.from.name, address: input.replyTo }],
    subject: input.subject,
    ...contentOf({
      ...input,
      text: `${first}\n\n${input.text}`,
      html: input.html === null ? null : `<p><strong>${first}</strong></p>${input.html}`,
    }),
    messageId: input.messageId,
    references: input.references,
    date: input.date,
    headers: {
      [TOKEN_HEADER]: input.messageId,
      'List-Unsubscribe': `<mailto:${input.leaveAddress}?subject=leave>`,
      'Auto-Submitted': input.autoSubmitted,
      'X-Auto-Response-Suppress': 'All',
      ...(input.aboutComment === null ? {} : { 'X-Copydesk-Comment': input.aboutComment }),
    },
  })
}

/** The survey: to the requester alone (participants.md §5 "CSAT survey"). */
export async function renderSurveyMail(input: SurveyMailInput): Promise<ComposedMail> {
  return composeMail({
    from: input.from,
    to: [input.to],
    replyTo: [{ name: input.from.name, address: input.replyTo }],
    subject: input.subject,
    text: input.text.replace('{link}', input.surveyLink),
    messageId: input.messageId,
    date: input.date,
    headers: {
      [TOKEN_HEADER]: input.messageId,
      'Auto-Submitted': input.autoSubmitted,
      'X-Auto-Response-Suppress': 'All',
    },
  })
}

/** A colleague's mail names no customer in any header, and a subject is written by customers, too. */
function withoutAddresses(subject: string): string {
  return subject.replace(/[^\s<>()[\]"',;:]+@[^\s<>()[\]"',;:]+/gu, '…')
}

/** Subject of a colleague's own mail: what it tells, and who will read an answer to it (participants.md §5). */
export function followerSubject(
  ticket: Pick<ProjectedTicket['ticket'], 'key' | 'subject'>,
  what: string,
  replyWillBe: FollowerMailInput['replyWillBe'],
): string {
  return `[#${ticket.key}] ${what} (your answer: ${replyWillBe}): ${withoutAddresses(ticket.subject)}`
}

function followerInput(
  context: RenderContext,
  projected: ProjectedTicket,
  job: { mail: MailToSend; comment: CommentText },
): FollowerMailInput | undefined {
  const { mail, comment } = job
  const [to] = mail.to
  if (to === undefined) return undefined
  const { ticket } = projected
  const isPublic = comment.kind === 'public'
  const kind = { public: 'Public reply', note: 'Internal note', private: 'Private reply' }[
    comment.kind
  ]
  const person = canonicalAddress(to.address)
  const replyWillBe = answerWillBe(context.desk, projected.participants, { isPublic, to: person })
  return {
    from: { name: `${context.agent.name} (Copydesk)`, address: context.mailbox },
    to,
    replyTo: tokenAddress(context, 'f', ticket.id, person),
    subject: followerSubject(ticket, kind, replyWillBe),
    messageId: mail.messageId,
    date: context.now,
    text: `${context.agent.name} wrote (${kind.toLowerCase()}):\n\n${comment.text}\n`,
    html:
      comment.html === null
        ? null
        : `<p>${escapeHtml(`${context.agent.name} wrote (${kind.toLowerCase()}):`)}</p>${comment.html}`,
    files: comment.files,
    aboutComment: comment.id,
    replyWillBe,
    references: [],
    leaveAddress: tokenAddress(context, 'l', ticket.id, person),
    autoSubmitted: 'auto-generated',
  }
}

const customerKinds: ReadonlySet<DeliveryKind> = new Set([
  'public',
  'status',
  'acknowledgement',
  'relay',
])

/** Whether a mail of this kind goes to requester and CCs. */
export function isForCustomers(kind: DeliveryKind): boolean {
  return customerKinds.has(kind)
}

/** Final bytes and subject of one planned mail. */
export async function renderMail(
  context: RenderContext,
  projected: ProjectedTicket,
  job: { mail: MailToSend; comment: CommentText },
): Promise<{ bytes: Buffer; subject: string }> {
  const { mail, comment } = job
  const { ticket, publicMessageIds } = projected
  const references = knownOutside(publicMessageIds)
  const subject = replySubject(ticket.subject, publicMessageIds.length === 0)
  const signature = signatureOf(context.desk, context.agent.address, context.signature)
  const base = {
    from: { name: context.agent.name, address: context.mailbox },
    replyTo: tokenAddress(context, 't', ticket.id),
    subject,
    messageId: mail.messageId,
    date: context.now,
    text: signed(comment.text, signature),
    html: comment.html === null ? null : signedHtml(comment.html, signature),
    files: comment.files,
    references,
  }
  if (mail.kind === 'private') {
    return { subject, bytes: (await renderPrivateMail({ ...base, to: mail.to })).bytes }
  }
  if (!isForCustomers(mail.kind)) {
    const input = followerInput(context, projected, job)
    if (input === undefined) throw new Error('a follower mail without its follower')
    return { subject: input.subject, bytes: (await renderFollowerMail(input)).bytes }
  }
  const { bytes } = await renderCustomerMail({
    ...base,
    kind: 'public',
    to: mail.to,
    cc: mail.cc,
    inReplyTo: references.at(-1) ?? null,
    leaveAddress: tokenAddress(context, 'l', ticket.id),
    autoSubmitted: null,
  })
  return { subject, bytes }
}
