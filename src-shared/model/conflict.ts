import { z } from 'zod'

/** What two agents can change without knowing of each other. */
export const conflictField = z.enum([
  'status',
  'assignee',
  'group',
  'tags',
  'requester',
  'merge',
  'cc',
  'follower',
  'comment',
])
export type ConflictField = z.infer<typeof conflictField>

const side = z.object({
  /** Canonical address of who did it. */
  by: z.string(),
  /** Epoch ms. */
  at: z.number(),
  /** What it was set to: a status, an address, `added`, `removed`, `muted`, `unmuted` …; empty for nothing. */
  value: z.string(),
  /** Event id. */
  source: z.string(),
})

/** Two changes of one thing whose authors did not know of each other: one holds, the other is shown. */
export const conflict = z.object({
  field: conflictField,
  /** Address of the CC or follower, Message-ID of the comment, else empty. */
  about: z.string(),
  /** `newer`: the later change holds. `narrower`: the change by which fewer people read holds, whatever its time. */
  because: z.enum(['newer', 'narrower']),
  winner: side,
  loser: side,
})
export type Conflict = z.infer<typeof conflict>
