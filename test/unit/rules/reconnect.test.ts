import { describe, expect, it } from 'vitest'
import { failuresAfter, reconnectDelay } from '#shared/rules/reconnect'

describe('a connection that ended', () => {
  it.each<[string, number, number, number]>([
    ['worked: the count begins anew', 9, 60_000, 1],
    ['was cut after a while: it counts once', 0, 5_000, 1],
    ['was cut again and again: no worse each time', 4, 5_000, 4],
    ['was sent away: worse each time', 4, 4_999, 5],
  ])('%s', (_name, failures, lived, after) => {
    expect(failuresAfter(failures, lived)).toBe(after)
  })

  it('is tried again later each time, never later than a quarter of an hour', () => {
    const waits = [0, 1, 2, 5, 10, 99].map((failures) => reconnectDelay(failures, { random: 1 }))
    expect(waits).toEqual([1_250, 2_250, 4_250, 32_250, 900_250, 900_250])
  })

  it('is tried within half a minute where no server was reached', () => {
    expect(reconnectDelay(99, { random: 1, isUnreached: true })).toBe(30_250)
    expect(reconnectDelay(2, { random: 1, isUnreached: true })).toBe(4_250)
  })

  it('is tried by each desktop at another time', () => {
    expect(reconnectDelay(5, { random: 0 })).toBe(250)
    expect(reconnectDelay(5, { random: 0.5 })).toBe(16_250)
  })
})
