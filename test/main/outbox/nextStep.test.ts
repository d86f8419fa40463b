import { describe, expect, it } from 'vitest'
import type { OutboxItem } from '#main/db/outbox'
import type { SendOutcome } from '#main/mail/types'
import { nextStep, retryDelay } from '#main/outbox/deliver'

describe('the next step of a mail', () => {
  const item = {
    attempts: 1,
    queuedAt: 0,
    refused: [],
    envelope: ['a@x.test', 'b@x.test'],
  } as unknown as OutboxItem
  const at = { now: 1_000, random: 0.5 }

  it('after 4xx waits, after days fails', () => {
    const retry: SendOutcome = { outcome: 'retry', reply: '451 later', refused: [] }
    expect(nextStep(item, retry, at)).toMatchObject({ state: 'queued', nextAt: 61_000 })
    const late = { ...at, now: 6 * 24 * 3_600_000 }
    expect(nextStep(item, retry, late)).toMatchObject({ state: 'failed', lastReply: '451 later' })
  })

  it('shortens the envelope to those told to try later', () => {
    const refused = [
      { address: 'a@x.test', reply: '451 greylisted', isTemporary: true },
      { address: 'c@x.test', reply: '550 no', isTemporary: false },
    ]
    expect(nextStep(item, { outcome: 'accepted', reply: '250', refused }, at)).toMatchObject({
      state: 'queued',
      envelope: ['a@x.test'],
      refused: [{ address: 'c@x.test' }],
    })
  })

  it('waits longer each time, up to about an hour', () => {
    const waits = [1, 2, 3, 7, 20].map((attempts) => retryDelay(attempts, 0.5) / 60_000)
    expect(waits).toEqual([1, 2, 4, 60, 60])
  })
})
