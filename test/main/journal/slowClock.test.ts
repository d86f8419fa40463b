// A desktop whose clock is a day slow: it joins, and what its agent does counts after what the desktop has read.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeTicket } from '#main/tickets/commands'
import { getTicket } from '#main/db/tickets'
import { aMail, feed, theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const day = 86_400_000

let server: MailServer
let ada: Desk
let ben: Desk

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  await server.stop()
})

it('joins, and its changes are the later ones', async () => {
  ben = await joinDesk(ada, { server, now: () => Date.now() - day })
  const at = Date.now() - 60_000
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
    date: new Date(at),
  })
  for (const desk of [ada, ben]) await feed(desk, [{ raw, at }])
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'setStatus', status: 'solved' })
  await ada.engine.journal.passOnce()
  await ben.engine.journal.passOnce()
  await changeTicket(ben.core, id, { do: 'setStatus', status: 'pending' })
  await ben.engine.journal.passOnce()
  await ada.engine.journal.passOnce()
  for (const { core } of [ada, ben]) {
    expect((await getTicket(core.db.read, id)).ticket.status).toBe('pending')
  }
  expect(await ben.engine.hash()).toEqual(await ada.engine.hash())
})
