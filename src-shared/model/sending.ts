import { z } from 'zod'

/** How an account sends. */
export const sendingSettings = z.object({
  /** Mails a minute at most; many servers close an account that sends faster. */
  perMinute: z.int().min(1).max(10_000).default(30),
  /** ms without a word from the server until the line counts as broken (RFC 5321 §4.5.3.2.6: ten minutes after the dot). */
  replyTimeoutMs: z.int().min(100).max(3_600_000).default(600_000),
  /** ms until a missing receipt means “not sent”; null: reckoned from the self test. */
  receiptWaitMs: z.int().min(1_000).max(86_400_000).nullable().default(null),
})
export type SendingSettings = z.infer<typeof sendingSettings>

/** What has been learned of an account's server: from EHLO, and from the self test (null: not tested). */
export const serverTraits = z.object({
  /** Bytes a mail may have (RFC 1870); 0 where the server names no limit. */
  maxSize: z.number().default(0),
  hasSmtpUtf8: z.boolean().nullable().default(null),
  keepsMessageId: z.boolean().nullable().default(null),
  /** A mail from the mailbox to itself arrives, under its Message-ID or with the second token. */
  deliversReceipt: z.boolean().nullable().default(null),
  /** ms from the server's answer to the arrival. */
  receiptMs: z.number().nullable().default(null),
  testedAt: z.number().nullable().default(null),
  /** Why the test did not come to an end, in one sentence. */
  problem: z.string().default(''),
})
export type ServerTraits = z.infer<typeof serverTraits>

const minute = 60_000

/** ms to wait for a receipt: generous beside what was measured, because a receipt taken for lost sends a mail twice. */
export function receiptWaitOf(settings: SendingSettings, traits: ServerTraits): number {
  if (settings.receiptWaitMs !== null) return settings.receiptWaitMs
  if (traits.receiptMs === null) return 10 * minute
  return Math.min(Math.max(traits.receiptMs * 30, 2 * minute), 30 * minute)
}
