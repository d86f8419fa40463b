// What a server does not take: more mails a minute than it allows, and an address it cannot name.
import { createConnection, createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { saveSendingSettings } from '#main/outbox/terms'
import { aMail, feed, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk, type DeskOptions } from '#support/startDesk'

let server: MailServer
let plain: Server
let plainPort: number
let desk: Desk
let clock = 0

/** Exim without SMTPUTF8 in its EHLO. */
async function startPlain(target: number): Promise<void> {
  plain = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk.toString('latin1').replace('SMTPUTF8', 'X-NOUTF8'), 'latin1')
    })
    client.pipe(upstream)
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  const address = plain.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  plainPort = address.port
}

beforeAll(async () => {
  server = await startDeskServer()
  await startPlain(server.exim.smtpPort)
})
afterAll(async () => {
  plain.close()
  await server.stop()
})
afterEach(async () => {
  clock = 0
  await desk.stop()
})

async function open(subjects: readonly string[], cc: string[], options: DeskOptions = {}) {
  desk = await startDesk({ server, now: () => Date.now() + clock, ...options })
  for (const subject of subjects) {
    const from = 'Carol <carol@customer.test>'
    const raw = aMail({ from, to: desk.account.address, cc, subject, text: 'Hello?' })
    await feed(desk, [{ raw, at: Date.now() - 60_000 }])
    const { ticket } = await theTicket(desk, subject)
    await queueReply(desk.core, {
      id: `reply-${subject.replaceAll(' ', '-')}`,
      ticketId: ticket.id,
      visibility: 'public',
      text: 'Short.',
      audience: [],
      seenRevision: null,
      status: null,
    })
  }
}
const states = async () => (await listItems(desk.core.db.read)).map(({ state }) => state).reverse()

it('sends no more a minute than the account may, and the rest in the minutes after', async () => {
  await open(['Rate one', 'Rate two', 'Rate three', 'Rate four', 'Rate five'], [])
  await saveSendingSettings(desk.core.db, desk.account.id, {
    perMinute: 2,
    receiptWaitMs: 5_000,
    replyTimeoutMs: 600_000,
  })
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 2 })
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
  expect(await states()).toEqual(['sent', 'sent', 'queued', 'queued', 'queued'])
  clock = 61_000
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 2 })
  clock = 122_000
  expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
  expect(await states()).toEqual(Array.from({ length: 5 }, () => 'sent'))
})

it('refuses only whom a server without SMTPUTF8 cannot name, with the reason; the others get the mail', async () => {
  await open(['Letters'], ['Jörg <jörg@customer.test>', 'Dave <dave@customer.test>'], {
    smtpPort: plainPort,
  })
  await desk.engine.syncOnce()
  const [item] = await listItems(desk.core.db.read)
  expect(item).toMatchObject({ state: 'partly', refused: [{ address: 'jörg@customer.test' }] })
  expect(item?.refused[0]?.reply).toContain('SMTPUTF8')
  for (const user of ['carol@customer.test', 'dave@customer.test']) {
    await server.waitForMail(user, (raw) => raw.includes(`<${item?.messageId ?? ''}>`))
  }
})
