// What a message of the journal folder may do to a desk: carry whole, signed events, and nothing else.
import fc from 'fast-check'
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeBatch, encodeBatch, readEvent, splitBatches } from '#main/journal/codec'
import { loadDeviceKey, type DeviceKey } from '#main/journal/signing'
import { temporaryProfile } from '#support/startDesk'
import type { SignedEvent } from '#shared/model/batch'
import { patient, runs } from '../../unit/runs'

const head = { from: 'ada@desk.test', mailbox: 'help@desk.test', at: 0 }
let profile: string
let key: DeviceKey

beforeAll(async () => {
  profile = await temporaryProfile()
  key = loadDeviceKey(profile)
})
afterAll(() => rm(profile, { recursive: true, force: true }))

function signed(id: string, body: object): SignedEvent {
  const event = { id, hlc: '000001790000000-0000-x', by: 'ada@desk.test', ticketId: null }
  const text = JSON.stringify({ ...event, device: key.device, body })
  return { text, signature: key.sign(text), key: key.publicKey }
}

const anything = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
  maxKeys: 4,
})
const eventsOf = (list: readonly object[]): SignedEvent[] =>
  list.map((body, n) => signed(`event-number-${String(n)}`, { ...body, kind: 'moon.landed' }))

describe('a batch', () => {
  it(
    'comes back as it was signed, of whatever kind, divided and packed in any way',
    patient,
    async () => {
      const all = eventsOf(fc.sample(anything, { numRuns: 500, seed: 7 }))
      const piece = fc.record({
        from: fc.nat(all.length - 1),
        count: fc.integer({ min: 1, max: 2 }),
        isPacked: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 2 }), async (pieces) => {
          for (const { from, count, isPacked } of pieces) {
            const events = all.slice(from, from + count)
            const { events: read, problems } = await decodeBatch(
              encodeBatch(events, { ...head, isPacked }),
            )
            const isSame =
              JSON.stringify(read.map((each) => each.signed)) === JSON.stringify(events)
            if (problems.length > 0 || !isSame) expect.fail(JSON.stringify({ events, problems }))
          }
        }),
        runs,
      )
    },
  )

  it('is never believed with one bit of it flipped', patient, async () => {
    const event = signed('event-number-0', { kind: 'policy.set', changes: { ccLimit: 5 } })
    const fields = ['text', 'signature', 'key'] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), fc.nat(), fc.nat(7), async (field, at, bit) => {
        const bytes = Buffer.from(event[field])
        const index = at % bytes.length
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit)
        const changed = bytes.toString('latin1')
        fc.pre(changed !== event[field])
        expect(['bad-signature', 'malformed']).toContain(
          await readEvent({ ...event, [field]: changed }),
        )
      }),
      runs,
    )
  })

  it(
    'never throws, and never invents an event, however its bytes are damaged',
    patient,
    async () => {
      const whole = encodeBatch(eventsOf([{ a: 1 }, { b: 2 }]), head)
      const known = new Set((await decodeBatch(whole)).events.map((event) => event.signed.text))
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
          fc.nat(),
          async (hits, cut) => {
            const bytes = Buffer.from(whole)
            for (const [at, value] of hits) bytes[at % bytes.length] = value
            const read = await decodeBatch(
              bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length),
            )
            for (const event of read.events) expect(known).toContain(event.signed.text)
          },
        ),
        runs,
      )
    },
  )

  it('says of a device only what was signed with its own key', async () => {
    const other = await temporaryProfile()
    const thief = loadDeviceKey(other)
    const { text } = signed('event-number-0', { kind: 'policy.set', changes: {} })
    const stolen = { text, signature: thief.sign(text), key: thief.publicKey }
    expect(await readEvent(stolen)).toBe('bad-signature')
    await rm(other, { recursive: true, force: true })
  })

  it('is filled no further than one window of the reader, and loses nothing', () => {
    const events = eventsOf(Array.from({ length: 900 }, (_, n) => ({ text: 'x'.repeat(n) })))
    const batches = splitBatches(events)
    expect(batches.flat()).toEqual(events)
    for (const batch of batches) expect(encodeBatch(batch, head).length).toBeLessThan(131_072)
  })
})
