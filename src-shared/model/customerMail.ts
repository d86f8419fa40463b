import type { MailAddress } from './address'

// What the builders of mail take (participants.md §5). A customer's mail cannot name a follower,
// quote a note, show a private audience or carry a survey link, because its type has no field that
// could hold one. Do not add one: give the other kinds their own type, as below.

/** A file as it leaves: bytes only, never a path (the mail library would read it). */
export interface OutgoingFile {
  readonly name: string
  readonly type: string
  readonly content: Uint8Array
  /** Content-ID without angle brackets when the HTML shows it; else null. */
  readonly cid: string | null
}

/** What every mail of the desk has; `from` is the agent's name and the support address. */
interface OutgoingMail {
  readonly from: MailAddress
  /** Support address with the token of the ticket or, for one person, of that person. */
  readonly replyTo: string
  readonly subject: string
  /** Deterministic, without angle brackets, like all ids here. */
  readonly messageId: string
  /** Epoch ms. */
  readonly date: number
  readonly text: string
  readonly html: string | null
  readonly files: readonly OutgoingFile[]
}

/** Who is in the one mail for requester and CCs. */
export interface CustomerRecipients {
  readonly kind: 'public' | 'status' | 'acknowledgement' | 'relay'
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
}

/** The mail for requester and CCs; same content for all of them. */
export interface CustomerMailInput extends OutgoingMail, CustomerRecipients {
  /** Ids of public mails only: `projected.publicMessageIds`. */
  readonly inReplyTo: string | null
  readonly references: readonly string[]
  /** `List-Unsubscribe`: a mail there removes its sender. */
  readonly leaveAddress: string
  /** `Auto-Submitted`: null when a person wrote it. */
  readonly autoSubmitted: 'auto-generated' | 'auto-replied' | null
}

/** The mail of a private reply: the chosen people, and nobody else. */
export interface PrivateMailInput extends OutgoingMail {
  readonly to: readonly MailAddress[]
  readonly references: readonly string[]
}

/** The own mail of one follower, assignee or mentioned colleague. */
export interface FollowerMailInput extends OutgoingMail {
  readonly to: MailAddress
  /** Id of the comment it tells of, so that an answer finds it on every desktop; null: it tells of none. */
  readonly aboutComment: string | null
  /** Said in subject and first line, because it decides who reads the answer. */
  readonly replyWillBe: 'public' | 'internal'
  /** Ids of earlier mails to the same person: no customer's mail program may thread by them. */
  readonly references: readonly string[]
  /** `List-Unsubscribe`: a mail there ends this person's following; its token is theirs alone. */
  readonly leaveAddress: string
  readonly autoSubmitted: 'auto-generated'
}

/** The survey: to the requester alone, and the only mail with its link. */
export interface SurveyMailInput extends OutgoingMail {
  readonly to: MailAddress
  readonly surveyLink: string
  readonly autoSubmitted: 'auto-generated'
}
