// A desktop whose clock has been set back knows the desk as it is, not as it was an hour ago.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { currentDesk } from '#main/tickets/core'
import { recordDeskEvents } from '#main/tickets/record'
import { findPerson } from '#shared/rules/desk'
import { startDesk, type Desk } from '#support/startDesk'

const hour = 3_600_000
let desk: Desk
let shift: number

beforeEach(async () => {
  shift = 0
  desk = await startDesk({ now: () => Date.now() + shift })
})
afterEach(() => desk.stop())

it('takes nobody for a colleague who has been removed meanwhile', async () => {
  // Not part of the founding, which holds for all time.
  shift = hour
  await desk.core.db.write('test', (tx) =>
    recordDeskEvents(desk.core, tx, desk.agent.address, [
      { kind: 'person.removed', address: 'ben@desk.test' },
    ]),
  )
  shift = 0
  const now = await currentDesk(desk.core, desk.core.db.read)
  expect(findPerson(now, 'ben@desk.test')).toBeUndefined()
})

it('does not say at each start once more whose desktop it is', async () => {
  const announced = async (): Promise<number> => {
    const row = await desk.core.db.read.first<{ n: number }>(
      `SELECT count(*) AS n FROM journal_event WHERE kind = 'device.announced'`,
    )
    return row?.n ?? 0
  }
  shift = hour
  await desk.core.db.write('test', (tx) =>
    tx.run(`UPDATE journal_event SET hlc = ? || substr(hlc, 16) WHERE kind = 'device.announced'`, [
      String(Date.now() + shift).padStart(15, '0'),
    ]),
  )
  shift = 0
  for (let starts = 0; starts < 3; starts += 1) desk = await desk.reopen()
  expect(await announced()).toBe(1)
})
