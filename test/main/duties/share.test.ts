// A desktop claims no more than it can send soon: the rest is done by those that are idle.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { listDueDuties } from '#main/db/duties'
import { listItems } from '#main/db/outbox'
import { saveSendingSettings } from '#main/outbox/terms'
import { changeTicket } from '#main/tickets/commands'
import { theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import { nextSecond } from '#support/nextSecond'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: Desk

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  await server.stop()
})

async function write(text: string, answers?: string): Promise<string> {
  const { messageId } = await server.deliver({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    text,
    ...(answers === undefined ? {} : { headers: { 'In-Reply-To': answers } }),
  })
  await server.waitForMail(ada.account.address, (raw) => raw.includes(text))
  return messageId
}

const perMinute = ({ core, account }: Desk, count: number): Promise<void> =>
  saveSendingSettings(core.db, account.id, {
    perMinute: count,
    replyTimeoutMs: 60_000,
    receiptWaitMs: 5_000,
  })
const sent = async ({ core }: Desk): Promise<number> => (await listItems(core.db.read)).length
const due = async ({ core }: Desk): Promise<number> =>
  (await listDueDuties(core.db.read, core.now())).length

it('two desktops that may send three mails a minute share five notices, two each, and the fifth waits', async () => {
  const first = await write('It burns.')
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await ada.engine.syncOnce()
  ben = await joinDesk(ada, { server })
  await ben.engine.syncOnce()
  await nextSecond()
  const words = ['one', 'two', 'three', 'four', 'five'].map((word) => `Still burning, ${word}.`)
  for (const text of words) await write(text, first)

  for (const desk of [ada, ben]) await perMinute(desk, 3)
  await ada.engine.syncOnce()
  expect([await sent(ada), await due(ada)]).toEqual([2, 3])
  await ada.engine.syncOnce()
  expect(await sent(ada)).toBe(2)
  await ben.engine.syncOnce()
  expect([await sent(ben), await due(ben)]).toEqual([2, 1])

  await perMinute(ada, 10_000)
  await ada.engine.syncOnce()
  expect([await sent(ada), await due(ada)]).toEqual([3, 0])
  await vi.waitFor(async () => {
    const notices = await server.mailbox('ben@desk.test')
    const times = words.map((text) => notices.filter((raw) => raw.includes(text)).length)
    expect(times).toEqual([1, 1, 1, 1, 1])
  })
})
