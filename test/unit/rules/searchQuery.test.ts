import {
  dayStart,
  markRanges,
  parseSearch,
  snippetOf,
  wordsToMark,
} from '#shared/rules/searchQuery'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 120_000 })

const now = new Date(2026, 10, 25, 15).getTime()
const short = (query: string) =>
  parseSearch(query, now).map(
    ({ field, value, isPhrase, isNegated }) =>
      `${isNegated ? '-' : ''}${field}=${isPhrase ? `"${value}"` : value}`,
  )

describe('parseSearch', () => {
  it.each([
    ['printer jam', ['text=printer', 'text=jam']],
    ['"paper jam" -zebra', ['text="paper jam"', '-text=zebra']],
    ['from:ann@x.org CC:"Bob B" -tag:vip', ['from=ann@x.org', 'cc="Bob B"', '-tag=vip']],
    ['is:open is:nonsense', ['is=open', 'text=is:nonsense']],
    ['has:file status:Pending', ['has=attachment', 'status=pending']],
    ['subject: x', ['text=x']],
    ['from:', []],
    ['"open quote', ['text="open quote"']],
    ['time 12:30 http://x.y', ['text=time', 'text=12:30', 'text=http://x.y']],
    ['- " *** :: ()', []],
    ['after:2026-13-01', ['text=after:2026-13-01']],
    ['a\0b', ['text=a', 'text=b']],
  ])('reads %j', (query, expected) => {
    expect(short(query)).toEqual(expected)
  })

  it('reads days as their beginning', () => {
    const day = (...parts: [number, number, number]) => new Date(...parts).getTime()
    expect(dayStart('today', now)).toBe(day(2026, 10, 25))
    expect(dayStart('yesterday', now)).toBe(day(2026, 10, 24))
    expect(dayStart('7d', now)).toBe(day(2026, 10, 18))
    expect(dayStart('2026-02', now)).toBe(day(2026, 1, 1))
    expect(dayStart('2026-02-30', now)).toBeNull()
  })

  it('is total: any text is a search with values that are not empty', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (query) => {
        for (const { value } of parseSearch(query, now)) {
          expect(value).not.toBe('')
          expect(value).not.toContain('\0')
        }
      }),
      runs,
    )
  })
})

describe('what is marked', () => {
  it('is the beginning of words, without regard to case and accents', () => {
    expect(markRanges('Zebra über ZÉBRA razebra', ['zebra', 'uber'])).toEqual([
      [0, 5],
      [6, 10],
      [11, 16],
    ])
    expect(wordsToMark(parseSearch('from:ann "paper jam" -x is:open', now))).toEqual([
      'ann',
      'paper jam',
    ])
  })

  it('lies inside the text, in order and apart', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 4 })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.array(word), (text, words) => {
        let last = 0
        for (const [from, to] of markRanges(text, words)) {
          expect(from).toBeGreaterThanOrEqual(last)
          expect(to).toBeGreaterThan(from)
          last = to
        }
        expect(last).toBeLessThanOrEqual(text.length)
        expect(snippetOf(text, words).length).toBeLessThanOrEqual(162)
      }),
      runs,
    )
  })
})
