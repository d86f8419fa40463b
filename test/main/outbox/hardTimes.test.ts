// A disk that is full, a clock that jumps: what the machine does to a mail that is on its way.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import type { WriteFunction } from '#main/db/write'
import { queueReply } from '#main/outbox/queueComment'
import { createOutbox } from '#main/outbox/run'
import { createWayOut } from '#main/wayOut'
import { aMail, feed, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

async function copiesOf(user: string, messageId: string): Promise<number> {
  const mails = await server.mailbox(user)
  return mails.filter((raw) =>
    raw.replace(/\r?\n[ \t]+/gu, ' ').includes(`Message-ID: <${messageId}>`),
  ).length
}

async function queueOne(desk: Desk, name: string): Promise<void> {
  const subject = `Hard times ${name}`
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    cc: ['dave@customer.test'],
    subject,
    text: 'Hello?',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  const { ticket } = await theTicket(desk, subject)
  await queueReply(desk.core, {
    id: `hard-${name}`,
    ticketId: ticket.id,
    visibility: 'public',
    text: 'Short.',
    audience: [],
    seenRevision: null,
    status: null,
  })
}

async function expectOnce(desk: Desk): Promise<void> {
  const [item] = await listItems(desk.core.db.read)
  expect(item?.state).toBe('sent')
  for (const user of ['carol@customer.test', 'dave@customer.test']) {
    await server.waitForMail(user, (raw) => raw.includes(item?.messageId ?? '-'))
    expect(await copiesOf(user, item?.messageId ?? '')).toBe(1)
  }
}

it('a disk that is full at any write of sending loses and repeats nothing, and sending goes on', async () => {
  for (let n = 1; ; n += 1) {
    const desk = await startDesk({ server, receiptWaitMs: 2_000 })
    await queueOne(desk, `full-${String(n)}`)
    let writes = 0
    const write: WriteFunction = (name, work, options) => {
      writes += 1
      if (writes !== n) return desk.core.db.write(name, work, options)
      // Everything of this write has been tried when the last page does not fit any more.
      return desk.core.db.write(
        name,
        async (tx) => {
          await work(tx)
          throw new Error('SQLITE_FULL: database or disk is full')
        },
        options,
      )
    }
    const core = { ...desk.core, db: { ...desk.core.db, write } }
    const outbox = createOutbox(core, {
      accountIds: () => Promise.resolve([desk.account.id]),
      lookForReceipts: () => undefined,
      ...createWayOut(core, desk.secrets, () => Promise.resolve(desk.account)),
    })
    await outbox.flush().catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'refused' })
    })
    const isThrough = writes < n
    await outbox.flush()
    await desk.engine.syncOnce({ receiptMs: 30_000 })
    await expectOnce(desk)
    await outbox.stop()
    await desk.stop()
    if (!isThrough) continue
    expect(n).toBeGreaterThan(2)
    break
  }
})

it.each([
  ['ahead by a day', 86_400_000],
  ['back by a day', -86_400_000],
  ['back by a year', -365 * 86_400_000],
])(
  'a clock that jumps %s while a mail waits and while it is in doubt does no harm',
  async (name, jump) => {
    let shift = 0
    const desk = await startDesk({ server, receiptWaitMs: 2_000, now: () => Date.now() + shift })
    await queueOne(desk, `clock-${name.replaceAll(' ', '-')}`)
    shift = jump
    const way = createWayOut(desk.core, desk.secrets, () => Promise.resolve(desk.account))
    const outbox = createOutbox(desk.core, {
      accountIds: () => Promise.resolve([desk.account.id]),
      lookForReceipts: () => undefined,
      canSend: way.canSend,
      // The server takes it, and nobody hears that it did.
      send: async (...given) => {
        await way.send(...given)
        return { outcome: 'uncertain', reply: 'The line went dead.' }
      },
    })
    expect(await outbox.flush()).toMatchObject({ uncertain: 1 })
    await outbox.stop()
    shift = 0
    await desk.engine.syncOnce({ receiptMs: 30_000 })
    await expectOnce(desk)
    await desk.stop()
  },
)

it('a mail in doubt is looked for while others are still being sent, and not at each of them', async () => {
  const desk = await startDesk({ server, receiptWaitMs: 1_000 })
  const mails = 12
  for (let n = 0; n < mails; n += 1) await queueOne(desk, `busy-${String(n)}`)
  let tries = 0
  const looks: number[] = []
  const outbox = createOutbox(desk.core, {
    accountIds: () => Promise.resolve([desk.account.id]),
    canSend: () => Promise.resolve(true),
    lookForReceipts: () => {
      looks.push(tries)
    },
    send: async () => {
      tries += 1
      if (tries === 1) return { outcome: 'uncertain', reply: 'The line went dead.' }
      await delay(300)
      return { outcome: 'accepted', reply: '250 OK', refused: [] }
    },
  })
  await outbox.flush()
  await outbox.stop()
  expect(tries).toBe(mails)
  expect(looks[0]).toBeLessThan(mails)
  // Eleven mails of 300 ms: at most one look a second.
  expect(looks.length).toBeLessThan(mails / 2)
  await desk.stop()
})
