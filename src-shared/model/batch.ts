import { z } from 'zod'
import { mailAddress } from './address'

/** An event as every version can read it: the envelope is checked, a body of an unknown kind is carried as it is. */
export const carriedEvent = z.object({
  id: z.string().min(8).max(64),
  hlc: z.string().max(64),
  by: mailAddress.shape.address.max(254),
  device: z.string().min(1).max(64),
  ticketId: z.string().max(64).nullable(),
  body: z.looseObject({ kind: z.string().min(1).max(60) }),
})
export type CarriedEvent = z.infer<typeof carriedEvent>

/** One event as it lies in a batch. */
export const signedEvent = z.object({
  /** A `CarriedEvent` as JSON text: the signature is over exactly these characters as UTF-8. */
  text: z.string().min(2).max(6_000_000),
  /** Ed25519 (RFC 8032), base64url. */
  signature: z.string().length(86),
  /** Public key of the device, base64url of 32 bytes; the device's id derives from it. */
  key: z.string().length(43),
  /** Epoch ms at which the server first had it; absent in the batch that brings it first. */
  at: z.int().min(0).optional(),
})
export type SignedEvent = z.infer<typeof signedEvent>

/** What one message of the journal folder holds. */
export const journalBatch = z.object({
  v: z.literal(1),
  id: z.string().min(8).max(64),
  events: z.array(z.unknown()).min(1).max(20_000),
})

/** Why something in the journal folder was set aside. */
export type JournalProblem =
  'not-a-batch' | 'newer-version' | 'too-large' | 'malformed' | 'bad-signature' | 'id-taken'
