// The server's time as one date of it tells, while the clock of the computer is set this way and that.
import { expect, it } from 'vitest'
import { createServerClock } from '#main/journal/serverClock'

const hour = 3_600_000

it('is not known at first, goes on however the clock is set back, and is learned anew', () => {
  let set = 0
  const clock = createServerClock(() => Date.now() + set)
  expect(clock.now()).toBeNull()
  const at = 1_000_000
  clock.learn(at, clock.moment())
  const isAt = (from: number): void => {
    expect(clock.now()).toBeGreaterThanOrEqual(from)
    expect(clock.now()).toBeLessThan(from + 10_000)
  }
  isAt(at)
  set = -hour
  isAt(at)
  // As after an hour of sleep: no lease may be taken for longer than it is.
  set = hour
  isAt(at + hour)
  clock.learn(at, clock.moment())
  isAt(at)
})
