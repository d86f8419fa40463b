// Machines that write to a desk: bounces, floods, loops. Nothing they send opens, reopens or causes anything.
import { afterEach, expect, it } from 'vitest'
import { newId } from '#main/db/ids'
import { listItems } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk, getAgent } from '#main/tickets/core'
import { getDetail } from '#main/tickets/detail'
import { listView } from '#main/tickets/views'
import type { TicketDetail } from '#shared/ipc/contract'
import { aMail, feed } from '../../support/feedMails'
import { startDesk, type Desk } from '../../support/startDesk'

const at = Date.UTC(2026, 0, 5, 10)
const minute = 60_000
const mailbox = 'help@desk.test'
let desk: Desk
afterEach(() => desk.stop())

async function tickets(): Promise<TicketDetail[]> {
  const { read } = desk.core.db
  const viewer = { desk: await currentDesk(desk.core, read), agent: await getAgent(read) }
  const filter = { view: 'all', query: '', offset: 0, limit: 100 } as const
  const { rows } = await listView(read, viewer, filter)
  return Promise.all(rows.map(({ id }) => getDetail(read, viewer, id)))
}

const fromCarol = (n: number) => ({
  raw: aMail({
    from: 'carol@customer.test',
    to: mailbox,
    subject: `Alarm ${String(n)}`,
    messageId: `<a${String(n)}@customer.test>`,
  }),
  at: at + n * minute,
})

it('hangs a bounce in prose on the mail it returns, marks the address, and wakes nothing', async () => {
  desk = await startDesk()
  await feed(desk, [fromCarol(1)])
  const [{ ticket } = { ticket: undefined }] = await tickets()
  if (ticket === undefined) throw new Error('no ticket')
  const reply = { id: newId(), ticketId: ticket.id, visibility: 'public', text: 'Done' } as const
  await queueReply(desk.core, { ...reply, audience: [], seenRevision: null, status: null })
  await changeTicket(desk.core, ticket.id, { do: 'setStatus', status: 'solved' })
  const [item] = await listItems(desk.core.db.read)
  const bounce = [
    'From: MAILER-DAEMON@mx.test',
    `To: ${mailbox}`,
    'Subject: failure notice',
    'Message-ID: <b1@mx.test>',
    '',
    'Hi. This is the qmail-send program at mx.test.',
    'This is a permanent error; I have given up.',
    '',
    '<carol@customer.test>:',
    'no such mailbox',
    '',
    '--- Below this line is a copy of the message.',
    '',
    `Message-ID: <${item?.messageId ?? ''}>`,
  ]
  await feed(desk, [{ raw: bounce.join('\r\n'), at: Date.now() + minute }])
  const all = await tickets()
  expect(all.map((each) => each.ticket.status)).toEqual(['solved'])
  expect(all[0]?.undeliverable).toEqual(['carol@customer.test'])
  expect(all[0]?.comments.at(-1)).toMatchObject({ kind: 'system', because: 'bounce' })
  expect(await listItems(desk.core.db.read)).toHaveLength(1)
})

it.each(['as they come', 'newest first'])(
  'holds a flood from the 21st mail on, %s',
  async (order) => {
    desk = await startDesk()
    const mails = Array.from({ length: 25 }, (_, n) => fromCarol(n))
    for (const mail of order === 'newest first' ? mails.reverse() : mails) await feed(desk, [mail])
    const held = (await tickets()).filter((each) => each.ticket.heldCount > 0)
    expect(held.map((each) => each.comments[0]?.because)).toEqual(
      Array.from({ length: 5 }, () => 'too-many-mails'),
    )
    expect(held.map((each) => each.comments[0]?.messageId).sort()).toEqual(
      [20, 21, 22, 23, 24].map((n) => `a${String(n)}@customer.test`),
    )
  },
)

it('holds what more than fifty servers have passed on', async () => {
  desk = await startDesk()
  const hops = (n: number): string =>
    'Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0000\r\n'.repeat(n)
  await feed(desk, [
    { ...fromCarol(1), raw: hops(50) + fromCarol(1).raw },
    { ...fromCarol(2), raw: hops(51) + fromCarol(2).raw },
  ])
  const reasons = (await tickets()).map(({ comments }) => comments[0]?.because)
  expect(reasons.sort()).toEqual(['requester', 'suspected-loop'])
})
