// Mail out on a real Exim, and on one whose connection breaks: what is stored is what is sent, once.
import { createConnection, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { countByState, findItem, getBytes, listItems, type OutboxItem } from '#main/db/outbox'
import { steadyNow } from '#main/moment'
import { deliver } from '#main/outbox/deliver'
import { queueNote, queueReply } from '#main/outbox/queueComment'
import { cancelItem, createOutbox, markItemSent, retryItem } from '#main/outbox/run'
import { changeTicket } from '#main/tickets/commands'
import { planContext } from '#main/tickets/previewPlan'
import { getTicket } from '#main/db/tickets'
import { planMails } from '#main/tickets/planMails'
import type { AppError } from '#shared/ipc/errors'
import type { ReplyInput } from '#shared/ipc/contract'
import { aMail, detailOf, failure, feed, rows, theTicket } from '#support/feedMails'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import { freePort } from '#support/servers/system'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk, type DeskOptions } from '#support/startDesk'

let server: MailServer
let proxy: FaultProxy
let desk: Desk
let run = 0

beforeAll(async () => {
  server = await startDeskServer()
  proxy = await startFaultProxy(server.exim.smtpPort)
})
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})
afterEach(async () => {
  proxy.setFault(null)
  await desk.stop()
})

/** A desk with one ticket of Carol's, Dave in Cc. */
async function open(
  options: DeskOptions = {},
  cc = ['Dave <dave@customer.test>'],
): Promise<string> {
  desk = await startDesk({ server, ...options })
  run += 1
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    cc,
    subject: `Printer ${String(run)}`,
    messageId: `<first${String(run)}@customer.test>`,
    text: 'It is on fire.',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  return (await theTicket(desk)).ticket.id
}

const reply = (ticketId: string, more: Partial<ReplyInput> = {}): ReplyInput => ({
  id: 'reply-1',
  ticketId,
  visibility: 'public',
  text: 'Please pour some water on it.',
  audience: [],
  seenRevision: null,
  status: null,
  ...more,
})
const items = () => listItems(desk.core.db.read)
const only = async (): Promise<OutboxItem> => {
  const [item, ...others] = await items()
  if (item === undefined || others.length > 0) throw new Error('expected one item')
  return item
}
/** A mail that was cut before its content waits its minute; nobody wants to wait for that here. */
const retryIfQueued = async () => {
  const item = await only()
  if (item.state !== 'queued') return
  await retryItem(desk.core, item.id)
  await desk.engine.syncOnce()
}
const stateOf = async (id: string) => (await findItem(desk.core.db.read, id))?.state
const header = (raw: string, name: string) =>
  new RegExp(`^${name}:(.*(?:\\n[ \\t].*)*)`, 'im')
    .exec(raw.replaceAll('\r\n', '\n'))?.[1]
    ?.replace(/\n\s+/g, ' ')
    .trim()
const arrived = (user: string, messageId: string) =>
  server.waitForMail(user, (raw) => raw.includes(`<${messageId}>`))
const copies = async (user: string, messageId: string, folder = 'INBOX') =>
  (await server.mailbox(user, folder)).filter((raw) => raw.includes(`Message-ID: <${messageId}>`))

describe('a public reply', () => {
  it('is queued once however often it is sent in', async () => {
    const id = await open()
    const one = await queueReply(desk.core, reply(id))
    const two = await queueReply(desk.core, reply(id))
    expect(two.deliveries.map((d) => d.id)).toEqual(one.deliveries.map((d) => d.id))
    expect(await items()).toHaveLength(1)
    expect((await detailOf(desk, id)).comments).toHaveLength(2)
  })

  it('reaches requester and CC with the To and Cc of the plan, as the stored bytes say', async () => {
    const id = await open()
    const { read } = desk.core.db
    const stored = await getTicket(read, id)
    const plan = planMails(await planContext(desk.core, read, stored), stored, {
      kind: 'public',
      commentId: 'reply-1',
      actor: desk.agent.address,
      audience: [],
      mentions: [],
    })
    await queueReply(desk.core, reply(id))
    const item = await only()
    const bytes = (await getBytes(read, item.id)).toString('latin1')
    expect([item.to, item.cc, item.messageId]).toEqual([
      plan.mails[0]?.to,
      plan.mails[0]?.cc,
      plan.mails[0]?.messageId,
    ])
    expect(header(bytes, 'To')).toBe('Carol <carol@customer.test>')
    expect(header(bytes, 'Cc')).toBe('Dave <dave@customer.test>')
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1, failed: 0, uncertain: 0 })
    for (const user of ['carol@customer.test', 'dave@customer.test']) {
      const raw = await arrived(user, item.messageId)
      expect(raw.endsWith(bytes.replaceAll('\r\n', '\n'))).toBe(true)
      expect(header(raw, 'From')).toBe(`Ada Agent <${desk.account.address}>`)
      expect(header(raw, 'To')).toBe('Carol <carol@customer.test>')
      expect(header(raw, 'Cc')).toBe('Dave <dave@customer.test>')
      expect(header(raw, 'Subject')).toBe(`Re: Printer ${String(run)}`)
      expect(header(raw, 'In-Reply-To')).toBe(`<first${String(run)}@customer.test>`)
      expect(header(raw, 'References')).toContain(`<first${String(run)}@customer.test>`)
      expect(header(raw, 'Reply-To')).toMatch(/help\d+\+t[0-9a-z]{29}@desk\.test/)
      expect(header(raw, 'List-Unsubscribe')).toMatch(/<mailto:help\d+\+l[0-9a-z]{29}@desk\.test/)
      expect(header(raw, 'Auto-Submitted')).toBeUndefined()
      expect(raw).not.toMatch(/bcc|ben@desk\.test|ada@desk\.test/i)
    }
  })

  it('is filed in Sent exactly once and does not come back as a second comment', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    const { messageId } = await only()
    await desk.engine.syncOnce()
    await desk.engine.syncOnce()
    await desk.engine.syncOnce()
    expect(await copies(desk.account.address, messageId, 'Sent')).toHaveLength(1)
    const bytes = await getBytes(desk.core.db.read, (await only()).id)
    await server.inject(desk.account.address, 'INBOX', [bytes])
    await desk.engine.syncOnce()
    const { comments } = await detailOf(desk, id)
    expect(comments.map((c) => c.kind)).toEqual(['mail', 'reply'])
    expect(comments[1]).toMatchObject({ visibility: 'public', text: reply(id).text })
    const places = await desk.core.db.read.all(
      'SELECT folder FROM message_location ORDER BY folder',
    )
    expect(places.filter((p) => JSON.stringify(p).includes('Sent'))).toHaveLength(1)
  })

  it('answered by the customer comes back to the same ticket', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    const { messageId } = await only()
    await desk.engine.syncOnce()
    const raw = await arrived('carol@customer.test', messageId)
    await server.deliver(
      {
        from: 'Carol <carol@customer.test>',
        to: header(raw, 'Reply-To') ?? '',
        cc: 'dave@customer.test',
        subject: 'New subject, no references',
        text: 'It still burns.',
      },
      { to: [desk.account.address], ehlo: 'dmarc-pass.test' },
    )
    await server.waitForMail(desk.account.address, (text) => text.includes('still burns'))
    await desk.engine.syncOnce()
    const { comments } = await detailOf(desk, id)
    // INTERNALDATE has whole seconds, so that a quick answer may stand before what it answers.
    expect(comments.find((c) => c.text === 'It still burns.')).toMatchObject({
      because: 'requester',
      visibility: 'public',
    })
  })
})

describe('what the server answers', () => {
  it('refusing one recipient leaves the mail partly sent, with that one named', async () => {
    const id = await open({}, ['nobody@customer.test'])
    await queueReply(desk.core, reply(id))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    const item = await only()
    expect(item).toMatchObject({ state: 'partly', refused: [{ address: 'nobody@customer.test' }] })
    expect(item.refused[0]?.reply).toContain('550')
    await arrived('carol@customer.test', item.messageId)
    const detail = await detailOf(desk, id)
    expect(detail.undeliverable).toEqual(['nobody@customer.test'])
    expect(detail.comments.at(-1)?.flags).toContain('delivery-partly')
    expect((await rows(desk)).map(({ delivery }) => delivery)).toContain('partly')
    await server.addUser('nobody@customer.test')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await retryItem(desk.core, item.id)
    await desk.engine.syncOnce()
    expect(await stateOf(item.id)).toBe('sent')
    await arrived('nobody@customer.test', item.messageId)
    expect(await copies('carol@customer.test', item.messageId)).toHaveLength(1)
    expect((await detailOf(desk, id)).comments.at(-1)?.flags).toEqual([])
  })

  it('refusing one recipient is left at that when an agent says so, and asks nobody any more', async () => {
    const id = await open({}, ['nowhere@customer.test'])
    await queueReply(desk.core, reply(id))
    await desk.engine.syncOnce()
    const item = await only()
    expect(await countByState(desk.core.db.read)).toMatchObject({ failed: 1 })
    await markItemSent(desk.core, item.id)
    expect(await only()).toMatchObject({ state: 'sent', refused: item.refused })
    expect(item.refused).toMatchObject([{ address: 'nowhere@customer.test' }])
    expect(await countByState(desk.core.db.read)).toMatchObject({ failed: 0 })
  })

  it('refusing everybody fails the mail with the server’s words', async () => {
    const id = await open({}, [])
    await changeTicket(desk.core, id, {
      do: 'changeRequester',
      address: 'ghost@customer.test',
      name: '',
    })
    await queueReply(desk.core, reply(id))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0, failed: 1 })
    expect(await only()).toMatchObject({ state: 'failed', nextAt: null })
    expect((await only()).lastReply).toContain('no such user')
    expect((await rows(desk)).find((row) => row.id === id)?.delivery).toBe('failed')
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0, failed: 0 })
  })

  it('being away for now makes the mail wait with a time for the next try', async () => {
    const id = await open({ smtpPort: 1 })
    await queueReply(desk.core, reply(id))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0, failed: 0, uncertain: 0 })
    const item = await only()
    expect(item).toMatchObject({ state: 'queued', attempts: 1 })
    expect(item.nextAt).toBeGreaterThan(Date.now() + 5_000)
    await desk.engine.syncOnce()
    expect((await only()).attempts).toBe(1)
  })

  it('being reached again does not wait for the next try, unless the server asked for it', async () => {
    const port = await freePort()
    const id = await open({ smtpPort: port })
    await queueReply(desk.core, reply(id))
    await desk.engine.syncOnce()
    expect((await only()).nextAt).toBeGreaterThan(Date.now() + 5_000)
    const gate = createServer((client) => {
      const upstream = createConnection(server.exim.smtpPort, '127.0.0.1')
      for (const socket of [client, upstream]) socket.on('error', () => undefined)
      client.pipe(upstream).pipe(client)
    })
    await new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve))
    desk = await desk.reopen()
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    expect(await only()).toMatchObject({ state: 'sent', attempts: 2 })
    gate.close()
  })

  it('being reached again sends no reply that has crossed with somebody’s words before its author says so', async () => {
    const port = await freePort()
    const id = await open({ smtpPort: port })
    await queueReply(desk.core, reply(id))
    await desk.engine.syncOnce()
    const raw = aMail({
      from: 'Carol <carol@customer.test>',
      to: desk.account.address,
      subject: `Re: Printer ${String(run)}`,
      text: 'It is out. Never mind.',
      headers: { 'In-Reply-To': `<first${String(run)}@customer.test>` },
    })
    await feed(desk, [{ raw, at: Date.now() - 30_000 }])
    const gate = createServer((client) => {
      const upstream = createConnection(server.exim.smtpPort, '127.0.0.1')
      for (const socket of [client, upstream]) socket.on('error', () => undefined)
      client.pipe(upstream).pipe(client)
    })
    await new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve))
    desk = await desk.reopen()
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    const held = await only()
    expect(held).toMatchObject({ state: 'failed', attempts: 1 })
    expect(held.lastReply).toContain('Somebody wrote on this ticket')
    expect(held.held).toMatchObject({ added: [], removed: [] })
    expect(held.held?.comments).toHaveLength(1)
    expect(await copies('carol@customer.test', held.messageId)).toEqual([])
    await retryItem(desk.core, held.id)
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    gate.close()
  })

  it('refusing the password leaves every mail queued after a single try', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    const other = await feed(desk, [
      {
        raw: aMail({ from: 'vera@vendor.test', to: desk.account.address, subject: 'Invoice' }),
        at: Date.now(),
      },
    ])
    expect(other).toBe(1)
    const second = (await theTicket(desk, 'Invoice')).ticket.id
    await queueReply(desk.core, reply(second, { id: 'reply-2' }))
    const good = await desk.secrets.get(desk.account.id)
    const both = JSON.stringify({ imap: 'pass', smtp: 'wrong' })
    await desk.secrets.set(desk.account.id, both)
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0, failed: 0, uncertain: 0 })
    const tried = (await items()).map((item) => [item.state, item.attempts]).sort()
    expect(tried).toEqual([
      ['queued', 0],
      ['queued', 1],
    ])
    expect((await items()).map((item) => item.lastReply).join('')).toContain('password')
    await desk.secrets.set(desk.account.id, good ?? '')
    for (const item of await items()) await retryItem(desk.core, item.id)
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 2 })
  })

  it('lost after the dot leaves the mail uncertain until its receipt says that it was sent', async () => {
    const id = await open({ smtpPort: proxy.port })
    await queueReply(desk.core, reply(id))
    proxy.breakBeforeText('server', '250 OK id=', 'rst')
    const flushed = await desk.engine.syncOnce({ receiptMs: 20_000 })
    proxy.setFault(null)
    expect(flushed).toMatchObject({ sent: 1, uncertain: 0 })
    expect(await only()).toMatchObject({ state: 'sent', attempts: 1, refused: [] })
    const { messageId } = await only()
    expect(await copies('carol@customer.test', messageId)).toHaveLength(1)
    expect(await copies('dave@customer.test', messageId)).toHaveLength(1)
    // The receipt is the copy in Sent, and no comment.
    expect(await copies(desk.account.address, messageId, 'Sent')).toHaveLength(1)
    expect(await copies(desk.account.address, messageId)).toHaveLength(0)
    expect((await detailOf(desk, id)).comments.map((c) => c.kind)).toEqual(['mail', 'reply'])
  })

  it('lost before the dot is sent again under the same Message-ID once the wait is over', async () => {
    const id = await open({ smtpPort: proxy.port, receiptWaitMs: 1_000 })
    await queueReply(desk.core, reply(id))
    // All of the content has left us, but the end of it is lost on the way.
    const size = (await getBytes(desk.core.db.read, (await only()).id)).length
    const spoken = size + 200
    proxy.setFault({ kind: 'blackhole', direction: 'client', afterBytes: spoken })
    const sync = desk.engine.syncOnce({ receiptMs: 1 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    proxy.dropAll()
    await sync
    proxy.setFault(null)
    expect(await only()).toMatchObject({ attempts: 1 })
    const { messageId } = await only()
    await desk.engine.syncOnce({ receiptMs: 70_000 })
    await retryIfQueued()
    expect(await only()).toMatchObject({ state: 'sent', messageId })
    await arrived('carol@customer.test', messageId)
    expect(await copies('carol@customer.test', messageId)).toHaveLength(1)
  })

  it('is not sent again because of a pass that began before the wait was over, however late that is told', async () => {
    const id = await open({ receiptWaitMs: 1_000 })
    await queueReply(desk.core, reply(id))
    const outbox = createOutbox(desk.core, {
      accountIds: () => Promise.resolve([desk.account.id]),
      lookForReceipts: () => undefined,
      canSend: () => Promise.resolve(true),
      send: () => Promise.resolve({ outcome: 'uncertain', reply: 'The line went dead.' }),
    })
    const moment = () => ({ wall: Date.now(), steady: steadyNow() })
    expect(await outbox.flush()).toMatchObject({ uncertain: 1 })
    const early = moment()
    await delay(1_100)
    await outbox.afterPass(desk.account.id, early)
    await outbox.afterPass(desk.account.id, early)
    expect((await only()).state).toBe('uncertain')
    await outbox.afterPass(desk.account.id, moment())
    expect((await only()).state).toBe('queued')
    await outbox.stop()
  })

  it('lost after some recipients were refused keeps what was known of them', async () => {
    const id = await open({ smtpPort: proxy.port }, ['nobody2@customer.test'])
    await queueReply(desk.core, reply(id))
    proxy.breakBeforeText('server', '250 OK id=', 'rst')
    await desk.engine.syncOnce({ receiptMs: 20_000 })
    proxy.setFault(null)
    const item = await only()
    expect(item).toMatchObject({ state: 'partly', refused: [{ address: 'nobody2@customer.test' }] })
    expect(item.refused[0]?.reply).toContain('550')
    expect(await copies('carol@customer.test', item.messageId)).toHaveLength(1)
  })
})

describe('a crash between sending and the answer', () => {
  it('leaves the mail uncertain at the next start, not sent twice', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    const item = await only()
    // The process ends here: the promise of the send is never answered.
    const terms = { wantsReceipt: true, receiptWait: 1_500 }
    void deliver(desk.core, item, { send: () => new Promise(() => undefined), terms })
    for (let n = 0; n < 50 && (await stateOf(item.id)) !== 'sending'; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await stateOf(item.id)).toBe('sending')
    desk = await desk.reopen()
    // Nothing of it came back within the wait: it had not gone, and goes now, once.
    expect(await desk.engine.syncOnce({ receiptMs: 10 })).toMatchObject({ sent: 0, uncertain: 1 })
    expect(await copies('carol@customer.test', item.messageId)).toHaveLength(0)
    expect(await desk.engine.syncOnce({ receiptMs: 20_000 })).toMatchObject({ sent: 1 })
    expect(await only()).toMatchObject({ state: 'sent', attempts: 2 })
    await arrived('carol@customer.test', item.messageId)
    expect(await copies('carol@customer.test', item.messageId)).toHaveLength(1)
  })

  it('before the attempt was recorded leaves the mail queued, and it goes once', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    desk = await desk.reopen()
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    const { messageId } = await only()
    await arrived('carol@customer.test', messageId)
    expect(await copies('carol@customer.test', messageId)).toHaveLength(1)
  })
})

describe('retry and cancel', () => {
  it('follow the state of the mail', async () => {
    const id = await open({ smtpPort: 1 })
    await queueReply(desk.core, reply(id))
    const item = await only()
    const set = (state: string) =>
      desk.core.db.write('set', (tx) => tx.run('UPDATE outbox_item SET state = ?', [state]))
    const may = async (work: (id: string) => Promise<void>, state: string) => {
      await set(state)
      return work(item.id).then(
        () => true,
        (error: AppError) => {
          const because = expect.stringMatching(/^nothing-to-(?:retry|cancel|mark)$/) as string
          expect(error).toMatchObject({ code: 'refused', detail: { because } })
          return false
        },
      )
    }
    const states = ['queued', 'sending', 'sent', 'partly', 'failed', 'uncertain', 'cancelled']
    const retries = []
    const cancels = []
    const marks = []
    for (const state of states) {
      if (await may((each) => retryItem(desk.core, each), state)) retries.push(state)
      if (await may((each) => cancelItem(desk.core, each), state)) cancels.push(state)
      if (await may((each) => markItemSent(desk.core, each), state)) marks.push(state)
    }
    expect(retries).toEqual(['queued', 'partly', 'failed', 'uncertain'])
    expect(cancels).toEqual(['queued', 'failed', 'uncertain'])
    expect(marks).toEqual(['partly', 'uncertain'])
    expect(await failure<AppError>(retryItem(desk.core, 'none'))).toMatchObject({
      code: 'not-found',
    })
    expect(await failure<AppError>(cancelItem(desk.core, 'none'))).toMatchObject({
      code: 'not-found',
    })
  })

  it('of a waiting reply takes it back: nobody gets it, and it is public no more', async () => {
    const id = await open()
    await queueReply(desk.core, reply(id))
    const item = await only()
    await cancelItem(desk.core, item.id)
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    expect(await copies('carol@customer.test', item.messageId)).toHaveLength(0)
    expect((await detailOf(desk, id)).comments.at(-1)).toMatchObject({
      visibility: 'private',
      flags: ['delivery-cancelled'],
    })
  })
})

describe('order', () => {
  it('is kept within a ticket: a waiting reply holds the later ones of its ticket only', async () => {
    const id = await open()
    const now = Date.now()
    await queueReply(desk.core, reply(id))
    await queueReply(desk.core, reply(id, { id: 'reply-2', text: 'Second.' }))
    const [second, first] = await items()
    await desk.core.db.write('wait', (tx) =>
      tx.run('UPDATE outbox_item SET nextAt = ? WHERE id = ?', [now + 3_600_000, first?.id ?? '']),
    )
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    await feed(desk, [
      {
        raw: aMail({ from: 'vera@vendor.test', to: desk.account.address, subject: 'Other' }),
        at: now,
      },
    ])
    const other = (await theTicket(desk, 'Other')).ticket.id
    await queueReply(desk.core, reply(other, { id: 'reply-3' }))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    await retryItem(desk.core, first?.id ?? '')
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 2 })
    const carol = await server.mailbox('carol@customer.test')
    const at = (item: OutboxItem | undefined) =>
      carol.findIndex((raw) => raw.includes(`Message-ID: <${item?.messageId ?? ''}>`))
    await arrived('carol@customer.test', second?.messageId ?? '')
    expect(at(first)).toBeGreaterThanOrEqual(0)
  })
})

describe('who gets what', () => {
  it('a note reaches followers by their own mail, and no customer', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    await queueNote(desk.core, { id: 'note-1', ticketId: id, text: 'Carol is a VIP, hurry.' })
    const item = await only()
    expect(item).toMatchObject({ kind: 'follower', to: [{ address: 'ben@desk.test' }], cc: [] })
    await desk.engine.syncOnce()
    const raw = await arrived('ben@desk.test', item.messageId)
    const headers = raw.slice(0, raw.indexOf('\n\n'))
    expect(headers).not.toMatch(/customer\.test/)
    expect(header(raw, 'To')).toBe('Ben Bright <ben@desk.test>')
    expect(header(raw, 'Cc')).toBeUndefined()
    expect(header(raw, 'Auto-Submitted')).toBe('auto-generated')
    expect(header(raw, 'Reply-To')).toMatch(/\+f[0-9a-z]{29}@desk\.test/)
    expect(header(raw, 'Subject')).toContain('Internal note')
    expect(raw).toContain('INTERNAL note')
    for (const user of ['carol@customer.test', 'dave@customer.test']) {
      expect((await server.mailbox(user)).some((text) => text.includes('VIP'))).toBe(false)
    }
  })

  it('a public reply reaches a follower apart from the customers’ mail', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    await queueReply(desk.core, reply(id))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 2 })
    const all = await items()
    const own = all.find((item) => item.kind === 'follower')
    const raw = await arrived('ben@desk.test', own?.messageId ?? '')
    expect(raw.slice(0, raw.indexOf('\n\n'))).not.toMatch(/customer\.test/)
    expect(raw).toContain('PUBLIC reply')
    const shared = all.find((item) => item.kind === 'public')
    const carol = await arrived('carol@customer.test', shared?.messageId ?? '')
    expect(carol).not.toMatch(/ben@desk\.test|Ben Bright/i)
  })

  it('a private reply reaches the chosen people alone', async () => {
    const id = await open()
    const text = 'Between you and us: it is the cable.'
    const input = { visibility: 'private', audience: ['dave@customer.test'], text } as const
    await queueReply(desk.core, reply(id, { ...input, audience: [...input.audience] }))
    const item = await only()
    expect(item).toMatchObject({ kind: 'private', cc: [] })
    await desk.engine.syncOnce()
    const raw = await arrived('dave@customer.test', item.messageId)
    expect(header(raw, 'To')).toContain('dave@customer.test')
    expect(raw).not.toContain('carol@customer.test')
    expect((await server.mailbox('carol@customer.test')).some((m) => m.includes(text))).toBe(false)
    expect((await detailOf(desk, id)).comments.at(-1)).toMatchObject({ visibility: 'private' })
  })
})

describe('what is refused', () => {
  it('a reply that names a follower leaks: nothing is queued and no event is written', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    const events = () =>
      desk.core.db.read.all('SELECT id FROM journal_event WHERE ticketId IS NOT NULL ORDER BY id')
    const before = [await events(), (await detailOf(desk, id)).ticket.revision]
    for (const [n, text] of ['ben@desk.test follows this.', 'Ben Bright says hi.'].entries()) {
      for (const visibility of ['public', 'private'] as const) {
        const audience = visibility === 'public' ? [] : ['dave@customer.test']
        const error = await failure<AppError>(
          queueReply(
            desk.core,
            reply(id, { id: `leak-${String(n)}-${visibility}`, text, visibility, audience }),
          ),
        )
        expect(error).toMatchObject({ code: 'refused' })
        expect(error.message).toContain('follower')
      }
    }
    expect(await items()).toEqual([])
    expect([await events(), (await detailOf(desk, id)).ticket.revision]).toEqual(before)
  })

  it.each([
    ['just now', 1_000],
    ['before that, by the server, and arrived late', -30_000],
  ])('a reply is a conflict only when somebody wrote publicly meanwhile: %s', async (_, after) => {
    const id = await open()
    const seen = (await detailOf(desk, id)).ticket.revision
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'pending' })
    await queueNote(desk.core, { id: 'note-1', ticketId: id, text: 'Mine.' })
    await queueReply(desk.core, reply(id, { seenRevision: seen }))
    await feed(desk, [
      {
        raw: aMail({
          from: 'Carol <carol@customer.test>',
          to: desk.account.address,
          cc: 'dave@customer.test',
          text: 'Never mind.',
          headers: { 'In-Reply-To': `<first${String(run)}@customer.test>` },
        }),
        at: Date.now() + after,
      },
    ])
    const error = await failure<AppError>(
      queueReply(desk.core, reply(id, { id: 'reply-2', seenRevision: seen + 3 })),
    )
    expect(error).toMatchObject({ code: 'conflict' })
    const { ticket, comments } = await detailOf(desk, id)
    expect(error.detail).toEqual({
      because: 'answered',
      revision: ticket.revision,
      comments: [comments.findLast(({ author }) => author.name === 'Carol')?.id],
      added: [],
      removed: [],
    })
    const current = reply(id, { id: 'reply-2', seenRevision: ticket.revision })
    expect((await queueReply(desk.core, current)).deliveries).toHaveLength(1)
  })
})
