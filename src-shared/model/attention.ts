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

export type NewsReason = 'assigned-to-you' | 'your-ticket' | 'followed' | 'copied' | 'new-ticket'
