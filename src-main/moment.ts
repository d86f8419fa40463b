/** When something began: by the wall clock, which people set, and by one that nobody sets. */
export interface Moment {
  /** Epoch ms. */
  readonly wall: number
  /** ms since the computer started: the same in each of its processes, other than `performance.now`. */
  readonly steady: number
}

/** ms from `one` to `other` by the clock that says more: one is set back by people, the other stands while a laptop sleeps. */
export function passed(one: Moment, other: Moment): number {
  return Math.max(other.wall - one.wall, other.steady - one.steady)
}

export function steadyNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}
