// In what order the mails of one ticket leave.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findDue, insertOutboxItem } from '#main/db/outbox'
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

const queue = (id: string) =>
  desk.core.db.write('test.queue', (tx) =>
    insertOutboxItem(tx, {
      ...{ id, commentId: id, messageId: `${id}@desk.test`, ticketId: 'one', kind: 'public' },
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
