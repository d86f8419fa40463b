// `copydesk serve` as a service manager ends it, whatever it is doing: in seconds, with 0, its database whole, its profile
// free, and no mail half sent.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '#main/db/open'
import { listItems, type OutboxItem } from '#main/db/outbox'
import { theTicket } from '#support/feedMails'
import { runCommand, serve, type Served } from '#support/headless'
import { until } from '#support/joinDesk'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

/** What a busy machine may take; systemd waits 90 s, Docker 10. */
const longestMs = 8_000
/** Each starts several processes, which takes a busy machine a while. */
const patient = { timeout: 240_000 }
const carol = 'carol@customer.test'

let server: MailServer
let desk: Desk
let imap: FaultProxy
let smtp: FaultProxy
let key: string
let running: Served | undefined

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
/** A desk with one ticket, behind proxies. */
beforeEach(async () => {
  imap = await startFaultProxy(server.dovecot.imapPort)
  smtp = await startFaultProxy(server.exim.smtpPort)
  desk = await startDesk({ server, imapPort: imap.port, smtpPort: smtp.port })
  await write('first')
  await server.waitForMail(desk.account.address, (raw) => raw.includes('first'))
  await desk.engine.syncOnce()
  key = (await theTicket(desk)).ticket.key
  await desk.engine.stop()
})
afterEach(async () => {
  running?.signal('SIGKILL')
  await running?.ended
  await Promise.all([imap.stop(), smtp.stop()])
  await rm(desk.profile, { recursive: true, force: true })
})

const write = (text: string): Promise<unknown> =>
  server.deliver({ from: `Carol <${carol}>`, to: desk.account.address, subject: 'Printer', text })

const begin = (): Served => (running = serve(desk))

/** Ends it and looks at what it leaves behind. */
async function ends(served: Served, signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<void> {
  served.signal(signal)
  const code = await Promise.race([served.ended, delay(longestMs, 'still running', { ref: false })])
  expect(code).toBe(0)
  running = undefined
  const db = await openDatabase(desk.profile)
  expect(await db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
  await db.close()
}

const ticketCount = async (): Promise<number> => {
  const db = await openDatabase(desk.profile)
  const row = await db.read.first<{ n: number }>('SELECT count(*) AS n FROM ticket')
  await db.close()
  return row?.n ?? 0
}

/** Waits for news: it has read a mail that came after its start. */
async function isServing(): Promise<void> {
  const before = await ticketCount()
  await write('more')
  await until(async () => (await ticketCount()) > before)
}

async function items(): Promise<OutboxItem[]> {
  const db = await openDatabase(desk.profile)
  const all = await listItems(db.read)
  await db.close()
  return all
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  it(`ends on ${signal} while it waits for news`, patient, async () => {
    const served = begin()
    await isServing()
    await ends(served, signal)
    expect((await runCommand(desk, 'sync')).code).toBe(0)
  })
}

it('ends while it begins', patient, async () => {
  for (let n = 0; n < 4; n += 1) {
    const before = imap.sessions.length
    const served = begin()
    await until(() => Promise.resolve(imap.sessions.length > before))
    await delay(n * 40)
    await ends(served)
  }
})

it('ends while a server that was there says nothing any more', patient, async () => {
  const served = begin()
  await isServing()
  const release = imap.hold()
  // It asks for what it hears of, and gets no answer.
  await write('unheard')
  expect((await runCommand(desk, 'note', key, '--body', 'Waits.')).code).toBe(0)
  await delay(1_000)
  await ends(served)
  release()
})

it('ends while a server takes the connection and says nothing', patient, async () => {
  const before = imap.sessions.length
  const release = imap.hold()
  const served = begin()
  await until(() => Promise.resolve(imap.sessions.length > before))
  await delay(500)
  await ends(served)
  release()
})

it('ends while it waits to connect again', patient, async () => {
  const served = begin()
  await isServing()
  await imap.stop()
  await delay(2_500)
  await ends(served)
})

describe.each([
  ['before the content', 'DATA\r\n'],
  ['after the dot', '\r\n.\r\n'],
])('a mail whose server falls silent %s', (_, text) => {
  it('does not keep it from ending, and goes once', patient, async () => {
    const words = `Try water ${desk.account.address}.`
    smtp.breakAfterText('client', text, 'blackhole')
    const served = begin()
    await isServing()
    expect((await runCommand(desk, 'reply', key, '--body', words)).code).toBe(0)
    await until(() => Promise.resolve(smtp.sessions.some(({ hasBroken }) => hasBroken)))
    await ends(served)
    const [cut] = await items()
    expect(cut?.state).toBe(text.startsWith('DATA') ? 'queued' : 'uncertain')

    smtp.setFault(null)
    // Without the wait of a minute before the next try; what is in doubt is settled by its receipt.
    if (cut?.state === 'queued') {
      expect((await runCommand(desk, 'outbox', 'retry', cut.id)).code).toBe(0)
    }
    expect((await runCommand(desk, 'sync', '--wait')).code).toBe(0)
    expect((await items()).map(({ state }) => state)).toEqual(['sent'])
    const got = (await server.mailbox(carol)).filter((raw) => raw.includes(words))
    expect(got).toHaveLength(1)
  })
})
