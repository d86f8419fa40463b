import { expect, it } from 'vitest'
import { fieldTime, laterTimes } from '#renderer/components/composer/laterTimes'

const local = (text: string): number => new Date(text).getTime()
const shown = (now: string): string[] => laterTimes(local(now)).map(({ at }) => fieldTime(at))

it.each([
  // A Wednesday morning: two hours, the evening, tomorrow, Monday.
  [
    '2026-03-25T08:30',
    ['2026-03-25T10:30', '2026-03-25T18:00', '2026-03-26T09:00', '2026-03-30T09:00'],
  ],
  // Late: the evening is over or nearly so.
  ['2026-03-25T17:00', ['2026-03-25T19:00', '2026-03-26T09:00', '2026-03-30T09:00']],
  // Sunday: tomorrow is Monday, named once.
  ['2026-03-29T20:00', ['2026-03-29T22:00', '2026-03-30T09:00']],
  // On a Monday the next one is meant.
  ['2026-03-30T20:00', ['2026-03-30T22:00', '2026-03-31T09:00', '2026-04-06T09:00']],
])('offers the hours of this machine’s zone, after %s', (now, times) => {
  expect(shown(now)).toEqual(times)
})

it('offers only what is to come, soonest first, over a year of hours', () => {
  for (let hour = 0; hour < 8_760; hour += 5) {
    const now = local('2026-01-01T00:00') + hour * 3_600_000
    const times = laterTimes(now).map(({ at }) => at)
    expect(times.every((at) => at > now)).toBe(true)
    expect([...new Set(times)].sort((a, b) => a - b)).toEqual(times)
  }
})
