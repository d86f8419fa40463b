// Two desktops that found a desk in one mailbox at the same moment become one desk. What each sent under its own key
// stays its own mail for both: no receipt becomes a comment, none is missed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { aMail, detailOf, feed, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
const desks: Desk[] = []

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  for (const desk of desks) await desk.stop()
  await server.stop()
})

it('knows the mail of both as its own', async () => {
  const mailbox = freshMailbox()
  const first = await startDesk({ server, mailbox })
  const second = await startDesk({ server, mailbox })
  desks.push(first, second)
  const keys = await Promise.all(
    desks.map(async ({ core }) => (await core.history(core.db.read)).created?.key),
  )
  expect(new Set(keys).size).toBe(2)

  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: mailbox,
    messageId: '<one@customer.test>',
    text: 'It burns.',
  })
  await server.inject(mailbox, 'INBOX', [raw])
  await feed(second, [{ raw, at: Date.now() - 60_000 }])
  const { id } = (await theTicket(second)).ticket
  await changeTicket(second.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await queueReply(second.core, {
    id: 'reply-second',
    ticketId: id,
    visibility: 'public',
    text: 'Use water.',
    audience: [],
    seenRevision: null,
    status: null,
  })

  await first.engine.journal.passOnce()
  await second.engine.journal.passOnce()
  await first.engine.journal.passOnce()
  const { created, keys: known } = await second.core.history(second.core.db.read)
  expect(created?.key).toBe(keys[0])
  expect(new Set(known)).toEqual(new Set(keys))

  for (const desk of desks) await desk.engine.syncOnce()
  for (const desk of desks) await desk.engine.syncOnce()
  for (const desk of desks) {
    const { comments } = await detailOf(desk, id)
    expect(comments).toHaveLength(2)
  }
  const items = await second.core.db.read.all<{ kind: string; state: string; receipts: number }>(
    `SELECT kind, state, (SELECT count(*) FROM receipt r WHERE r.messageId = o.messageId) AS receipts
     FROM outbox_item o ORDER BY kind`,
  )
  expect(items).toEqual([
    { kind: 'follower', state: 'sent', receipts: 1 },
    { kind: 'public', state: 'sent', receipts: 1 },
  ])
  const told = await server.mailbox('ben@desk.test')
  expect(told.filter((mail) => mail.includes('Use water.'))).toHaveLength(1)
})
