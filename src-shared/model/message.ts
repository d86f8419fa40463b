import { z } from 'zod'
import { mailAddress } from './address'

/** A header field a rule looks at; `name` in lower case, in the order of the mail, newest hop first. */
export const headerField = z.object({ name: z.string(), value: z.string() })
export type HeaderField = z.infer<typeof headerField>

/** What a mail is besides text, and what kind of machine wrote it. */
export const mailMark = z.enum([
  'encrypted-pgp',
  'encrypted-smime',
  'signed-pgp',
  'signed-smime',
  'read-receipt',
  'complaint',
  'has-tnef',
  'has-invitation',
  'is-fragment',
  'has-external-part',
  'text-cut',
])
export type MailMark = z.infer<typeof mailMark>

/** A mail as a fact about a ticket: what the rules need of it, without its body. */
export const mailFact = z.object({
  /** Ours, derived from Message-ID and content, the same on every desktop. */
  id: z.string(),
  /** Message-ID without angle brackets; synthetic when the mail has none. */
  rfcId: z.string(),
  /** `inbox`: somebody sent it to us. `sent`: lies in the Sent folder. `local`: written here, not yet seen on the server. */
  source: z.enum(['inbox', 'sent', 'local']),
  from: mailAddress,
  /** False when there is more than one From field or mailbox, or two independent readings differ (participants.md §4.2). */
  isFromSound: z.boolean(),
  replyTo: z.array(mailAddress),
  to: z.array(mailAddress),
  cc: z.array(mailAddress),
  subject: z.string(),
  /** Epoch ms claimed by `Date:`. */
  sentAt: z.number().nullable(),
  /** Epoch ms of INTERNALDATE: what orders mail. */
  receivedAt: z.number(),
  inReplyTo: z.array(z.string()),
  references: z.array(z.string()),
  headers: z.array(headerField),
  /** Address of the mailbox in which this copy was found; null when not known. */
  mailbox: z.string().nullable().optional(),
  marks: z.array(mailMark).optional(),
  /** How many servers say that they passed it on (Received fields, RFC 5321 §6.3). */
  hops: z.number().optional(),
  /** True when its sender had sent too many mails in the hour before (`rules/surplus`). */
  isSurplus: z.boolean().optional(),
  /** RFC 3464: addresses that failed, and the Message-ID of the mail that bounced. */
  bounce: z.object({ failed: z.array(z.string()), originalId: z.string().nullable() }).nullable(),
  /** Whose notification this answers: the person to whom the valid per-recipient token in its recipients was issued. */
  tokenOf: z.string().nullable(),
  /** First characters of the id of the ticket whose notification that was. */
  tokenTicket: z.string().optional(),
  /** True when the Message-ID is one that this desk issued. */
  isOwnId: z.boolean(),
  /** True when it was sent to the leave address of our List-Unsubscribe (participants.md §4.4). */
  isLeave: z.boolean(),
  /** True when it was sent to the address that only a survey names (participants.md §5). */
  isRating: z.boolean().optional(),
  preview: z.string(),
  /** Body text; loaded only where a rule must compare it with private text, else null. */
  text: z.string().nullable(),
  attachmentCount: z.number(),
  problem: z.string().nullable(),
})
export type MailFact = z.infer<typeof mailFact>

export const attachment = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  /** Bytes, estimated from the encoded size. */
  size: z.number(),
  isInline: z.boolean(),
})
export type Attachment = z.infer<typeof attachment>

export const visibility = z.enum(['public', 'private', 'held'])
export type Visibility = z.infer<typeof visibility>

export const commentKind = z.enum(['mail', 'reply', 'private-reply', 'note', 'system'])
export type CommentKind = z.infer<typeof commentKind>

export const authorRole = z.enum([
  'requester',
  'cc',
  'follower',
  'assignee',
  'agent',
  'outsider',
  'system',
])
export type AuthorRole = z.infer<typeof authorRole>

/** One entry of a ticket's conversation, with the reason for its visibility. Text is joined when read. */
export const comment = z.object({
  id: z.string(),
  kind: commentKind,
  author: mailAddress,
  authorRole,
  isInternal: z.boolean(),
  visibility,
  /** Reason code of participants.md §4.3, or `agent-chose`. */
  because: z.string(),
  /** Further codes, e.g. `left-out`, `requester-not-included`, `reply-to-differs`, `sender-not-verified`. */
  flags: z.array(z.string()),
  trust: z.enum(['verified', 'unverified', 'failed', 'own']),
  /** Addresses the comment was addressed to (mail: To and Cc; private reply: the chosen people; note: empty). */
  audience: z.array(z.string()),
  /** CCs a public mail left out (participants.md §4.3 row 7). */
  leftOut: z.array(z.string()),
  /** Epoch ms. */
  at: z.number(),
  /** The mail it came as, if any: key of its body and attachments. */
  mailId: z.string().nullable(),
  /** Message-ID of that mail. */
  messageId: z.string().nullable(),
  /** Text of a note; mail text is in the body store. */
  text: z.string().nullable(),
  /** Canonical addresses of colleagues it names with @. */
  mentions: z.array(z.string()).optional(),
})
export type Comment = z.infer<typeof comment>

export const deliveryKind = z.enum([
  'public',
  'follower',
  'private',
  'status',
  'acknowledgement',
  'relay',
  'csat',
])
export type DeliveryKind = z.infer<typeof deliveryKind>

export const skipped = z.object({ address: z.string(), because: z.string() })
export type Skipped = z.infer<typeof skipped>

/** queued → sending → sent | partly | failed | uncertain; cancelled by a person (architecture.md §4b). */
export const deliveryState = z.enum([
  'queued',
  'sending',
  'sent',
  'partly',
  'failed',
  'uncertain',
  'cancelled',
])
export type DeliveryState = z.infer<typeof deliveryState>

/** Why a reply was held on its way: what has happened on its ticket since it was sent. */
export const heldBack = z.object({
  /** Ids of public comments. */
  comments: z.array(z.string()),
  /** Addresses that would get it by now, and those that would not any more. */
  added: z.array(z.string()),
  removed: z.array(z.string()),
})
export type HeldBack = z.infer<typeof heldBack>

/** What became of a comment for one person. */
export const mailFate = z.discriminatedUnion('is', [
  z.object({ is: z.literal('refused'), kind: deliveryKind, reply: z.string() }),
  z.object({
    is: z.literal('on-mail'),
    kind: deliveryKind,
    field: z.enum(['to', 'cc']),
    state: deliveryState,
    isElsewhere: z.boolean(),
  }),
  z.object({ is: z.literal('skipped'), because: z.string() }),
  z.object({ is: z.enum(['wrote', 'on-their-mail', 'no-part']) }),
])
export type MailFate = z.infer<typeof mailFate>
