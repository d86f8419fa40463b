import type { Mailbox, Person } from './account'
import type { Policy } from './policy'
import type { Template } from './template'

/** A desktop that has said whose it is. Its id derives from the key it signs with (`journal/signing`). */
export interface Device {
  readonly id: string
  /** Main address of its person, canonical, as the directory had it then. */
  readonly owner: string
  readonly name: string
  readonly isApproved: boolean
  readonly isRevoked: boolean
}

/** The workspace as rules see it at one moment: folded from desk events by `rules/desk`. */
export interface Desk {
  readonly name: string
  readonly policy: Policy
  /** Everybody internal. Addresses canonical. */
  readonly people: readonly Person[]
  /** Addresses canonical. */
  readonly mailboxes: readonly Mailbox[]
  /** Addresses and bare domains outside, canonical: new mail of them is discarded. */
  readonly blockedSenders: readonly string[]
  /** What each colleague signs with, above the mailbox's signature, by main address. Left out: nobody does. */
  readonly signatures?: Readonly<Record<string, string>>
  /** Left out: none. */
  readonly templates?: readonly Template[]
  /** Left out: none has announced itself, and nobody is asked for one. */
  readonly devices?: readonly Device[]
  /** Whether a further device counts only once an admin has approved it. Left out: no. */
  readonly approvesDevices?: boolean
}
