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
    ['has:attachments has:Note has:nothing', ['has=attachment', 'has=note', 'text=has:nothing']],
    ['re:"paper jam"', ['text=re:"paper jam"']],
    ['from ann', ['text=from', 'text=ann']],
    ['printer: from:"', ['text=printer:']],
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

  it.each([
    ['2026', [2026, 0, 1]],
    ['2026-11', [2026, 10, 1]],
    ['2026-2-3', [2026, 1, 3]],
    ['2026-02-14', [2026, 1, 14]],
    ['10d', [2026, 10, 15]],
  ] as const)('knows the day %s', (text, [year, month, date]) => {
    expect(dayStart(text, now)).toBe(new Date(year, month, date).getTime())
  })

  it.each(['x7d', '7days', 'd', 'x2026', '2026-02-03x', '2026-', '26', 'soon'])(
    'does not take %s for a day',
    (text) => {
      expect(dayStart(text, now)).toBeNull()
    },
  )

  it('searches before and after a day, in any case', () => {
    const today = new Date(2026, 10, 25).getTime()
    expect(short('before:Today -after:2026-02-14')).toEqual([
      `before=${today}`,
      `-after=${new Date(2026, 1, 14).getTime()}`,
    ])
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

  it('are the words of text, subject and people, and of nothing else', () => {
    const query = 'jam! subject:a2b from:Ann@x.org to:c cc:d requester:"Bob B" assignee:me tag:vip'
    expect(wordsToMark(parseSearch(query, now))).toEqual([
      'jam',
      'a2b',
      'Ann',
      'x',
      'org',
      'c',
      'd',
      'Bob B',
    ])
    expect(wordsToMark(parseSearch('from:me requester:me', now))).toEqual([])
  })

  it.each<[string, string[], [number, number][]]>([
    ['paper', ['pap', 'paper'], [[0, 5]]],
    ['paper', ['paper', 'pap'], [[0, 5]]],
    ['a-b', ['a-', 'b'], [[0, 3]]],
    [
      'paper jam',
      ['jam', 'paper'],
      [
        [0, 5],
        [6, 9],
      ],
    ],
    ['paper', ['aper', ''], []],
  ])('in %j, found by %j, are pieces in order, and one where two meet', (text, words, ranges) => {
    expect(markRanges(text, words)).toEqual(ranges)
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

describe('what is shown of a text that was found', () => {
  const text = 'The printer on the third floor has a paper jam again today'

  it.each([
    ['nothing where no word is in it', text, 'zebra', 160, ''],
    ['all of a short text', 'A paper\n\n jam', 'jam', 160, 'A paper jam'],
    ['a text that just has room', 'paper jam', 'jam', 9, 'paper jam'],
    ['the beginning, where the word is near it', text, 'printer', 11, 'The printer…'],
    ['some words before the one found', text, 'again', 160, '…has a paper jam again today'],
    ['no more than there is room for', text, 'jam', 22, '…floor has a paper jam…'],
    [
      'the word, where no other begins before it',
      `${'x'.repeat(30)}-jam now`,
      'jam',
      160,
      '…jam now',
    ],
    [
      'what stands before the word, where there is no space at all',
      `${'x'.repeat(30)}-jam`,
      'jam',
      160,
      `…${'x'.repeat(19)}-jam`,
    ],
  ])('is %s', (_what, whole, word, room, expected) => {
    expect(snippetOf(whole, [word], room)).toBe(expected)
  })
})
