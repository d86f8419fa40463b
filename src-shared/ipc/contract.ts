import { z } from 'zod'
import {
  account,
  accountInput,
  agentProfile,
  mailbox,
  person,
  personalSignature,
} from '../model/account'
import { mailAddress } from '../model/address'
import { conflictField } from '../model/conflict'
import { deskInMailbox, foundServers } from '../model/foundServers'
import { moment } from '../model/moment'
import { openRequest } from '../model/openRequest'
import { policy, policyPreset } from '../model/policy'
import {
  mailFate,
  attachment,
  comment,
  deliveryKind,
  deliveryState,
  heldBack,
  skipped,
} from '../model/message'
import { followLevel, origin, participant, suggestion } from '../model/participant'
import { ticket, ticketFilter, ticketRow, ticketStatus, ticketView } from '../model/ticket'
import { preferenceChanges, preferences } from '../model/preferences'
import { presentPerson, whereabouts } from '../model/presence'
import { simulation } from '../model/simulation'
import { sendingSettings, serverTraits } from '../model/sending'
import { template } from '../model/template'
import { procedure } from './procedure'

const id = z.string().min(1).max(64)
/** Id of something new, made by the caller so that repeating is harmless. Its events (`…-new-0`) and its Message-ID are named after it. */
const freshId = z.string().regex(/^[\w.-]{8,40}$/u)
const address = z.string().trim().min(3).max(254)
const body = z.string().max(1_000_000)
/** What the composer's editor made; main sanitises it again. Null or left out: plain text only. */
const richBody = z.string().max(2_000_000).nullable().optional()
/** Ids of files staged for this draft (`attachments.stage`), in the order they are listed. */
const stagedIds = z.array(id).max(50).optional()
const nothing = z.void()

/** An outgoing mail of a comment, and how it fares. */
export const delivery = z.object({
  id,
  commentId: id,
  ticketId: id,
  kind: deliveryKind,
  to: z.array(mailAddress),
  cc: z.array(mailAddress),
  subject: z.string(),
  state: deliveryState,
  messageId: z.string(),
  attempts: z.number(),
  /** Epoch ms of the next try; null when none is due. */
  nextAt: z.number().nullable(),
  /** The server's last words, or ours. */
  lastReply: z.string(),
  refused: z.array(z.object({ address: z.string(), reply: z.string() })),
  queuedAt: z.number(),
  /** Epoch ms of the last try. */
  triedAt: z.number().nullable(),
  /** Addresses still to be served. */
  waiting: z.array(z.string()),
  skipped: z.array(skipped),
  /** What its author has been told before it may go; null or absent: nothing. */
  held: heldBack.nullable().optional(),
  /** A reply that no server has: its words can go back into the composer. */
  canEdit: z.boolean().optional(),
  /** Another desktop sends it: nothing can be done about it here. */
  isElsewhere: z.boolean().optional(),
})
export type Delivery = z.infer<typeof delivery>

const plannedMail = z.object({
  kind: deliveryKind,
  to: z.array(mailAddress),
  cc: z.array(mailAddress),
  messageId: z.string(),
})

/** What is about to be sent: the same function plans the preview and the sending. */
export const planView = z.object({
  mails: z.array(plannedMail),
  skipped: z.array(skipped),
  warnings: z.array(z.string()),
  audienceChange: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    newDomains: z.array(z.string()),
  }),
  /** Colleagues whom the text names with @ and of whom customers must not read: with them it is refused. */
  hidden: z.array(mailAddress.extend({ isFollower: z.boolean() })),
  /** Followers among the chosen people of a private reply whom those outside would read in `To:`: with them it is refused. */
  exposed: z.array(mailAddress),
})
export type PlanView = z.infer<typeof planView>

/** A comment with what the screen shows of it. */
export const threadEntry = comment.extend({
  /** The part written for this comment; the quoted rest is in `quoted`. */
  text: z.string(),
  quoted: z.string(),
  hasHtml: z.boolean(),
  attachments: z.array(attachment),
  deliveries: z.array(delivery),
})
export type ThreadEntry = z.infer<typeof threadEntry>

export const auditEntry = z.object({
  at: z.number(),
  by: z.string(),
  what: z.string(),
  because: z.string(),
  detail: z.record(z.string(), z.string()),
  source: z.string(),
})

/** A change of this agent that did not hold: a colleague changed the same, and neither knew of the other. */
export const conflictView = z.object({
  /** For `tickets.dismissConflict`. */
  id: z.string(),
  field: conflictField,
  /** Address of the CC or follower, Message-ID of the comment, else empty. */
  about: z.string(),
  /** `newer`: theirs was later. `narrower`: by theirs fewer people read, so it holds whatever its time. */
  because: z.enum(['newer', 'narrower']),
  /** The colleague whose change holds, when (epoch ms) and to what; `byName` is empty for somebody who left. */
  by: z.string(),
  byName: z.string(),
  at: z.number(),
  value: z.string(),
  /** When this agent changed it (epoch ms), and to what. */
  mineAt: z.number(),
  mineValue: z.string(),
})
export type ConflictView = z.infer<typeof conflictView>

/** Tickets this one is bound to, or may be; only those the agent may see. */
const relatedTickets = z.object({
  /** Where it was merged into. */
  mergedInto: ticketRow.nullable(),
  /** What was merged into it, newest first. */
  mergedHere: z.array(ticketRow),
  /** Nobody has answered it yet, it looks like an answer, and this is the last ticket its author is on. */
  mayBelongTo: ticketRow.nullable(),
})
export type RelatedTickets = z.infer<typeof relatedTickets>

export const ticketDetail = z.object({
  ticket,
  participants: z.array(participant),
  comments: z.array(threadEntry),
  suggestions: z.array(suggestion),
  notAdded: z.array(
    z.object({ address: z.string(), name: z.string(), because: z.string(), origin }),
  ),
  audit: z.array(auditEntry),
  ccLimit: z.number(),
  isFollowing: z.boolean(),
  /** Addresses whose mail came back. */
  undeliverable: z.array(z.string()),
  /** What this agent changed and what did not hold, newest first; empty once dismissed or settled. */
  conflicts: z.array(conflictView),
  related: relatedTickets,
})
export type TicketDetail = z.infer<typeof ticketDetail>

export const personExplanation = z.object({
  person: z.array(z.string()),
  /** `sourceId`: a comment, or the event that set a status. */
  mails: z.array(z.object({ sourceId: z.string(), fate: mailFate, sentence: z.string() })),
})
export type PersonExplanation = z.infer<typeof personExplanation>

/** What an agent does to a ticket. Each becomes one journal event. */
export const ticketAction = z.discriminatedUnion('do', [
  z.object({ do: z.literal('assign'), assignee: address.nullable() }),
  z.object({ do: z.literal('setStatus'), status: ticketStatus }),
  z.object({ do: z.literal('setGroup'), group: z.string().trim().max(60).nullable() }),
  z.object({ do: z.literal('setTags'), tags: z.array(z.string().trim().min(1).max(60)).max(50) }),
  z.object({ do: z.literal('addTag'), tag: z.string().trim().min(1).max(60) }),
  z.object({ do: z.literal('changeRequester'), address, name: z.string().max(200).default('') }),
  z.object({ do: z.literal('addCcs'), people: z.array(mailAddress).min(1).max(100) }),
  z.object({ do: z.literal('removeCc'), address }),
  z.object({ do: z.literal('muteCc'), address }),
  z.object({ do: z.literal('unmuteCc'), address }),
  z.object({ do: z.literal('undoMailChange'), messageId: z.string().max(998) }),
  z.object({ do: z.literal('follow'), address, level: followLevel.default('all') }),
  z.object({ do: z.literal('unfollow'), address }),
  z.object({ do: z.literal('merge'), into: id }),
  z.object({ do: z.literal('unmerge') }),
  z.object({
    do: z.literal('acceptComment'),
    messageId: z.string().max(998),
    mode: z.enum(['accept', 'add-cc', 'alias']),
    aliasOf: address.nullable().default(null),
  }),
  z.object({ do: z.literal('discardComment'), messageId: z.string().max(998) }),
  z.object({ do: z.literal('undoDecision'), messageId: z.string().max(998) }),
  z.object({ do: z.literal('acceptSuggestion'), address }),
  z.object({ do: z.literal('dismissSuggestion'), address }),
])
export type TicketAction = z.infer<typeof ticketAction>

/** A comment that an agent decides about, or a person whom a mail named and who did not fit. */
export const heldItem = z.object({
  kind: z.enum(['mail', 'person']),
  ticket: z.object({
    id: z.string(),
    key: z.string(),
    subject: z.string(),
    /** People outside on the ticket, of whom the author may be a second address. */
    customers: z.array(mailAddress),
  }),
  messageId: z.string(),
  person: mailAddress,
  /** Epoch ms. */
  at: z.number(),
  because: z.string(),
  flags: z.array(z.string()),
  trust: comment.shape.trust,
  isInternal: z.boolean(),
  /** The beginning of what was written. */
  text: z.string(),
})
export type HeldItem = z.infer<typeof heldItem>

const discarded = z.object({ ticketId: id, messageId: z.string().max(998) })

/** A reply as the composer or the command line hands it in. `id` is made by the caller: repeating is harmless. */
export const replyInput = z.object({
  id: freshId,
  ticketId: id,
  visibility: z.enum(['public', 'private']),
  text: body.min(1),
  /** Chosen people; only for `private`. */
  audience: z.array(address).max(100).default([]),
  /** The revision the agent saw; a public comment since then answers `conflict`. Null: not checked. */
  seenRevision: z.number().nullable().default(null),
  status: ticketStatus.nullable().default(null),
  /** Addresses the agent was shown as getting this public reply; another audience by now answers `conflict`. Absent: not checked. */
  shownAudience: z.array(address).max(200).optional(),
  /** ms during which `replies.undo` takes it back. */
  undoMs: z.int().min(0).max(300_000).optional(),
  html: richBody,
  attachmentIds: stagedIds,
  /** False: the agent does not want to follow because of this reply (participants.md §3 auto-follow). */
  follow: z.boolean().optional(),
})
export type ReplyInput = z.infer<typeof replyInput>

/** A reply for later. `sendAt` is epoch ms, reckoned by whoever asks from the person's own zone. */
export const scheduleInput = replyInput
  .pick({
    id: true,
    ticketId: true,
    visibility: true,
    text: true,
    audience: true,
    seenRevision: true,
    status: true,
    html: true,
    attachmentIds: true,
  })
  .extend({ sendAt: moment, onlyIfQuiet: z.boolean().default(true) })
export type ScheduleInput = z.infer<typeof scheduleInput>

export const scheduledReply = scheduleInput
  .omit({ seenRevision: true, attachmentIds: true })
  .extend({
    by: z.string(),
    subject: z.string(),
    /** `held`: somebody wrote meanwhile, or it could not be sent; an agent decides. */
    state: z.enum(['waiting', 'held']),
    /** Code of what held it: `answered`, `no-recipient`, `file-gone`, `role`, `author-gone`, `too-big`, a leak; empty while it waits. */
    why: z.string(),
    /** Its files lie with the desktop that wrote it, which alone can send it. */
    fileCount: z.number(),
    isFromHere: z.boolean(),
  })
export type ScheduledReply = z.infer<typeof scheduledReply>

export const bulkInput = z.object({
  id: freshId,
  ticketIds: z.array(id).min(1).max(500),
  text: body.min(1),
  status: ticketStatus.nullable().default(null),
  /** What the agent was shown of each ticket; one where people or words have changed since gets nothing. Absent: not checked. */
  shown: z
    .array(z.object({ ticketId: id, revision: z.number(), audience: z.array(address).max(200) }))
    .max(500)
    .optional(),
})
export type BulkInput = z.infer<typeof bulkInput>

export const bulkPlan = z.object({
  ticketId: id,
  key: z.string(),
  subject: z.string(),
  /** Of the ticket when it was planned. */
  revision: z.number(),
  to: z.array(mailAddress),
  cc: z.array(mailAddress),
  /** Why nothing would be sent for this ticket; empty when all is well. */
  problem: z.string(),
})
export type BulkPlan = z.infer<typeof bulkPlan>

export const bulkProgress = z.object({
  id,
  total: z.number(),
  state: z.enum(['running', 'done', 'stopped']),
  results: z.array(
    z.object({ ticketId: id, isOk: z.boolean(), problem: z.string(), deliveries: z.number() }),
  ),
})
export type BulkProgress = z.infer<typeof bulkProgress>

/** A bulk reply that ended before its time, by a crash or when the app was closed. */
export const interruptedBulk = z.object({
  id,
  text: z.string(),
  tickets: z.array(
    z.object({
      ticketId: id,
      subject: z.string(),
      /** Whom the reply is for: as the agent was shown, else those on the ticket now. */
      people: z.array(mailAddress),
      /** Its reply is in the outbox, or has left. */
      isQueued: z.boolean(),
    }),
  ),
})
export type InterruptedBulk = z.infer<typeof interruptedBulk>

export const accountSending = z.object({
  accountId: id,
  address: z.string(),
  settings: sendingSettings,
  traits: serverTraits,
})
export type AccountSending = z.infer<typeof accountSending>

export const noteInput = z.object({
  id: freshId,
  ticketId: id,
  text: body.min(1),
  html: richBody,
  attachmentIds: stagedIds,
})
export type NoteInput = z.infer<typeof noteInput>

export const newTicketInput = z.object({
  id: freshId,
  requester: mailAddress,
  ccs: z.array(mailAddress).max(100).default([]),
  subject: z.string().trim().min(1).max(500),
  text: body.min(1),
  /** Address of the mailbox it is written from; null: the first that is connected here. */
  mailbox: address.nullable().optional(),
  html: richBody,
  attachmentIds: stagedIds,
})
export type NewTicketInput = z.infer<typeof newTicketInput>

const newTicketHead = z.object({
  requester: mailAddress.nullable(),
  ccs: z.array(mailAddress).max(100),
  subject: z.string().max(500),
  mailbox: address.nullable(),
})

/** Who would read it. Each mode of a ticket has a text, files and people of its own: nothing passes from one to another. */
export const composerMode = z.enum(['public', 'internal', 'private'])
export type ComposerMode = z.infer<typeof composerMode>

export const draft = z.object({
  ticketId: id,
  mode: composerMode,
  text: body,
  seenRevision: z.number().nullable(),
  /** The people chosen for a private reply; empty in every other mode. */
  audience: z.array(address).max(100).default([]),
  html: z.string().max(2_000_000).nullable().default(null),
  /** Only of the ticket that does not exist yet. */
  head: newTicketHead.nullable().default(null),
})
export type Draft = z.infer<typeof draft>
export type DraftInput = z.input<typeof draft>

/** A file that waits for its draft to be sent. */
export const stagedFile = z.object({
  id,
  mode: composerMode,
  name: z.string(),
  type: z.string(),
  /** Bytes. */
  size: z.number(),
  /** A picture that stands in the text, under the Content-ID that is its id. */
  isInline: z.boolean(),
  /** `data:` URL of a picture in the text, so that a draft looks tomorrow as it does today; else null. */
  picture: z.string().nullable(),
})
export type StagedFile = z.infer<typeof stagedFile>

/** How one connection test ended; `field` is the setting to look at. */
export const checkResult = z.object({
  isOk: z.boolean(),
  field: z.enum(['host', 'port', 'security', 'user', 'password', 'certificate', 'none']),
  message: z.string(),
})
export type CheckResult = z.infer<typeof checkResult>
const serverChecks = z.object({ imap: checkResult, smtp: checkResult })

export const accountActivity = z.object({
  accountId: z.string(),
  address: z.string(),
  state: z.enum([
    'offline',
    'connecting',
    'syncing',
    'online',
    'waiting',
    'needs-password',
    'stopped',
  ]),
  /** One sentence when something is wrong, else empty. */
  problem: z.string(),
  /** Mails fetched and mails to fetch of the pass that runs; null when none does. */
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  /** Epoch ms of the last complete pass; null before the first. */
  syncedAt: z.number().nullable(),
  /** Epoch ms of the next try after a failure. */
  retryAt: z.number().nullable(),
})
export type AccountActivity = z.infer<typeof accountActivity>

export const activity = z.object({
  accounts: z.array(accountActivity),
  outbox: z.object({ waiting: z.number(), failed: z.number(), uncertain: z.number() }),
})
export type Activity = z.infer<typeof activity>

export const session = z.object({
  isSetUp: z.boolean(),
  agent: agentProfile.nullable(),
  /** What the agent signs with, above the mailbox's signature; empty for nothing. */
  signature: personalSignature.default(''),
  accounts: z.array(account),
  /** Where passwords are kept: in the system's key store, or asked for at each start. */
  passwords: z.enum(['system', 'ask']),
  composerDefault: z.enum(['public', 'internal']),
  people: z.array(person),
  mailboxes: z.array(mailbox),
  templates: z.array(template).default([]),
})
export type Session = z.infer<typeof session>

/** A mailbox of the desk and how this desktop reaches it. */
export const mailboxView = mailbox.extend({
  /** Id of the account that brings and sends its mail; null when this desktop has none. */
  accountId: z.string().nullable(),
})
export type MailboxView = z.infer<typeof mailboxView>

/** How the shared desk stands. `lost`: the folder no longer holds what it once held, and somebody must decide. */
export const journalStatus = z.object({
  state: z.enum(['offline', 'online', 'lost', 'failing']),
  /** One sentence when something is wrong, else empty. */
  problem: z.string(),
  /** Events kept here that the folder has lost. */
  lost: z.number(),
})
export type JournalStatus = z.infer<typeof journalStatus>

/** What the journal folder held and this desk does not act on, newest first. */
export const setAside = z.object({
  /** A message of the folder (`position` -1), or one event of it, that could not be read or believed. */
  messages: z.array(z.object({ uid: z.number(), position: z.number(), because: z.string() })),
  /** Desktops that spoke in the name of somebody they may not speak for, and when last (epoch ms). */
  mistrusted: z.array(
    z.object({ device: z.string(), by: z.string(), because: z.string(), at: z.number() }),
  ),
})
export type SetAsideView = z.infer<typeof setAside>

/** The desktops of the desk: those that wait for approval first. */
export const deviceList = z.object({
  /** Whether an admin must approve each further desktop. */
  asksApproval: z.boolean(),
  devices: z.array(
    z.object({
      id: z.string(),
      /** Canonical main address of its person. */
      owner: z.string(),
      /** Empty when the person is not in the directory any more. */
      ownerName: z.string(),
      name: z.string(),
      isApproved: z.boolean(),
      isRevoked: z.boolean(),
      /** The desktop that was asked. */
      isThis: z.boolean(),
      /** Epoch ms of the last thing it said. */
      heardAt: z.number().nullable(),
    }),
  ),
})
export type DeviceList = z.infer<typeof deviceList>

export const imageScope = z.enum(['mail', 'sender', 'never'])
export type ImageScope = z.infer<typeof imageScope>

/** What a mail's frame shows beyond its usual self. */
const frameExtras = z.object({
  /** All of a very long mail, not its beginning alone. */
  isWhole: z.boolean().default(false),
  /** The mail it answers, at its end. */
  withQuote: z.boolean().default(false),
  /** Pictures from the internet. */
  withImages: z.boolean().default(false),
})
export type FrameExtras = z.infer<typeof frameExtras>

/** Pictures of a mail that lie on the internet. */
export const mailImages = z.object({
  count: z.number(),
  /** Further ones too small to be seen: they tell that a mail was read, and are never fetched. */
  trackers: z.number(),
  /** Whether this desktop has chosen to show them. */
  isChosen: z.boolean(),
  /** Who can be chosen as a whole; null where the sender is not to be believed. */
  sender: z.string().nullable(),
})
export type MailImages = z.infer<typeof mailImages>

export const contract = {
  session: {
    get: procedure(nothing, session),
    unlock: procedure(z.object({ accountId: id, password: z.string().min(1).max(1024) }), nothing),
    /** The name that customers see on this agent's replies; an admin's also changes in the directory. */
    rename: procedure(z.object({ name: z.string().trim().min(1).max(100) }), nothing),
    /** Stands above the mailbox's signature under this agent's mails to customers, on every desktop. */
    setSignature: procedure(z.object({ signature: personalSignature }), nothing),
  },
  setup: {
    /** Asks the address's domain, and nobody else, for its servers; no password is involved. */
    find: procedure(z.object({ address }), foundServers),
    /** The desk that this mailbox holds already; null for none. */
    look: procedure(accountInput, deskInMailbox.nullable()),
    check: procedure(accountInput, serverChecks),
    save: procedure(
      z.object({
        account: accountInput,
        agent: z.object({ name: z.string().trim().min(1).max(100), address }),
        /** What the person was shown; another state of the mailbox by now is refused. */
        intent: z.enum(['found', 'join']).optional(),
        preset: policyPreset.nullable().default(null),
      }),
      nothing,
    ),
  },
  /** Connections of this desktop to mailboxes of the desk. */
  accounts: {
    /** Connects a further mailbox, or changes the servers of one. */
    connect: procedure(z.object({ account: accountInput }), nothing),
    check: procedure(z.object({ accountId: id }), serverChecks),
    /** Kept only when both servers take it. */
    setPassword: procedure(
      z.object({ accountId: id, password: z.string().min(1).max(1024) }),
      serverChecks,
    ),
    remove: procedure(z.object({ accountId: id }), nothing),
  },
  templates: {
    /** Adds one, or replaces the one with this id. */
    set: procedure(template, nothing),
    remove: procedure(z.object({ id }), nothing),
  },
  profile: {
    get: procedure(
      nothing,
      z.object({
        version: z.string(),
        folder: z.string(),
        tickets: z.number(),
        mails: z.number(),
        events: z.number(),
        damaged: z.number(),
        bytes: z.number(),
      }),
    ),
    show: procedure(nothing, nothing),
    /** Folds every ticket again from mail and events; nothing is read from the server or lost. */
    rebuild: procedure(nothing, z.object({ tickets: z.number() })),
    /** A file without addresses, hosts, subjects or passwords. */
    diagnostics: procedure(nothing, z.object({ isSaved: z.boolean() })),
    /** Every ticket this agent may see, one JSON value a line. */
    export: procedure(nothing, z.object({ isSaved: z.boolean() })),
  },
  simulator: {
    /** What the stored mail of the last days would have done under another policy; nothing is written. */
    run: procedure(
      z.object({
        changes: policy.partial(),
        preset: policyPreset.nullable().default(null),
        days: z.int().min(1).max(366).default(30),
      }),
      simulation,
    ),
  },
  tickets: {
    list: procedure(
      ticketFilter,
      z.object({
        rows: z.array(ticketRow),
        total: z.number(),
        /** A search that found more than `total`. */
        isCapped: z.boolean().optional(),
      }),
    ),
    counts: procedure(nothing, z.record(ticketView, z.number())),
    get: procedure(z.object({ id }), ticketDetail),
    byKey: procedure(z.object({ key: z.string().min(4).max(64) }), z.object({ id })),
    change: procedure(z.object({ ticketId: id, action: ticketAction }), nothing),
    /** The same for each; what is refused for one ticket is done for the others. */
    changeMany: procedure(
      z.object({ ticketIds: z.array(id).min(1).max(500), action: ticketAction }),
      z.object({
        done: z.array(z.string()),
        refused: z.array(z.object({ id: z.string(), message: z.string() })),
      }),
    ),
    dismissConflict: procedure(
      z.object({ ticketId: id, id: z.string().min(1).max(2_000) }),
      nothing,
    ),
    create: procedure(newTicketInput, z.object({ ticketId: id })),
    markRead: procedure(z.object({ id }), nothing),
    /** To come back to it: its newest state is news again, on this desktop. */
    markUnread: procedure(z.object({ id }), nothing),
    suggestPeople: procedure(z.object({ query: z.string().max(200) }), z.array(mailAddress)),
  },
  replies: {
    plan: procedure(
      z.object({
        ticketId: id,
        kind: z.enum(['public', 'note', 'private']),
        audience: z.array(address).max(100).default([]),
        /** Colleagues the text names with @. */
        mentions: z.array(address).max(50).optional(),
      }),
      planView,
    ),
    send: procedure(replyInput, z.object({ commentId: id, deliveries: z.array(delivery) })),
    note: procedure(noteInput, z.object({ commentId: id, deliveries: z.array(delivery) })),
    /** Takes back a reply that has not left; its text becomes the ticket's draft of its mode again. `refused` when it is too late. */
    undo: procedure(z.object({ commentId: id }), nothing),
    schedule: procedure(scheduleInput, z.object({ commentId: id })),
    unschedule: procedure(z.object({ commentId: id, edit: z.boolean().default(false) }), nothing),
    scheduled: procedure(nothing, z.array(scheduledReply)),
  },
  bulk: {
    /** Who would get what, ticket by ticket; nothing is written. */
    plan: procedure(z.object({ ticketIds: z.array(id).min(1).max(500) }), z.array(bulkPlan)),
    start: procedure(bulkInput, nothing),
    get: procedure(z.object({ id }), bulkProgress.nullable()),
    /** What has been queued goes out; the rest is left alone, and not offered again. */
    stop: procedure(z.object({ id }), nothing),
    interrupted: procedure(nothing, z.array(interruptedBulk)),
    /** Goes on with the tickets that have not got it. */
    resume: procedure(z.object({ id }), nothing),
  },
  drafts: {
    /** What has been begun on a ticket, at most one of each mode; the latest first. */
    list: procedure(z.object({ ticketId: id }), z.array(draft)),
    /** A draft without words and people is none: it is removed. */
    save: procedure(draft, nothing),
  },
  held: {
    list: procedure(nothing, z.array(heldItem)),
    /** An address, or a bare domain. */
    block: procedure(
      z.object({ entry: address }),
      z.object({ entry: z.string(), discarded: z.array(discarded) }),
    ),
    unblock: procedure(
      z.object({ entry: address, restore: z.array(discarded).max(500).default([]) }),
      nothing,
    ),
    /** Addresses and domains that are blocked now. */
    blocked: procedure(nothing, z.array(z.string())),
  },
  outbox: {
    list: procedure(nothing, z.array(delivery)),
    retry: procedure(z.object({ id }), nothing),
    cancel: procedure(z.object({ id }), nothing),
    /** An agent has made sure that an uncertain mail arrived. */
    markSent: procedure(z.object({ id }), nothing),
    sending: procedure(nothing, z.array(accountSending)),
    setSending: procedure(z.object({ accountId: id, settings: sendingSettings }), nothing),
    /** A mail from the mailbox to itself: does the server keep our Message-ID, and does the receipt come? */
    selfTest: procedure(z.object({ accountId: id }), serverTraits),
  },
  preferences: {
    get: procedure(nothing, preferences),
    set: procedure(preferenceChanges, preferences),
  },
  presence: {
    /** Where the person at this window is; said again at least once a minute while they are there. */
    set: procedure(whereabouts, nothing),
    /** Which colleagues have which ticket open now; the event `presence` says when it changes. */
    list: procedure(nothing, z.array(presentPerson)),
  },
  mailboxes: {
    list: procedure(nothing, z.array(mailboxView)),
    /** Adds one, or changes the one of this address. */
    set: procedure(mailbox, nothing),
    remove: procedure(z.object({ address }), nothing),
  },
  directory: {
    list: procedure(nothing, z.array(person)),
    /** Adds a person, or replaces the one with this address. */
    set: procedure(person, nothing),
    remove: procedure(z.object({ address }), nothing),
  },
  journal: {
    status: procedure(nothing, journalStatus),
    /** An agent has decided: write again what the folder has lost. */
    rebuild: procedure(nothing, z.object({ written: z.number() })),
    setAside: procedure(nothing, setAside),
  },
  devices: {
    list: procedure(nothing, deviceList),
    /** Admins only. */
    approve: procedure(z.object({ id }), nothing),
    /** For ever. Admins, and everybody for their own desktops. */
    revoke: procedure(z.object({ id }), nothing),
    /** Whether an admin must approve each further desktop; admins only. */
    setApproval: procedure(z.object({ isOn: z.boolean() }), nothing),
  },
  explain: {
    /** Plain sentences from stored reasons: why somebody is on a ticket, and which of its mails they got. */
    person: procedure(z.object({ id, address }), personExplanation),
  },
  policy: {
    get: procedure(nothing, policy),
    set: procedure(z.object({ changes: policy.partial() }), nothing),
    choosePreset: procedure(z.object({ preset: policyPreset }), nothing),
  },
  sync: {
    now: procedure(nothing, nothing),
    activity: procedure(nothing, activity),
  },
  mail: {
    /** Height in CSS pixels of the sandboxed frame that shows this mail; the frame itself runs no script. */
    frameHeight: procedure(
      frameExtras.extend({ mailId: id }),
      z.object({
        height: z.number(),
        hasRemote: z.boolean(),
        hasQuote: z.boolean(),
        isCut: z.boolean(),
        partsDiffer: z.boolean(),
        images: mailImages,
      }),
    ),
    /** Show pictures from the internet, of this mail or of all mail of its sender; or no longer. */
    showImages: procedure(z.object({ mailId: id, scope: imageScope }), nothing),
    openLink: procedure(z.object({ url: z.string().max(2048) }), nothing),
    source: procedure(z.object({ mailId: id }), z.object({ text: z.string() })),
  },
  desktop: {
    /** What a deep link or `mailto:` asked for, once; null when nothing waits. */
    takeRequest: procedure(nothing, openRequest.nullable()),
    /** `public`: what customers have seen. `all`: also notes, private replies and held mail. */
    print: procedure(z.object({ ticketId: id, include: z.enum(['public', 'all']) }), nothing),
    savePdf: procedure(
      z.object({ ticketId: id, include: z.enum(['public', 'all']) }),
      z.object({ isSaved: z.boolean() }),
    ),
  },
  attachments: {
    /** Keeps a file for the draft of this mode: `draftId` is its ticket's id, or `new`. Bytes only, never a path. */
    stage: procedure(
      z.object({
        draftId: id,
        mode: composerMode,
        name: z.string().max(1000),
        type: z.string().max(200),
        bytes: z.instanceof(Uint8Array),
        isInline: z.boolean(),
      }),
      stagedFile,
    ),
    /** Of every mode. */
    staged: procedure(z.object({ draftId: id }), z.array(stagedFile)),
    unstage: procedure(z.object({ id }), nothing),
    save: procedure(z.object({ id }), z.object({ isSaved: z.boolean() })),
    open: procedure(z.object({ id }), nothing),
  },
}
export type Contract = typeof contract

/** `readMarker`: ids of tickets that somebody here has read or put back as unread; nothing else of them has changed. */
export const change = z.object({
  entity: z.enum(['ticket', 'readMarker', 'outbox', 'draft', 'session', 'policy', 'preferences']),
  ids: z.array(z.string()),
  origin: z.enum(['local', 'mail', 'remote']),
})
export type Change = z.infer<typeof change>

/**
 * The only things main says unasked. `request`: a link was opened, `desktop.takeRequest` has it. `presence`: everybody
 * who has a ticket open now.
 */
export const appEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('changed'), changes: z.array(change) }),
  z.object({ type: z.literal('activity'), activity }),
  z.object({ type: z.literal('journal'), status: journalStatus }),
  z.object({ type: z.literal('request') }),
  z.object({ type: z.literal('presence'), people: z.array(presentPerson) }),
])
export type AppEvent = z.infer<typeof appEvent>
