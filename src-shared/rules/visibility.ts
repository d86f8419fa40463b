// Whether inbound mail becomes a comment, and who may see it: the table of participants.md §4.3.
import type { AuthorRole, Visibility } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import type { Trust } from './trust'

/** Everything the table of participants.md §4.3 looks at, one field for each condition. */
export interface VisibilityInput {
  /** Our own Message-ID. */
  readonly isOwnId: boolean
  readonly isBounce: boolean
  readonly isAutomatic: boolean
  /** So many servers have passed it on that it must be going round (RFC 5321 §6.3). */
  readonly isLooping: boolean
  /** One of too many mails of its sender in an hour. */
  readonly isSurplus: boolean
  /** From the Sent folder and not by Copydesk: a colleague used another mail program. */
  readonly isSentElsewhere: boolean
  /** From names a support address. */
  readonly isFromSupport: boolean
  readonly trust: Trust
  /** A per-recipient token issued to the author themselves. */
  readonly hasToken: boolean
  readonly isInternal: boolean
  readonly isNewTicket: boolean
  /** The author's highest role; the author of a new ticket is its requester. */
  readonly role: AuthorRole
  /** On the CC list, whatever other roles the author has. */
  readonly isCc: boolean
  readonly mayWritePublicly: boolean
  /** What In-Reply-To and References lead to. */
  readonly answers: 'public' | 'private' | 'unknown'
  readonly quotesPrivate: boolean
  /** The requester is the author or in To or Cc; true when the ticket has none. */
  readonly isRequesterIncluded: boolean
  /** Every recipient is a support address. */
  readonly isToSupportOnly: boolean
  /** The requester or a CC is in To or Cc. */
  readonly isToCustomers: boolean
  readonly hasPublicComment: boolean
  readonly hasLeftOut: boolean
  readonly supportOnlyCcReply: Policy['supportOnlyCcReply']
}

/** What becomes of a mail, and why (participants.md §4.3). */
export interface VisibilityDecision {
  readonly kind: 'receipt' | 'system' | 'comment'
  readonly visibility: Visibility
  readonly because: string
  readonly flags: readonly string[]
}

interface Row {
  readonly because: string
  readonly matches: (input: VisibilityInput) => boolean
  readonly kind?: VisibilityDecision['kind']
  readonly visibility: Visibility
  readonly flags?: (input: VisibilityInput) => string[]
}

const isExternalCc = (input: VisibilityInput) => input.isCc && !input.isInternal
const flag = (code: string) => () => [code]
const answersPrivate = (input: VisibilityInput) =>
  input.answers === 'private' || input.quotesPrivate

/** Nobody: neither in the directory nor requester nor CC. */
const isOutsider = ({ role, isInternal, isCc }: VisibilityInput) =>
  role === 'outsider' || (!isInternal && !isCc && role !== 'requester')

/** Read from the top; the first that matches decides. Numbers are the rows of §4.3. */
const table: readonly Row[] = [
  // 1
  {
    because: 'own-mail',
    matches: (input) => input.isOwnId,
    kind: 'receipt',
    visibility: 'private',
  },
  // 2
  { because: 'bounce', matches: (input) => input.isBounce, kind: 'system', visibility: 'private' },
  // 3
  {
    because: 'automatic',
    matches: (input) => input.isAutomatic,
    kind: 'system',
    visibility: 'private',
  },
  // A loop, or a machine that does not say it is one: nothing of it is answered until a person has looked.
  { because: 'suspected-loop', matches: (input) => input.isLooping, visibility: 'held' },
  {
    because: 'too-many-mails',
    // A busy colleague, known to be one, may write as often as they like.
    matches: ({ isSurplus, isSentElsewhere, isInternal, hasToken, trust }) =>
      isSurplus && !isSentElsewhere && !(isInternal && (hasToken || trust === 'verified')),
    visibility: 'held',
  },
  // Not inbound: a colleague wrote from the support address with another program. It has been sent,
  // so it is public if customers got it; but an answer in a private thread stays in that thread.
  {
    because: 'answers-private',
    matches: (input) => input.isSentElsewhere && answersPrivate(input),
    visibility: 'private',
    flags: flag('sent-elsewhere'),
  },
  {
    because: 'sent-elsewhere',
    matches: (input) => input.isSentElsewhere && input.isToCustomers,
    visibility: 'public',
    flags: ({ hasLeftOut }) => (hasLeftOut ? ['left-out'] : []),
  },
  {
    because: 'sent-elsewhere',
    matches: (input) => input.isSentElsewhere,
    visibility: 'private',
  },
  // 4
  {
    because: 'not-authenticated',
    matches: ({ trust, isFromSupport, isInternal, hasToken }) =>
      trust === 'failed' || isFromSupport || (isInternal && !hasToken && trust !== 'verified'),
    visibility: 'held',
  },
  // 5
  {
    because: 'not-a-participant',
    matches: (input) => !input.isNewTicket && isOutsider(input),
    visibility: 'held',
  },
  // 6
  {
    because: 'answers-private',
    matches: answersPrivate,
    visibility: 'private',
    flags: ({ answers }) => (answers === 'private' ? [] : ['quotes-private']),
  },
  // 7
  {
    because: 'requester',
    matches: (input) => input.isNewTicket || input.role === 'requester',
    visibility: 'public',
    flags: ({ hasLeftOut }) => (hasLeftOut ? ['left-out'] : []),
  },
  // 8
  {
    because: 'cc-reply-all',
    matches: (input) => isExternalCc(input) && input.isRequesterIncluded,
    visibility: 'public',
    flags: ({ hasLeftOut }) => (hasLeftOut ? ['left-out'] : []),
  },
  // 9
  {
    because: 'cc-to-support',
    matches: (input) =>
      isExternalCc(input) && input.isToSupportOnly && input.supportOnlyCcReply === 'public',
    visibility: 'public',
    flags: flag('requester-not-included'),
  },
  // 10
  {
    because: 'requester-left-out',
    matches: isExternalCc,
    visibility: 'private',
    flags: flag('requester-not-included'),
  },
  // 11
  {
    because: 'requester-left-out',
    matches: (input) => input.isCc && !input.isRequesterIncluded,
    visibility: 'private',
    flags: flag('requester-not-included'),
  },
  // 12
  { because: 'role', matches: (input) => !input.mayWritePublicly, visibility: 'private' },
  // 13
  {
    because: 'private-ticket',
    matches: (input) => !input.hasPublicComment,
    visibility: 'private',
  },
  // 14: the requester has the mail already when the author put them in To or Cc.
  {
    because: 'answers-public',
    matches: ({ answers, isToCustomers }) => answers === 'public' || isToCustomers,
    visibility: 'public',
  },
]

/** An internal person's mail that answers nothing we know: what is not surely public stays inside. */
const otherwise: Row = {
  because: 'answers-unknown',
  matches: () => true,
  visibility: 'private',
}

const trustFlags: Readonly<Record<Trust, readonly string[]>> = {
  verified: [],
  unverified: ['sender-not-verified'],
  failed: ['sender-failed'],
}

/** The table of participants.md §4.3: first match wins, each row with its own reason code. */
export function decideVisibility(input: VisibilityInput): VisibilityDecision {
  const row = table.find(({ matches }) => matches(input)) ?? otherwise
  const { because, kind = 'comment', visibility, flags } = row
  const isJudged = kind === 'comment' && !input.isSentElsewhere
  return {
    kind,
    visibility,
    because,
    flags: [...(flags?.(input) ?? []), ...(isJudged ? trustFlags[input.trust] : [])],
  }
}
