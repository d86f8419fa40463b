// Which duties this desktop has, and for how long. Kept in memory and by a clock that nobody sets: after a restart, or
// when the lease is nearly over, a mail of a duty goes only after the journal has been asked again (reliability.md E3).
import type { Duty, DutyStanding } from '#shared/model/duty'
import { holderOf } from '#shared/rules/claims'
import { listClaims } from '../db/journalFolder'
import { getSetting } from '../db/settings'
import { leaseMs } from '../journal/claims'
import type { Core } from '../tickets/core'

export interface ClaimedDuties {
  /** Of these duties, at most `most` that are this desktop's now. */
  readonly win: (duties: readonly Duty[], most: number) => Promise<readonly Duty[]>
  /** Asked before each attempt to send `itemId`. */
  readonly standing: (key: string, itemId: string) => Promise<DutyStanding>
}

/** A transaction that begins now must end within the lease (RFC 5321 §4.5.3.2.6: ten minutes after the dot). */
const spare = 0.55

interface Hold {
  /** ms of `performance.now`. */
  readonly until: number
  /** Highest number under which another desktop has had it before us and may have sent what we would; -1: none. */
  readonly others: number
}

/** @param ask claims at the journal; empty while nobody can tell who else does them */
export function createClaimedDuties(
  core: Core,
  ask: (
    keys: readonly string[],
    lease: number,
    most: number,
  ) => Promise<ReadonlyMap<string, number>>,
  lease = leaseMs,
): ClaimedDuties {
  const held = new Map<string, Hold>()
  /** Items that were told of other desktops, to the number up to which. */
  const told = new Map<string, number>()
  const { read } = core.db

  const claim = async (keys: readonly string[], most: number) => {
    const since = performance.now()
    const won = await ask(keys, lease, most)
    if (won.size === 0) return won
    const device = await getSetting(read, 'device')
    const claims = await listClaims(read, [...won.keys()])
    for (const [key, left] of won) {
      const all = claims.get(key) ?? []
      const mine = holderOf(all)
      const before = all.filter((one) => one.device !== device && one.number < (mine?.number ?? 0))
      const others = Math.max(-1, ...before.map(({ number }) => number))
      held.set(key, { until: since + left - lease * spare, others })
    }
    return won
  }

  return {
    win: async (duties, most) => {
      const keys = duties.map(({ key }) => key)
      const won = await claim(keys, most)
      return duties.filter(({ key }) => won.has(key))
    },
    standing: async (key, itemId) => {
      const isHeld = (): boolean => performance.now() < (held.get(key)?.until ?? -Infinity)
      if (!isHeld() && !(await claim([key], 1)).has(key)) return 'elsewhere'
      // Ours, but hardly any more: it is claimed anew when the lease is over.
      if (!isHeld()) return 'elsewhere'
      const others = held.get(key)?.others ?? -1
      if (others <= (told.get(itemId) ?? -1)) return 'mine'
      told.set(itemId, others)
      return 'shared'
    },
  }
}
