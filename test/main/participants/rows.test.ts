// The tables of participants.md §4.3 and §5 on real servers: real mails between real mailboxes, what
// each person received, and that nobody else received anything.
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest'
import { setTimeout as delay } from 'node:timers/promises'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { listItems } from '#main/db/outbox'
import { getTicket } from '#main/db/tickets'
import { createBulk } from '#main/outbox/bulk'
import { queueNewTicket, queueNote, queueReply } from '#main/outbox/queueComment'
import { cancelItem } from '#main/outbox/run'
import { scheduleReply } from '#main/outbox/scheduled'
import { changeTicket } from '#main/tickets/commands'
import type { ReplyInput } from '#shared/ipc/contract'
import type { Policy } from '#shared/model/policy'
import { aMail, detailOf, rows, theTicket } from '#support/feedMails'
import { nextSecond } from '#support/nextSecond'
import { DEFAULT_USERS, type MailServer, type SimpleMail } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'
import { page, tableOf } from '../../unit/page'

let server: MailServer
let desk: Desk
let run = 0
/** ms by which the desk's clock is ahead. */
let clock = 0
const now = (): number => Date.now() + clock

const people = DEFAULT_USERS.filter((user) => user !== 'support@desk.test')
const carol = 'carol@customer.test'
const dave = 'dave@customer.test'
const ben = 'ben@desk.test'
const cleo = 'cleo@desk.test'

beforeAll(async () => {
  server = await startDeskServer()
}, 120_000)
afterAll(async () => {
  await server.stop()
})
const stopDesk = () => desk.stop()

/** Rows of the two tables that have a case here. */
const covered = { inbound: new Set<number>(), outbound: new Set<string>() }

function outbound(row: string, name: string, work: () => Promise<void>): void {
  covered.outbound.add(row)
  it(name, work)
}

function inbound(row: number, name: string, work: () => Promise<void>): void {
  covered.inbound.add(row)
  it(`row ${String(row)} ${name}`, work)
}

/** How many mails each mailbox holds, so that a row sees its own only. */
const seen = new Map<string, number>()
async function mark(): Promise<void> {
  for (const user of people) seen.set(user, (await server.mailbox(user)).length)
}

/** What a person sees of a mail in its headers. */
interface Received {
  readonly to: string
  readonly cc: string
  readonly subject: string
  /** Name of its author; the address is that of the desk, as is that of Reply-To and of the leave mail. */
  readonly from: string
  /** Whose token is in Reply-To: the ticket's, a follower's, the survey's. */
  readonly replyTo: 'ticket' | 'follower' | 'survey'
  /** Whether List-Unsubscribe names the leave address. */
  readonly hasLeave: boolean
  readonly autoSubmitted: string | null
  /** Whether In-Reply-To and References name public mails of the ticket. */
  readonly isThreaded: boolean
}

const list = (field: { address?: string | undefined }[] | undefined) =>
  (field ?? []).map(({ address = '' }) => address).join(' ')

const one = (text: string, name: string): string | null =>
  new RegExp(`^${name}: *(.*)$`, 'im').exec(text)?.[1]?.trim() ?? null
const tokens = { t: 'ticket', f: 'follower', s: 'survey' } as const

/** Message-IDs that customers know, of every ticket of the desk. */
async function publicIds(): Promise<Set<string>> {
  const known = await Promise.all(
    (await rows(desk)).map(({ id }) => getTicket(desk.core.db.read, id)),
  )
  return new Set(known.flatMap(({ publicMessageIds }) => publicMessageIds))
}

/** The headers of one mail, read by two parsers that must agree; what holds for every mail is checked. */
async function readMail(
  raw: string,
  { user, publicly, owners }: { user: string; publicly: Set<string>; owners: Map<string, string> },
): Promise<Received> {
  const source = Buffer.from(raw, 'latin1')
  const mail = await PostalMime.parse(source)
  const other = await simpleParser(source)
  const flat = (value: typeof other.to) =>
    [value ?? []]
      .flat()
      .flatMap(({ value: v }) => v.map(({ address = '' }) => address))
      .join(' ')
  expect([list(mail.to), list(mail.cc), mail.from?.address, list(mail.replyTo)]).toEqual([
    flat(other.to),
    flat(other.cc),
    flat(other.from),
    flat(other.replyTo),
  ])
  const { subject = '' } = mail
  expect(other.subject).toBe(subject)
  expect(mail.from?.address).toBe(desk.account.address)
  const head = (raw.split(/\r?\n\r?\n/)[0] ?? '').replaceAll(/\r?\n[ \t]+/g, ' ')
  expect(head).not.toMatch(/^(?:bcc|sender|resent-[a-z-]+):/im)
  for (const name of ['from', 'to', 'reply-to', 'message-id', 'subject', 'date']) {
    expect(head.match(new RegExp(`^${name}:`, 'gim')), name).toHaveLength(1)
  }
  const [local = '', domain = ''] = desk.account.address.split('@')
  expect(one(head, 'message-id')).toMatch(/^<cd\.[^@<>]+@desk\.test>$/)
  const token = new RegExp(`^${local}\\+([tfs])[0-9a-z]{29}@${domain}$`).exec(list(mail.replyTo))
  expect(token, list(mail.replyTo)).not.toBeNull()
  const replyTo = tokens[token?.[1] as keyof typeof tokens]
  // A colleague's own mail, and nothing else, has a follower's token; it names no customer in any header.
  expect(replyTo === 'follower').toBe(/^\[#/.test(subject))
  if (replyTo === 'follower') {
    expect(head).not.toMatch(/@(?:customer|vendor|partner)\.test/)
    expect(owners.get(list(mail.replyTo)) ?? user).toBe(user)
    owners.set(list(mail.replyTo), user)
  }
  const answered = `${one(head, 'in-reply-to') ?? ''} ${one(head, 'references') ?? ''}`
  const ids = Array.from(answered.matchAll(/<([^>]+)>/g), (match) => match[1] ?? '')
  expect(ids.filter((id) => !publicly.has(id))).toEqual([])
  const leave = one(head, 'list-unsubscribe')
  if (leave !== null) {
    expect(leave).toMatch(
      new RegExp(`^<mailto:${local}\\+l[0-9a-z]{29}@${domain}\\?subject=leave>$`),
    )
  }
  return {
    ...{ to: list(mail.to), cc: list(mail.cc), subject, from: mail.from?.name ?? '', replyTo },
    hasLeave: leave !== null,
    autoSubmitted: one(head, 'auto-submitted'),
    isThreaded: ids.length > 0,
  }
}

/** What each person has received since `mark`. */
async function received(): Promise<Record<string, Received[]>> {
  const found: Record<string, Received[]> = {}
  const publicly = await publicIds()
  // Each colleague answers under a token of their own.
  const owners = new Map<string, string>()
  for (const user of people) {
    const fresh = (await server.mailbox(user)).slice(seen.get(user) ?? 0)
    for (const raw of fresh) {
      const mail = await readMail(raw, { user, publicly, owners })
      found[user] = [...(found[user] ?? []), mail]
    }
  }
  return found
}

/** Two passes, each of which waits for the receipts of what it sent: then the server has delivered it. */
async function settle(): Promise<Record<string, Received[]>> {
  await desk.engine.syncOnce()
  await desk.engine.syncOnce()
  // A receipt and its siblings are delivered side by side.
  await delay(500)
  return received()
}

async function deliver(mail: Partial<SimpleMail> & { from: string; envelope?: readonly string[] }) {
  run += 1
  const { envelope, ...words } = mail
  const messageId = `<row${String(run)}@${mail.from.split('@')[1]?.replace('>', '') ?? 'x'}>`
  const to = mail.to ?? desk.account.address
  const raw = aMail({ subject: 'Printer', messageId, to, text: `Words ${String(run)}.`, ...words })
  // Only the desk is sent a copy: the other mailboxes shall hold what the desk sends.
  await server.deliver(raw, { from: mail.from, to: envelope ?? [desk.account.address] })
  await server.waitForMail(desk.account.address, (text) => text.includes(messageId))
  return messageId
}

/** Carol's ticket with Dave in Cc, Ben following, Cleo assigned. */
async function open(policy: Partial<Policy> = {}): Promise<{ id: string; first: string }> {
  clock = 0
  desk = await startDesk({ server, policy, now })
  const first = await deliver({ from: carol, cc: [dave] })
  await desk.engine.syncOnce()
  const { id } = (await theTicket(desk)).ticket
  await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
  await changeTicket(desk.core, id, { do: 'assign', assignee: cleo })
  await desk.engine.syncOnce()
  await nextSecond()
  await mark()
  return { id, first }
}

const answer = (first: string) => ({ 'In-Reply-To': first, References: first })
const lastOf = async (id: string) => (await detailOf(desk, id)).comments.at(-1)
/** A colleague's own mail: what it tells, and who will read an answer to it. */
const own = (user: string, what: string, will: 'public' | 'internal'): Received[] => [
  {
    ...{ to: user, cc: '', replyTo: 'follower', hasLeave: true, isThreaded: false },
    subject: expect.stringMatching(
      new RegExp(`^\\[#\\w{6}\\] ${what} \\(your answer: ${will}\\): Printer$`),
    ) as string,
    from: expect.stringMatching(/^[A-Z].* \(Copydesk\)$/) as string,
    autoSubmitted: 'auto-generated',
  },
]
const isPublic = /^(?:Public reply|New public mail)$/
/** Cleo is a light agent: what she answers stays inside. */
const both = (what: string): Record<string, Received[]> => ({
  [ben]: own(ben, what, isPublic.test(what) ? 'public' : 'internal'),
  [cleo]: own(cleo, what, 'internal'),
})
const reply = (ticketId: string, more: Partial<ReplyInput>): ReplyInput => ({
  id: `row-reply-${String((run += 1))}`,
  ticketId,
  visibility: 'public',
  text: 'Use water.',
  audience: [],
  seenRevision: null,
  status: null,
  html: null,
  attachmentIds: [],
  ...more,
})
/** A mail to customers, by default Ada's public reply. */
const outside = (to: string, more: Partial<Received> = {}): Received => ({
  ...{ to, cc: '', subject: 'Re: Printer', from: 'Ada Agent', replyTo: 'ticket' },
  ...{ hasLeave: true, autoSubmitted: null, isThreaded: true, ...more },
})
const customers = [outside(carol, { cc: dave })]
/** What nobody wrote comes from the desk and says so. */
const automatic = { from: 'Desk', autoSubmitted: 'auto-generated' } as const

describe('§5: what goes out', () => {
  afterEach(stopDesk)

  outbound('public reply', 'public reply', async () => {
    const { id } = await open()
    await queueReply(desk.core, reply(id, {}))
    expect(await settle()).toEqual({
      [carol]: customers,
      [dave]: customers,
      ...both('Public reply'),
    })
  })

  outbound('internal note', 'internal note', async () => {
    const { id } = await open()
    await queueNote(desk.core, {
      id: 'note-row',
      ticketId: id,
      text: 'A secret.',
      html: null,
      attachmentIds: [],
    })
    expect(await settle()).toEqual(both('Internal note'))
  })

  outbound('private reply to chosen people', 'private reply to chosen people', async () => {
    const { id } = await open()
    await queueReply(
      desk.core,
      reply(id, { visibility: 'private', audience: ['vera@vendor.test'] }),
    )
    expect(await settle()).toEqual({
      'vera@vendor.test': [outside('vera@vendor.test', { hasLeave: false })],
      ...both('Private reply'),
    })
  })

  outbound('private reply to chosen people', 'private reply to requester and CC', async () => {
    const { id } = await open()
    const audience = [carol, dave]
    await queueReply(desk.core, reply(id, { visibility: 'private', audience }))
    const mail = outside(`${carol} ${dave}`, { hasLeave: false })
    expect(await settle()).toEqual({ [carol]: [mail], [dave]: [mail], ...both('Private reply') })
  })

  outbound('status change', 'status change, by default and by policy', async () => {
    const { id } = await open()
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'pending' })
    expect(await settle()).toEqual(both('Status is now pending'))
    await desk.stop()
    const loud = await open({ statusMailToRequester: true, statusMailToCcs: true })
    await changeTicket(desk.core, loud.id, { do: 'setStatus', status: 'pending' })
    expect(await settle()).toEqual({
      [carol]: [outside(carol, { cc: dave, ...automatic })],
      [dave]: [outside(carol, { cc: dave, ...automatic })],
      ...both('Status is now pending'),
    })
  })

  outbound('CSAT survey', 'CSAT survey', async () => {
    const { id } = await open({ csat: true })
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'solved' })
    expect(await settle()).toEqual({
      [carol]: [
        outside(carol, {
          ...{ subject: 'How did we do? Printer', replyTo: 'survey', hasLeave: false },
          ...{ ...automatic, isThreaded: false },
        }),
      ],
      ...both('Status is now solved'),
    })
  })

  outbound('acknowledgement', 'acknowledgement', async () => {
    desk = await startDesk({ server, policy: { acknowledge: true } })
    await mark()
    await deliver({ from: carol, cc: [dave] })
    expect(await settle()).toEqual({
      [carol]: [
        outside(carol, { subject: 'Auto: Printer', ...automatic, autoSubmitted: 'auto-replied' }),
      ],
    })
    const raw = (await server.mailbox(carol)).at(-1) ?? ''
    expect(raw).toMatch(/^Return-path: <>$/im)
  })

  outbound('acknowledgement', 'no acknowledgement of what nobody verified', async () => {
    desk = await startDesk({ server, policy: { acknowledge: true } })
    await mark()
    await deliver({ from: carol, headers: { 'Authentication-Results': 'other.test; none' } })
    expect(await settle()).toEqual({})
    expect((await theTicket(desk)).comments[0]?.flags).toContain('sender-not-verified')
  })

  outbound(
    "customer's mail came in",
    'customer’s mail came in, by default and relayed',
    async () => {
      const { first } = await open()
      await deliver({ from: carol, headers: answer(first) })
      expect(await settle()).toEqual(both('New public mail'))
      await desk.stop()
      const loud = await open({ relayToCcs: true })
      await deliver({ from: carol, headers: answer(loud.first) })
      expect(await settle()).toEqual({
        [dave]: [outside(dave, { ...automatic, from: 'A participant via Desk' })],
        ...both('New public mail'),
      })
    },
  )

  outbound('scheduled reply', 'scheduled reply, to the people as of delivery', async () => {
    const { id } = await open()
    const sendAt = now() + 3_600_000
    const { revision } = (await detailOf(desk, id)).ticket
    await scheduleReply(desk.core, {
      ...reply(id, { seenRevision: revision }),
      sendAt,
      onlyIfQuiet: true,
    })
    await changeTicket(desk.core, id, { do: 'removeCc', address: dave })
    await changeTicket(desk.core, id, {
      do: 'addCcs',
      people: [{ name: '', address: 'erin@customer.test' }],
    })
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    expect(await settle()).toEqual({})
    clock = 2 * 3_600_000
    const mail = outside(carol, { cc: 'erin@customer.test' })
    expect(await settle()).toEqual({
      [carol]: [mail],
      'erin@customer.test': [mail],
      [cleo]: own(cleo, 'Public reply', 'internal'),
    })
  })

  outbound('bulk reply', 'bulk reply, each ticket to its own people', async () => {
    const { id } = await open()
    await deliver({ from: 'vera@vendor.test', cc: ['pat@partner.test'], subject: 'Order' })
    await settle()
    await mark()
    const other = (await theTicket(desk, 'Order')).ticket.id
    const ticketIds = [id, other]
    await createBulk(desk.core).run({ id: 'bulk-row', ticketIds, text: 'All well.', status: null })
    const order = outside('vera@vendor.test', { cc: 'pat@partner.test', subject: 'Re: Order' })
    expect(await settle()).toEqual({
      [carol]: customers,
      [dave]: customers,
      'vera@vendor.test': [order],
      'pat@partner.test': [order],
      ...both('Public reply'),
    })
  })
})

describe('§4.3: what comes in', () => {
  afterEach(stopDesk)

  const table: [
    row: number,
    name: string,
    mail: (first: string) => Partial<SimpleMail> & { from: string },
    seen: [visibility: string, because: string],
    sends: Record<string, Received[]>,
    policy?: Partial<Policy>,
  ][] = [
    [
      3,
      'automatic',
      (first) => ({ from: carol, headers: { ...answer(first), 'Auto-Submitted': 'auto-replied' } }),
      ['private', 'automatic'],
      {},
    ],
    [
      4,
      'not authenticated',
      (first) => ({
        from: ben,
        headers: { ...answer(first), 'Authentication-Results': 'other.test; none' },
      }),
      ['held', 'not-authenticated'],
      {},
    ],
    [
      5,
      'outsider',
      (first) => ({ from: 'vera@vendor.test', headers: answer(first) }),
      ['held', 'not-a-participant'],
      {},
    ],
    [
      7,
      'requester',
      (first) => ({ from: carol, headers: answer(first) }),
      ['public', 'requester'],
      both('New public mail'),
    ],
    [
      8,
      'CC answers all',
      (first) => ({ from: dave, cc: [carol], headers: answer(first) }),
      ['public', 'cc-reply-all'],
      both('New public mail'),
    ],
    [
      9,
      'CC to support alone, policy public',
      (first) => ({ from: dave, headers: answer(first) }),
      ['public', 'cc-to-support'],
      both('New public mail'),
      { supportOnlyCcReply: 'public' },
    ],
    [
      10,
      'CC leaves the requester out',
      (first) => ({ from: dave, headers: answer(first) }),
      ['private', 'requester-left-out'],
      both('New internal mail'),
    ],
    [
      12,
      'light agent',
      (first) => ({ from: cleo, headers: answer(first) }),
      ['private', 'role'],
      { [ben]: own(ben, 'New internal mail', 'internal') },
    ],
    [
      14,
      'colleague answers a public comment',
      (first) => ({ from: ben, headers: answer(first) }),
      ['public', 'answers-public'],
      {
        [carol]: [outside(carol, { cc: dave, from: 'Ben Bright' })],
        [dave]: [outside(carol, { cc: dave, from: 'Ben Bright' })],
        [cleo]: own(cleo, 'New public mail', 'internal'),
      },
    ],
  ]

  for (const [row, name, mail, expected, sends, policy] of table) {
    inbound(row, name, async () => {
      const { id, first } = await open(policy)
      await deliver(mail(first))
      expect(await settle()).toEqual(sends)
      const last = await lastOf(id)
      expect([last?.visibility, last?.because]).toEqual(expected)
    })
  }

  inbound(11, 'a colleague in Cc leaves the requester out', async () => {
    const { id, first } = await open({ agentCc: 'allow' })
    await changeTicket(desk.core, id, { do: 'addCcs', people: [{ name: '', address: ben }] })
    await changeTicket(desk.core, id, { do: 'unfollow', address: ben })
    await nextSecond()
    await deliver({ from: ben, headers: answer(first) })
    expect(await settle()).toEqual({ [cleo]: own(cleo, 'New internal mail', 'internal') })
    expect((await lastOf(id))?.because).toBe('requester-left-out')
  })

  inbound(1, 'our own mail comes back: a receipt, no comment, no mail', async () => {
    const { id } = await open()
    await queueReply(desk.core, reply(id, {}))
    await settle()
    const count = (await detailOf(desk, id)).comments.length
    await mark()
    expect(await settle()).toEqual({})
    expect((await detailOf(desk, id)).comments).toHaveLength(count)
    expect(await rows(desk)).toHaveLength(1)
  })

  inbound(6, 'an answer to a note stays inside', async () => {
    const { id } = await open()
    await queueNote(desk.core, {
      id: 'note-six',
      ticketId: id,
      text: 'A secret.',
      html: null,
      attachmentIds: [],
    })
    await settle()
    const raw = (await server.mailbox(ben)).at(-1) ?? ''
    const parsed = await simpleParser(raw)
    const to = parsed.replyTo?.value[0]?.address ?? ''
    await mark()
    await deliver({ from: ben, to, envelope: [to], headers: answer(parsed.messageId ?? '') })
    expect(await settle()).toEqual({ [cleo]: own(cleo, 'New internal mail', 'internal') })
    expect((await lastOf(id))?.because).toBe('answers-private')
  })

  inbound(2, 'a bounce: marks the address, which is skipped from then on', async () => {
    const { id } = await open()
    await queueReply(desk.core, reply(id, {}))
    await settle()
    const messageId = (await detailOf(desk, id)).comments.at(-1)?.messageId ?? ''
    const report = [
      'From: Mailer <MAILER-DAEMON@mx.test>',
      `To: ${desk.account.address}`,
      'Subject: Undelivered mail',
      'Message-ID: <bounce-row@mx.test>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      '',
      'It could not be delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.test',
      '',
      `Final-Recipient: rfc822; ${dave}`,
      'Action: failed',
      'Status: 5.1.1',
      '--b',
      'Content-Type: text/rfc822-headers',
      '',
      `Message-ID: <${messageId}>`,
      '--b--',
      '',
    ].join('\r\n')
    await mark()
    await server.deliver(report, { from: '', to: [desk.account.address] })
    await server.waitForMail(desk.account.address, (text) => text.includes('bounce-row@mx.test'))
    expect(await settle()).toEqual({})
    const detail = await detailOf(desk, id)
    expect(detail.comments.at(-1)).toMatchObject({
      kind: 'system',
      visibility: 'private',
      because: 'bounce',
    })
    expect(detail.undeliverable).toEqual([dave])
    await mark()
    await queueReply(desk.core, reply(id, {}))
    expect(await settle()).toEqual({
      [carol]: [outside(carol)],
      ...both('Public reply'),
    })
  })

  inbound(13, 'a colleague on a ticket that has private comments only', async () => {
    desk = await startDesk({ server })
    const { ticketId: id } = await queueNewTicket(desk.core, {
      id: 'row-thirteen',
      requester: { name: '', address: carol },
      ccs: [{ name: '', address: dave }],
      subject: 'Printer',
      text: 'Never sent.',
      mailbox: null,
    })
    for (const item of await listItems(desk.core.db.read)) await cancelItem(desk.core, item.id)
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    await changeTicket(desk.core, id, { do: 'assign', assignee: cleo })
    await desk.engine.syncOnce()
    await nextSecond()
    await mark()
    const { key } = (await detailOf(desk, id)).ticket
    await deliver({ from: ben, cc: [carol], subject: `[#${key}] Printer` })
    expect(await settle()).toEqual({ [cleo]: own(cleo, 'New internal mail', 'internal') })
    const last = await lastOf(id)
    expect([last?.visibility, last?.because]).toEqual(['private', 'private-ticket'])
  })
})

describe('§4.4: a mail to the leave address', () => {
  afterEach(stopDesk)

  const leaveOf = async (user: string) => {
    const raw = ((await server.mailbox(user)).at(-1) ?? '').replaceAll(/\r?\n[ \t]+/g, ' ')
    return /^List-Unsubscribe: <mailto:([^?>]+)/m.exec(raw)?.[1] ?? ''
  }

  it('takes off the CC and the follower who send it, and nobody in their name', async () => {
    const { id } = await open()
    await queueReply(desk.core, reply(id, {}))
    await settle()
    const [forDave, forBen] = [await leaveOf(dave), await leaveOf(ben)]
    expect(forBen).not.toBe(forDave)
    const unknown = { 'Authentication-Results': 'other.test; none' }
    const roles = async () =>
      (await detailOf(desk, id)).participants.map(({ role, address }) => `${role} ${address}`)
    const before = await roles()
    expect(before).toContain(`follower ${ben}`)
    await mark()
    // Whoever has Dave's mail knows its leave address, and may claim to be him.
    await deliver({ from: dave, to: forDave, envelope: [forDave], headers: unknown })
    await deliver({ from: ben, to: forDave, envelope: [forDave], headers: unknown })
    await settle()
    expect(await roles()).toEqual(before)
    // Ben's own is proof enough; Dave's needs his server's word.
    await deliver({ from: ben, to: forBen, envelope: [forBen], headers: unknown })
    await deliver({ from: dave, to: forDave, envelope: [forDave] })
    await settle()
    expect(await roles()).toEqual(
      before.filter((one) => one !== `cc ${dave}` && one !== `follower ${ben}`),
    )
  })
})

describe('the tables of participants.md', () => {
  it('have a case here for every row', () => {
    expect([...covered.inbound].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 14 }, (_, index) => index + 1),
    )
    expect(covered.outbound.size).toBe(9)
  })

  it.skipIf(page === null)('have the rows that have a case here', () => {
    const plain = (text = '') => text.replace('’', "'")
    expect(
      tableOf(4)
        .slice(1)
        .map(([row]) => Number(row)),
    ).toEqual([...covered.inbound].sort((a, b) => a - b))
    expect(
      tableOf(5)
        .slice(1)
        .map(([row]) => plain(row))
        .sort(),
    ).toEqual([...covered.outbound].sort())
  })
})
