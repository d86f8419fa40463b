// What exactly one desktop must do because of a fact: mails that nobody writes by hand (participants.md
// §5, architecture.md §12). People and policy are those of the moment the fact counts, so that a
// follower added later is not told of old mail, and a policy switched on later sends nothing for it.
import type { Desk } from '#shared/model/desk'
import { dutyKey, type Duty, type DutyKind } from '#shared/model/duty'
import type { Comment, MailFact } from '#shared/model/message'
import type { Participant } from '#shared/model/participant'
import type { AuditEntry, PlanInput } from '#shared/model/projection'
import { canonicalAddress } from './address'
import { planDelivery } from './delivery'
import type { DeskHistory } from './desk'
import { scheduledIn } from './foldScheduled'
import type { FoldState, Step } from './foldState'

/** What caused a duty: a comment that came as mail, or a line of the audit trail. */
export type DutySource =
  | {
      readonly comment: Comment
      /** To and Cc as the mail has them; `comment.audience` may be a private audience. */
      readonly mail: Pick<MailFact, 'to' | 'cc'>
    }
  | { readonly entry: Pick<AuditEntry, 'by' | 'source'> }

type People = Pick<PlanInput, 'projected' | 'desk' | 'undeliverable'>

const planKinds = {
  notice: 'customer-mail',
  relay: 'public',
  acknowledgement: 'acknowledgement',
  status: 'status',
  survey: 'csat',
} as const

/** Kinds of duty that `planDutyInput` knows; the others are planned by whoever records them. */
export type MailDutyKind = keyof typeof planKinds

export function isMailDuty(kind: DutyKind): kind is MailDutyKind {
  return Object.hasOwn(planKinds, kind)
}

/** What `planDelivery` is asked for a duty, now or when its fact counts (participants.md §5). */
export function planDutyInput(kind: MailDutyKind, source: DutySource, people: People): PlanInput {
  const isMail = 'comment' in source
  return {
    ...people,
    kind: planKinds[kind],
    actor: isMail ? source.comment.author.address : source.entry.by,
    chosen: [],
    mentions: [],
    alreadyOn: isMail ? [...source.mail.to, ...source.mail.cc].map((each) => each.address) : [],
    isPublic: isMail && source.comment.visibility === 'public',
    isVerified: isMail && source.comment.trust === 'verified',
  }
}

/**
 * From when on facts of a mailbox cause duties: since the desk knows it. A first sync of an old mailbox
 * sends nothing. Infinity without a desk.
 */
export function dutiesSince({ states }: DeskHistory, mailbox: string | null): number {
  if (mailbox === null) return wholeSecond(states[0]?.at)
  const knows = ({ desk }: { readonly desk: Desk }) =>
    desk.mailboxes.some((each) => each.address === mailbox)
  return wholeSecond(states.find(knows)?.at)
}

/** INTERNALDATE has whole seconds: mail of the very second in which a desk begins is not old mail. */
const wholeSecond = (at = Infinity) => Math.floor(at / 1000) * 1000

/** Whether any mail could come of it: cheaper than a plan, which most facts do not need. */
function mayOwe(state: FoldState, kind: MailDutyKind, { policy }: Desk): boolean {
  const hasTeam = state.assignee !== null || state.followers.size > 0
  switch (kind) {
    case 'notice':
      return hasTeam || policy.relayToCcs
    case 'relay':
      return true
    case 'acknowledgement':
      return policy.acknowledge
    case 'status':
      return hasTeam || policy.statusMailToRequester || policy.statusMailToCcs
    case 'survey':
      return policy.csat
  }
}

/** A colleague's word by mail goes out to customers; everybody else's is told to colleagues (§4.3 row 14). */
function kindsFor(state: FoldState, comment: Comment): MailDutyKind[] {
  if (comment.kind !== 'mail' || comment.visibility === 'held') return []
  const isColleague = comment.isInternal && comment.authorRole !== 'requester'
  if (isColleague && comment.trust !== 'own' && comment.visibility === 'public') return ['relay']
  const opened = state.requester?.origin
  const isOpener =
    comment.visibility === 'public' &&
    state.publicCount === 1 &&
    opened?.header === 'from' &&
    opened.messageId === comment.messageId
  return isOpener ? ['notice', 'acknowledgement'] : ['notice']
}

function owe(step: Step, kind: MailDutyKind, sourceId: string, source: DutySource): void {
  const { state, desk, at } = step
  if (!mayOwe(state, kind, desk)) return
  const plan = planDelivery(
    planDutyInput(kind, source, {
      projected: peopleOf(state),
      desk,
      undeliverable: [...state.undeliverable],
    }),
  )
  if (plan.mails.length === 0) return
  const key = dutyKey(kind, sourceId)
  state.owed.set(key, { key, kind, ticketId: state.ticketId, sourceId, dueAt: at })
}

function peopleOf(state: FoldState): PlanInput['projected'] {
  const { requester, assignee, ccs, followers, aliases } = state
  const participants: Participant[] = [
    ...(requester === null ? [] : [requester]),
    ...ccs.values(),
    ...followers.values(),
  ]
  return {
    ticket: {
      id: state.ticketId,
      key: '',
      subject: '',
      status: state.status,
      requester,
      assignee,
      group: state.group,
      tags: [],
      mailbox: state.mailbox,
      mergedInto: state.mergedInto,
      createdAt: 0,
      updatedAt: 0,
      revision: 0,
      commentCount: 0,
      heldCount: 0,
      preview: '',
      lastAuthor: '',
    },
    participants,
    lastPublicAudience: null,
    aliases: Object.fromEntries(aliases),
  }
}

/** The duties of mail that became a comment with this fact, or of a held one that was let in by it. */
function oweForMail(step: Step, comment: Comment, mail: Pick<MailFact, 'to' | 'cc'>): void {
  for (const kind of kindsFor(step.state, comment)) owe(step, kind, comment.id, { comment, mail })
}

/** The duties of a status that an agent set; with a reply, the reply itself is the news (§5 "status change"). */
function oweForStatus(step: Step, entries: readonly AuditEntry[]): void {
  const { owed } = step.state
  const isReply = entries.some(({ what }) => what === 'reply.written')
  for (const entry of entries) {
    if (entry.what !== 'status.set' || entry.because !== 'agent-chose') continue
    const source = { entry: { by: canonicalAddress(entry.by), source: entry.source } }
    if (!isReply) owe(step, 'status', entry.source, source)
    // Asked once for a ticket, however often it is solved.
    const isAsked = [...owed.values()].some(({ kind }) => kind === 'survey')
    if (step.state.status === 'solved' && !isAsked) owe(step, 'survey', entry.source, source)
  }
}

/**
 * So many acknowledgements one person gets within `ACKNOWLEDGEMENT_WINDOW_MS`: a machine that answers each of them
 * with a new mail, and hides that it is one, is not fed (RFC 3834 §2).
 */
export const ACKNOWLEDGEMENT_LIMIT = 2
export const ACKNOWLEDGEMENT_WINDOW_MS = 24 * 3_600_000

/** How long a ticket's lists were before a fact was folded. */
export interface Before {
  readonly comments: number
  readonly audit: number
}

/** Adds what the fact just folded causes (participants.md §5). */
export function oweDuties(step: Step, before: Before, mail: MailFact | null, since: number): void {
  const { state, at } = step
  if (at < since) return
  const isOld = ({ receivedAt }: MailFact) => receivedAt < since
  if (mail !== null) {
    if (isOld(mail)) return
    for (const { comment } of state.comments.slice(before.comments)) oweForMail(step, comment, mail)
    return
  }
  const entries = state.audit.slice(before.audit)
  for (const { what, detail } of entries) {
    const held = what === 'comment.accepted' ? state.held.get(detail.messageId ?? '') : undefined
    if (held !== undefined && !isOld(held.mail)) oweForMail(step, held.folded.comment, held.mail)
  }
  oweForStatus(step, entries)
}

/** A reply for later that is still to go: whoever has claimed it plans it when it is due (§5 "scheduled reply"). */
function scheduledDuties(state: FoldState): Duty[] {
  const waiting = scheduledIn(state).filter((one) => one.state === 'waiting')
  return waiting.map(({ eventId: sourceId, sendAt: dueAt }) => ({
    key: dutyKey('scheduled', sourceId),
    kind: 'scheduled',
    ticketId: state.ticketId,
    sourceId,
    dueAt,
  }))
}

/** What is still to be done, oldest first. */
export function openDuties(state: FoldState): Duty[] {
  const { owed, done } = state
  const open = [...owed.values()].filter(({ key }) => !done.has(key))
  open.push(...scheduledDuties(state))
  return open.sort((a, b) => a.dueAt - b.dueAt || (a.key < b.key ? -1 : 1))
}
