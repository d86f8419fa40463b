// The words and bytes of mails that a fact causes and nobody writes (participants.md §5).
import type { MailAddress } from '#shared/model/address'
import type { Duty } from '#shared/model/duty'
import type { Comment } from '#shared/model/message'
import type { OutgoingFile } from '#shared/model/customerMail'
import { canonicalAddress } from '#shared/rules/address'
import { answerWillBe } from '#shared/rules/answerWillBe'
import { findPerson } from '#shared/rules/desk'
import type { StoredTicket } from '../db/tickets'
import {
  knownOutside,
  renderCustomerMail,
  renderFollowerMail,
  renderSurveyMail,
  replySubject,
  signed,
  followerSubject,
} from '../outbox/renderMail'
import type { MailToSend, PlanContext } from '../tickets/planMails'
import { tokenAddress } from '../tickets/tokens'

/** What a duty's mails say. */
export interface DutyText {
  /** The comment that came as mail; null for a change of status. */
  readonly comment: Comment | null
  /** Its own words, without what it quotes. */
  readonly text: string
  readonly files: readonly OutgoingFile[]
  /** Names of files that could not be passed on. */
  readonly missingFiles: readonly string[]
  /** Who changed the status, and from what to what. */
  readonly status: { readonly by: string; readonly from: string; readonly to: string } | null
}

export interface DutyJob {
  readonly duty: Duty
  readonly mail: MailToSend
  readonly about: DutyText
}

export interface DutyContext extends PlanContext {
  /** Epoch ms: the mails' Date. */
  readonly now: number
}

interface Rendered {
  readonly subject: string
  readonly bytes: Buffer
}

function deskName({ desk, mailbox }: PlanContext): string {
  const box = desk.mailboxes.find((each) => each.address === mailbox)
  return box === undefined || box.name === '' ? desk.name : box.name
}

/** A name that is no address: the sender of a mail chooses it, and it stands in our From. */
function plainName({ name, address }: MailAddress, otherwise: string): string {
  const trimmed = name.trim()
  return trimmed === '' || trimmed.includes('@') || canonicalAddress(trimmed) === address
    ? otherwise
    : trimmed
}

function fileLines({ files, missingFiles }: DutyText, isCarried: boolean): string {
  const named = isCarried ? missingFiles : [...files.map(({ name }) => name), ...missingFiles]
  if (named.length === 0) return ''
  return `\n\n[${named.length === 1 ? 'File' : 'Files'} not in this mail: ${named.join(', ')}]`
}

/** What a colleague reads of a duty. */
function colleagueWords(
  { desk }: DutyContext,
  about: DutyText,
): { author: string; title: string; text: string } {
  const { comment, status } = about
  if (comment === null) {
    const { by = '', from = '', to = '' } = status ?? {}
    const author = findPerson(desk, by)?.name ?? 'A colleague'
    const text = `${author} changed the status from ${from} to ${to}.\n`
    return { author, title: `Status is now ${to}`, text }
  }
  const { name, address } = comment.author
  const kind = comment.visibility === 'public' ? 'public' : 'internal'
  const text = `${name === '' ? address : `${name} <${address}>`} wrote (${kind}):\n\n${about.text}${fileLines(about, false)}\n`
  return { author: plainName(comment.author, 'A customer'), title: `New ${kind} mail`, text }
}

async function renderForColleague(
  context: DutyContext,
  stored: StoredTicket,
  { mail, about }: DutyJob,
): Promise<Rendered> {
  const [to] = mail.to
  if (to === undefined) throw new Error('a mail for a colleague without the colleague')
  const { ticket, participants } = stored
  const person = canonicalAddress(to.address)
  const isPublic = about.comment?.visibility === 'public'
  const { author, title, text } = colleagueWords(context, about)
  const replyWillBe = answerWillBe(context.desk, participants, { isPublic, to: person })
  const subject = followerSubject(ticket, title, replyWillBe)
  const { bytes } = await renderFollowerMail({
    from: { name: `${author} (Copydesk)`, address: context.mailbox },
    to,
    replyTo: tokenAddress(context, 'f', ticket.id, person),
    subject,
    messageId: mail.messageId,
    date: context.now,
    text,
    html: null,
    files: [],
    aboutComment: about.comment?.id ?? null,
    replyWillBe,
    references: [],
    leaveAddress: tokenAddress(context, 'l', ticket.id, person),
    autoSubmitted: 'auto-generated',
  })
  return { subject, bytes }
}

const hello = (to: readonly MailAddress[]): string => {
  const [first] = to
  const name = first === undefined ? '' : plainName(first, '')
  return name === '' ? 'Hello,' : `Hello ${name},`
}

/** What customers read of a duty, and under whose name. */
function customerWords(
  context: DutyContext,
  stored: StoredTicket,
  { duty, mail, about }: DutyJob,
): { name: string; text: string; subject: string; isByPerson: boolean } {
  const { ticket, publicMessageIds } = stored
  const { comment, status } = about
  const reply = replySubject(ticket.subject, publicMessageIds.length === 0)
  const box = deskName(context)
  if (duty.kind === 'acknowledgement') {
    // RFC 3834 §3.1.5
    const subject = `Auto: ${ticket.subject}`
    const text = `${hello(mail.to)}\n\nwe have received your message and will answer as soon as we can. If you want to add something, answer this mail.\n\nYour reference: ${ticket.key}`
    return { name: box, subject, text: signed(text, context.signature), isByPerson: false }
  }
  if (comment === null) {
    const text = `${hello(mail.to)}\n\nthe status of your request “${ticket.subject}” is now: ${status?.to ?? ''}. If you want to add something, answer this mail.`
    return {
      name: box,
      subject: reply,
      text: signed(text, context.signature),
      isByPerson: false,
    }
  }
  const words = `${about.text}${fileLines(about, true)}`
  if (duty.kind === 'relay') {
    const person = findPerson(context.desk, comment.author.address)
    const name = person?.name ?? plainName(comment.author, box)
    return { name, subject: reply, text: signed(words, context.signature), isByPerson: true }
  }
  const { name, address } = comment.author
  const text = `${name === '' ? address : `${name} <${address}>`} wrote:\n\n${words}`
  return {
    name: `${plainName(comment.author, 'A participant')} via ${box}`,
    subject: reply,
    text,
    isByPerson: false,
  }
}

/**
 * Ids that those who get it know. What is passed on answers what came before it: they know it under our
 * Message-ID only. An acknowledgement answers the very mail (RFC 3834 §3.1.6).
 */
function idsFor(
  { publicMessageIds }: StoredTicket,
  comment: Comment | null,
  isAnswer: boolean,
): readonly string[] {
  const at = publicMessageIds.indexOf(comment?.messageId ?? '')
  if (at < 0) return publicMessageIds
  return publicMessageIds.slice(0, isAnswer ? at + 1 : at)
}

async function renderForCustomers(
  context: DutyContext,
  stored: StoredTicket,
  job: DutyJob,
): Promise<Rendered> {
  const { mail, about } = job
  const { ticket } = stored
  const { name, text, subject, isByPerson } = customerWords(context, stored, job)
  const isAnswer = job.duty.kind === 'acknowledgement'
  const references = knownOutside(idsFor(stored, about.comment, isAnswer))
  const { bytes } = await renderCustomerMail({
    kind:
      mail.kind === 'public'
        ? 'public'
        : mail.kind === 'relay'
          ? 'relay'
          : mail.kind === 'acknowledgement'
            ? 'acknowledgement'
            : 'status',
    from: { name, address: context.mailbox },
    to: mail.to,
    cc: mail.cc,
    replyTo: tokenAddress(context, 't', ticket.id),
    subject,
    messageId: mail.messageId,
    date: context.now,
    text,
    html: null,
    files: about.files,
    inReplyTo: references.at(-1) ?? null,
    references,
    leaveAddress: tokenAddress(context, 'l', ticket.id),
    autoSubmitted: isByPerson ? null : isAnswer ? 'auto-replied' : 'auto-generated',
  })
  return { subject, bytes }
}

async function renderSurvey(
  context: DutyContext,
  stored: StoredTicket,
  { mail }: DutyJob,
): Promise<Rendered> {
  const { ticket } = stored
  const [to] = mail.to
  if (to === undefined) throw new Error('a survey without its requester')
  const subject = `How did we do? ${ticket.subject}`
  const address = tokenAddress(context, 's', ticket.id)
  const { bytes } = await renderSurveyMail({
    from: { name: deskName(context), address: context.mailbox },
    to,
    replyTo: address,
    subject,
    messageId: mail.messageId,
    date: context.now,
    text: signed(
      `${hello(mail.to)}\n\nyour request “${ticket.subject}” has been solved. How did we do?\n\n{link}\n`,
      context.signature,
    ),
    html: null,
    files: [],
    surveyLink: ['Good', 'Bad']
      .map((answer) => `${answer}: <mailto:${address}?subject=${encodeURIComponent(answer)}>`)
      .join('\n'),
    autoSubmitted: 'auto-generated',
  })
  return { subject, bytes }
}

/** Final bytes and subject of one mail of a duty. */
export async function renderDutyMail(
  context: DutyContext,
  stored: StoredTicket,
  job: DutyJob,
): Promise<Rendered> {
  if (job.mail.kind === 'follower') return renderForColleague(context, stored, job)
  if (job.mail.kind === 'csat') return renderSurvey(context, stored, job)
  return renderForCustomers(context, stored, job)
}
