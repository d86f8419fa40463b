import { z } from 'zod'

/** What a deep link or a `mailto:` link asks for: a ticket to show, or a new ticket to fill in (never to send). */
export const openRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ticket'),
    key: z.string().max(64),
    /** With a reply begun; nothing is sent. No link can ask for it, only a notification of ours. */
    isReply: z.boolean().optional(),
    /** Why what a notification of ours was asked to do was not done: it is said beside the ticket. */
    refused: z
      .object({ message: z.string(), detail: z.record(z.string(), z.unknown()) })
      .optional(),
  }),
  z.object({
    kind: z.literal('compose'),
    to: z.array(z.string()).max(100),
    cc: z.array(z.string()).max(100),
    subject: z.string().max(500),
    body: z.string().max(20_000),
  }),
])
export type OpenRequest = z.infer<typeof openRequest>
