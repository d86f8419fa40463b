// Neither server is there at the hour of a scheduled reply, nor for a while after it: it goes once when they are back.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { listItems } from '#main/db/outbox'
import { scheduleReply, viewScheduled } from '#main/outbox/scheduled'
import { detailOf, rows } from '#support/feedMails'
import { startFaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer } from '#support/startDesk'

let server: MailServer

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

it('a scheduled reply whose hour comes while both servers are down goes once when they return', async () => {
  const imap = await startFaultProxy(server.dovecot.imapPort)
  const smtp = await startFaultProxy(server.exim.smtpPort)
  let desk = await startDesk({ server, imapPort: imap.port, smtpPort: smtp.port })
  const customers = ['carol@customer.test', 'dave@customer.test']
  await server.deliver({
    from: `Carol <${customers[0] ?? ''}>`,
    to: desk.account.address,
    cc: [`Dave <${customers[1] ?? ''}>`],
    subject: 'Down',
    text: 'Hello?',
  })
  await server.waitForMail(desk.account.address, (raw) => raw.includes('Subject: Down'))
  await desk.engine.syncOnce()
  const [ticket] = await rows(desk)
  const words = 'At its hour nobody was there.'
  await scheduleReply(desk.core, {
    ...{ id: 'down-1', ticketId: ticket?.id ?? '', visibility: 'public', text: words },
    ...{ html: null, audience: [], seenRevision: null, status: null },
    ...{ sendAt: Date.now() + 2_000, onlyIfQuiet: true },
  })

  for (const wire of [imap, smtp]) {
    wire.setFault({ kind: 'rst', direction: 'client', afterBytes: 0 })
    wire.dropAll()
  }
  await desk.engine.start()
  await delay(4_000)
  const copies = async () =>
    Promise.all(
      customers.map(
        async (user) => (await server.mailbox(user)).filter((raw) => raw.includes(words)).length,
      ),
    )
  expect(await copies()).toEqual([0, 0])
  // Neither lost nor sent: it waits as scheduled, or in the outbox.
  const waiting = (await listItems(desk.core.db.read)).filter(({ state }) => state === 'queued')
  expect((await viewScheduled(desk.core)).length + waiting.length).toBe(1)
  // Nor does it help or harm that the app is closed meanwhile.
  desk = await desk.reopen()
  await desk.engine.start()

  for (const wire of [imap, smtp]) wire.setFault(null)
  desk.engine.wake()
  await vi.waitFor(
    async () => {
      desk.engine.wake()
      expect(await copies()).toEqual([1, 1])
    },
    { timeout: 60_000, interval: 1_000 },
  )
  await delay(2_000)
  desk.engine.wake()
  await delay(2_000)
  expect(await copies()).toEqual([1, 1])
  expect((await listItems(desk.core.db.read)).map(({ state }) => state)).toEqual(['sent'])
  expect(await viewScheduled(desk.core)).toEqual([])
  expect((await detailOf(desk, ticket?.id ?? '')).comments).toHaveLength(2)
  await desk.stop()
  await imap.stop()
  await smtp.stop()
}, 150_000)
