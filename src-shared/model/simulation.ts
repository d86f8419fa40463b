import { z } from 'zod'

/** One thing that another policy would have done differently, and whom it concerns. */
export const policyDifference = z.object({
  what: z.enum([
    'cc-added',
    'cc-missing',
    'follower-added',
    'follower-missing',
    'now-public',
    'now-private',
    'now-held',
  ]),
  who: z.string(),
})
export type PolicyDifference = z.infer<typeof policyDifference>

export const simulation = z.object({
  /** Tickets looked at: those with news in the period. */
  tickets: z.number(),
  /** Tickets that would have come out differently. */
  affected: z.number(),
  /** How often each difference was found. */
  counts: z.partialRecord(policyDifference.shape.what, z.number()),
  examples: z.array(
    z.object({
      ticketId: z.string(),
      key: z.string(),
      subject: z.string(),
      /** All of them: whoever is not named here gets what they got. */
      differences: z.array(policyDifference),
    }),
  ),
  /** Not all tickets of the period were looked at. */
  isCapped: z.boolean(),
})
export type Simulation = z.infer<typeof simulation>
