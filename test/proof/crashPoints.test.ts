// The process ends at each commit and each socket write of sending a mail, just before it and just after it, n = 1, 2, 3 …
// until the scenario runs through: after the next start each recipient has the mail exactly once. Sending writes no file but
// the database.
import { createConnection, createServer, type Socket } from 'node:net'
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
let way: Awaited<ReturnType<typeof startWay>>

beforeAll(async () => {
  server = await startDeskServer()
  way = await startWay(server.exim.smtpPort)
})
afterAll(async () => {
  await way.stop()
  await server.stop()
})

type Side = 'before' | 'after'

/** Counts commits and socket writes together; at the n-th the process ends, and nothing is written any more. */
interface Life {
  /** `false`: it ends here, and this is not done any more. */
  readonly enter: () => boolean
  /** The end, if it is after this. */
  readonly leave: () => void
  readonly isDead: () => boolean
}

function lifeOf(n: number, side: Side): Life {
  let points = 0
  let isDead = false
  return {
    enter: () => {
      if (isDead) return false
      points += 1
      if (points === n && side === 'before') isDead = true
      return !isDead
    },
    leave: () => {
      if (points === n) isDead = true
    },
    isDead: () => isDead,
  }
}

const dead = (): Promise<never> => new Promise(() => undefined)

function mortal(core: Core, life: Life): Core {
  const write: WriteFunction = async (name, work, options) => {
    if (!life.enter()) return dead()
    const result = await core.db.write(name, work, options)
    life.leave()
    return life.isDead() ? dead() : result
  }
  return { ...core, db: { ...core.db, write } }
}

/** The way to the SMTP server: each write of the client is a point; a dead process hears nothing any more. */
async function startWay(target: number) {
  let life: Life | undefined
  const sockets = new Set<Socket>()
  const way = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
    }
    client.on('data', (chunk: Buffer) => {
      if (life?.enter() === false) {
        upstream.destroy()
        return
      }
      upstream.write(chunk)
      life?.leave()
      if (life?.isDead() === true) upstream.end()
    })
    upstream.on('data', (chunk: Buffer) => {
      if (life?.isDead() !== true) client.write(chunk)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => {
      if (life?.isDead() !== true) client.destroy()
    })
  })
  await new Promise<void>((done) => way.listen(0, '127.0.0.1', done))
  const address = way.address()
  if (address === null || typeof address === 'string') throw new Error('the way has no port')
  return {
    port: address.port,
    follow: (next: Life | undefined): void => {
      life = next
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => way.close(done))
    },
  }
}

async function copiesOf(user: string, messageId: string): Promise<number> {
  const mails = await server.mailbox(user)
  return mails.filter((raw) => raw.includes(`Message-ID: <${messageId}>`)).length
}

async function queueOne(desk: Desk, name: string, cc: string): Promise<void> {
  const subject = `Crash ${name}`
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
    id: `crash-${name}`,
    ticketId: ticket.id,
    visibility: 'public',
    text: 'Short.',
    audience: [],
    seenRevision: null,
    status: null,
  })
}

async function scenario(desk: Desk, n: number, side: Side, cc: string): Promise<boolean> {
  await queueOne(desk, `${side}-${String(n)}`, cc)
  const life = lifeOf(n, side)
  const core = mortal(desk.core, life)
  const outbox = createOutbox(core, {
    accountIds: () => Promise.resolve([desk.account.id]),
    lookForReceipts: () => undefined,
    ...createWayOut(core, desk.secrets, () => Promise.resolve(desk.account)),
  })
  way.follow(life)
  const isThrough = await Promise.race([
    outbox.flush().then(() => true),
    (async () => {
      while (!life.isDead()) await new Promise((resolve) => setTimeout(resolve, 10))
      // What the server was given before the end still reaches it.
      await new Promise((resolve) => setTimeout(resolve, 400))
      return false
    })(),
  ])
  way.follow(undefined)
  return isThrough
}

it.each([
  ['before', 'dave@customer.test'],
  ['after', 'dave@customer.test'],
  ['before', 'nobody@customer.test'],
  ['after', 'nobody@customer.test'],
] as const)(
  'ending %s each commit and socket write, with %s in copy, loses and repeats nothing',
  async (side, cc) => {
    let points = 0
    for (let n = 1; ; n += 1) {
      let desk = await startDesk({ server, smtpPort: way.port, receiptWaitMs: 2_000 })
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
