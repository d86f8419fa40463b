// What a ticket has become up to one fact, and the small steps in which facts change it.
import type { MailAddress } from '#shared/model/address'
import type { Conflict } from '#shared/model/conflict'
import type { Desk } from '#shared/model/desk'
import type { Duty } from '#shared/model/duty'
import type { Comment, MailFact } from '#shared/model/message'
import type { Participant, Suggestion } from '#shared/model/participant'
import type { AuditEntry, NotAdded } from '#shared/model/projection'
import type { TicketStatus } from '#shared/model/ticket'
import { canonicalAddress, isSupportAddress } from './address'
import type { FactIndex } from './factIndex'
import type { Changes } from './causality'
import { findMailbox } from './mailbox'
import type { KeptOff } from './participants'

/** A comment with what only the fold needs of it. */
export interface Folded {
  readonly comment: Comment
  readonly preview: string
}

/** A held mail, kept for the agent who lets it in. */
export interface HeldMail {
  readonly mail: MailFact
  readonly folded: Folded
}

/** What one mail did to the CC list, for undoing. */
export interface MailChange {
  readonly messageId: string
  readonly added: readonly string[]
  readonly removed: readonly Participant[]
}

/** A reply for later as its author recorded it. */
export interface Scheduled {
  readonly eventId: string
  /** Canonical address of its author. */
  readonly by: string
  readonly sendAt: number
}

/** That a reply for later does not go by itself: for good, or until an agent decides. */
export interface Unscheduled {
  readonly because: 'cancelled' | 'held'
  readonly why: string
}

/** A ticket in the making. Only the fold sees it, so it is changed in place. */
export interface FoldState {
  readonly ticketId: string
  readonly index: FactIndex
  /** Some fact made it a ticket: created, or opened by a mail that was not held. */
  isOpened: boolean
  subject: string | null
  status: TicketStatus
  requester: Participant | null
  assignee: string | null
  group: string | null
  tags: readonly string[]
  mailbox: string | null
  mergedInto: string | null
  createdAt: number | null
  updatedAt: number
  revision: number
  publicCount: number
  /** By the address under which customers see them. */
  readonly ccs: Map<string, Participant>
  /** By main address. */
  readonly followers: Map<string, Participant>
  readonly suggestions: Map<string, Suggestion>
  readonly notAdded: Map<string, NotAdded>
  readonly keptOff: Map<string, KeptOff>
  /** Address that an agent linked, to the participant for whom it stands. */
  readonly aliases: Map<string, string>
  readonly comments: Folded[]
  readonly byCommentId: Map<string, Folded>
  readonly byMessageId: Map<string, Folded>
  readonly held: Map<string, HeldMail>
  /** Sources of all decisions about a mail so far, by mail id: acceptances, discards, a sender's block. */
  readonly decisions: Map<string, string[]>
  /** Decisions that a later event takes back: they are folded as if nobody had taken them. */
  readonly undone: ReadonlySet<string>
  /** Decisions that this pass found to be taken back. */
  readonly newlyUndone: Set<string>
  readonly mailChanges: Map<string, MailChange>
  readonly undeliverable: Set<string>
  /** People whose token a mail has shown to others: it proves nothing any more. */
  readonly shownTokens: Set<string>
  /** Lines of private comments, by which a quote of them is known. */
  readonly privateLines: Set<string>
  readonly audit: AuditEntry[]
  /** Duties that facts caused, and keys of those that are done. */
  readonly owed: Map<string, Duty>
  readonly done: Set<string>
  /** What agents changed of each thing so far, by `topicKey`. */
  readonly topics: Map<string, Changes>
  conflicts: Conflict[]
  /** Replies for later, and those that were ended, by comment id. */
  readonly scheduled: Map<string, Scheduled>
  readonly unscheduled: Map<string, Unscheduled>
  /** Comment of a colleague's mail, to the Message-ID under which customers got it. */
  readonly relayed: Map<string, string>
  /** Answers of `isSupportAt`, which is asked about the same few addresses again and again. */
  support: { readonly desk: Desk; readonly answers: Map<string, boolean> } | null
}

/** One fact being folded: the state, the desk of its time, who caused it. */
export interface Step {
  readonly state: FoldState
  readonly desk: Desk
  readonly at: number
  /** Canonical address of the mail's author or the agent. */
  readonly by: string
  /** Event id or mail id. */
  readonly source: string
  hasEffect: boolean
}

/** A ticket before its first fact. */
export function emptyState(
  ticketId: string,
  index: FactIndex,
  undone: ReadonlySet<string> = new Set(),
): FoldState {
  return {
    ticketId,
    index,
    isOpened: false,
    subject: null,
    status: 'new',
    requester: null,
    assignee: null,
    group: null,
    tags: [],
    mailbox: null,
    mergedInto: null,
    createdAt: null,
    updatedAt: 0,
    revision: 0,
    publicCount: 0,
    ccs: new Map(),
    followers: new Map(),
    suggestions: new Map(),
    notAdded: new Map(),
    keptOff: new Map(),
    aliases: new Map(),
    comments: [],
    byCommentId: new Map(),
    byMessageId: new Map(),
    held: new Map(),
    decisions: new Map(),
    undone,
    newlyUndone: new Set(),
    mailChanges: new Map(),
    undeliverable: new Set(),
    shownTokens: new Set(),
    privateLines: new Set(),
    audit: [],
    owed: new Map(),
    done: new Set(),
    topics: new Map(),
    conflicts: [],
    scheduled: new Map(),
    unscheduled: new Map(),
    relayed: new Map(),
    support: null,
  }
}

/** One more line of the audit trail. Anything but a refusal is an effect. */
export function record(
  step: Step,
  what: string,
  because: string,
  detail: Readonly<Record<string, string>> = {},
): void {
  step.state.audit.push({ at: step.at, by: step.by, what, because, detail, source: step.source })
  step.hasEffect = true
}

/** A line for something that was refused and changed nothing. */
export function recordRefusal(
  step: Step,
  what: string,
  because: string,
  detail: Readonly<Record<string, string>> = {},
): void {
  step.state.audit.push({ at: step.at, by: step.by, what, because, detail, source: step.source })
}

/** Sets the status and says so; the same status is no change. */
export function setStatus(step: Step, status: TicketStatus, because: string): void {
  const { state } = step
  if (state.status === status) return
  record(step, 'status.set', because, { from: state.status, to: status })
  state.status = status
}

/** A public word of a customer wakes a ticket; an agent's public word takes `new` off it. */
export function wakeByPublic(step: Step, isCustomer: boolean): void {
  const { status } = step.state
  if (isCustomer && status !== 'new') setStatus(step, 'open', 'customer-replied')
  if (!isCustomer && status === 'new') setStatus(step, 'open', 'agent-replied')
}

/**
 * Puts a ticket that was merged away into the lists again; false when it was not. Also for mail: what comes in on it is
 * nowhere else (reliability.md C9).
 */
export function unmerge(step: Step, because: 'mail-after-merge' | 'agent-chose'): boolean {
  const { state } = step
  if (state.mergedInto === null) return false
  record(step, 'ticket.unmerged', because, { from: state.mergedInto })
  state.mergedInto = null
  return true
}

/** A new entry of the conversation. */
export function addComment(step: Step, comment: Comment, preview: string): Folded {
  const { state } = step
  const folded = { comment, preview }
  state.comments.push(folded)
  if (!state.byCommentId.has(comment.id)) state.byCommentId.set(comment.id, folded)
  const { messageId } = comment
  if (messageId !== null && !state.byMessageId.has(messageId)) {
    state.byMessageId.set(messageId, folded)
  }
  if (comment.visibility === 'public') state.publicCount += 1
  step.hasEffect = true
  return folded
}

/** Whether an address was one of the desk's, remembered while the desk stays the same (participants.md §1). */
export function isSupportAt(state: FoldState, desk: Desk, address: string): boolean {
  if (state.support?.desk !== desk) state.support = { desk, answers: new Map() }
  const { answers } = state.support
  const known = answers.get(address)
  if (known !== undefined) return known
  const found = isSupportAddress(desk, address)
  answers.set(address, found)
  return found
}

/** Whether an address is one of the desk's at the time of this fact (participants.md §1). */
export function isSupport({ state, desk }: Step, address: string): boolean {
  return isSupportAt(state, desk, address)
}

/** The mailbox to which this support address belongs, by its main address. */
export function mailboxFor(step: Step, address: string): string | null {
  if (!isSupport(step, address)) return null
  const { mailboxes } = step.desk
  const box = mailboxes.length === 1 ? mailboxes[0] : findMailbox(step.desk, address)
  return box === undefined ? null : canonicalAddress(box.address)
}

/** A ticket belongs to its first mailbox for good, and starts in that mailbox's group. */
export function joinMailbox(step: Step, address: string | null): void {
  const { state, desk } = step
  if (address === null) return
  state.mailbox = address
  const group = findMailbox(desk, address)?.group ?? null
  if (group === null || state.group !== null) return
  state.group = group
  record(step, 'ticket.grouped', 'mailbox', { from: '', to: group })
}

/** Canonical, each once, in order. */
export function canonicalList(people: readonly MailAddress[]): string[] {
  return [...new Set(people.map(({ address }) => canonicalAddress(address)))]
}
