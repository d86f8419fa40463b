import { z } from 'zod'
import { mailAddress } from './address'

export const ticketStatus = z.enum(['new', 'open', 'pending', 'solved', 'closed'])
export type TicketStatus = z.infer<typeof ticketStatus>

/** The ticket itself, as folded from its facts. */
export const ticket = z.object({
  id: z.string(),
  /** Short key for people, derived from the id, e.g. `K7M2QX`. */
  key: z.string(),
  subject: z.string(),
  status: ticketStatus,
  requester: mailAddress.nullable(),
  assignee: z.string().nullable(),
  group: z.string().nullable(),
  tags: z.array(z.string()),
  /** The support address it came to and is answered from. */
  mailbox: z.string().nullable(),
  mergedInto: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Rises with each fact: a reply names the revision it was written against. */
  revision: z.number(),
  commentCount: z.number(),
  heldCount: z.number(),
  /** First words of the newest comment that is not held. */
  preview: z.string(),
  /** Who may see it besides admins, when its group is restricted; null: everybody in the directory. */
  lastAuthor: z.string(),
})
export type Ticket = z.infer<typeof ticket>

export const ticketView = z.enum([
  'open',
  'mine',
  'unassigned',
  'following',
  'ccd',
  'ccdByMe',
  'mentioned',
  'held',
  'scheduled',
  'sent',
  'solved',
  'all',
])
export type TicketView = z.infer<typeof ticketView>

export const ticketRow = z.object({
  id: z.string(),
  key: z.string(),
  subject: z.string(),
  status: ticketStatus,
  requester: mailAddress.nullable(),
  assignee: z.string().nullable(),
  ccCount: z.number(),
  followerCount: z.number(),
  commentCount: z.number(),
  heldCount: z.number(),
  isUnread: z.boolean(),
  preview: z.string(),
  /** Of a search: the words around what was found, when it is not in subject or names. */
  snippet: z.string().optional(),
  updatedAt: z.number(),
  /** State of its worst unfinished delivery, for the list's badge. */
  delivery: z.enum(['none', 'waiting', 'held', 'partly', 'uncertain', 'failed']),
})
export type TicketRow = z.infer<typeof ticketRow>

/** A page of the list: `cursor` is where the last page ended. */
export const ticketFilter = z.object({
  view: ticketView.default('open'),
  query: z.string().max(500).default(''),
  /** Only tickets of this requester. */
  requester: z.string().max(254).optional(),
  offset: z.int().min(0).max(1_000_000).default(0),
  limit: z.int().min(1).max(500).default(100),
})
export type TicketFilter = z.infer<typeof ticketFilter>
