// What a desktop remembers of the duties it has asked for: the journal is asked again only when that can have changed.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listDueDuties } from '#main/db/duties'
import { listItems } from '#main/db/outbox'
import { createClaimedDuties, type ClaimedDuties } from '#main/duties/claimed'
import { performDuty } from '#main/duties/perform'
import { changeTicket } from '#main/tickets/commands'
import type { Duty } from '#shared/model/duty'
import { aMail, feed, theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const lease = 8_000
let server: MailServer
let ada: Desk
let ben: Desk

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
  ben = await joinDesk(ada, { server })
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  await server.stop()
})

/** The duties of a desktop that has just started, and what it has asked the journal for, each time. */
function remember({ core, engine }: Desk): ClaimedDuties & { readonly asked: string[][] } {
  const asked: string[][] = []
  const claimed = createClaimedDuties(
    core,
    (keys, ...terms) => {
      asked.push([...keys])
      return engine.journal.claim(keys, ...terms)
    },
    lease,
  )
  return { ...claimed, asked }
}

const duty = (name: string): Duty => ({
  key: `notice:${name}`,
  kind: 'notice',
  ticketId: 'ticket',
  sourceId: name,
  dueAt: 0,
})

it('a duty whose lease is nearly over is left until then, without asking', async () => {
  const own = remember(ada)
  const one = duty('near')
  expect(await own.win([one], 9)).toEqual([one])
  expect(await own.standing(one.key, 'item')).toBe('mine')
  await delay(lease * 0.6)
  for (let n = 0; n < 3; n += 1) expect(await own.standing(one.key, 'item')).toBe('elsewhere')
  expect(await own.win([one], 9)).toEqual([])
  expect(own.asked).toEqual([[one.key]])
  await delay(lease * 0.4 + 1_500)
  expect(await own.standing(one.key, 'item')).toBe('mine')
  expect(own.asked).toHaveLength(2)
})

it('a duty that another has is not asked for until its lease is over; others are', async () => {
  const [first, second] = [duty('lost'), duty('free')]
  const own = remember(ada)
  const other = remember(ben)
  expect(await own.win([first], 9)).toEqual([first])
  expect(await other.win([first], 9)).toEqual([])
  expect(await other.win([first], 9)).toEqual([])
  expect(await other.standing(first.key, 'item')).toBe('elsewhere')
  expect(other.asked).toEqual([[first.key]])
  expect(await other.win([first, second], 9)).toEqual([second])
  expect(other.asked).toEqual([[first.key], [second.key]])
  await delay(lease + 2_500)
  // What the one before may have sent is looked for first.
  expect(await other.standing(first.key, 'item')).toBe('shared')
  expect(await own.standing(first.key, 'item')).toBe('elsewhere')
})

it('after a restart all that waits in the outbox is asked for at once', async () => {
  const { address } = ada.account
  const mail = (n: number, answers?: string) =>
    aMail({
      from: 'Carol <carol@customer.test>',
      to: address,
      subject: 'Printer',
      messageId: `<claimed-${String(n)}@customer.test>`,
      text: `It burns, ${String(n)}.`,
      headers: answers === undefined ? {} : { 'In-Reply-To': answers },
    })
  await feed(ada, [{ raw: mail(0), at: Date.now() }])
  const { id } = (await theTicket(ada)).ticket
  await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  for (const n of [1, 2, 3]) {
    await feed(ada, [{ raw: mail(n, '<claimed-0@customer.test>'), at: Date.now() }])
  }
  const due = await listDueDuties(ada.core.db.read, Date.now())
  expect(due).toHaveLength(3)
  const keys = due.map(({ key }) => key)
  const { mine } = await ada.engine.journal.claim(keys, lease)
  expect([...mine.keys()]).toEqual(keys)
  for (const each of due) {
    await performDuty(ada.core, each, () => Promise.reject(new Error('no file is asked for')))
  }
  const items = (await listItems(ada.core.db.read)).reverse()
  expect(items.map(({ dutyKey }) => dutyKey)).toEqual(keys)

  const restarted = remember(ada)
  for (const { id: itemId, dutyKey } of items) {
    expect(await restarted.standing(dutyKey ?? '', itemId)).toBe('mine')
  }
  expect(restarted.asked).toEqual([keys])
})
