// What must be known of all facts before the first is folded, so that an answer is understood even
// when a wrong clock sorts it before its cause.
import type { TicketEvent } from '#shared/model/event'
import type { MailFact, Visibility } from '#shared/model/message'
import type { Desk } from '#shared/model/desk'
import { actorRefusal } from './actors'
import type { Fact } from './factOrder'

/** A mail of ours that an event planned, by Message-ID. */
export interface OwnTarget {
  readonly commentId: string
  readonly visibility: Visibility
  readonly audience: readonly string[]
  readonly by: string
}

/** Our own mails, found by Message-ID (participants.md §4.3 rows 1, 6, 14). */
export interface FactIndex {
  /** Message-ID of each mail that a reply planned, to that reply. */
  readonly planned: ReadonlyMap<string, OwnTarget>
  /** Message-ID of a notification of ours, to the comment it tells of. */
  readonly about: ReadonlyMap<string, string>
  /** Our own mails as they came back, by Message-ID. */
  readonly ownMails: ReadonlyMap<string, MailFact>
  /** Message-IDs of replies that were taken back before they were sent. */
  readonly cancelled: ReadonlySet<string>
  readonly events: ReadonlyMap<string, TicketEvent>
  /** Ids of all mails: a comment that an agent writes cannot take one. */
  readonly mailIds: ReadonlySet<string>
}

/** Header by which a notification of ours says which comment it tells of (participants.md §4.3). */
export const COMMENT_HEADER = 'x-copydesk-comment'

function indexOwnMail(
  mail: MailFact,
  about: Map<string, string>,
  ownMails: Map<string, MailFact>,
): void {
  const told = mail.headers.find(({ name }) => name === COMMENT_HEADER)?.value.trim()
  if (told !== undefined && !about.has(mail.rfcId)) about.set(mail.rfcId, told)
  const known = ownMails.get(mail.rfcId)
  // A stranger may reuse our Message-ID, but only after our own copy has come back.
  if (known === undefined || (known.source === 'inbox' && mail.source !== 'inbox')) {
    ownMails.set(mail.rfcId, mail)
  }
}

function indexEvent(
  { body, by }: TicketEvent,
  planned: Map<string, OwnTarget>,
  about: Map<string, string>,
  cancelled: Set<string>,
): void {
  if (body.kind === 'duty.done') {
    for (const { messageId } of body.mails) about.set(messageId, body.sourceId)
  }
  if (body.kind === 'delivery.settled') {
    if (body.state === 'cancelled') cancelled.add(body.messageId)
    else cancelled.delete(body.messageId)
  }
  if (body.kind === 'note.written') {
    const mails = body.mails ?? []
    const audience = mails.flatMap((mail) => mail.to)
    const target = { commentId: body.commentId, visibility: 'private', audience, by } as const
    for (const { messageId } of mails) if (!planned.has(messageId)) planned.set(messageId, target)
  }
  if (body.kind !== 'reply.written') return
  const { commentId, visibility, audience, messageId, mails } = body
  const target = { commentId, visibility, audience, by }
  for (const id of [messageId, ...mails.map((mail) => mail.messageId)]) {
    if (!planned.has(id)) planned.set(id, target)
  }
}

/** Indexes facts that are in order (architecture.md §12). What its actor may not do is no fact here, either. */
export function indexFacts(sorted: readonly Fact[], deskAt: (at: number) => Desk): FactIndex {
  const planned = new Map<string, OwnTarget>()
  const about = new Map<string, string>()
  const ownMails = new Map<string, MailFact>()
  const cancelled = new Set<string>()
  const mailIds = new Set<string>()
  const events = new Map<string, TicketEvent>()
  for (const fact of sorted) {
    if (fact.kind === 'event') {
      events.set(fact.id, fact.event)
      if (actorRefusal(deskAt(fact.at), fact.event) === null) {
        indexEvent(fact.event, planned, about, cancelled)
      }
    } else {
      mailIds.add(fact.id)
      if (fact.mail.isOwnId) indexOwnMail(fact.mail, about, ownMails)
    }
  }
  return { planned, about, ownMails, cancelled, mailIds, events }
}
