// What the desk's main process and its sync process say to each other.
import type { AccountActivity, Change } from '#shared/ipc/contract'
import type { ServerSettings } from '#shared/model/account'
import type { LogLevel } from '../log'
import type { Moment } from '../moment'

/** What main may ask of the sync process. */
export type SyncVerbs = {
  readonly start: (input: null) => Promise<void>
  readonly pullAll: (input: null) => Promise<number>
  readonly wake: (input: null) => void
  readonly forget: (accountId: string) => Promise<void>
  readonly stop: (input: null) => Promise<void>
  /** Main has committed these. */
  readonly changed: (changes: Change[]) => void
  /** An agent's write waits (or no longer does): it goes before the next write of the sync. */
  readonly hold: (isHeld: boolean) => void
}

/** What the sync process may ask of main. */
export type MainVerbs = {
  readonly imapSettings: (accountId: string) => Promise<ServerSettings | null>
  /** The sync process has committed these. */
  readonly changed: (changes: Change[]) => void
  readonly activity: (activities: AccountActivity[]) => void
  readonly pulled: (pass: { accountId: string; since: Moment }) => void
  readonly log: (line: LogLine) => void
}

export interface LogLine {
  readonly level: LogLevel
  readonly channel: string
  readonly event: string
  readonly fields: object
}
