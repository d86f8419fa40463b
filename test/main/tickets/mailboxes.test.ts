// Several mailboxes on one desk: each mail belongs to the one it came to, and is answered from it.
import { simpleParser } from 'mailparser'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { newId } from '#main/db/ids'
import { saveSetting } from '#main/db/settings'
import { queueNewTicket, queueReply } from '#main/outbox/queueComment'
import { listMailboxes } from '#main/tickets/mailboxes'
import { getDetail } from '#main/tickets/detail'
import { currentDesk, getAgent } from '#main/tickets/core'
import { setSignature } from '#main/tickets/setup'
import { listView } from '#main/tickets/views'
import type { TicketDetail } from '#shared/ipc/contract'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '../../support/startDesk'
import type { MailServer } from '../../support/servers/startMailServer'

let server: MailServer
let desk: Desk

beforeAll(async () => {
  server = await startDeskServer()
}, 60_000)
afterEach(() => desk.stop())
afterAll(() => server.stop())

/** A desk with a second mailbox for sales, which signs and has a group. */
async function twoMailboxes(): Promise<{ support: string; sales: string }> {
  desk = await startDesk({ server })
  const sales = freshMailbox()
  await desk.engine.setUp({
    account: {
      address: sales,
      aliases: ['offers@desk.test'],
      name: 'Sales',
      signature: 'Sales of the desk\nRoom 5',
      group: 'Sales',
      imap: server.imapSettings(sales),
      smtp: server.smtpSettings(sales),
    },
    agent: desk.agent,
    preset: null,
    policy: {},
    directory: [],
  })
  return { support: desk.account.address, sales }
}

async function ticketCalled(subject: string): Promise<TicketDetail> {
  const { read } = desk.core.db
  const viewer = { desk: await currentDesk(desk.core, read), agent: await getAgent(read) }
  const filter = { view: 'all', query: '', offset: 0, limit: 50 } as const
  const { rows } = await listView(read, viewer, filter)
  const row = rows.find((each) => each.subject === subject)
  if (row === undefined) throw new Error(`no ticket ${subject}`)
  return getDetail(read, viewer, row.id)
}

async function answer(ticketId: string): Promise<void> {
  await queueReply(desk.core, {
    id: newId(),
    ticketId,
    visibility: 'public',
    text: 'An answer',
    audience: [],
    seenRevision: null,
    status: null,
  })
}

/** The newest mail that the reader of this mailbox has. */
async function lastMailTo(user: string, subject: string, more = '') {
  // The server delivers in its own time.
  return simpleParser(
    await server.waitForMail(user, (raw) => raw.includes(subject) && raw.includes(more)),
  )
}

it('answers each mail from the mailbox it came to, with its signature and group', async () => {
  const { support, sales } = await twoMailboxes()
  await server.deliver({ from: 'carol@customer.test', to: support, subject: 'To support' })
  await server.deliver({ from: 'carol@customer.test', to: sales, subject: 'To sales' })
  await server.waitForMail(support, (raw) => raw.includes('To support'))
  await server.waitForMail(sales, (raw) => raw.includes('To sales'))
  await desk.engine.syncOnce()
  const first = await ticketCalled('To support')
  const second = await ticketCalled('To sales')
  expect([first.ticket.mailbox, first.ticket.group]).toEqual([support, null])
  expect([second.ticket.mailbox, second.ticket.group]).toEqual([sales, 'Sales'])

  await answer(second.ticket.id)
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1, failed: 0 })
  const toCarol = await lastMailTo('carol@customer.test', 'To sales', 'An answer')
  expect(toCarol.from?.value[0]).toMatchObject({ address: sales, name: 'Ada Agent' })
  expect(toCarol.replyTo?.value[0]?.address).toMatch(
    new RegExp(`^${sales.split('@')[0] ?? ''}\\+t`),
  )
  expect(toCarol.text).toBe('An answer\n\n-- \nSales of the desk\nRoom 5\n')
  expect(toCarol.headers.get('return-path')).toMatchObject({ value: [{ address: sales }] })
  await answer(first.ticket.id)
  await desk.engine.syncOnce()
  const again = await lastMailTo('carol@customer.test', 'To support', 'An answer')
  expect([again.from?.value[0]?.address, again.text?.trim()]).toEqual([support, 'An answer'])
})

it('signs a reply with the agent’s own lines above those of the mailbox, in text and in HTML', async () => {
  const { sales } = await twoMailboxes()
  await setSignature(desk.core, 'Ada Lovelace & <Engines>\n')
  await server.deliver({ from: 'carol@customer.test', to: sales, subject: 'Who writes?' })
  await server.waitForMail(sales, (raw) => raw.includes('Who writes?'))
  await desk.engine.syncOnce()
  const { ticket } = await ticketCalled('Who writes?')
  await queueReply(desk.core, {
    id: newId(),
    ticketId: ticket.id,
    visibility: 'public',
    text: 'Signed words',
    html: '<p>Signed words</p>',
    audience: [],
    seenRevision: null,
    status: null,
  })
  await desk.engine.syncOnce()
  const mail = await lastMailTo('carol@customer.test', 'Who writes?', 'Signed words')
  const below = 'Ada Lovelace & <Engines>\nSales of the desk\nRoom 5\n'
  expect(mail.text).toBe(`Signed words\n\n-- \n${below}`)
  expect(mail.html).toContain(
    '-- <br>Ada Lovelace &amp; &lt;Engines&gt;<br>Sales of the desk<br>Room 5',
  )
})

it('makes one ticket of a mail to both mailboxes, answers once, and neither hears of the other (C11)', async () => {
  const { support, sales } = await twoMailboxes()
  const mail = {
    from: 'carol@customer.test',
    to: [support, sales],
    cc: 'dave@customer.test',
    subject: 'To both',
    messageId: '<both@customer.test>',
  }
  await server.deliver(mail)
  for (const mailbox of [support, sales]) {
    await server.waitForMail(mailbox, (raw) => raw.includes('To both'))
  }
  await desk.engine.syncOnce()
  const { ticket, participants } = await ticketCalled('To both')
  expect(participants.map(({ address }) => address)).toEqual([
    'carol@customer.test',
    'dave@customer.test',
  ])
  await answer(ticket.id)
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
  const { cc } = await lastMailTo('carol@customer.test', 'To both', 'An answer')
  expect([cc].flat().flatMap((list) => list?.value.map(({ address }) => address))).toEqual([
    'dave@customer.test',
  ])
  // What it sent comes back to it as a receipt, and to nobody as news.
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
  expect((await ticketCalled('To both')).comments).toHaveLength(2)
})

it('opens a ticket from the mailbox asked for, and never mails an address of its own', async () => {
  const { support, sales } = await twoMailboxes()
  const from = async (mailbox: string | null, cc: string): Promise<string> => {
    const { ticketId } = await queueNewTicket(desk.core, {
      id: newId(),
      requester: { name: '', address: 'carol@customer.test' },
      ccs: [{ name: '', address: cc }],
      subject: 'An offer',
      text: 'Would you like one?',
      mailbox,
    })
    return ticketId
  }
  await expect(from('offers@desk.test', sales)).rejects.toThrow(/own address/)
  await expect(from('carol@customer.test', 'x@y.test')).rejects.toThrow(/has no mailbox/)
  await from('offers@desk.test', 'dora@customer.test')
  expect((await ticketCalled('An offer')).ticket).toMatchObject({ mailbox: sales, group: 'Sales' })
  await desk.engine.syncOnce()
  expect((await lastMailTo('carol@customer.test', 'An offer', sales)).from?.value[0]?.address).toBe(
    sales,
  )
  await from(null, 'dora@customer.test')
  await desk.engine.syncOnce()
  expect(
    (await lastMailTo('carol@customer.test', 'An offer', support)).from?.value[0]?.address,
  ).toBe(support)
})

it('keeps signature and group when the mailbox is connected again, and answers from no other', async () => {
  const { sales } = await twoMailboxes()
  await server.deliver({ from: 'carol@customer.test', to: sales, subject: 'Sales only' })
  await server.waitForMail(sales, (raw) => raw.includes('Sales only'))
  await desk.engine.syncOnce()
  const { ticket } = await ticketCalled('Sales only')
  const again = {
    address: sales,
    aliases: ['offers@desk.test'],
    name: 'Sales',
    imap: server.imapSettings(sales),
    smtp: server.smtpSettings(sales),
  }
  const { agent } = desk
  await desk.engine.setUp({ account: again, agent, preset: null, policy: {}, directory: [] })
  const boxes = await listMailboxes(desk.core, desk.core.db.read)
  expect(boxes[1]).toMatchObject({ address: sales, group: 'Sales', account: null })
  expect(boxes[1]?.signature).toContain('Room 5')
  expect(boxes.every((box) => box.accountId !== null)).toBe(true)

  await desk.core.db.write('test.disconnect', async (tx) => {
    const accounts = (await desk.engine.accounts()).filter((each) => each.address !== sales)
    await saveSetting(tx, 'accounts', accounts)
  })
  await expect(answer(ticket.id)).rejects.toThrow(`${sales}, which is not connected`)
})
