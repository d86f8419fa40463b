// A duty whose holder dies: before its effect, between its effect and saying so, or asleep with the mail in its outbox. The
// follower hears of the customer's mail exactly once each time.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listDueDuties } from '#main/db/duties'
import { performDuty } from '#main/duties/perform'
import { createOutbox } from '#main/outbox/run'
import { changeTicket } from '#main/tickets/commands'
import { createMailboxes } from '#main/mailboxes'
import type { Duty } from '#shared/model/duty'
import { aMail, feed, theTicket } from '#support/feedMails'
import { joinDesk, until } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const leaseMs = 8_000
const receiptWaitMs = 2_000
const patient = { timeout: 240_000 }
let server: MailServer
let ada: Desk
let ben: Desk
let marker = 0

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

/** A ticket that Ben follows, with a new mail of the customer that Ada's desktop has read and nobody was told of. */
beforeEach(async () => {
  marker += 1
  ada = await startDesk({ server, leaseMs, receiptWaitMs })
  await write(0)
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await ada.engine.journal.passOnce()
  ben = await joinDesk(ada, { server, leaseMs, receiptWaitMs })
  await ben.engine.syncOnce()
  await write(1)
})
afterEach(async () => {
  await ben.stop()
  await ada.stop()
})

const name = (n: number) => `takeover-${String(marker)}-${String(n)}`

/** Lays a customer's mail into the mailbox; only Ada's desktop has read it already, without doing anything about it. */
async function write(n: number): Promise<void> {
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: `<${name(n)}@customer.test>`,
    text: `It burns, ${name(n)}-end.`,
    headers: n === 0 ? {} : { 'In-Reply-To': `<${name(0)}@customer.test>` },
  })
  await server.inject(ada.account.address, 'INBOX', [raw])
  if (n > 0) await feed(ada, [{ raw, at: Date.now() }])
}

const told = async (): Promise<number> =>
  (await server.mailbox('ben@desk.test')).filter((mail) => mail.includes(`${name(1)}-end`)).length

/** Ben's desktop works until Ben has been told. */
async function toldOnce(): Promise<void> {
  await until(async () => {
    await ben.engine.syncOnce()
    return (await told()) === 1
  }, 200_000)
}

async function openDuty(): Promise<Duty> {
  const [duty, ...more] = await listDueDuties(ada.core.db.read, Date.now() + 60_000)
  expect(more).toEqual([])
  if (duty === undefined) throw new Error('no duty is due')
  return duty
}

const noFile = () => Promise.reject(new Error('there is no file'))

describe('a duty whose holder', () => {
  it('died after claiming is done by the next, once', patient, async () => {
    const { key } = await openDuty()
    expect((await ada.engine.journal.claim([key])).has(key)).toBe(true)
    await ben.engine.syncOnce()
    expect(await told()).toBe(0)
    await delay(leaseMs + 2_500)
    await toldOnce()
    await ada.engine.syncOnce()
    await ben.engine.syncOnce()
    expect(await told()).toBe(1)
  })

  it('died after sending, before saying so, is not done again', patient, async () => {
    const duty = await openDuty()
    expect((await ada.engine.journal.claim([duty.key])).has(duty.key)).toBe(true)
    await performDuty(ada.core, duty, noFile)
    const outbox = createOutbox(ada.core, {
      accountIds: () => Promise.resolve([ada.account.id]),
      send: createMailboxes({ core: ada.core, secrets: ada.secrets }).send,
      canSend: () => Promise.resolve(true),
      lookForReceipts: () => undefined,
    })
    expect((await outbox.flush()).sent).toBe(1)
    await outbox.stop()
    await until(async () => (await told()) === 1)
    await delay(leaseMs + 2_500)
    // Ada's desktop never says a word again; Ben's finds the receipt.
    await ben.engine.syncOnce()
    await ben.engine.syncOnce()
    expect(await listDueDuties(ben.core.db.read, Date.now())).toEqual([])
    expect(await told()).toBe(1)
  })

  it(
    'slept over its lease with the mail in the outbox lets the next one’s stand',
    patient,
    async () => {
      const duty = await openDuty()
      expect((await ada.engine.journal.claim([duty.key])).has(duty.key)).toBe(true)
      await performDuty(ada.core, duty, noFile)
      await delay(leaseMs + 2_500)
      await toldOnce()
      await ada.engine.syncOnce()
      await ada.engine.syncOnce()
      expect(await told()).toBe(1)
    },
  )
})
