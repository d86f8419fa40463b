import { z } from 'zod'
import { mailAddress } from './address'
import { skipped } from './message'
import { agentRole, mailbox, person, personalSignature } from './account'
import { dutyKind } from './duty'
import { moment } from './moment'
import { policy, policyPreset } from './policy'
import { followLevel } from './participant'
import { template } from './template'
import { ticketStatus } from './ticket'

const address = z.string().min(3).max(254)
const text = z.string().max(1_000_000)
/** More than any desk has: followers have no limit (participants.md §1). */
const everybody = 10_000
const on = <K extends string, T extends z.ZodRawShape>(kind: K, shape: T) =>
  z.object({
    kind: z.literal(kind),
    ...shape,
    /** Ids of the latest changes of the same thing that the desktop had seen (`rules/causality`). Left out: not said. */
    knows: z.array(z.string().max(64)).max(500).optional(),
  })

/** One planned mail of a comment, as every desktop must know it. */
const plannedMail = z.object({
  messageId: z.string().max(998),
  kind: z.string().max(40),
  to: z.array(address).max(100),
  cc: z.array(address).max(100),
})

/**
 * Colleagues among the chosen people of a private reply, and whether they could see the ticket when it was written: one
 * who has left the desk or been barred from the ticket since gets nothing.
 */
export const chosenColleague = z.object({ address, couldSee: z.boolean() })
export type ChosenColleague = z.infer<typeof chosenColleague>
const colleagues = z.array(chosenColleague).max(100).optional()

/** Who got no mail of a comment and why, so that every desktop can say it. */
const skippedPeople = z.array(skipped).max(everybody)

/** Everything an agent can record about one ticket. Past tense: an event is a fact. */
export const ticketEventBody = z.discriminatedUnion('kind', [
  on('ticket.created', {
    subject: z.string().max(998),
    requester: mailAddress.nullable(),
    mailbox: address,
    ccs: z.array(mailAddress).max(100),
    /** Message-ID from which the ticket's id derives. */
    rootId: z.string().max(998),
  }),
  on('ticket.assigned', { assignee: address.nullable() }),
  on('ticket.statusSet', { status: ticketStatus }),
  on('ticket.grouped', { group: z.string().max(60).nullable() }),
  on('ticket.tagged', { tags: z.array(z.string().max(60)).max(50) }),
  /** null: it stands for itself again. */
  on('ticket.merged', { into: z.string().max(64).nullable() }),
  on('requester.changed', { address, name: z.string().max(200) }),
  on('cc.added', { people: z.array(mailAddress).min(1).max(100) }),
  on('cc.removed', { address }),
  on('cc.muted', { address }),
  on('cc.unmuted', { address }),
  /** Undoes what a mail did to the CC list: `messageId` names the mail. */
  on('cc.mailChangeUndone', { messageId: z.string().max(998) }),
  on('follower.added', { address, level: followLevel, because: z.string().max(60) }),
  on('follower.removed', { address }),
  on('note.written', {
    commentId: z.string().max(64),
    text,
    mentions: z.array(address).max(everybody),
    /** The notifications of followers and assignee: an answer to one of them answers this note. */
    mails: z.array(plannedMail).max(everybody).optional(),
    skipped: skippedPeople.optional(),
  }),
  on('reply.written', {
    commentId: z.string().max(64),
    visibility: z.enum(['public', 'private']),
    /** Chosen people of a private reply; empty for a public one. */
    audience: z.array(address).max(100),
    /** The customer-facing (or private) mail that carries the text. */
    messageId: z.string().max(998),
    mails: z.array(plannedMail).max(everybody),
    /** Ticket status chosen with the reply. */
    status: ticketStatus.nullable(),
    mentions: z.array(address).max(everybody),
    skipped: skippedPeople.optional(),
    colleagues,
  }),
  /** A reply that waits for its hour; it is planned when it goes, so people are as of then. */
  on('reply.scheduled', {
    commentId: z.string().max(64),
    visibility: z.enum(['public', 'private']),
    text,
    html: z.string().max(2_000_000).nullable().default(null),
    audience: z.array(address).max(100),
    status: ticketStatus.nullable(),
    sendAt: moment,
    /** Held instead of sent when somebody has written publicly since. */
    onlyIfQuiet: z.boolean(),
    /** Ids of the public comments its author had seen: any other one is news. Null: not checked. */
    seen: z.array(z.string().max(64)).max(5_000).nullable(),
    /** Ids of its files. They lie with the desktop that wrote it, which alone can send it then. */
    files: z.array(z.string().max(64)).max(100).default([]),
    colleagues,
  }),
  /** It will not go by itself any more; `why` is the code of what was in the way of a `held` one. */
  on('reply.unscheduled', {
    commentId: z.string().max(64),
    because: z.enum(['cancelled', 'held']),
    why: z.string().max(60).optional(),
  }),
  on('delivery.settled', {
    messageId: z.string().max(998),
    state: z.enum(['sent', 'partly', 'failed', 'cancelled']),
    refused: z.array(address).max(100),
  }),
  /** Who was taken off a mail before it left, because they had been taken off the ticket (participants.md §2). */
  on('delivery.narrowed', {
    commentId: z.string().max(64),
    messageId: z.string().max(998),
    skipped: skippedPeople,
  }),
  /** A desktop did what a fact caused: these mails are queued (architecture.md §12). */
  on('duty.done', {
    duty: dutyKind,
    /** Id of the mail or event that caused it. */
    sourceId: z.string().max(64),
    mails: z.array(plannedMail).max(everybody),
    /** Code of a leak because of which customers got nothing (participants.md §3), else null. */
    refused: z.string().max(60).nullable(),
    skipped: skippedPeople.optional(),
  }),
  /** A held comment let in: `public` from now on; `alias` makes the sender an address of `aliasOf`. */
  on('comment.accepted', {
    messageId: z.string().max(998),
    mode: z.enum(['accept', 'add-cc', 'alias']),
    aliasOf: address.nullable(),
  }),
  /** A held comment that nobody needs: it stays readable and takes part in nothing. */
  on('comment.discarded', {
    messageId: z.string().max(998),
    because: z.enum(['agent-chose', 'sender-blocked']),
  }),
  /** Takes back every acceptance and discard of this comment so far: it is held again. */
  on('comment.decisionUndone', { messageId: z.string().max(998) }),
  on('suggestion.accepted', { address }),
  on('suggestion.dismissed', { address }),
])
export type TicketEventBody = z.infer<typeof ticketEventBody>

/** Everything recorded about the desk itself. Admins only, but for its creation, blocked senders and own signatures. */
export const deskEventBody = z.discriminatedUnion('kind', [
  on('desk.created', {
    deskId: z.string().max(64),
    name: z.string().max(100),
    /** Secret of the desk, base64url: reply tokens and Message-IDs are MACs under it. */
    key: z.string().min(22).max(100),
    creator: person.extend({ role: agentRole }),
  }),
  on('policy.set', { changes: policy.partial() }),
  on('policy.presetChosen', { preset: policyPreset }),
  on('person.set', { person }),
  on('person.removed', { address }),
  /** Under that person's mails to customers, on every desktop. Everybody sets their own, admins anybody's. */
  on('person.signatureSet', { address, signature: personalSignature }),
  on('mailbox.set', mailbox.shape),
  on('mailbox.removed', { address }),
  on('template.set', { template }),
  on('template.removed', { id: z.string().max(64) }),
  /** An address, or a domain, whose mail is discarded as it comes in. Any agent may, not only admins. */
  on('sender.blocked', { entry: z.string().min(3).max(254) }),
  on('sender.unblocked', { entry: z.string().min(3).max(254) }),
  /** This desktop is this person's; its id derives from the key, so nobody can take another's. */
  on('device.announced', { device: z.string().min(1).max(64), name: z.string().max(100) }),
  on('device.approved', { device: z.string().min(1).max(64) }),
  /** For ever: the desktop needs a new key to come back. */
  on('device.revoked', { device: z.string().min(1).max(64) }),
  /** Whether an admin must approve each further device before it counts. */
  on('devices.approvalSet', { isOn: z.boolean() }),
])
export type DeskEventBody = z.infer<typeof deskEventBody>

const envelope = {
  /** Unique for ever; made by whoever records it, so that repeating a call is harmless. */
  id: z.string().min(8).max(64),
  /** Hybrid logical clock (`rules/clock`): sorts as text. */
  hlc: z.string().max(64),
  /** Address of the agent who acted. */
  by: address,
  device: z.string().max(64),
}
export const ticketEvent = z.object({
  ...envelope,
  ticketId: z.string().max(64),
  body: ticketEventBody,
})
export type TicketEvent = z.infer<typeof ticketEvent>
export const deskEvent = z.object({ ...envelope, ticketId: z.null(), body: deskEventBody })
export type DeskEvent = z.infer<typeof deskEvent>

/** Every fact that is not mail. */
export type JournalEvent = TicketEvent | DeskEvent
