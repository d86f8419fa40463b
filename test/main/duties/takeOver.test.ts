// Two desktops on one mailbox and a notice that a customer's mail causes: both awake at once, and the one that has the duty
// dying before its mails, among them and after them, with nobody told. Each follower gets the notice exactly once.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { listDueDuties } from '#main/db/duties'
import { findDue, listItems } from '#main/db/outbox'
import { performDuty } from '#main/duties/perform'
import { createWatch } from '#main/inbox/watch'
import { createParsePool } from '#main/mail/parsePool'
import { deliver } from '#main/outbox/deliver'
import { findTerms } from '#main/outbox/terms'
import { changeTicket } from '#main/tickets/commands'
import { createWayOut } from '#main/wayOut'
import { theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import { nextSecond } from '#support/nextSecond'
import { startFaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const lease = 8_000
const receiptWaitMs = 2_000
const followers = ['ben@desk.test', 'cleo@desk.test']
let server: MailServer
let ada: Desk
let ben: Desk
let run = 0

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  await ben.stop()
  await ada.stop()
})

const subject = (): string => `Notice ${String(run)}`
const news = (): string => `Still burning, number ${String(run)}.`

async function fromCarol(text: string, answers?: string): Promise<string> {
  const { messageId } = await server.deliver({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: answers === undefined ? subject() : `Re: ${subject()}`,
    text,
    ...(answers === undefined ? {} : { headers: { 'In-Reply-To': answers } }),
  })
  await server.waitForMail(ada.account.address, (raw) => raw.includes(text))
  return messageId
}

/** Both desktops know Carol's ticket, which Ben follows and Cleo has; then she writes again. @returns her first mail */
async function open(ports: { smtpPort?: number } = {}): Promise<string> {
  run += 1
  ada = await startDesk({ server, receiptWaitMs, leaseMs: lease, ...ports })
  const first = await fromCarol(`It burns, number ${String(run)}.`)
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await changeTicket(ada.core, id, { do: 'assign', assignee: 'cleo@desk.test' })
  await ada.engine.syncOnce()
  ben = await joinDesk(ada, { server, receiptWaitMs, leaseMs: lease })
  await ben.engine.syncOnce()
  await nextSecond()
  await fromCarol(news(), first)
  return first
}

/** How often the notice lies in each follower's mailbox. */
const notices = (): Promise<number[]> =>
  Promise.all(
    followers.map(
      async (user) => (await server.mailbox(user)).filter((raw) => raw.includes(news())).length,
    ),
  )

const states = async ({ core }: Pick<Desk, 'core'>): Promise<string[]> =>
  (await listItems(core.db.read)).map(({ state }) => state)

/** Passes until every mail of this desktop has come to its end. */
async function settle({ engine, core }: Desk, mails: number): Promise<void> {
  await vi.waitFor(
    async () => {
      await engine.syncOnce({ receiptMs: 5_000 })
      // What was put off for a minute is looked at now.
      await core.db.write('test.now', async (tx) => {
        await tx.run(`UPDATE outbox_item SET nextAt = 0 WHERE state = 'queued'`)
      })
      expect(await states({ core })).toEqual(Array.from({ length: mails }, () => 'sent'))
    },
    { timeout: 50_000, interval: 200 },
  )
}

it('goes once to each when both desktops are awake', async () => {
  await open()
  const both = () => Promise.all([ada.engine.syncOnce(), ben.engine.syncOnce()])
  await both()
  await both()
  await delay(1_000)
  expect(await notices()).toEqual([1, 1])
  expect((await states(ada)).length + (await states(ben)).length).toBe(2)
})

it('is taken over from a desktop that cannot send, which leaves the next to others at once', async () => {
  const wire = await startFaultProxy(server.exim.smtpPort)
  const first = await open({ smtpPort: wire.port })
  wire.setFault({ kind: 'rst', direction: 'server', afterBytes: 0 })
  // Ada's desktop wins the duty and says in the journal that it has it, but no mail leaves it.
  expect(await ada.engine.syncOnce({ receiptMs: 0 })).toMatchObject({ sent: 0 })
  expect(await states(ada)).toEqual(['queued', 'queued'])
  expect(await ben.engine.syncOnce({ receiptMs: 0 })).toMatchObject({ sent: 0 })
  expect(await listDueDuties(ben.core.db.read, Date.now())).toHaveLength(1)
  await delay(lease + 2_500)
  await settle(ben, 2)
  expect(await notices()).toEqual([1, 1])

  const next = `And again, number ${String(run)}.`
  await fromCarol(next, first)
  await ada.engine.syncOnce({ receiptMs: 0 })
  await settle(ben, 4)
  expect((await server.mailbox('ben@desk.test')).filter((raw) => raw.includes(next))).toHaveLength(
    1,
  )

  wire.setFault(null)
  await settle(ada, 2)
  expect(await notices()).toEqual([1, 1])
  await ben.engine.syncOnce()
  expect((await ada.engine.hash()).digest).toBe((await ben.engine.hash()).digest)
  await wire.stop()
}, 150_000)

it.each([
  ['before it has done anything', -1],
  ['with its mails queued', 0],
  ['between its mails', 1],
  ['after its mails', 2],
])(
  'is taken over from a desktop that dies %s, and nobody gets it twice or not at all',
  async (_, sent) => {
    await open()
    // Ada's desktop reads the mail and wins the duty.
    const watch = createWatch(ada.core, {
      account: ada.account,
      pool: createParsePool(),
      imapSettings: () => Promise.resolve({ ...ada.account.imap, password: 'pass' }),
      onActivity: () => undefined,
      onPulled: () => undefined,
    })
    await watch.pullOnce()
    const [duty] = await listDueDuties(ada.core.db.read, Date.now())
    if (duty === undefined) throw new Error('nothing is due')
    expect((await ada.engine.journal.claim([duty.key], lease)).mine.has(duty.key)).toBe(true)
    if (sent >= 0) {
      await performDuty(ada.core, duty, () => Promise.reject(new Error('no file is asked for')))
      expect(await states(ada)).toEqual(['queued', 'queued'])
    }
    const { send } = createWayOut(ada.core, ada.secrets, () => Promise.resolve(ada.account))
    const terms = await findTerms(ada.core.db.read, ada.account.id)
    for (let n = 0; n < sent; n += 1) {
      const item = await findDue(ada.core.db.read, ada.account.id, Date.now())
      if (item === undefined) throw new Error('nothing to send')
      expect(await deliver(ada.core, item, { send, terms })).toMatchObject({ state: 'sent' })
    }
    // Here it dies: nothing of this has reached the journal. While its lease lasts nobody else sends.
    expect(await ben.engine.syncOnce({ receiptMs: 0 })).toMatchObject({ sent: 0 })
    await delay(lease + 2_500)
    await settle(ben, 2)
    expect(await notices()).toEqual([1, 1])
    ada = await ada.reopen()
    await settle(ada, sent >= 0 ? 2 : 0)
    expect(await notices()).toEqual([1, 1])
    expect((await ada.engine.hash()).digest).toBe((await ben.engine.hash()).digest)
  },
  150_000,
)
