// What happens on a ticket between Send and leaving: the reply is held, says why, and an agent decides. On a real Exim.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listDrafts } from '#main/db/drafts'
import { listItems } from '#main/db/outbox'
import { createBulk } from '#main/outbox/bulk'
import { queueReply } from '#main/outbox/queueComment'
import { cancelItem, retryItem } from '#main/outbox/run'
import { undoReply } from '#main/outbox/undo'
import { changeTicket } from '#main/tickets/commands'
import type { TicketAction } from '#shared/ipc/contract'
import { aMail, feed, rows, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const vera = 'vera@vendor.test'
const ben = 'ben@desk.test'

let server: MailServer
let desk: Desk
let id = ''
let run = 0
let clock = 0

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  await desk.stop()
})

async function open(): Promise<void> {
  run += 1
  clock = 0
  desk = await startDesk({ server, now: () => Date.now() + clock })
  const raw = aMail({
    from: `Carol <${carol}>`,
    to: desk.account.address,
    cc: [`Dave <${dave}>`],
    subject: `Door ${String(run)}`,
    messageId: `<door${String(run)}@customer.test>`,
  })
  await feed(desk, [{ raw, at: Date.now() - 600_000 }])
  id = (await theTicket(desk, `Door ${String(run)}`)).ticket.id
  await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
}

const words = (): string => `We mend door ${String(run)}.`
const reply = (undoMs = 0) =>
  queueReply(desk.core, {
    id: `reply-${String(run)}`,
    ticketId: id,
    visibility: 'public',
    text: words(),
    audience: [],
    seenRevision: null,
    status: null,
    undoMs,
  })
const writes = (n: number): Promise<unknown> =>
  feed(desk, [
    {
      raw: aMail({
        from: `Dave <${dave}>`,
        to: desk.account.address,
        cc: [carol],
        subject: `Re: Door ${String(run)}`,
        text: `It is open again (${String(n)}).`,
        headers: { 'In-Reply-To': `<door${String(run)}@customer.test>` },
      }),
      at: Date.now() - 300_000 + n * 60_000,
    },
  ])
const change = (action: TicketAction): Promise<unknown> => changeTicket(desk.core, id, action)
const wait = (): void => {
  clock += 60_000
}
const items = async (kind?: string) =>
  (await listItems(desk.core.db.read)).filter((item) => kind === undefined || item.kind === kind)
const theReply = async () => {
  const [item] = await items('public')
  if (item === undefined) throw new Error('no public mail')
  return item
}
const received = async (): Promise<string[]> => {
  const got = []
  for (const user of [carol, dave, vera, ben]) {
    for (const raw of await server.mailbox(user)) if (raw.includes(words())) got.push(user)
  }
  return got
}

describe('a public comment that arrives', () => {
  it.each(['while a reply can be undone', 'after a bulk reply was queued'])(
    '%s holds it, also what tells colleagues of it, until an agent sends it',
    async (when) => {
      await open()
      if (when.includes('bulk')) {
        const bulk = { id: 'bulk-reply', ticketIds: [id], text: words(), status: null }
        await createBulk(desk.core).run(bulk)
      } else await reply(30_000)
      await writes(1)
      wait()
      expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
      const held = await theReply()
      expect(held).toMatchObject({ state: 'failed', attempts: 0, nextAt: null })
      expect(held.held).toMatchObject({ comments: [expect.any(String)], added: [], removed: [] })
      expect((await items('follower')).map(({ state }) => state)).toContain('failed')
      expect((await rows(desk)).find((row) => row.id === id)?.delivery).toBe('held')
      expect(await received()).toEqual([])

      await retryItem(desk.core, held.id)
      await desk.engine.syncOnce()
      expect((await received()).sort()).toEqual([ben, carol, dave])
    },
  )

  it('after the agent was told of an earlier one holds the reply once more', async () => {
    await open()
    await reply(30_000)
    await writes(1)
    wait()
    await desk.engine.syncOnce()
    await retryItem(desk.core, (await theReply()).id)
    await writes(2)
    await desk.engine.syncOnce()
    const held = await theReply()
    expect(held.state).toBe('failed')
    expect(held.held?.comments).toHaveLength(2)
    expect(await received()).toEqual([])
  })

  it('before it is edited gives the words back, and nothing leaves', async () => {
    await open()
    await reply(30_000)
    await writes(1)
    wait()
    await desk.engine.syncOnce()
    await undoReply(desk.core, `reply-${String(run)}`)
    const [draft] = await listDrafts(desk.core.db.read, id)
    expect(draft).toMatchObject({ mode: 'public' })
    expect(draft?.text).toContain(words())
    await desk.engine.syncOnce()
    expect(new Set((await items()).map(({ state }) => state))).toEqual(new Set(['cancelled']))
    expect(await received()).toEqual([])
  })
})

describe('a requester who is replaced while a reply waits', () => {
  const replace: TicketAction = { do: 'changeRequester', address: vera, name: 'Vera' }

  it('gets nothing, nor does the new one unasked: the reply is held and says who is who', async () => {
    await open()
    await reply(30_000)
    await change(replace)
    wait()
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    const held = await theReply()
    expect(held.state).toBe('failed')
    expect(held.held).toEqual({ comments: [], added: [vera], removed: [carol] })
    expect(await received()).toEqual([])
    // Sent as it is, it goes to those of its people who are still there.
    await retryItem(desk.core, held.id)
    await desk.engine.syncOnce()
    expect((await received()).sort()).toEqual([ben, dave])
    expect((await theReply()).to.map(({ address }) => address)).toEqual([dave])
  })

  it('gets nothing when it is edited and sent anew, and the new one does', async () => {
    await open()
    await reply(30_000)
    await change(replace)
    wait()
    await desk.engine.syncOnce()
    await undoReply(desk.core, `reply-${String(run)}`)
    await queueReply(desk.core, {
      id: `again-${String(run)}`,
      ticketId: id,
      visibility: 'public',
      text: words(),
      audience: [],
      seenRevision: null,
      status: null,
    })
    await desk.engine.syncOnce()
    expect((await received()).sort()).toEqual([ben, dave, vera])
  })

  it('gets nothing when it is thrown away, and nobody is told of it', async () => {
    await open()
    await reply(30_000)
    await change(replace)
    wait()
    await desk.engine.syncOnce()
    await cancelItem(desk.core, (await theReply()).id)
    await desk.engine.syncOnce()
    expect((await items()).every(({ state }) => state === 'cancelled')).toBe(true)
    expect(await received()).toEqual([])
  })
})

it('a CC who is added while a reply waits holds it; one who is removed is taken off', async () => {
  await open()
  await reply(30_000)
  await change({ do: 'addCcs', people: [{ name: '', address: vera }] })
  wait()
  await desk.engine.syncOnce()
  expect((await theReply()).held).toEqual({ comments: [], added: [vera], removed: [] })
  await change({ do: 'removeCc', address: vera })
  await change({ do: 'removeCc', address: dave })
  await retryItem(desk.core, (await theReply()).id)
  await desk.engine.syncOnce()
  expect((await received()).sort()).toEqual([ben, carol])
})

it('a colleague’s mail that is passed on is not held for those who have it from the colleague', async () => {
  await open()
  const raw = aMail({
    from: `Ben Bright <${ben}>`,
    to: desk.account.address,
    cc: [dave],
    subject: `Re: Door ${String(run)}`,
    text: words(),
    headers: { 'In-Reply-To': `<door${String(run)}@customer.test>` },
  })
  await feed(desk, [{ raw, at: Date.now() }])
  await desk.engine.syncOnce()
  const passedOn = await theReply()
  expect(passedOn.to.map(({ address }) => address)).toEqual([carol])
  expect(passedOn).toMatchObject({ state: 'sent', held: null, cc: [] })
  expect(await received()).toEqual([carol])
})
