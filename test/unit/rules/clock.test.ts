import {
  capHlc,
  compareHlc,
  isHlc,
  MAX_DRIFT_MS,
  physicalOf,
  receive,
  tick,
} from '#shared/rules/clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patient, runs } from '../runs'

const noon = Date.UTC(2026, 0, 5, 12)
const text = (physical: number, counter = 0, device = 'a') =>
  `${String(physical).padStart(15, '0')}-${counter.toString(16).padStart(4, '0')}-${device}`

describe('tick', () => {
  const ticks: [string, string | null, number, string][] = [
    ['starts at the wall clock', null, noon, text(noon)],
    ['follows the wall clock', text(noon), noon + 5, text(noon + 5)],
    ['counts within a millisecond', text(noon, 9), noon, text(noon, 10)],
    ['goes on when the wall clock goes back', text(noon), noon - 3_600_000, text(noon, 1)],
    ['carries a full counter', text(noon, 0xffff), noon, text(noon + 1)],
    ['passes a reading of another device', text(noon, 3, 'z'), noon, text(noon, 4)],
    ['ignores what is no reading', 'garbage', noon, text(noon)],
    ['takes no time for zero', null, Number.NaN, text(0)],
    ['takes a negative time for zero', null, -5, text(0)],
    ['drops fractions', null, noon + 0.9, text(noon)],
  ]
  it.each(ticks)('%s', (_, last, now, expected) => {
    expect(tick(last, now, 'a')).toBe(expected)
  })

  it('makes any device name harmless and short', () => {
    expect(tick(null, noon, 'Ann’s laptop, the very long one')).toBe(
      text(noon, 0, 'Ann_s_laptop__the_ve'),
    )
    expect(tick(null, noon, '')).toBe(text(noon, 0, '_'))
  })
})

describe('receive', () => {
  it('adopts a later reading, and one up to five minutes ahead', () => {
    expect(receive(text(noon), text(noon + 9), noon)).toBe(text(noon + 9))
    const ahead = text(noon + MAX_DRIFT_MS)
    expect(receive(text(noon), ahead, noon)).toBe(ahead)
    expect(receive(null, text(noon), noon)).toBe(text(noon))
  })

  it('keeps its own when the other is older, too far ahead or no reading', () => {
    expect(receive(text(noon), text(noon - 1), noon)).toBe(text(noon))
    expect(receive(text(noon), text(noon + MAX_DRIFT_MS + 1), noon)).toBe(text(noon))
    expect(receive(text(noon), 'garbage', noon)).toBe(text(noon))
    expect(receive(null, 'garbage', noon)).toBeNull()
  })
})

describe('physicalOf and isHlc', () => {
  it('read the time, or zero from what is no reading', () => {
    expect(physicalOf(text(noon, 7))).toBe(noon)
    expect(physicalOf('nonsense')).toBe(0)
    expect([isHlc(text(noon)), isHlc(''), isHlc(`${text(noon)}\n`)]).toEqual([true, false, false])
  })
})

describe('capHlc', () => {
  const server = Math.floor(noon / 1000) * 1000

  it('lets a clock stand that is not ahead of the server’s second', () => {
    expect(capHlc(text(server + 999, 5), server)).toBe(text(server + 999, 5))
    expect(capHlc('garbage', server)).toBe('garbage')
  })

  it('brings a clock from the future back to the server’s second, and again changes nothing', () => {
    const capped = capHlc(text(server + 9_000_000, 2), server)
    expect(physicalOf(capped)).toBe(server + 999)
    expect(capped.length).toBeLessThanOrEqual(64)
    expect(capHlc(capped, server)).toBe(capped)
  })

  it('keeps the order of one device’s events', () => {
    const early = capHlc(text(server + 5_000), server)
    const late = capHlc(text(server + 5_001), server)
    expect(compareHlc(early, late)).toBeLessThan(0)
    expect(isHlc(tick(late, server, 'a'))).toBe(true)
  })
})

describe('the clock as a whole', () => {
  const anyText = fc.oneof(
    fc.string(),
    fc.tuple(fc.nat(noon * 2), fc.nat(0xffff)).map(([at, count]) => text(at, count)),
  )
  const times = fc.oneof(fc.double(), fc.integer(), fc.integer({ min: 0, max: noon * 2 }))

  it('rises with every tick, whatever the wall clock and other devices do', patient, () => {
    const step = fc.record({ now: times, remote: fc.option(anyText), device: fc.string() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let last: string | null = null
        for (const { now, remote, device } of steps) {
          if (remote !== null) last = receive(last, remote, now)
          const next = tick(last, now, device)
          const isLater = last === null || compareHlc(last, next) < 0
          if (!isHlc(next) || next.length > 64 || !isLater)
            expect.fail(`${last ?? ''} then ${next}`)
          last = next
        }
      }),
      runs,
    )
  })

  it('is total, and sorts as bytes as it sorts as text', patient, () => {
    fc.assert(
      fc.property(anyText, anyText, times, (one, other, at) => {
        expect(receive(one, other, at) === one || receive(one, other, at) === other).toBe(true)
        expect(physicalOf(capHlc(one, at))).toBeGreaterThanOrEqual(0)
        if (isHlc(one) && isHlc(other)) {
          const bytes = Buffer.compare(Buffer.from(one), Buffer.from(other))
          expect(Math.sign(compareHlc(one, other))).toBe(bytes)
          expect(Math.sign(physicalOf(one) - physicalOf(other)) * bytes).toBeGreaterThanOrEqual(0)
        }
      }),
      runs,
    )
  })
})
