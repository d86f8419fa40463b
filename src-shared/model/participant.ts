import { z } from 'zod'

export const participantRole = z.enum(['requester', 'cc', 'follower'])
export type ParticipantRole = z.infer<typeof participantRole>

/** How much a follower wants to hear (participants.md §3). */
export const followLevel = z.enum(['all', 'public', 'mentions'])
export type FollowLevel = z.infer<typeof followLevel>

/** Why somebody is on a ticket: which mail and header, or which agent, and when. */
export const origin = z.object({
  kind: z.enum(['mail', 'agent', 'policy', 'self']),
  /** Address of whoever caused it: the mail's author or the agent. */
  by: z.string(),
  /** Epoch ms. */
  at: z.number(),
  /** Message-ID of the mail, without angle brackets. */
  messageId: z.string().nullable(),
  header: z.enum(['from', 'to', 'cc']).nullable(),
  /** Reason code, e.g. `first-mail`, `added-by-participant`, `auto-follow-reply`. */
  because: z.string(),
})
export type Origin = z.infer<typeof origin>

export const participant = z.object({
  address: z.string(),
  name: z.string(),
  role: participantRole,
  isInternal: z.boolean(),
  isMuted: z.boolean(),
  mutedBy: z.string().nullable(),
  /** Only followers have a level. */
  level: followLevel.nullable(),
  origin,
})
export type Participant = z.infer<typeof participant>

/** Somebody a mail named who was not made a participant; an agent accepts or dismisses. */
export const suggestion = z.object({
  address: z.string(),
  name: z.string(),
  because: z.string(),
  origin,
})
export type Suggestion = z.infer<typeof suggestion>
