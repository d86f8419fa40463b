// Servers that do not leave a mail as it is: one gives it another Message-ID, one brings no copy of it back. Each says 250
// and nobody hears it.
import { createConnection, createServer, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { markItemSent } from '#main/outbox/run'
import { aMail, feed, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const carol = 'carol@customer.test'
let server: MailServer
let between: Server
let port: number
let desk: Desk
/** What the server makes of the client's words; same length, so that no byte is lost at the end of a chunk. */
let rewrite = (words: string): string => words
/** Its answer to the content does not arrive. */
let isCut = false

beforeAll(async () => {
  server = await startDeskServer()
  between = createServer((client) => {
    const upstream = createConnection(server.exim.smtpPort, '127.0.0.1')
    let hasDot = false
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.on('data', (chunk: Buffer) => {
      const words = chunk.toString('latin1')
      hasDot ||= words.endsWith('\r\n.\r\n')
      upstream.write(rewrite(words), 'latin1')
    })
    upstream.on('data', (chunk: Buffer) => {
      if (hasDot && isCut) client.destroy()
      else client.write(chunk)
    })
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  const address = between.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  port = address.port
})
afterAll(async () => {
  between.close()
  await server.stop()
})
afterEach(async () => {
  isCut = false
  await desk.stop()
})

/** Tests the server, then sends one reply whose answer is lost. */
async function sendUnheard(subject: string): Promise<void> {
  const raw = aMail({ from: `Carol <${carol}>`, to: desk.account.address, subject, text: 'Hi?' })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  const { ticket } = await theTicket(desk, subject)
  await queueReply(desk.core, {
    id: `reply-${subject}`,
    ticketId: ticket.id,
    visibility: 'public',
    text: `About ${subject}.`,
    audience: [],
    seenRevision: null,
    status: null,
  })
  isCut = true
}
const copies = async (subject: string): Promise<number> =>
  (await server.mailbox(carol)).filter((raw) => raw.includes(`About ${subject}.`)).length
const item = async () => (await listItems(desk.core.db.read))[0]

it('a server that gives mails another Message-ID is found out, and the second mark settles a lost answer', async () => {
  rewrite = (words) => words.replace(/^(Message-ID:\s+)<cd\./im, '$1<zz.')
  desk = await startDesk({ server, smtpPort: port, receiptWaitMs: 8_000 })
  const traits = await desk.engine.selfTest(desk.account.id)
  expect(traits).toMatchObject({ keepsMessageId: false, deliversReceipt: true, problem: '' })
  await sendUnheard('renamed')
  await desk.engine.syncOnce({ receiptMs: 30_000 })
  expect(await item()).toMatchObject({ state: 'sent', attempts: 1 })
  expect(await copies('renamed')).toBe(1)
  expect((await server.mailbox(carol)).some((raw) => /^Message-ID:\s+<zz\./im.test(raw))).toBe(true)
})

it('a server that brings no copy back is found out, and a lost answer is asked of a person', async () => {
  rewrite = (words) => words.replace(/RCPT TO:<help\d+@/, 'RCPT TO:<ada@')
  desk = await startDesk({ server, smtpPort: port, receiptWaitMs: 1_000 })
  const traits = await desk.engine.selfTest(desk.account.id, 1_500)
  expect(traits).toMatchObject({ deliversReceipt: false, problem: '' })
  await sendUnheard('unproven')
  await desk.engine.syncOnce({ receiptMs: 3_000 })
  await desk.engine.syncOnce({ receiptMs: 1_000 })
  expect(await item()).toMatchObject({ state: 'uncertain', nextAt: null, attempts: 1 })
  await markItemSent(desk.core, (await item())?.id ?? '')
  await desk.engine.syncOnce({ receiptMs: 1_000 })
  expect(await item()).toMatchObject({ state: 'sent', attempts: 1 })
  expect(await copies('unproven')).toBe(1)
})
