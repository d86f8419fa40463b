import { z } from 'zod'

/** A name and an address as a mail shows them: decoded, not canonical (`rules/address` does that). */
export const mailAddress = z.object({ name: z.string(), address: z.string() })
export type MailAddress = z.infer<typeof mailAddress>
