// Which duties this desktop has, which are another's, and for how long. Kept in memory, so that the journal is asked again
// only after a restart or when a lease is over; near its end a mail of a duty no longer goes (reliability.md E3).
import type { Duty, DutyStanding } from '#shared/model/duty'
import { holderOf } from '#shared/rules/claims'
import { listClaims } from '../db/journalFolder'
import { listQueuedDuties } from '../db/outbox'
import { getSetting } from '../db/settings'
import { leaseMs, type Claimed } from '../journal/claims'
import { passed, steadyNow, type Moment } from '../moment'
import { handful } from '../outbox/share'
import type { Core } from '../tickets/core'

export interface ClaimedDuties {
  /** Of these duties, at most `most` that are this desktop's now. */
  readonly win: (duties: readonly Duty[], most: number) => Promise<readonly Duty[]>
  /** Asked before each attempt to send `itemId`. */
  readonly standing: (key: string, itemId: string) => Promise<DutyStanding>
}

/** A transaction that begins now must end within the lease (RFC 5321 §4.5.3.2.6: ten minutes after the dot). */
const spare = 0.55

/** A lease as the journal told it. */
interface Lease {
  readonly since: Moment
  /** ms from `since`. */
  readonly left: number
  readonly isMine: boolean
  /** Highest number under which another desktop has had it before us and may have sent what we would; -1: none. */
  readonly others: number
}

/** @param ask claims at the journal; nothing of any while nobody can tell who else does them */
export function createClaimedDuties(
  core: Core,
  ask: (keys: readonly string[], lease: number, most: number) => Promise<Claimed>,
  lease = leaseMs,
): ClaimedDuties {
  const leases = new Map<string, Lease>()
  /** Items that were told of other desktops, to the number up to which. */
  const told = new Map<string, number>()
  const { read } = core.db
  const moment = (): Moment => ({ wall: core.now(), steady: steadyNow() })

  /** ms for which what the journal said still holds; 0 where it has to be asked. */
  const left = (key: string): number => {
    const known = leases.get(key)
    return known === undefined ? 0 : Math.max(0, known.left - passed(known.since, moment()))
  }
  /** Another's, or ours but hardly any more: it is claimed anew when the lease is over. */
  const waits = (key: string): boolean =>
    left(key) > 0 && (leases.get(key)?.isMine !== true || left(key) <= lease * spare)

  /** @returns those that are ours */
  const claim = async (keys: readonly string[], most: number): Promise<Claimed['mine']> => {
    const { since, mine, others } = await ask(keys, lease, most)
    for (const key of leases.keys()) if (left(key) === 0) leases.delete(key)
    for (const [key, ms] of others) leases.set(key, { since, left: ms, isMine: false, others: -1 })
    if (mine.size === 0) return mine
    const device = await getSetting(read, 'device')
    const claims = await listClaims(read, [...mine.keys()])
    for (const [key, ms] of mine) {
      const all = claims.get(key) ?? []
      const number = holderOf(all)?.number ?? 0
      const before = all.filter((one) => one.device !== device && one.number < number)
      const highest = Math.max(-1, ...before.map((one) => one.number))
      leases.set(key, { since, left: ms, isMine: true, others: highest })
    }
    return mine
  }

  /** With it all that waits in the outbox: after a restart nothing is known of any. */
  const claimQueued = async (key: string): Promise<void> => {
    const queued = (await listQueuedDuties(read)).filter((other) => left(other) === 0)
    await claim([...new Set([key, ...queued])].slice(0, handful), handful)
  }

  return {
    win: async (duties, most) => {
      const open = duties.filter(({ key }) => !waits(key))
      if (open.length === 0) return []
      const keys = open.map(({ key }) => key)
      const mine = await claim(keys, most)
      return open.filter(({ key }) => mine.has(key))
    },
    standing: async (key, itemId) => {
      if (left(key) === 0) await claimQueued(key)
      if (left(key) === 0 || waits(key)) return 'elsewhere'
      const others = leases.get(key)?.others ?? -1
      if (others <= (told.get(itemId) ?? -1)) return 'mine'
      told.set(itemId, others)
      return 'shared'
    },
  }
}
