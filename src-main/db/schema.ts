import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'

const text: EntitySchemaColumnOptions = { type: 'text' }
const optionalText: EntitySchemaColumnOptions = { type: 'text', nullable: true }
const integer: EntitySchemaColumnOptions = { type: 'integer' }
const optionalInteger: EntitySchemaColumnOptions = { type: 'integer', nullable: true }
const textKey: EntitySchemaColumnOptions = { type: 'text', primary: true }
const integerKey: EntitySchemaColumnOptions = { type: 'integer', primary: true }

function table(
  name: string,
  columns: Record<string, EntitySchemaColumnOptions>,
): EntitySchema<Record<string, unknown>> {
  return new EntitySchema<Record<string, unknown>>({ name, tableName: name, columns })
}

/** Facts: mail in and out. `fact` is a `MailFact` as JSON; the other columns are what queries look at. */
const message = table('message', {
  seq: { type: 'integer', primary: true, generated: 'increment' },
  id: text,
  rfcId: text,
  digest: text,
  /** Derived by threading: a cache of "the root's own ticket". */
  ticketId: text,
  ownTicketId: text,
  parentId: optionalText,
  /** Place of the parent in this mail's list of references; a lower one that arrives later takes over. */
  parentRank: optionalInteger,
  accountId: text,
  source: text,
  receivedAt: integer,
  fromAddress: text,
  subject: text,
  fact: text,
  size: integer,
  freshLength: integer,
  hasHtml: integer,
  isTruncated: integer,
  /** Somebody has read it: `\\Seen` when it was fetched, or it is our own. */
  isSeen: integer,
})

/** Bodies apart from facts, so that projecting and listing never read them. */
const messageBody = table('message_body', { messageId: textKey, text, html: optionalText })
const messageRaw = table('message_raw', { messageId: textKey, bytes: { type: 'blob' } })

/** Message-IDs a mail refers to and whose mail would be a better parent than the one it has. */
const messageReference = table('message_reference', {
  rfcId: textKey,
  messageId: textKey,
  rank: integer,
})

/** Where on the server a mail lies: one mail may lie in several folders. */
const messageLocation = table('message_location', {
  accountId: textKey,
  folder: textKey,
  uidValidity: textKey,
  uid: integerKey,
  messageId: text,
})

const attachment = table('attachment', {
  id: textKey,
  messageId: text,
  partId: text,
  name: text,
  type: text,
  size: integer,
  cid: optionalText,
  isInline: integer,
  encoding: text,
  bytes: { type: 'blob', nullable: true },
})

/** Facts: what only this desk knows. `uid` is null until the event lies in the journal folder. */
const journalEvent = table('journal_event', {
  id: textKey,
  hlc: text,
  by: text,
  device: text,
  kind: text,
  ticketId: optionalText,
  body: text,
  uid: optionalInteger,
  problem: optionalText,
  /** The event as it was signed, with its signature: what is written again when the folder is lost or packed. */
  text: optionalText,
  signature: optionalText,
  publicKey: optionalText,
  /** Earliest INTERNALDATE any copy had, epoch ms; null until the folder has had it. `hlc` is bounded by it. */
  firstAt: optionalInteger,
})

/** Messages of the journal folder that were read, under its present UIDVALIDITY. */
const journalMessage = table('journal_message', { uid: integerKey })

/** What was set aside in them and why; position -1 is the whole message. */
const journalProblem = table('journal_problem', {
  uid: integerKey,
  position: integerKey,
  because: text,
})

/** Numbers of notes, for the full-text index. */
const noteNumber = table('note_number', {
  seq: { type: 'integer', primary: true, generated: 'increment' },
  eventId: text,
})

/** Projection of facts by `projectTicket`; may be dropped and rebuilt at any time. */
const ticket = table('ticket', {
  id: textKey,
  key: text,
  subject: text,
  status: text,
  requesterAddress: optionalText,
  requesterName: text,
  assignee: optionalText,
  group: optionalText,
  tags: text,
  mailbox: optionalText,
  mergedInto: optionalText,
  createdAt: integer,
  updatedAt: integer,
  revision: integer,
  publicRevision: integer,
  commentCount: integer,
  heldCount: integer,
  ccCount: integer,
  followerCount: integer,
  ccLimit: integer,
  preview: text,
  lastAuthor: text,
  /** Suggestions, people not added, audit and audiences of the projection, as JSON. */
  rest: text,
})

/** Tickets whose facts are here but not yet folded: a first sync folds each once, not once per mail. */
const staleTicket = table('stale_ticket', { id: textKey })

const participant = table('participant', {
  ticketId: textKey,
  role: textKey,
  address: textKey,
  name: text,
  isInternal: integer,
  isMuted: integer,
  mutedBy: optionalText,
  level: optionalText,
  position: integer,
  origin: text,
})

const comment = table('comment', {
  ticketId: textKey,
  id: textKey,
  at: integer,
  position: integer,
  /** The ticket's revision when this comment joined it here; mail may come late, whatever its date. */
  since: integer,
  visibility: text,
  mailId: optionalText,
  messageId: optionalText,
  /** A `Comment` as JSON. */
  data: text,
})

/** What a colleague had to do with a ticket without a role on it: what the views Mentioned, Sent and CC'd by me list. */
const involvement = table('involvement', { address: textKey, kind: textKey, ticketId: textKey })
/** Open duties of tickets (architecture.md §12). */
const duty = table('duty', {
  key: textKey,
  kind: text,
  ticketId: text,
  sourceId: text,
  dueAt: integer,
})

/** Replies for later that have neither gone nor been taken back: a part of the projection. */
const scheduledReply = table('scheduled_reply', {
  eventId: textKey,
  commentId: text,
  ticketId: text,
  state: text,
  /** Code of what was in its way. */
  why: text,
  sendAt: integer,
})

const outboxItem = table('outbox_item', {
  id: textKey,
  accountId: text,
  ticketId: text,
  commentId: text,
  kind: text,
  messageId: text,
  subject: text,
  to: text,
  cc: text,
  /** Addresses still to be served: shortened as the server accepts. */
  envelope: text,
  bytes: { type: 'blob' },
  state: text,
  attempts: integer,
  nextAt: optionalInteger,
  lastReply: text,
  refused: text,
  queuedAt: integer,
  /** What tells an accepted transaction from a lost one: see `rules/sending`. */
  refusedNow: text,
  doubted: text,
  hasReceipt: integer,
  accepted: integer,
  receipted: integer,
  /** Epoch ms of the last try and of the last change of state for good. */
  triedAt: optionalInteger,
  settledAt: optionalInteger,
  /** Whether a copy lies in Sent. */
  isFiled: integer,
  /** The duty it belongs to: only the desktop that has it may send. */
  dutyKey: optionalText,
  /** What its author has been told before it may go: see `outbox/meanwhile`. */
  held: optionalText,
  /** 1: one of many with the same words: what is written to one ticket goes before. */
  isBulk: integer,
})

/** Where copies of our own mails have been met in INBOX: each accepted transaction delivers one. */
const receipt = table('receipt', {
  messageId: textKey,
  folder: textKey,
  uidValidity: textKey,
  uid: integerKey,
})

/** Who did not get a mail of a comment, and why. */
const skippedRecipient = table('skipped_recipient', {
  commentId: textKey,
  address: textKey,
  because: text,
})

/** How far a folder has been read: `[floorUid, topUid]` is done; below the floor waits the first sync. */
const folderCursor = table('folder_cursor', {
  accountId: textKey,
  folder: textKey,
  uidValidity: text,
  topUid: integer,
  floorUid: integer,
  syncedAt: optionalInteger,
})

/** Mail at which a connection ended while it was fetched: still owed by a cursor that has gone past it. */
const suspectMail = table('suspect_mail', {
  accountId: textKey,
  folder: textKey,
  uidValidity: textKey,
  uid: integerKey,
  tries: integer,
  triedAt: integer,
})

/** What an agent has begun to write on a ticket: one text for each of those who would read it. */
const draft = table('draft', {
  ticketId: textKey,
  mode: textKey,
  text,
  seenRevision: optionalInteger,
  audience: text,
  html: optionalText,
  head: optionalText,
  savedAt: integer,
})

/** Files of drafts, until they are sent with them. */
const stagedFile = table('staged_file', {
  id: textKey,
  draftId: text,
  mode: text,
  name: text,
  type: text,
  isInline: integer,
  bytes: { type: 'blob' },
  stagedAt: integer,
})

const readMarker = table('read_marker', { ticketId: textKey, revision: integer })
const setting = table('setting', { key: textKey, value: text })

/** Support addresses as the database's own guard knows them (participants.md §2 "never"). */
const supportAddress = table('support_address', { address: textKey })

export const entities = [
  message,
  messageBody,
  messageRaw,
  messageReference,
  messageLocation,
  attachment,
  journalEvent,
  journalMessage,
  journalProblem,
  noteNumber,
  ticket,
  staleTicket,
  participant,
  comment,
  involvement,
  duty,
  scheduledReply,
  outboxItem,
  receipt,
  skippedRecipient,
  folderCursor,
  suspectMail,
  draft,
  stagedFile,
  readMarker,
  setting,
  supportAddress,
]
