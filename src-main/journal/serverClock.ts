// What time it is at the mail server, by which leases begin and end. Learned from the date it gave our last claim: this
// desktop's own clock may be hours wrong, or be set while it runs (reliability.md F11).
import { passed, steadyNow, type Moment } from '../moment'

export interface ServerClock {
  /** Epoch ms, a second late at most; null before it is known. */
  readonly now: () => number | null
  /** @param at epoch ms: the date of a message that was written after `since` */
  readonly learn: (at: number, since: Moment) => void
  /** Now, by this desktop's clocks. */
  readonly moment: () => Moment
}

export function createServerClock(wallNow: () => number): ServerClock {
  let known: { at: number; since: Moment } | undefined
  const moment = (): Moment => ({ wall: wallNow(), steady: steadyNow() })
  return {
    now: () => (known === undefined ? null : known.at + passed(known.since, moment())),
    learn: (at, since) => {
      known = { at, since }
    },
    moment,
  }
}
