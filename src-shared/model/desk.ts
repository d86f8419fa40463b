import type { Mailbox, Person } from './account'
import type { Policy } from './policy'
import type { Template } from './template'

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
  /** Left out: none. */
  readonly templates?: readonly Template[]
}
