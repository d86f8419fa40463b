// People taken off a ticket after a reply was sent, before it left: on a real Exim they get nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { getBytes, listItems } from '#main/db/outbox'
import { composeMail } from '#main/mail/compose'
import { readdress } from '#main/mail/readdress'
import { queueReply } from '#main/outbox/queueComment'
import { createOutbox, retryItem } from '#main/outbox/run'
import { scheduleReply, viewScheduled } from '#main/outbox/scheduled'
import { changeTicket } from '#main/tickets/commands'
import { recordDeskEvents } from '#main/tickets/record'
import { explainPerson } from '#main/tickets/explainPerson'
import type { DeskEventBody } from '#shared/model/event'
import { aMail, detailOf, feed, theTicket, viewer } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let desk: Desk
let run = 0

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const erin = 'erin@customer.test'
const ben = 'ben@desk.test'

async function open(): Promise<string> {
  desk = await startDesk({ server })
  run += 1
  const raw = aMail({
    from: `Carol <${carol}>`,
    to: desk.account.address,
    cc: [`Dave <${dave}>`, `Erin <${erin}>`],
    subject: `Lamp ${String(run)}`,
    messageId: `<lamp${String(run)}@customer.test>`,
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  const { id } = (await theTicket(desk)).ticket
  await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
  await queueReply(desk.core, {
    id: `narrow-${String(run)}`,
    ticketId: id,
    visibility: 'public',
    text: 'Grüße.\n',
    html: '<p>Grüße.</p>',
    audience: [],
    seenRevision: null,
    status: null,
  })
  return id
}

const subject = () => `Lamp ${String(run)}`
const mailsOf = async (user: string) =>
  (await server.mailbox(user)).filter((raw) => raw.includes(`Re: ${subject()}`))

describe('a reply that waits when somebody is taken off the ticket', () => {
  afterEach(async () => {
    await desk.stop()
  })

  it('does not reach a CC removed or muted meanwhile, nor does its header name them', async () => {
    const id = await open()
    const [before] = (await listItems(desk.core.db.read)).filter(({ kind }) => kind === 'public')
    const old = (await getBytes(desk.core.db.read, before?.id ?? '')).toString('latin1')
    await changeTicket(desk.core, id, { do: 'removeCc', address: dave })
    await changeTicket(desk.core, id, { do: 'muteCc', address: erin })
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1, failed: 0, uncertain: 0 })
    const [raw = '', ...others] = await mailsOf(carol)
    expect(others).toEqual([])
    expect(raw).not.toMatch(/dave|erin/i)
    const bodyOf = (text: string) => text.replaceAll('\r\n', '\n').split('\n\n').slice(1).join('')
    expect(bodyOf(raw)).toBe(bodyOf(old))
    for (const user of [dave, erin]) expect(await mailsOf(user)).toEqual([])
    expect((await server.mailbox(ben)).some((text) => text.includes(subject()))).toBe(false)

    const { comments, audit } = await detailOf(desk, id)
    expect(comments.at(-1)).toMatchObject({ visibility: 'public', audience: [carol] })
    expect(audit.filter(({ what }) => what === 'delivery.narrowed').map((e) => e.because)).toEqual([
      'removed-by-agent',
      'muted',
      'unfollowed',
    ])
    const why = async (address: string) => {
      const { mails } = await explainPerson(desk.core.db.read, await viewer(desk), { id, address })
      return mails.find(({ sourceId }) => sourceId === `narrow-${String(run)}`)?.sentence
    }
    expect(await why(dave)).toBe('Got no mail: An agent removed this person before.')
    expect(await why(carol)).toMatch(/^On the public reply, in To; it was sent\./)
  })

  it('is not sent when nobody is left, and says so', async () => {
    const id = await open()
    for (const address of [dave, erin]) {
      await changeTicket(desk.core, id, { do: 'removeCc', address })
    }
    // The requester was wrong: it was the agent's own question. They are put on the list, off the list.
    await changeTicket(desk.core, id, {
      do: 'changeRequester',
      address: 'ada@desk.test',
      name: '',
    })
    await changeTicket(desk.core, id, { do: 'addCcs', people: [{ name: '', address: carol }] })
    await changeTicket(desk.core, id, { do: 'removeCc', address: carol })
    await desk.engine.syncOnce()
    const [item] = (await listItems(desk.core.db.read)).filter(({ kind }) => kind === 'public')
    expect(item?.state).toBe('cancelled')
    for (const user of [carol, dave, erin]) expect(await mailsOf(user)).toEqual([])
    expect((await detailOf(desk, id)).comments.at(-1)?.flags).toContain('delivery-cancelled')
  })
})

describe('a private reply that waits when a chosen colleague', () => {
  afterEach(async () => {
    await desk.stop()
  })

  const change = (body: DeskEventBody) =>
    desk.core.db.write('test', (tx) => recordDeskEvents(desk.core, tx, 'ada@desk.test', [body]))
  const secret = (): string => `Between us ${String(run)}.`
  const written = (id: string) => ({
    id: `private-${String(run)}`,
    ...({ ticketId: id, visibility: 'private', text: secret(), html: null } as const),
    ...{ audience: [ben, dave], seenRevision: null, status: null },
  })
  const got = async (user: string) =>
    (await server.mailbox(user)).filter((raw) => raw.includes(secret()))

  async function expectOnlyDave(id: string, because: string): Promise<void> {
    await desk.engine.syncOnce()
    const [raw = '', ...others] = await got(dave)
    expect(others).toEqual([])
    expect(raw).not.toMatch(/ben@desk/i)
    expect(await got(ben)).toEqual([])
    const { comments, audit } = await detailOf(desk, id)
    expect(comments.at(-1)).toMatchObject({ visibility: 'private', audience: [dave] })
    expect(audit.filter(({ what }) => what === 'delivery.narrowed').at(-1)).toMatchObject({
      because,
      detail: { address: ben },
    })
  }

  it('leaves the directory does not reach them', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    await desk.engine.syncOnce()
    await queueReply(desk.core, { ...written(id), undoMs: 1 })
    await change({ kind: 'person.removed', address: ben })
    await expectOnlyDave(id, 'not-internal-any-more')
  })

  it('is barred from the ticket does not reach them', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'setGroup', group: 'vip' })
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    await desk.engine.syncOnce()
    await queueReply(desk.core, written(id))
    await change({ kind: 'policy.set', changes: { restrictedGroups: ['vip'] } })
    await expectOnlyDave(id, 'restricted')
  })

  it('leaves before its hour does not reach them, nor does anybody when they were the only one', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    await desk.engine.syncOnce()
    const sendAt = Date.now() + 1_500
    const both = { ...written(id), sendAt, onlyIfQuiet: false }
    await scheduleReply(desk.core, both)
    await scheduleReply(desk.core, { ...both, id: `alone-${String(run)}`, audience: [ben] })
    await change({ kind: 'person.removed', address: ben })
    await vi.waitFor(async () => {
      await desk.engine.syncOnce()
      expect(await viewScheduled(desk.core)).toMatchObject([
        { id: `alone-${String(run)}`, state: 'held', why: 'not-internal-any-more' },
      ])
    }, 30_000)
    await desk.engine.syncOnce()
    expect(await got(ben)).toEqual([])
    expect(await got(dave)).toHaveLength(1)
    const { mails } = await explainPerson(desk.core.db.read, await viewer(desk), {
      id,
      address: ben,
    })
    expect(mails.find(({ sourceId }) => sourceId === `private-${String(run)}`)?.sentence).toMatch(
      /^Got no mail/,
    )
  })

  it('was chosen though barred gets it: an agent has decided so', async () => {
    const id = await open()
    await changeTicket(desk.core, id, { do: 'setGroup', group: 'vip' })
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    await change({ kind: 'policy.set', changes: { restrictedGroups: ['vip'] } })
    await queueReply(desk.core, written(id))
    await desk.engine.syncOnce()
    expect(await got(ben)).toHaveLength(1)
  })
})

it('spares a CC removed while their server asks for patience, though others have the mail already', async () => {
  const id = await open()
  const tried: string[][] = []
  const outbox = createOutbox(desk.core, {
    accountIds: () => Promise.resolve([desk.account.id]),
    lookForReceipts: () => undefined,
    canSend: () => Promise.resolve(true),
    send: ({ kind, envelope }) => {
      if (kind === 'public') tried.push(envelope)
      const refused =
        kind === 'public' ? [{ address: erin, reply: '451 later', isTemporary: true }] : []
      return Promise.resolve({ outcome: 'accepted', reply: '250 ok', refused })
    },
  })
  await outbox.flush()
  const find = async () =>
    (await listItems(desk.core.db.read)).find(({ kind }) => kind === 'public')
  expect(await find()).toMatchObject({ state: 'queued', envelope: [erin] })
  const before = await getBytes(desk.core.db.read, (await find())?.id ?? '')
  await changeTicket(desk.core, id, { do: 'removeCc', address: erin })
  await retryItem(desk.core, (await find())?.id ?? '')
  await outbox.flush()
  expect(tried).toEqual([[carol, dave, erin]])
  expect(await find()).toMatchObject({ state: 'sent', envelope: [], refused: [] })
  expect(await getBytes(desk.core.db.read, (await find())?.id ?? '')).toEqual(before)
  const { comments } = await detailOf(desk, id)
  expect(comments.at(-1)).toMatchObject({ audience: [carol, dave], flags: [] })
  await outbox.stop()
  await desk.stop()
})

describe('a composed mail for other people', () => {
  it('differs in To and Cc alone, as two readers see it', async () => {
    const people = Array.from({ length: 12 }, (_, n) => ({
      name: `Jörg “${String(n)}” Müller, Dr.`,
      address: `p${String(n)}@bücher.example`,
    }))
    const { bytes } = await composeMail({
      from: { name: 'Ada', address: 'desk@desk.test' },
      to: people.slice(0, 2),
      cc: people.slice(2),
      subject: 'To: nobody\u00e9',
      text: 'Cc: a line that looks like a header\n\nTo: x\n',
      messageId: 'a@desk.test',
      date: 0,
    })
    const left = { to: people.slice(3, 4), cc: people.slice(5, 9) }
    const again = await readdress(bytes, left)
    const one = await PostalMime.parse(again)
    const other = await simpleParser(again)
    const addresses = (list: { address?: string | undefined }[] | undefined) =>
      (list ?? []).map(({ address = '' }) => address.replace('xn--bcher-kva', 'bücher'))
    const flat = (field: typeof other.to) => [field ?? []].flat().flatMap(({ value }) => value)
    expect(addresses(one.to)).toEqual(left.to.map((each) => each.address))
    expect(addresses(one.cc)).toEqual(left.cc.map((each) => each.address))
    expect(addresses(flat(other.to))).toEqual(addresses(one.to))
    expect(addresses(flat(other.cc))).toEqual(addresses(one.cc))
    expect(one.to?.[0]?.name).toBe(people[3]?.name)
    const rest = (raw: Buffer) =>
      raw.toString('latin1').replace(/^(?:To|Cc):.*\r\n(?:[ \t].*\r\n)*/gm, '')
    expect(rest(again)).toBe(rest(bytes))
    await expect(readdress(bytes, { to: [], cc: [] })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect(await readdress(again, { to: people.slice(0, 2), cc: people.slice(2) })).toEqual(bytes)
  })
})
