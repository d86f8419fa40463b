// An app that is quit ends, whatever the servers do.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { insertOutboxItem } from '#main/db/outbox'
import { changeTicket } from '#main/tickets/commands'
import { aMail, feed, theTicket } from '#support/feedMails'
import { until } from '#support/joinDesk'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let imap: FaultProxy
let desk: Desk

beforeAll(async () => {
  server = await startDeskServer()
  imap = await startFaultProxy(server.imapSettings('').port)
})
beforeEach(async () => {
  desk = await startDesk({ server, imapPort: imap.port })
})
afterEach(async () => {
  imap.setDelay(0)
  await rm(desk.profile, { recursive: true, force: true })
})
afterAll(async () => {
  await imap.stop()
  await server.stop()
})

const mail = (text: string, headers: Record<string, string> = {}) =>
  aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    messageId: `<${text}@customer.test>`,
    text,
    headers,
  })

it('while it claims a duty at a server that has fallen silent', async () => {
  const { engine, core } = desk
  await feed(desk, [{ raw: mail('first'), at: Date.now() - 60_000 }])
  const { id } = (await theTicket(desk)).ticket
  await changeTicket(core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await engine.start()
  await until(() => Promise.resolve(engine.journal.status().state === 'online'))

  imap.setDelay(600_000)
  const before = imap.sessions.length
  const answer = mail('second', { 'In-Reply-To': '<first@customer.test>' })
  await feed(desk, [{ raw: answer, at: Date.now() }])
  await until(() => Promise.resolve(imap.sessions.length > before))
  await delay(500)

  const from = performance.now()
  await engine.stop()
  expect(performance.now() - from).toBeLessThan(3_000)
})

/** Timers for which Node would stay. */
const timers = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

it('leaving no timer behind, however often it was woken while a mail waits', async () => {
  const { engine, core } = desk
  await core.db.write('test.queue', (tx) =>
    insertOutboxItem(tx, {
      ...{ id: 'waits', commentId: 'waits', messageId: 'waits@desk.test', ticketId: 'one' },
      ...{ kind: 'public', accountId: desk.account.id, subject: 'Printer', dutyKey: null },
      ...{ to: [{ name: '', address: 'carol@customer.test' }], cc: [], bytes: Buffer.from('mail') },
      ...{ nextAt: Date.now() + 3_600_000, queuedAt: Date.now() },
    }),
  )
  const before = timers()
  await engine.start()
  for (let n = 0; n < 20; n += 1) {
    engine.wake()
    await delay(n)
  }
  await engine.stop()
  expect(timers()).toBeLessThanOrEqual(before)
})
