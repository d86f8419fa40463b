// Plain data at the border between mail protocols and the rest of main. Nothing here is normalised
// for comparison: what a rule must compare, the rule canonicalises.

import type { ServerSettings } from '#shared/model/account'
import type { MailMark } from '#shared/model/message'
import type { MailAddress } from '#shared/model/address'

export type { MailAddress, ServerSettings }

/** `at` counts header fields from the top, so that a rule can tell what stood above what. */
export type MailHeader = { name: string; value: string; at: number }

export type MailAttachment = {
  /** IMAP part number (RFC 3501 6.4.5), e.g. `2` or `1.2`. */
  partId: string
  /** Safe to use as a file name: no separators, no control or bidi characters, at most 120 bytes. */
  name: string
  /** Lower case, without parameters. */
  type: string
  /** Decoded bytes: exact for well-formed base64 in the window, else an estimate. */
  size: number
  /** Content-ID without angle brackets. */
  cid: string | null
  inline: boolean
  /** Lower-case Content-Transfer-Encoding, `7bit` when absent. */
  encoding: string
}

/** What an RFC 3464 delivery report at top level says. */
export type DeliveryReport = {
  /** Addresses with `Action: failed` or a status of class 5. */
  failed: string[]
  /** Message-ID of the mail that was returned, without angle brackets. */
  originalId: string | null
}

export type ParsedMail = {
  /** Message-ID without angle brackets; `<hash>@missing.invalid` from the raw bytes when absent. */
  rfcId: string
  /** False when `rfcId` was made by us. */
  hasOwnId: boolean
  /**
   * SHA-256 (hex) over From, Date and the beginning of the body, newline-normalised: equal for the
   * same mail in two folders, different when a stranger reuses a Message-ID.
   */
  digest: string
  /** Authors; one with a name and an empty address where the field holds no address at all. */
  from: MailAddress[]
  /** How many From header fields there are; anything but 1 makes the sender unverified. */
  fromFields: number
  /** True when our own strict reader and the parser found the same single author. */
  fromAgreed: boolean
  sender: MailAddress | null
  replyTo: MailAddress[]
  /** An entry that cannot be read is the last here, its text as an address that is not valid. */
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  /** The Date field as epoch ms: a claim of the sender, not an order. */
  sentAt: number | null
  inReplyTo: string[]
  /** Ids without angle brackets, oldest first, at most the last 50. */
  references: string[]
  /** The plain text, or text made from the HTML where there is none. */
  text: string
  /** The HTML as sent (not sanitised), at most 2 MiB. */
  html: string | null
  /** Characters of `text` before the trailing quoted block; `text.length` when unsure. */
  freshLength: number
  /** First 160 characters of the fresh text on one line. */
  preview: string
  attachments: MailAttachment[]
  /** Only the fields rules need, in the order of the mail, names in lower case, values unfolded. */
  headers: MailHeader[]
  /** How many Received fields: a loop shows as a large number. */
  receivedCount: number
  reportDelivery: DeliveryReport | null
  marks: MailMark[]
  /** The window ended before the mail did, so text or attachments may be missing. */
  isTruncated: boolean
  /** Why the mail could not be read completely; null when all is well. */
  problem: string | null
}

/** One mail as fetched: `window` holds the first `WINDOW_BYTES` of its source. */
export type FetchedMail = {
  uid: number
  flags: string[]
  /** INTERNALDATE as epoch ms. */
  internalAt: number
  /** RFC822.SIZE in bytes. */
  size: number
  window: Buffer
}

/** 64 KiB hold the text parts of nearly every mail; the rest is fetched on demand. */
export const WINDOW_BYTES = 65_536

export type FolderInfo = {
  /** Server path, usable with `openFolder`. */
  path: string
  /** Decoded last segment of the path, for people. */
  name: string
  delimiter: string | null
  /** `\Sent`, `\Drafts`, `\Junk`, … (RFC 6154), null when the server does not say. */
  specialUse: string | null
  /** The special use was guessed from the name (`Sent`, `Gesendet`): a hint only. */
  isSpecialByName: boolean
  canSelect: boolean
}

export type OpenFolder = {
  path: string
  /** Decimal text (it is compared, never calculated with); null when the server gives none or 0. */
  uidValidity: string | null
  uidNext: number | null
  exists: number
  /** Null without CONDSTORE or with NOMODSEQ (RFC 7162). */
  highestModseq: string | null
}

/** Answer of one SMTP transaction; exactly one of these is true of it. */
export type SendOutcome =
  | { outcome: 'accepted'; reply: string; refused: RefusedRecipient[] }
  | { outcome: 'retry'; reply: string; refused: RefusedRecipient[] }
  | { outcome: 'refused'; reply: string; refused: RefusedRecipient[] }
  | { outcome: 'uncertain'; reply: string }

/** `isTemporary` is true for 4xx: that recipient may be tried again alone, in a new transaction. */
export type RefusedRecipient = { address: string; reply: string; isTemporary: boolean }
