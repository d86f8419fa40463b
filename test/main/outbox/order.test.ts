// In what order the mails of one ticket leave.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findDue, insertOutboxItem } from '#main/db/outbox'
import { nextShare } from '#main/outbox/share'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk

beforeAll(async () => {
  desk = await startDesk()
})
afterAll(async () => {
  await desk.stop()
})
beforeEach(async () => {
  await desk.core.db.write('test.empty', (tx) => tx.run('DELETE FROM outbox_item'))
  for (const id of ['first', 'second']) await queue(id)
})

const queue = (id: string, { ticketId = 'one', isBulk = false } = {}) =>
  desk.core.db.write('test.queue', (tx) =>
    insertOutboxItem(tx, {
      ...{ id, commentId: id, messageId: `${id}@desk.test`, ticketId, isBulk, kind: 'public' },
      ...{ accountId: desk.account.id, subject: 'Printer', dutyKey: null, nextAt: 0, queuedAt: 0 },
      ...{ to: [{ name: '', address: 'carol@customer.test' }], cc: [], bytes: Buffer.from('mail') },
    }),
  )

/** The first has been tried so often, with this answer, and waits for its next try. */
const tried = (attempts: number, lastReply = '452 4.2.2 mailbox full') =>
  desk.core.db.write('test.tried', (tx) =>
    tx.run(
      `UPDATE outbox_item SET attempts = ?, lastReply = ?, nextAt = 60000 WHERE id = 'first'`,
      [attempts, lastReply],
    ),
  )

const due = async () => (await findDue(desk.core.db.read, desk.account.id, 1_000))?.id

it('goes by when they were written', async () => {
  expect(await due()).toBe('first')
})

it('is kept while an earlier one waits for its next try', async () => {
  await tried(3)
  expect(await due()).toBeUndefined()
})

it('is not kept for days because one server does not take the first', async () => {
  await tried(4)
  expect(await due()).toBe('second')
})

it('is kept for as long as there is no network', async () => {
  await tried(40, 'The mail server cannot be reached.')
  expect(await due()).toBeUndefined()
})

describe('a bulk reply', () => {
  beforeEach(async () => {
    await desk.core.db.write('test.empty', (tx) => tx.run('DELETE FROM outbox_item'))
    for (const ticketId of ['two', 'three', 'four'])
      await queue(`many-${ticketId}`, { ticketId, isBulk: true })
  })

  it('lets what is written to another ticket go before', async () => {
    await queue('single', { ticketId: 'five' })
    expect(await due()).toBe('single')
  })

  it('goes first to the ticket where a reply waits for it', async () => {
    await queue('single', { ticketId: 'three' })
    expect(await due()).toBe('many-three')
  })

  it('leaves a third of a minute to what is written to one ticket', async () => {
    const accountId = desk.account.id
    await desk.core.db.write('test.tried', (tx) =>
      tx.run(`UPDATE outbox_item SET state = 'sent', triedAt = ? WHERE id <> 'many-two'`, [
        desk.core.now(),
      ]),
    )
    const share = (isBulk: boolean) => nextShare(desk.core, { accountId, isBulk }, 3)
    expect(await share(true)).toMatchObject({ isLeft: false })
    expect(await share(false)).toEqual({ isLeft: true })
  })
})
