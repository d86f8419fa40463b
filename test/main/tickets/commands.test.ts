// What an agent may do to a ticket, what is refused and in which words, and who sees what.
import { afterEach, describe, expect, it } from 'vitest'
import { saveSetting } from '#main/db/settings'
import { updateSearchIndex } from '#main/db/search'
import { queueNewTicket, queueNote, queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { previewPlan } from '#main/tickets/previewPlan'
import { countViews } from '#main/tickets/views'
import type { TicketAction } from '#shared/ipc/contract'
import type { AppError } from '#shared/ipc/errors'
import { aMail, detailOf, failure, feed, rows, theTicket, viewer } from '#support/feedMails'
import { recordDeskEvents } from '#main/tickets/record'
import { announceDevice } from '#main/tickets/setup'
import { startDesk, type Desk, type DeskOptions } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

async function open(options: DeskOptions = {}): Promise<string> {
  desk = await startDesk(options)
  await feed(desk, [
    {
      raw: aMail({
        from: 'Carol <carol@customer.test>',
        to: 'help@desk.test',
        cc: ['Dave <dave@customer.test>', 'help+sales@desk.test'],
        subject: 'Printer',
        messageId: '<first@customer.test>',
        text: 'The zebra printer burns.',
      }),
      at: Date.now() - 60_000,
    },
  ])
  return (await theTicket(desk)).ticket.id
}

const act = (id: string, action: TicketAction) => changeTicket(desk.core, id, action)
const refusal = (id: string, action: TicketAction) => failure<AppError>(act(id, action))
const add = (...addresses: string[]): TicketAction => ({
  do: 'addCcs',
  people: addresses.map((address) => ({ name: '', address })),
})
const list = async (id: string, role: string) =>
  (await detailOf(desk, id)).participants.filter((p) => p.role === role).map((p) => p.address)
const eventCount = async () =>
  (
    await desk.core.db.read.first<{ n: number }>(
      'SELECT count(*) AS n FROM journal_event WHERE ticketId IS NOT NULL',
    )
  )?.n
/** Gives a colleague a second address. */
const setAlias = async (address: string, alias: string) => {
  const { people } = (await viewer(desk, 'ada@desk.test')).desk
  const person = people.find((one) => one.address === address)
  if (person === undefined) throw new Error('nobody has this address')
  const body = { kind: 'person.set' as const, person: { ...person, aliases: [alias] } }
  await desk.core.db.write('alias', (tx) =>
    recordDeskEvents(desk.core, tx, 'ada@desk.test', [body]),
  )
}
/** The same desktop, with somebody else sitting at it. */
const sit = async (name: string, address: string, role: 'agent' | 'light' = 'agent') => {
  await desk.core.db.write('sit', (tx) => saveSetting(tx, 'agent', { name, address, role }))
  await announceDevice(desk.core)
}
const reply = (ticketId: string) => ({
  id: 'reply-1',
  ticketId,
  visibility: 'public' as const,
  text: 'Hello.',
  audience: [],
  seenRevision: null,
  status: null,
})

describe('actions', () => {
  it('take effect at once and are said in the audit', async () => {
    const id = await open()
    await act(id, { do: 'assign', assignee: 'Ben@Desk.test' })
    await act(id, { do: 'setStatus', status: 'pending' })
    await act(id, { do: 'setGroup', group: 'Printers' })
    await act(id, { do: 'setTags', tags: ['hot', 'hot', 'zebra'] })
    await act(id, add('Erin@Customer.TEST', 'erin@customer.test'))
    await act(id, { do: 'muteCc', address: 'dave@customer.test' })
    await act(id, { do: 'follow', address: 'cleo@desk.test', level: 'public' })
    const detail = await detailOf(desk, id)
    expect(detail.ticket).toMatchObject({
      assignee: 'ben@desk.test',
      status: 'pending',
      group: 'Printers',
      tags: ['hot', 'zebra'],
    })
    expect(await list(id, 'cc')).toEqual(['dave@customer.test', 'erin@customer.test'])
    expect(detail.participants.find((p) => p.address === 'dave@customer.test')).toMatchObject({
      isMuted: true,
      mutedBy: 'ada@desk.test',
    })
    expect(detail.participants.find((p) => p.role === 'follower')).toMatchObject({
      address: 'cleo@desk.test',
      level: 'public',
      origin: { kind: 'agent', by: 'ada@desk.test' },
    })
    const audit = detail.audit.map((entry) => entry.what)
    for (const what of ['ticket.assigned', 'status.set', 'ticket.grouped', 'cc.added', 'cc.muted'])
      expect(audit).toContain(what)
    await act(id, { do: 'unmuteCc', address: 'dave@customer.test' })
    await act(id, { do: 'removeCc', address: 'dave@customer.test' })
    await act(id, { do: 'unfollow', address: 'cleo@desk.test' })
    await act(id, { do: 'assign', assignee: null })
    await act(id, { do: 'setGroup', group: null })
    await act(id, { do: 'changeRequester', address: 'erin@customer.test', name: 'Erin' })
    expect(await list(id, 'cc')).toEqual([])
    expect(await list(id, 'follower')).toEqual([])
    expect((await detailOf(desk, id)).ticket).toMatchObject({
      assignee: null,
      group: null,
      requester: { name: 'Erin', address: 'erin@customer.test' },
    })
  })

  it.each<[string, TicketAction, string, string]>([
    ['a CC that is no address', add('nobody'), 'invalid-input', 'is not an address'],
    ['the requester as CC', add('carol@customer.test'), 'refused', 'is the requester'],
    ['a support address as CC', add('help+x@desk.test'), 'refused', 'own address'],
    ['a blocklisted CC', add('x@blocked.test'), 'refused', 'blocklist'],
    ['a colleague as CC where the policy refuses', add('ben@desk.test'), 'refused', 'follower'],
    [
      'removing somebody who is no CC',
      { do: 'removeCc', address: 'erin@customer.test' },
      'refused',
      'is not a CC',
    ],
    ['muting somebody who is no CC', { do: 'muteCc', address: 'x@y.test' }, 'refused', 'not a CC'],
    [
      'a stranger as assignee',
      { do: 'assign', assignee: 'dave@customer.test' },
      'refused',
      'not in the directory',
    ],
    [
      'a stranger as follower',
      { do: 'follow', address: 'dave@customer.test', level: 'all' },
      'refused',
      'not in the directory',
    ],
    [
      'a support address as requester',
      { do: 'changeRequester', address: 'help@desk.test', name: '' },
      'refused',
      'never the requester',
    ],
    [
      'accepting what is not held',
      { do: 'acceptComment', messageId: 'first@customer.test', mode: 'accept', aliasOf: null },
      'refused',
      'not held',
    ],
  ])('refuse %s in a sentence and write nothing', async (_, action, code, words) => {
    const id = await open({ policy: { agentCc: 'refuse', ccBlocklist: ['blocked.test'] } })
    const before = await eventCount()
    const error = await refusal(id, action)
    expect(error).toMatchObject({ code })
    expect(error.message).toContain(words)
    expect(error.message).toMatch(/\.$/)
    expect(await eventCount()).toBe(before)
  })

  it('refuse a ticket merged into itself and a ticket that does not exist', async () => {
    const id = await open()
    expect((await refusal(id, { do: 'merge', into: id })).message).toContain('into itself')
    expect(await refusal('none', { do: 'setStatus', status: 'open' })).toMatchObject({
      code: 'not-found',
    })
  })

  it('refuse the 21st CC with the limit, also among several at once', async () => {
    const id = await open()
    await act(id, add(...Array.from({ length: 19 }, (_, n) => `cc${String(n)}@customer.test`)))
    const error = await refusal(id, add('one@more.test'))
    expect(error).toMatchObject({ code: 'refused', detail: { limit: 20, count: 20 } })
    expect(error.message).toContain('at most 20')
    await act(id, { do: 'removeCc', address: 'cc3@customer.test' })
    await refusal(id, add('one@more.test', 'two@more.test'))
    await act(id, add('one@more.test'))
    expect(await list(id, 'cc')).toHaveLength(20)
  })

  it('on a held mail let it in, and its sender where asked', async () => {
    const id = await open()
    await feed(desk, [
      {
        raw: aMail({
          from: 'Mallory <mallory@vendor.test>',
          to: 'help@desk.test',
          messageId: '<held@vendor.test>',
          headers: { 'In-Reply-To': '<first@customer.test>' },
        }),
        at: Date.now(),
      },
    ])
    expect((await detailOf(desk, id)).comments[1]).toMatchObject({
      visibility: 'held',
      because: 'not-a-participant',
    })
    await act(id, {
      do: 'acceptComment',
      messageId: 'held@vendor.test',
      mode: 'add-cc',
      aliasOf: null,
    })
    expect((await detailOf(desk, id)).comments[1]).toMatchObject({ visibility: 'public' })
    expect(await list(id, 'cc')).toContain('mallory@vendor.test')
  })
})

describe('what the rules would keep without effect', () => {
  it('is refused as a whole, with the reason, and leaves no event', async () => {
    const id = await open({ policy: { ccBlocklist: ['ben@desk.test'], agentCc: 'allow' } })
    await act(id, { do: 'changeRequester', address: 'cleo@desk.test', name: '' })
    const before = await eventCount()
    const cases: [TicketAction, string][] = [
      [{ do: 'follow', address: 'ben@desk.test', level: 'all' }, 'blocklisted'],
      [{ do: 'unfollow', address: 'cleo@desk.test' }, 'not-a-follower'],
      [add('new@customer.test', 'cleo.clear@home.test'), 'already-participant'],
      [{ do: 'acceptSuggestion', address: 'nobody@customer.test' }, 'not-suggested'],
      [{ do: 'undoMailChange', messageId: 'none@customer.test' }, 'unknown-mail'],
    ]
    await setAlias('cleo@desk.test', 'cleo.clear@home.test')
    for (const [action, because] of cases) {
      expect(await refusal(id, action)).toMatchObject({ code: 'refused', detail: { because } })
    }
    expect(await eventCount()).toBe(before)
    expect(await list(id, 'cc')).not.toContain('new@customer.test')
  })
})

describe('a light agent', () => {
  it('reads, writes notes and follows, and is refused the rest in a sentence', async () => {
    const id = await open()
    await sit('Cleo Clear', 'cleo@desk.test', 'light')
    await queueNote(desk.core, { id: 'note-1', ticketId: id, text: 'I have seen this before.' })
    await act(id, { do: 'follow', address: 'cleo@desk.test', level: 'all' })
    expect((await detailOf(desk, id, 'cleo@desk.test')).isFollowing).toBe(true)
    const before = await eventCount()
    const refused: TicketAction[] = [
      add('erin@customer.test'),
      { do: 'removeCc', address: 'dave@customer.test' },
      { do: 'setStatus', status: 'solved' },
      { do: 'assign', assignee: 'cleo@desk.test' },
      { do: 'setGroup', group: 'X' },
      { do: 'setTags', tags: ['x'] },
      { do: 'changeRequester', address: 'erin@customer.test', name: '' },
      { do: 'merge', into: 'x' },
    ]
    for (const action of refused) {
      const error = await refusal(id, action)
      expect(error).toMatchObject({ code: 'refused' })
      expect(error.message).toContain('role')
    }
    expect(await failure<AppError>(queueReply(desk.core, reply(id)))).toMatchObject({
      code: 'refused',
    })
    const input = {
      id: 'new-ticket-1',
      requester: { name: '', address: 'erin@customer.test' },
      ccs: [],
      subject: 'S',
      text: 'T',
    }
    expect(await failure<AppError>(queueNewTicket(desk.core, input))).toMatchObject({
      code: 'refused',
    })
    expect(await eventCount()).toBe(before)
  })
})

describe('a ticket of a restricted group', () => {
  const policy = { restrictedGroups: ['VIP'] }

  it('is nowhere for those outside: list, search, counts, and by its id', async () => {
    const id = await open({ policy })
    // Case is no way around a restriction.
    await act(id, { do: 'setGroup', group: 'vip' })
    await updateSearchIndex(desk.core.db.write)
    const see = async (address: string) => ({
      list: (await rows(desk, address)).length,
      search: (await rows(desk, address, 'zebra')).length,
      key: (await rows(desk, address, id.slice(0, 6))).length,
      count: (await countViews(desk.core.db.read, await viewer(desk, address))).all,
      get: await detailOf(desk, id, address).then(
        () => 1,
        (error: AppError) => {
          expect(error.code).toBe('not-found')
          return 0
        },
      ),
    })
    const all = { list: 1, search: 1, key: 1, count: 1, get: 1 }
    const none = { list: 0, search: 0, key: 0, count: 0, get: 0 }
    expect(await see('ada@desk.test')).toEqual(all)
    expect(await see('ben@desk.test')).toEqual(none)
    expect(await see('stranger@elsewhere.test')).toEqual(none)
    await act(id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    expect(await see('ben@desk.test')).toEqual(all)
    await act(id, { do: 'unfollow', address: 'ben@desk.test' })
    await act(id, { do: 'assign', assignee: 'ben@desk.test' })
    expect(await see('ben@desk.test')).toEqual(all)
    await act(id, { do: 'assign', assignee: null })
    expect(await see('ben@desk.test')).toEqual(none)
    await act(id, { do: 'setGroup', group: 'Printers' })
    expect(await see('ben@desk.test')).toEqual(all)
  })

  it('cannot be changed, answered, noted on or planned for from outside', async () => {
    const id = await open({ policy })
    await act(id, { do: 'setGroup', group: 'VIP' })
    await sit('Ben Bright', 'ben@desk.test')
    const before = await eventCount()
    const tries: (() => Promise<unknown>)[] = [
      () => act(id, { do: 'setStatus', status: 'solved' }),
      () => act(id, { do: 'follow', address: 'ben@desk.test', level: 'all' }),
      () => queueReply(desk.core, reply(id)),
      () => queueNote(desk.core, { id: 'note-1', ticketId: id, text: 'x' }),
      () => previewPlan(desk.core, { ticketId: id, kind: 'public', audience: [] }),
    ]
    for (const each of tries) {
      expect(await failure<AppError>(each())).toMatchObject({ code: 'not-found' })
    }
    expect(await eventCount()).toBe(before)
  })

  it('is open to the members of the group and to colleagues in Cc', async () => {
    const directory = [
      { name: 'Ben Bright', address: 'ben@desk.test', aliases: ['bb@desk.test'] },
      { name: 'Gus Group', address: 'gus@desk.test', groups: ['VIP'] },
    ]
    const id = await open({ policy: { ...policy, agentCc: 'allow' }, directory })
    await act(id, { do: 'setGroup', group: 'VIP' })
    expect(await rows(desk, 'gus@desk.test')).toHaveLength(1)
    expect(await rows(desk, 'ben@desk.test')).toHaveLength(0)
    await act(id, add('bb@desk.test'))
    expect(await rows(desk, 'ben@desk.test')).toHaveLength(1)
    expect((await detailOf(desk, id, 'ben@desk.test')).ticket.id).toBe(id)
  })
})

describe('the desk', () => {
  it('refuses changes with the reason, not with another one', async () => {
    await open()
    const { account, agent } = desk
    const server = { ...account.imap, password: 'pass' }
    const setUp = (more: object) =>
      failure<AppError>(
        desk.engine.setUp({
          account: { ...account, imap: server, smtp: server },
          agent,
          preset: null,
          policy: {},
          directory: [],
          ...more,
        }),
      )
    const person = { name: '', aliases: [], role: 'agent', groups: [] }
    expect((await setUp({ directory: [{ ...person, address: agent.address }] })).message).toContain(
      'needs an admin',
    )
    const taken = { ...person, address: 'new@desk.test', aliases: ['ben@desk.test'] }
    expect((await setUp({ directory: [taken] })).message).toContain('belongs to somebody else')
    const ben = { name: 'Ben', address: 'ben@desk.test', role: 'agent' }
    expect((await setUp({ agent: ben, policy: { ccLimit: 5 } })).message).toContain('Only an admin')
  })
})
