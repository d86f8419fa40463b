// An app that is quit ends, whatever the servers do.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { changeTicket } from '#main/tickets/commands'
import { aMail, feed, theTicket } from '#support/feedMails'
import { until } from '#support/joinDesk'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let imap: FaultProxy
let desk: Desk

beforeAll(async () => {
  server = await startDeskServer()
  const mailbox = freshMailbox()
  imap = await startFaultProxy(server.imapSettings(mailbox).port)
  desk = await startDesk({ server, mailbox, imapPort: imap.port })
})
afterAll(async () => {
  await rm(desk.profile, { recursive: true, force: true })
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
