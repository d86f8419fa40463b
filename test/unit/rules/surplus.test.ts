import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SURPLUS_LIMIT, SURPLUS_WINDOW_MS, surplusOf } from '#shared/rules/surplus'
import { runs } from '../runs'

const every = (ms: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ receivedAt: n * ms }))

it('lets twenty mails an hour pass and holds the rest', () => {
  expect(surplusOf(every(60_000, 20))).toEqual([])
  expect(surplusOf(every(60_000, 23))).toEqual(every(60_000, 23).slice(20))
  // One every four minutes goes on for ever.
  expect(surplusOf(every(240_000, 500))).toEqual([])
})

it('holds no mail that has fewer than twenty before it within the hour, and every other', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4 * SURPLUS_WINDOW_MS), { maxLength: 120 }), (times) => {
      const mails = times.sort((a, b) => a - b).map((receivedAt, id) => ({ id, receivedAt }))
      const held = new Set(surplusOf(mails))
      for (const [index, mail] of mails.entries()) {
        const before = mails.slice(0, index)
        const near = before.filter((each) => mail.receivedAt - each.receivedAt < SURPLUS_WINDOW_MS)
        expect(held.has(mail)).toBe(near.length >= SURPLUS_LIMIT)
      }
    }),
    runs,
  )
})
