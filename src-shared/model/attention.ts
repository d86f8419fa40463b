import { z } from 'zod'

/** Why a person hears of something. */
export const newsReason = z.enum([
  'assigned-to-you',
  'your-ticket',
  'followed',
  'copied',
  'new-ticket',
])
export type NewsReason = z.infer<typeof newsReason>

/** One thing worth a desktop notification. */
export interface News {
  readonly ticketId: string
  readonly because: NewsReason
  /** Who wrote or acted: name, else address. */
  readonly who: string
  /** Subject and first words: empty where the person wants none on a screen that others may see. */
  readonly subject: string
  readonly text: string
}
