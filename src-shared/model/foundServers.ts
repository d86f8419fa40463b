import { z } from 'zod'
import { publicServer } from './account'

/** Where servers were found: shipped with the app, by the domain's MX, SRV (RFC 6186, RFC 8314) or autoconfig file, or nowhere. */
export const serverSource = z.enum(['known', 'mx', 'srv', 'autoconfig', 'guess'])
export type ServerSource = z.infer<typeof serverSource>

/** What a person must know before they enter a password. */
export const passwordKind = z.enum(['usual', 'app-password', 'not-accepted'])
export type PasswordKind = z.infer<typeof passwordKind>

/** The servers of an address, before anything has been sent to them. */
export const foundServers = z.object({
  source: serverSource,
  /** Name of the provider, where it is known; else empty. */
  provider: z.string(),
  password: passwordKind,
  /** Servers outside the address's own domain: the password goes there only after the person has agreed. Empty: none. */
  foreignHosts: z.array(z.string()),
  /** Nothing answered the questions: there is no network, or a wall. */
  isOffline: z.boolean(),
  imap: publicServer,
  smtp: publicServer,
})
export type FoundServers = z.infer<typeof foundServers>

/** The desk that a mailbox holds already. */
export const deskInMailbox = z.object({
  name: z.string(),
  people: z.array(z.object({ name: z.string(), address: z.string(), role: z.string() })),
})
export type DeskInMailbox = z.infer<typeof deskInMailbox>
