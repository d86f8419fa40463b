import { z } from 'zod'

export const dutyKind = z.enum([
  'notice',
  'relay',
  'acknowledgement',
  'status',
  'survey',
  'scheduled',
  'pack',
])
export type DutyKind = z.infer<typeof dutyKind>

/**
 * Something that exactly one desktop must do because of a fact (architecture.md §12). `notice` tells
 * followers and assignee of a mail that came in, `relay` passes a colleague's mail on to customers.
 */
export const duty = z.object({
  /** The same on every desktop. */
  key: z.string().max(120),
  kind: dutyKind,
  ticketId: z.string().max(64),
  /** The fact that causes it: id of a mail, or of an event. */
  sourceId: z.string().max(64),
  /** Epoch ms before which it must not be done. */
  dueAt: z.number(),
})
export type Duty = z.infer<typeof duty>

/** Names a duty alike wherever its facts are known. */
export function dutyKey(kind: DutyKind, sourceId: string): string {
  return `${kind}:${sourceId}`
}

/** What the outbox may do with a mail of a duty: send it, look first whether another desktop has sent it, or leave it. */
export type DutyStanding = 'mine' | 'shared' | 'elsewhere'
