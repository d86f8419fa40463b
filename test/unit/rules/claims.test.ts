// Who has a duty, for desktops whose clocks are wrong and that read the folder late (architecture.md §12, reliability.md P10).
import { holderOf, standingOf, type ClaimFact } from '#shared/rules/claims'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minute } from '../builders'
import { patient, runs } from '../runs'

const lease = 60_000
const claim = (device: string, uid: number, more: Partial<ClaimFact> = {}): ClaimFact => ({
  number: 0,
  device,
  uid,
  claimedAt: minute(0),
  lease,
  ...more,
})

describe('a duty', () => {
  it('is free until somebody claims it, then of the lowest UID, whatever the order of reading', () => {
    const ada = claim('ada', 7)
    const ben = claim('ben', 8)
    expect(standingOf([], 'ada', minute(0))).toEqual({ is: 'free', number: 0 })
    expect(holderOf([ben, ada])).toBe(ada)
    expect(standingOf([ben, ada], 'ada', minute(0))).toEqual({ is: 'mine', claim: ada })
    expect(standingOf([ben, ada], 'ben', minute(0))).toEqual({
      is: 'taken',
      until: minute(0) + lease,
    })
  })

  it('passes on after the lease and not before, by the server’s dates', () => {
    const ada = claim('ada', 7)
    const early = claim('ben', 8, { number: 1, claimedAt: minute(0) + lease - 1_000 })
    const late = claim('ben', 9, { number: 1, claimedAt: minute(0) + lease })
    expect(holderOf([ada, early])).toBe(ada)
    expect(holderOf([ada, early, late])).toBe(late)
    const end = minute(0) + lease
    expect(standingOf([ada], 'ben', end + 1_001)).toEqual({ is: 'free', number: 1 })
    // The server's dates have whole seconds, so its own end is not yet the end.
    expect(standingOf([ada], 'ben', end + 1_000)).toEqual({ is: 'taken', until: end })
  })

  it('with one number in one packed message is read alike everywhere', () => {
    const [early, late] = [claim('zoe', 7), claim('ada', 7, { claimedAt: minute(0) + 1 })]
    const twins = [claim('ben', 7), claim('zoe', 7)]
    expect([holderOf([early, late]), holderOf([late, early])]).toEqual([early, early])
    expect([holderOf(twins), holderOf([...twins].reverse())]).toEqual([twins[0], twins[0]])
    // The number decides first, whatever the date.
    const first = claim('zoe', 6, { claimedAt: minute(0) + 5 })
    expect([holderOf([first, early]), holderOf([early, first])]).toEqual([first, first])
  })

  it('does not pass on by a claim that leaves numbers out', () => {
    const ada = claim('ada', 7)
    expect(holderOf([ada, claim('ben', 8, { number: 2, claimedAt: minute(9) })])).toBe(ada)
  })
})

const step = fc.record({
  device: fc.constantFrom('ada', 'ben', 'cleo', 'dan'),
  /** Seconds since the claim before. */
  after: fc.nat(50),
  /** How wrong it is about the server's time, ms; Infinity: it knows nothing and takes every lease for over. */
  skew: fc.constantFrom(0, 0, 3_600_000, -3_600_000, 86_400_000, -86_400_000, Infinity),
  /** So many of the last claims it has not read when it decides. */
  unread: fc.nat(4),
  lease: fc.constantFrom(1_000, 20_000, 60_000),
})

interface Won {
  readonly holds: ClaimFact
  readonly device: string
}

/** What desktops append and win, one after the other, each reading the folder up to its own claim afterwards. */
function play(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Won[] {
  const folder: ClaimFact[] = []
  const won: Won[] = []
  let now = minute(0)
  for (const { device, after, skew, unread, lease: term } of steps) {
    now += after * 1_000
    const seen = folder.slice(0, Math.max(folder.length - unread, 0))
    const before = standingOf(seen, device, now + skew)
    if (before.is === 'taken') continue
    const number = before.is === 'free' ? before.number : before.claim.number + 1
    folder.push({ number, device, uid: folder.length + 1, claimedAt: now, lease: term })
    const standing = standingOf(folder, device, now)
    if (standing.is === 'mine') won.push({ holds: standing.claim, device })
  }
  return won
}

describe('claims of desktops that are wrong about the time and late with reading', () => {
  it('give each number to one desktop, and no two desktops the duty at once', patient, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const won = play(steps)
        const owners = new Map<number, string>()
        for (const { holds, device } of won) {
          if ((owners.get(holds.number) ?? device) !== device) expect.fail('two have one number')
          owners.set(holds.number, device)
        }
        for (const one of won) {
          for (const other of won) {
            if (one.device === other.device || one.holds.uid > other.holds.uid) continue
            // The server's dates have whole seconds: less than one of them may be shared.
            const end = one.holds.claimedAt + one.holds.lease
            if (other.holds.claimedAt <= end - 1_000) expect.fail('two have the duty at once')
          }
        }
      }),
      runs,
    )
  })
})
