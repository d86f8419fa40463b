import type { Person } from '#shared/model/account'
import type { DeskEvent, DeskEventBody } from '#shared/model/event'
import { defaultPolicy, type PolicyPreset } from '#shared/model/policy'
import { policyPresets } from '#shared/rules/policyPresets'
import {
  deskAt,
  emptyDesk,
  findPerson,
  foldDesk,
  isInternal,
  mayDo,
  personKey,
  type DeskAction,
  signatureOf,
} from '#shared/rules/desk'
import { parsePolicyChange } from '#shared/rules/policyKeys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMailbox,
  lightLea,
  minute,
  outsider,
  support,
} from '../builders'
import { page, tableOf } from '../page'
import { patient, runs } from '../runs'

const aPerson = (address: string, more: Partial<Person> = {}): Person => ({
  name: '',
  address,
  aliases: [],
  role: 'agent',
  groups: [],
  ...more,
})

const ada = aPerson(agentAda, { role: 'admin' })
const created = (creator = ada): DeskEventBody => ({
  kind: 'desk.created',
  deskId: 'd1',
  name: 'Desk',
  key: 'k'.repeat(22),
  creator,
})
const set = (person: Person): DeskEventBody => ({ kind: 'person.set', person })
const policy = (changes: Extract<DeskEventBody, { kind: 'policy.set' }>['changes']) =>
  ({ kind: 'policy.set', changes }) as const
const mailbox = (address: string, aliases: string[] = []): DeskEventBody => ({
  kind: 'mailbox.set',
  ...aMailbox(address, { aliases }),
})

interface When {
  at?: number
  by?: string
  id?: string
  device?: string
}

const clockOf = (ms: number) => `${String(ms).padStart(15, '0')}-0000-d`

/** An event of Ada; `at` in minutes. */
function fact(
  body: DeskEventBody,
  { at = 0, by = agentAda, id, device = 'd' }: When = {},
): DeskEvent {
  const made = `${body.kind}-${at}-${JSON.stringify(body).length}`
  return { id: id ?? made, hlc: clockOf(minute(at)), by, device, ticketId: null, body }
}

const now = (events: readonly DeskEvent[]) => deskAt(foldDesk(events), minute(1_000_000))
const refusals = (events: readonly DeskEvent[]) =>
  foldDesk(events).ineffective.map(({ event, because }) => `${event.body.kind}: ${because}`)

describe('foldDesk', () => {
  it('starts with its creator as admin and the default policy', () => {
    expect(now([fact(created())])).toEqual({
      name: 'Desk',
      policy: defaultPolicy,
      people: [ada],
      mailboxes: [],
      blockedSenders: [],
    })
    expect(foldDesk([fact(created())]).created).toEqual({
      deskId: 'd1',
      key: 'k'.repeat(22),
      at: minute(0),
    })
  })

  it('knows nothing without the event that creates it', () => {
    const history = foldDesk([fact(mailbox(support))])
    expect(history).toMatchObject({ states: [], created: null })
    expect(deskAt(history, minute(9))).toEqual(emptyDesk)
    expect(refusals([fact(mailbox(support))])).toEqual(['mailbox.set: no-desk-yet'])
  })

  it('applies what admins change, in canonical form', () => {
    const desk = now([
      fact(created()),
      fact(set(aPerson('Max@Desk.example', { aliases: ['MAX@private.example'] })), { at: 1 }),
      fact(mailbox('Support@Desk.example', ['Help@desk.example', 'SUPPORT@desk.example']), {
        at: 2,
      }),
      fact(policy({ ccLimit: 5, ccBlocklist: ['@Spam.example'] }), { at: 3 }),
      fact({ kind: 'policy.presetChosen', preset: 'workestra' }, { at: 4 }),
    ])
    expect(desk.people[1]).toEqual(aPerson(agentMax, { aliases: ['max@private.example'] }))
    expect(desk.mailboxes).toEqual([aMailbox(support, { aliases: ['help@desk.example'] })])
    expect(desk.policy).toEqual({
      ...defaultPolicy,
      ...policyPresets.workestra,
      ccBlocklist: ['spam.example'],
    })
  })

  it('gives an address to one mailbox only', () => {
    const events = [
      fact(created()),
      fact(mailbox(support, ['help@desk.example']), { at: 1 }),
      fact(mailbox('help@desk.example'), { at: 2 }),
    ]
    expect(refusals(events)).toEqual(['mailbox.set: mailbox-taken'])
    expect(now(events).mailboxes.map((each) => each.address)).toEqual([support])
  })

  it('replaces and removes people and mailboxes', () => {
    const events = [
      fact(created()),
      fact(set(aPerson(agentMax)), { at: 1 }),
      fact(mailbox(support), { at: 2 }),
      fact(mailbox('second@desk.example'), { at: 3 }),
      fact(set(aPerson(agentMax, { role: 'light', aliases: ['m@x.org'] })), { at: 4 }),
      fact(mailbox(support, ['help@desk.example']), { at: 5 }),
    ]
    expect(now(events).people).toEqual([
      ada,
      aPerson(agentMax, { role: 'light', aliases: ['m@x.org'] }),
    ])
    expect(now(events).mailboxes.map((each) => each.aliases)).toEqual([['help@desk.example'], []])
    const fewer = now([
      ...events,
      fact({ kind: 'person.removed', address: 'M@x.org' }, { at: 6 }),
      fact({ kind: 'mailbox.removed', address: support }, { at: 7 }),
    ])
    expect([fewer.people, fewer.mailboxes.length]).toEqual([[ada], 1])
  })

  const refused: [string, DeskEvent[], string][] = [
    [
      'a change by an agent',
      [fact(policy({ csat: true }), { at: 2, by: agentMax })],
      'policy.set: not-admin',
    ],
    [
      'a change by a stranger',
      [fact(policy({ csat: true }), { at: 2, by: outsider })],
      'policy.set: not-admin',
    ],
    [
      'a signature for somebody else',
      [
        fact(set(aPerson(agentMax)), { at: 1 }),
        fact(
          { kind: 'person.signatureSet', address: agentAda, signature: 'M' },
          { at: 2, by: agentMax },
        ),
      ],
      'person.signatureSet: not-admin',
    ],
    [
      'a signature of nobody',
      [fact({ kind: 'person.signatureSet', address: outsider, signature: 'O' }, { at: 2 })],
      'person.signatureSet: unknown-person',
    ],
    [
      'a stranger’s own signature',
      [
        fact(
          { kind: 'person.signatureSet', address: outsider, signature: 'O' },
          { at: 2, by: outsider },
        ),
      ],
      'person.signatureSet: not-admin',
    ],
    ['a second creation', [fact(created(), { at: 2 })], 'desk.created: desk-exists'],
    [
      'an invalid address',
      [fact(set(aPerson('nobody')), { at: 2 })],
      'person.set: invalid-address',
    ],
    [
      'an invalid alias',
      [fact(set(aPerson(agentMax, { aliases: ['a@'] })), { at: 2 })],
      'person.set: invalid-address',
    ],
    ['an invalid mailbox', [fact(mailbox('a b@x.org'), { at: 2 })], 'mailbox.set: invalid-address'],
    [
      'an address of another person',
      [fact(set(aPerson('x@x.org', { aliases: [agentMax] })), { at: 2 })],
      'person.set: address-taken',
    ],
    [
      'the last admin’s demotion',
      [fact(set(aPerson(agentAda)), { at: 2 })],
      'person.set: last-admin',
    ],
    [
      'the last admin’s removal',
      [fact({ kind: 'person.removed', address: agentAda }, { at: 2 })],
      'person.removed: last-admin',
    ],
    [
      'removing who is not there',
      [fact({ kind: 'person.removed', address: outsider }, { at: 2 })],
      'person.removed: unknown-person',
    ],
    [
      'removing a mailbox that is not there',
      [fact({ kind: 'mailbox.removed', address: support }, { at: 2 })],
      'mailbox.removed: unknown-mailbox',
    ],
    [
      'an unreadable clock',
      [{ ...fact(policy({ csat: true })), hlc: 'soon' }],
      'policy.set: clock-unreadable',
    ],
    [
      'what was before the desk',
      [fact(policy({ csat: true }), { at: -1 })],
      'policy.set: no-desk-yet',
    ],
    [
      'a desk created for somebody else',
      [fact(created(), { at: -1, by: agentMax })],
      'desk.created: not-the-creator',
    ],
  ]
  it.each(refused)('keeps, without effect: %s', (_, more, because) => {
    const base = [fact(created()), fact(set(aPerson(agentMax)), { at: 1 })]
    expect(refusals([...base, ...more])).toEqual([because])
    expect(now([...base, ...more])).toEqual(now(base))
    const entry = foldDesk([...base, ...more]).audit.find(
      (each) => each.what === 'event.ineffective',
    )
    expect(entry?.because).toBe(because.split(': ')[1])
  })

  it('lets everybody sign for themselves, above the mailbox, whatever becomes of their entry', () => {
    const desk = now([
      fact(created()),
      fact(set(aPerson(agentMax, { aliases: ['m@x.org'] })), { at: 1 }),
      fact(
        { kind: 'person.signatureSet', address: 'M@x.org', signature: ' Max\nWorkshop \n' },
        { at: 2, by: 'm@x.org' },
      ),
      fact(set(aPerson(agentMax, { aliases: ['m@x.org'], name: 'Maxim' })), { at: 3 }),
    ])
    expect(signatureOf(desk, agentMax, 'The desk\n')).toBe('Max\nWorkshop\nThe desk')
    expect(signatureOf(desk, 'm@x.org', '')).toBe('Max\nWorkshop')
    expect(signatureOf(desk, agentAda, 'The desk')).toBe('The desk')
    expect(signatureOf(desk, agentAda, ' ')).toBe('')
  })

  it('gives a former admin no more power', () => {
    const events = [
      fact(created()),
      fact(set(aPerson(agentMax, { role: 'admin' })), { at: 1 }),
      fact({ kind: 'person.removed', address: agentAda }, { at: 2, by: agentMax }),
      fact(policy({ csat: true }), { at: 3 }),
    ]
    expect(refusals(events)).toEqual(['policy.set: not-admin'])
  })

  it('writes an audit trail without the key of the desk', () => {
    const history = foldDesk([
      fact(created()),
      fact(policy({ ccLimit: 5, csat: true, ccBlocklist: ['a', 'b'] }), { at: 1, id: 'event-1' }),
    ])
    expect(history.audit[1]).toEqual({
      at: minute(1),
      by: agentAda,
      what: 'policy.set',
      because: 'agent-chose',
      detail: { ccLimit: '5', csat: 'on', ccBlocklist: 'a, b' },
      source: 'event-1',
    })
    expect(JSON.stringify(history.audit)).not.toContain('kkk')
  })

  it('is not turned by words that every object has', () => {
    const changes = JSON.parse(
      '{"__proto__": {"csat": true}, "toString": 1, "csat": true}',
    ) as object
    expect(now([fact(created()), fact(policy(changes), { at: 1 })]).policy).toEqual({
      ...defaultPolicy,
      csat: true,
    })
  })
})

describe('the founding of a desk', () => {
  const quick = (body: DeskEventBody, ms: number, more: When = {}): DeskEvent => ({
    ...fact(body, more),
    id: `${body.kind}-${ms}`,
    hlc: clockOf(minute(0) + ms),
  })
  const setup = [
    quick(created(), 0),
    quick(mailbox(support), 3),
    quick(set(aPerson(agentMax)), 6),
    quick(policy({ csat: true }), 9),
  ]

  it('holds as a whole for mail that was there before', () => {
    const history = foldDesk([...setup, fact(policy({ csat: false }), { at: 1 })])
    const founded = deskAt(history, minute(-100))
    expect(founded.mailboxes).toHaveLength(1)
    expect(founded.people).toHaveLength(2)
    expect(founded.policy.csat).toBe(true)
    expect(deskAt(history, minute(0))).toBe(founded)
    expect(deskAt(history, minute(1)).policy.csat).toBe(false)
    expect(history.states).toHaveLength(2)
  })

  it('ends with a pause, and with another device', () => {
    const paused = foldDesk([...setup, quick(policy({ ccLimit: 7 }), 9 + 1_001)])
    expect(deskAt(paused, minute(0)).policy.ccLimit).toBe(20)
    const other = foldDesk([...setup, quick(policy({ ccLimit: 7 }), 10, { device: 'e' })])
    expect(deskAt(other, minute(0)).policy.ccLimit).toBe(20)
  })

  it('lets a creator who is no admin appoint one, and keep their own role', () => {
    const light = aPerson(lightLea, { role: 'light' })
    const by = { by: lightLea }
    const events = [quick(created(light), 0, by), quick(set(ada), 3, by)]
    expect(now(events).people.map((each) => each.role)).toEqual(['light', 'admin'])
    expect(now(events.slice(0, 1)).people.map((each) => each.role)).toEqual(['admin'])
  })
})

describe('deskAt', () => {
  it('is the desk of that moment, to the millisecond', () => {
    const steps = [1, 2, 3, 4, 5].map((at) => fact(policy({ ccLimit: at }), { at }))
    const history = foldDesk([fact(created()), ...steps])
    const limitAt = (ms: number) => deskAt(history, ms).policy.ccLimit
    expect([limitAt(minute(1) - 1), limitAt(minute(1)), limitAt(minute(3) + 1)]).toEqual([20, 1, 3])
    expect([limitAt(-Infinity), limitAt(Number.NaN), limitAt(Infinity)]).toEqual([20, 20, 5])
  })
})

describe('people', () => {
  it('are found under every address, in any case', () => {
    const desk = aDesk()
    expect(findPerson(desk, 'MAX@Private.example')?.address).toBe(agentMax)
    expect(isInternal(desk, ' Ada@desk.example ')).toBe(true)
    expect(isInternal(desk, outsider)).toBe(false)
    expect(personKey(desk, 'max@PRIVATE.example')).toBe(agentMax)
    expect(personKey(desk, 'Eve@Elsewhere.example')).toBe(outsider)
  })

  it('belong to the first who claims an address', () => {
    const people = [aPerson('a@x.org', { aliases: ['both@x.org'] }), aPerson('both@x.org')]
    expect(findPerson(aDesk({}, { people }), 'both@x.org')?.address).toBe('a@x.org')
  })
})

describe('mayDo', () => {
  const everything: DeskAction[] = [
    'read',
    'note',
    'follow',
    'public-reply',
    'private-reply',
    'change-cc',
    'change-requester',
    'change-status',
    'change-group',
    'assign',
    'tag',
    'merge',
    'review',
    'admin',
  ]
  const roles: [string, string, DeskAction[]][] = [
    ['an admin', agentAda, everything],
    ['an agent', agentMax, everything.filter((action) => action !== 'admin')],
    ['a light agent', lightLea, ['read', 'note', 'follow']],
    ['an outsider', outsider, []],
    ['nobody', '', []],
  ]
  it.each(roles)('%s may do what the role allows', (_, address, allowed) => {
    expect(everything.filter((action) => mayDo(aDesk(), address, action))).toEqual(allowed)
  })
})

describe('the presets of participants.md §6', () => {
  const presets: [key: string, ...values: string[]][] = [
    ['ccLimit', '20', '20', '48'],
    ['agentCc', 'offer-follower', 'offer-follower', 'allow'],
    ['autoFollowCcdAgent', 'off', 'off', 'on'],
    ['autoFollowOnReply', 'on', 'off', 'on'],
    ['whoMayAddCcs', 'participants', 'participants', 'participants'],
    ['ccRemovalByMail', 'edited-reply-all', 'off', 'edited-reply-all'],
    ['supportOnlyCcReply', 'private', 'public', 'private'],
    ['statusMailToCcs', 'off', 'off', 'on'],
    ['composerDefault', 'public', 'public', 'public'],
  ]
  const names: PolicyPreset[] = ['default', 'workestra', 'zendesk']
  const cells = presets.flatMap(([key, ...values]) =>
    names.map((preset, index) => ({ preset, key, value: values[index] ?? '' })),
  )

  it.each(cells)('$preset sets $key to $value', ({ preset, key, value }) => {
    const expected = parsePolicyChange(key, value)
    const other = fact({ kind: 'policy.presetChosen', preset: 'zendesk' }, { at: 1, id: 'first' })
    const chosen = fact({ kind: 'policy.presetChosen', preset }, { at: 2, id: 'second' })
    expect(now([fact(created()), other, chosen]).policy).toMatchObject(
      expected.isOk ? expected.change : { refused: expected.error },
    )
  })

  it('leave every other key as it is', () => {
    const before = fact(policy({ csat: true, ccsEnabled: false, ccBlocklist: ['x'] }), { at: 1 })
    const chosen = fact({ kind: 'policy.presetChosen', preset: 'zendesk' }, { at: 2 })
    expect(now([fact(created()), before, chosen]).policy).toEqual({
      ...defaultPolicy,
      ...policyPresets.zendesk,
      csat: true,
      ccsEnabled: false,
      ccBlocklist: ['x'],
    })
    expect(Object.keys(policyPresets.zendesk)).toHaveLength(presets.length)
  })

  it.skipIf(page === null)('are those of the page, cell by cell', () => {
    const [head = [], ...rows] = tableOf(6)
    expect(head.slice(1)).toEqual(names)
    const onPage = rows.map(([key = '', ...rest]) => [
      key === 'composer default' ? 'composerDefault' : key,
      ...rest,
    ])
    expect(onPage).toEqual(presets)
    expect(cells).toHaveLength(27)
  })
})

describe('the fold as a whole', () => {
  const address = fc.constantFrom(
    agentAda,
    agentMax,
    lightLea,
    'MAX@desk.example',
    'bad',
    'm@x.org',
  )
  const role = fc.constantFrom('admin', 'agent', 'light')
  const aliases = fc.uniqueArray(address, { maxLength: 2 })
  const person = fc
    .record({ address, role, aliases })
    .map((each) => aPerson(each.address, each as Partial<Person>))
  const body: fc.Arbitrary<DeskEventBody> = fc.oneof(
    person.map((each) => created(each)),
    person.map(set),
    address.map((each) => ({ kind: 'person.removed', address: each }) as const),
    fc.tuple(address, aliases).map(([each, more]) => mailbox(each, more)),
    address.map((each) => ({ kind: 'mailbox.removed', address: each }) as const),
    fc.nat(48).map((ccLimit) => policy({ ccLimit })),
    fc
      .constantFrom('default', 'workestra', 'zendesk')
      .map((preset) => ({ kind: 'policy.presetChosen', preset }) as const),
  )
  const event = fc
    .record({
      body,
      ms: fc.nat(4_000),
      by: address,
      id: fc.nat(30),
      device: fc.constantFrom('d', 'e'),
    })
    .map(({ body: what, ms, by, id, device }) => ({
      ...fact(what, { by, device, id: `event-${id}` }),
      hlc: ms % 100 === 13 ? 'odd' : clockOf(minute(0) + ms),
    }))
  const events = fc
    .array(event, { maxLength: 14 })
    .map((list) => [fact(created(), { id: 'creation-0' }), ...list])

  it('is the same for every order and repetition, and always has an admin', patient, () => {
    const shuffled = events.chain((list) =>
      fc.tuple(
        fc.constant(list),
        fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([list, mixed]) => {
        const history = foldDesk(list)
        const isSame = JSON.stringify(foldDesk(mixed)) === JSON.stringify(history)
        const hasAdmin = history.states.every(({ desk }) =>
          desk.people.some((p) => p.role === 'admin'),
        )
        const inOrder = history.states.every((s, i) => s.at >= (history.states[i - 1]?.at ?? 0))
        return isSame && hasAdmin && inOrder
      }),
      runs,
    )
  })

  it('finds by halves what a walk would find', patient, () => {
    fc.assert(
      fc.property(events, fc.nat(5_000), (list, ms) => {
        const history = foldDesk(list)
        const at = minute(0) - 50 + ms
        const walked = history.states.findLast((state) => state.at <= at) ?? history.states[0]
        return deskAt(history, at) === (walked?.desk ?? emptyDesk)
      }),
      runs,
    )
  })
})
