import type { Conflict } from './conflict'
import type { Desk } from './desk'
import type { Duty } from './duty'
import type { TicketEvent } from './event'
import type { Comment, DeliveryKind, MailFact, Skipped } from './message'
import type { MailAddress } from './address'
import type { Origin, Participant, Suggestion } from './participant'
import type { Ticket } from './ticket'

/** All facts of one ticket, in any order, with repetitions allowed. */
export interface TicketFacts {
  readonly id: string
  readonly key: string
  readonly mails: readonly MailFact[]
  readonly events: readonly TicketEvent[]
  /** The desk as it was at a moment (epoch ms): a fact is judged by the policy and people of its own time. */
  readonly deskAt: (at: number) => Desk
  /** From when on (epoch ms) facts of this mailbox cause duties; without it none does. */
  readonly dutiesSince?: (mailbox: string | null) => number
}

/** Somebody a mail named but who was not added, kept and shown (participants.md §2, "not added: over the limit"). */
export interface NotAdded {
  readonly address: string
  readonly name: string
  readonly because: string
  readonly origin: Origin
}

/** One line of the audit trail. `detail` holds plain strings for the sentence: never body text. */
export interface AuditEntry {
  readonly at: number
  readonly by: string
  /** Code, e.g. `cc.added`, `status.set`, `comment.held`, `event.ineffective`. */
  readonly what: string
  readonly because: string
  readonly detail: Readonly<Record<string, string>>
  /** Event id or mail id it comes from. */
  readonly source: string
}

/** A ticket as a pure function of its facts (architecture.md §0.3). */
export interface ProjectedTicket {
  readonly ticket: Ticket
  readonly participants: readonly Participant[]
  readonly comments: readonly Comment[]
  readonly suggestions: readonly Suggestion[]
  readonly notAdded: readonly NotAdded[]
  readonly audit: readonly AuditEntry[]
  /** Canonical addresses of everybody in our last public mail and in public mail since, support addresses left out; null before the first. */
  readonly lastPublicAudience: readonly string[] | null
  /** Message-IDs of public mails, oldest first: what `References` of the next public mail may name. */
  readonly publicMessageIds: readonly string[]
  /** Canonical addresses that bounced or were refused and have not been heard of since. */
  readonly undeliverable: readonly string[]
  /** Address that an agent linked, to that of the participant for whom it stands; both canonical. */
  readonly aliases: Readonly<Record<string, string>>
  /** Changes of agents who did not know of each other, and which of each two holds. */
  readonly conflicts: readonly Conflict[]
}

/** A reply for later that has neither gone nor been taken back. */
export interface ScheduledFact {
  readonly commentId: string
  /** Id of the event that scheduled it. */
  readonly eventId: string
  /** `held`: it was due and waits for an agent. */
  readonly state: 'waiting' | 'held'
  /** Code of what was in its way; empty while it waits. */
  readonly why: string
  /** Epoch ms. */
  readonly sendAt: number
}

/** A projection with what is still to be done because of it: open duties, oldest first. */
export interface TicketProjection extends ProjectedTicket {
  readonly duties: readonly Duty[]
  /** Earliest first. */
  readonly scheduled: readonly ScheduledFact[]
}

export type PlanKind =
  'public' | 'note' | 'private' | 'status' | 'acknowledgement' | 'customer-mail' | 'csat'

/** What `planDelivery` looks at. People are as of now: a scheduled reply is planned when it is delivered. */
export interface PlanInput {
  readonly kind: PlanKind
  readonly projected: Pick<ProjectedTicket, 'ticket' | 'participants' | 'lastPublicAudience'> &
    Partial<Pick<ProjectedTicket, 'aliases'>>
  readonly desk: Desk
  /** Who caused it (agent, or author of the customer's mail); gets nothing. Null: the system. */
  readonly actor: string | null
  /** Chosen people of a private reply. */
  readonly chosen: readonly string[]
  readonly mentions: readonly string[]
  /** `customer-mail`: addresses already in To/Cc of the mail that came in. */
  readonly alreadyOn: readonly string[]
  /** `customer-mail`, `acknowledgement`: whether the mail's comment is public, and whether its sender is verified. */
  readonly isPublic: boolean
  readonly isVerified: boolean
  /** Addresses known to be undeliverable (bounced). */
  readonly undeliverable: readonly string[]
}

export interface PlannedMail {
  readonly kind: DeliveryKind
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
}

export interface Plan {
  readonly mails: readonly PlannedMail[]
  readonly skipped: readonly Skipped[]
  /** Codes such as `requester-missing`, `no-recipient`. */
  readonly warnings: readonly string[]
  readonly audienceChange: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    /** Outside domains that get mail of this ticket for the first time. */
    readonly newDomains: readonly string[]
  }
}
