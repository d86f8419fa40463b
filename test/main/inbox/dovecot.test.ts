// Hard times on a real server: a mailbox that is full, a server that is stopped in silence, a desktop that was away for
// a month. Rows A19, A22, A23 and A27 of the catalogue of IMAP failures (reliability.md §2A).
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { newId } from '#main/db/ids'
import { listItems } from '#main/db/outbox'
import { createWatch } from '#main/inbox/watch'
import { createParsePool } from '#main/mail/parsePool'
import { queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import type { AppError } from '#shared/ipc/errors'
import { detailOf, rows, theTicket } from '#support/feedMails'
import { joinDesk, until } from '#support/joinDesk'
import { nextSecond } from '#support/nextSecond'
import { DEFAULT_USERS, startMailServer, type MailServer } from '#support/servers/startMailServer'
import { deskMailboxes, freshMailbox, startDesk, type Desk } from '#support/startDesk'

const day = 86_400_000
const quotaKib = 400
const proven = { ehlo: 'dmarc-pass.test' }
let server: MailServer
const desks: Desk[] = []
beforeAll(async () => {
  server = await startMailServer({
    users: [...DEFAULT_USERS, ...deskMailboxes],
    quota: `${String(quotaKib)}K`,
  })
})
afterAll(() => server.stop())
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop()
})

async function open(): Promise<Desk> {
  const policy = { acknowledge: true, statusMailToRequester: true, relayToCcs: true }
  const desk = await startDesk({ server, mailbox: freshMailbox(), policy })
  desks.push(desk)
  await desk.engine.syncOnce()
  return desk
}

let written = 0
async function write(desk: Desk, text: string, answers?: string): Promise<string> {
  written += 1
  const { messageId } = await server.deliver(
    {
      from: 'Carol <carol@customer.test>',
      to: desk.account.address,
      cc: 'Dave <dave@customer.test>',
      subject: `Lamp ${desk.account.address}`,
      text,
      messageId: `<hard${String(written)}@customer.test>`,
      headers: answers === undefined ? {} : { 'In-Reply-To': answers },
    },
    proven,
  )
  await server.waitForMail(desk.account.address, (raw) => raw.includes(messageId))
  return messageId
}

async function reply(desk: Desk, text: string): Promise<void> {
  const ticketId = (await theTicket(desk)).ticket.id
  const words = { id: newId(), ticketId, visibility: 'public', text } as const
  await queueReply(desk.core, { ...words, audience: [], seenRevision: null, status: null })
}

const countOf = async (user: string, words: string): Promise<number> =>
  (await server.mailbox(user)).filter((raw) => raw.includes(words)).length

it('A19: a full mailbox is said; the customer gets the reply once, and the desk catches up when there is room', async () => {
  const desk = await open()
  const box = desk.account.address
  await write(desk, 'It flickers.')
  await desk.engine.syncOnce()
  const filler = `From: a@b.test\r\nSubject: filler\r\n\r\n${'words '.repeat(10_000)}\r\n`
  await server.inject(
    box,
    'Archive',
    Array.from({ length: 9 }, () => filler),
  )
  await server.dovecot.doveadm('index', '-u', box, 'Archive')
  const usage = await server.dovecot.doveadm('quota', 'get', '-u', box)
  expect(Number(/STORAGE\s+(\d+)/.exec(usage)?.[1])).toBeGreaterThan(quotaKib)

  await reply(desk, 'We have mended it.')
  const pass = (): Promise<unknown> =>
    desk.engine.syncOnce().catch((error: unknown) => error as AppError)
  expect(await pass()).toMatchObject({ code: 'refused' })
  const said = (await pass()) as AppError
  expect(said.message).toContain('full')
  const unpushed = 'SELECT count(*) AS n FROM journal_event WHERE uid IS NULL'
  expect((await desk.core.db.read.first<{ n: number }>(unpushed))?.n).toBeGreaterThan(0)

  await server.dovecot.doveadm('expunge', '-u', box, 'mailbox', 'Archive', 'all')
  await until(async () => {
    await pass()
    return (await desk.core.db.read.first<{ n: number }>(unpushed))?.n === 0
  })
  await pass()
  for (const user of ['carol@customer.test', 'dave@customer.test']) {
    await server.waitForMail(user, (raw) => raw.includes('We have mended it.'))
    expect(await countOf(user, 'We have mended it.')).toBe(1)
  }
  const items = await listItems(desk.core.db.read)
  expect(items.every(({ state }) => state === 'sent')).toBe(true)
}, 120_000)

/** Process ids of the server that serve this user now. */
async function serving(user: string): Promise<number[]> {
  const who = await server.dovecot.doveadm('who', '-1', user)
  return [...who.matchAll(/\bimap\b\s+(\d+)/g)].map(([, pid]) => Number(pid))
}

it('A22, A23: a server that is stopped in silence while the desk idles is left, and new mail is met within a minute', async () => {
  const desk = await open()
  const box = desk.account.address
  const pool = createParsePool()
  const watch = createWatch(desk.core, {
    account: desk.account,
    pool,
    imapSettings: () => Promise.resolve({ ...desk.account.imap, password: 'pass' }),
    onActivity: () => undefined,
    onPulled: () => undefined,
    watchdogMs: 500,
  })
  watch.start()
  await write(desk, 'Before.')
  await until(async () => (await rows(desk)).length === 1)
  const stopped = await serving(box)
  expect(stopped.length).toBeGreaterThan(0)
  try {
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    await write(desk, 'While nobody listens.', '<none@customer.test>')
    const took = await until(async () => (await rows(desk)).length === 2)
    process.stderr.write(`a stopped server: new mail after ${(took / 1_000).toFixed(1)} s\n`)
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
  }
  await watch.stop()
  await pool.stop()
}, 120_000)

/** How many mails lie in every mailbox of the server and outside. */
async function allMail(): Promise<Record<string, number>> {
  const counts: Record<string, number> = { outside: (await server.outbox()).length }
  for (const user of DEFAULT_USERS) counts[user] = (await server.mailbox(user)).length
  return counts
}

it('A27: a desktop that was away for a month catches up, and tells and sends nothing again', async () => {
  const ada = await open()
  let away = 0
  const ben = await joinDesk(ada, { server, now: () => Date.now() + away })
  desks.push(ben)
  const first = await write(ada, 'It flickers again.')
  for (const desk of [ada, ben]) await desk.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'follow', address: 'cleo@desk.test', level: 'all' })
  await nextSecond()
  await reply(ada, 'We come on Monday.')
  for (const desk of [ada, ben]) await desk.engine.syncOnce()

  // Ben is away; the desk goes on.
  const last = await write(ada, 'Thank you.', first)
  await ada.engine.syncOnce()
  await reply(ada, 'It is done.')
  await changeTicket(ada.core, id, { do: 'setStatus', status: 'solved' })
  for (let pass = 0; pass < 3; pass += 1) await ada.engine.syncOnce()
  await write(ada, 'All well.', last)
  for (let pass = 0; pass < 2; pass += 1) await ada.engine.syncOnce()
  await delay(500)
  const before = await allMail()
  expect(before['carol@customer.test']).toBeGreaterThan(0)
  expect(before['cleo@desk.test']).toBeGreaterThan(0)

  away = 30 * day
  for (let pass = 0; pass < 4; pass += 1) await ben.engine.syncOnce()
  await delay(1_000)
  await ada.engine.syncOnce()
  expect(await allMail()).toEqual(before)
  expect(await ben.engine.hash()).toEqual(await ada.engine.hash())
  expect((await detailOf(ben, id)).comments.length).toBe((await detailOf(ada, id)).comments.length)
  expect(await listItems(ben.core.db.read)).toEqual([])
}, 180_000)
