// The process ends at each commit of sending a mail, just before it and just after it, n = 1, 2, 3 … until the scenario
// runs through: after the next start each recipient has the mail exactly once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import type { WriteFunction } from '#main/db/write'
import { queueReply } from '#main/outbox/queueComment'
import { createOutbox } from '#main/outbox/run'
import type { Core } from '#main/tickets/core'
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

type Side = 'before' | 'after'

/** A core whose process ends at its n-th commit: from then on nothing is written any more. */
function mortal(core: Core, n: number, side: Side): { core: Core; isDead: () => boolean } {
  let commits = 0
  let isDead = false
  const dead = (): Promise<never> => new Promise(() => undefined)
  const write: WriteFunction = async (name, work, options) => {
    if (isDead) return dead()
    commits += 1
    const isLast = commits === n
    if (isLast && side === 'before') {
      isDead = true
      return dead()
    }
    const result = await core.db.write(name, work, options)
    if (!isLast) return result
    isDead = true
    return dead()
  }
  return { core: { ...core, db: { ...core.db, write } }, isDead: () => isDead }
}

async function copiesOf(user: string, messageId: string): Promise<number> {
  const mails = await server.mailbox(user)
  return mails.filter((raw) => raw.includes(`Message-ID: <${messageId}>`)).length
}

async function scenario(desk: Desk, n: number, side: Side, cc: string): Promise<boolean> {
  const subject = `Crash ${side} ${String(n)}`
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    cc: [cc],
    subject,
    text: 'Hello?',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  const { ticket } = await theTicket(desk, subject)
  await queueReply(desk.core, {
    id: `crash-${side}-${String(n)}`,
    ticketId: ticket.id,
    visibility: 'public',
    text: 'Short.',
    audience: [],
    seenRevision: null,
    status: null,
  })
  const one = mortal(desk.core, n, side)
  const outbox = createOutbox(one.core, {
    accountIds: () => Promise.resolve([desk.account.id]),
    lookForReceipts: () => undefined,
    ...createWayOut(one.core, desk.secrets, () => Promise.resolve(desk.account)),
  })
  const isThrough = await Promise.race([
    outbox.flush().then(() => true),
    (async () => {
      while (!one.isDead()) await new Promise((resolve) => setTimeout(resolve, 10))
      // What the server was given before the end still reaches it.
      await new Promise((resolve) => setTimeout(resolve, 400))
      return false
    })(),
  ])
  return isThrough
}

it.each([
  ['before', 'dave@customer.test'],
  ['after', 'dave@customer.test'],
  ['before', 'nobody@customer.test'],
  ['after', 'nobody@customer.test'],
] as const)(
  'ending %s each commit, with %s in copy, loses and repeats nothing',
  async (side, cc) => {
    let points = 0
    for (let n = 1; ; n += 1) {
      let desk = await startDesk({ server, receiptWaitMs: 2_000 })
      const isThrough = await scenario(desk, n, side, cc)
      desk = await desk.reopen()
      await desk.engine.syncOnce({ receiptMs: 30_000 })
      const [item] = await listItems(desk.core.db.read)
      const end = cc.startsWith('nobody') ? 'partly' : 'sent'
      expect([n, item?.state]).toEqual([n, end])
      expect(await copiesOf('carol@customer.test', item?.messageId ?? '')).toBe(1)
      if (end === 'sent') expect(await copiesOf(cc, item?.messageId ?? '')).toBe(1)
      const [check] = await desk.core.db.read.all('PRAGMA integrity_check')
      expect(check).toEqual({ integrity_check: 'ok' })
      await desk.stop()
      if (isThrough) break
      points = n
    }
    expect(points).toBeGreaterThan(1)
    process.stdout.write(`${side}, ${cc}: ${String(points)} crash points\n`)
  },
)
