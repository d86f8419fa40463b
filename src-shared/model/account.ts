import { z } from 'zod'

/** Where one protocol of a mailbox is served. `none` is refused unless the host is loopback. */
export const serverSettings = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65535),
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string().min(1).max(320),
  password: z.string().max(1024),
})
export type ServerSettings = z.infer<typeof serverSettings>

/** A server without its password, as it is stored and shown. */
export const publicServer = serverSettings.omit({ password: true })
export type PublicServer = z.infer<typeof publicServer>

/** A support mailbox ("email processor") as stored: passwords are kept elsewhere (`secrets`). */
export const account = z.object({
  id: z.string(),
  address: z.string(),
  aliases: z.array(z.string()),
  name: z.string(),
  imap: publicServer,
  smtp: publicServer,
})
export type Account = z.infer<typeof account>

const address = z.string().trim().min(3).max(254)

/**
 * A mailbox ("email processor") as the whole desk knows it (participants.md §1 "support address"). Which servers it
 * lies on, and the passwords, are each desktop's own affair: its `Account`.
 */
export const mailbox = z.object({
  /** What replies come from. */
  address,
  /** Further addresses of it: mail to one belongs here, none is ever a participant. */
  aliases: z.array(address).max(100).default([]),
  name: z.string().trim().max(100).default(''),
  /** Plain text under each mail to customers, without the `-- ` line; empty for none. */
  signature: z.string().max(10_000).default(''),
  /** The group that new tickets of it belong to; null for none. */
  group: z.string().trim().min(1).max(60).nullable().default(null),
  /** Address of the account that brings and sends its mail; null when that is the one of the same address. */
  account: address.nullable().default(null),
})
export type Mailbox = z.infer<typeof mailbox>

/** What a person types, or `setup --config` reads, to connect a mailbox. */
export const accountInput = z.object({
  address,
  aliases: z.array(address).max(100).default([]),
  name: z.string().trim().max(100).default(''),
  /** Left out: as the desk has it already. */
  signature: mailbox.shape.signature.unwrap().optional(),
  group: mailbox.shape.group.unwrap().optional(),
  imap: serverSettings,
  smtp: serverSettings,
})
export type AccountInput = z.infer<typeof accountInput>

export const agentRole = z.enum(['admin', 'agent', 'light'])
export type AgentRole = z.infer<typeof agentRole>

/** The person at this desktop. */
export const agentProfile = z.object({
  name: z.string().trim().min(1).max(100),
  address: z.string().trim().min(3).max(254),
  role: agentRole,
})
export type AgentProfile = z.infer<typeof agentProfile>

export const person = z.object({
  name: z.string().trim().max(100).default(''),
  /** Main address; `aliases` are this person's further addresses. */
  address: z.string().trim().min(3).max(254),
  aliases: z.array(z.string().trim().min(3).max(254)).max(50).default([]),
  role: agentRole.default('agent'),
  groups: z.array(z.string().trim().min(1).max(60)).max(100).default([]),
})
export type Person = z.infer<typeof person>

/** What one person signs with, plain text without the `-- ` line; empty for nothing. */
export const personalSignature = z.string().max(2_000)
