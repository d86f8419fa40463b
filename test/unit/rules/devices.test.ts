// Which desktop may speak for whom: what the fold of the desk and of a ticket make of a device.
import type { Person } from '#shared/model/account'
import type { DeskEvent, DeskEventBody } from '#shared/model/event'
import { deskAt, findPerson, foldDesk } from '#shared/rules/desk'
import { applyDevice, mustAnnounce } from '#shared/rules/devices'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aDesk, agentAda, agentMax, minute, outsider } from '../builders'

const person = (address: string, more: Partial<Person> = {}): Person => ({
  name: '',
  address,
  aliases: [],
  role: 'agent',
  groups: [],
  ...more,
})
const announced = (device: string): DeskEventBody => ({
  kind: 'device.announced',
  device,
  name: `the desktop ${device}`,
})
const revoked = (device: string): DeskEventBody => ({ kind: 'device.revoked', device })
const approved = (device: string): DeskEventBody => ({ kind: 'device.approved', device })
const approval = (isOn: boolean): DeskEventBody => ({ kind: 'devices.approvalSet', isOn })
const limit = (ccLimit: number): DeskEventBody => ({ kind: 'policy.set', changes: { ccLimit } })

/** One step: what, by whom, from which device; a minute later than the one before. */
type Step = readonly [body: DeskEventBody, by: string, device: string]

const toEvent = ([body, by, device]: Step, index: number): DeskEvent => ({
  id: `event-${String(index).padStart(3, '0')}`,
  hlc: `${String(minute(index)).padStart(15, '0')}-0000-${device}`,
  by,
  device,
  ticketId: null,
  body,
})

const founding: readonly Step[] = [
  [
    {
      kind: 'desk.created',
      deskId: 'd1',
      name: 'Desk',
      key: 'k'.repeat(22),
      creator: person(agentAda, { role: 'admin' }),
    },
    agentAda,
    'ada-1',
  ],
  [announced('ada-1'), agentAda, 'ada-1'],
  [{ kind: 'person.set', person: person(agentMax, { aliases: ['m@x.org'] }) }, agentAda, 'ada-1'],
]
const fold = (steps: readonly Step[]) => foldDesk([...founding, ...steps].map(toEvent))
const refusals = (steps: readonly Step[]) =>
  fold(steps).ineffective.map(({ event, because }) => `${event.body.kind}: ${because}`)
const deskOf = (steps: readonly Step[]) => deskAt(fold(steps), minute(1_000))

describe('devices of a desk', () => {
  it.each<[string, readonly Step[], readonly string[]]>([
    ['the announced one of its person', [[limit(5), agentAda, 'ada-1']], []],
    ['an unannounced key', [[limit(5), agentAda, 'forger']], ['policy.set: device-unknown']],
    [
      'the key of a colleague',
      [
        [announced('max-1'), agentMax, 'max-1'],
        [limit(5), agentAda, 'max-1'],
      ],
      ['policy.set: device-of-another'],
    ],
    ['an alias of its person', [[announced('max-1'), 'm@x.org', 'max-1']], []],
    ['a stranger', [[announced('s'), outsider, 's']], ['device.announced: unknown-person']],
    [
      'the announcement of somebody else’s device',
      [[announced('ada-1'), agentMax, 'max-1']],
      ['device.announced: device-of-another'],
    ],
    [
      'a revoked device, whatever it says of itself',
      [
        [announced('ada-2'), agentAda, 'ada-2'],
        [revoked('ada-1'), agentAda, 'ada-2'],
        [limit(5), agentAda, 'ada-1'],
        [announced('ada-1'), agentAda, 'ada-1'],
        [approved('ada-1'), agentAda, 'ada-1'],
      ],
      [
        'policy.set: device-revoked',
        'device.announced: device-revoked',
        'device.approved: device-revoked',
      ],
    ],
    [
      'a new device while admins approve',
      [
        [approval(true), agentAda, 'ada-1'],
        [announced('ada-2'), agentAda, 'ada-2'],
        [limit(5), agentAda, 'ada-2'],
        [approved('ada-2'), agentAda, 'ada-2'],
        [approved('ada-2'), agentAda, 'ada-1'],
        [limit(6), agentAda, 'ada-2'],
      ],
      ['policy.set: device-not-approved', 'device.approved: device-not-approved'],
    ],
    [
      'an agent who is no admin',
      [
        [announced('max-1'), agentMax, 'max-1'],
        [revoked('ada-1'), agentMax, 'max-1'],
        [approval(true), agentMax, 'max-1'],
        [approved('max-1'), agentMax, 'max-1'],
        [revoked('max-1'), agentMax, 'max-1'],
      ],
      ['device.revoked: not-admin', 'devices.approvalSet: not-admin', 'device.approved: not-admin'],
    ],
    [
      'a device nobody knows',
      [[revoked('none'), agentAda, 'ada-1']],
      ['device.revoked: unknown-device'],
    ],
    [
      'a device nobody knows, named by an agent who is no admin',
      [
        [announced('max-1'), agentMax, 'max-1'],
        [revoked('none'), agentMax, 'max-1'],
      ],
      ['device.revoked: not-admin'],
    ],
    [
      'an approved device that says again whose it is',
      [
        [approval(true), agentAda, 'ada-1'],
        [announced('ada-2'), agentAda, 'ada-2'],
        [approved('ada-2'), agentAda, 'ada-1'],
        [announced('ada-2'), agentAda, 'ada-2'],
        [limit(5), agentAda, 'ada-2'],
      ],
      [],
    ],
    [
      'a desktop that changes hands and says so',
      [
        [announced('ada-1'), agentMax, 'ada-1'],
        [limit(5), agentAda, 'ada-1'],
      ],
      ['policy.set: device-of-another'],
    ],
  ])('%s', (_name, steps, expected) => {
    expect(refusals(steps)).toEqual(expected)
  })

  it('asks no device of a desk that has announced none', () => {
    const old = founding.filter(([body]) => body.kind !== 'device.announced')
    const history = foldDesk([...old, [limit(5), agentAda, 'any'] as const].map(toEvent))
    expect(history.ineffective).toEqual([])
  })

  it('leaves the clock of a forger no time before the first announcement', () => {
    const forged = { ...toEvent([limit(1), agentAda, 'forger'], 0), id: 'forged' }
    const early = { ...forged, hlc: `${String(minute(0)).padStart(15, '0')}-0001-forger` }
    const events = [...founding, [limit(5), agentAda, 'ada-1'] as const].map(toEvent)
    const desk = deskAt(foldDesk([...events, early]), minute(1_000))
    expect(desk.policy.ccLimit).toBe(5)
  })

  it('remembers whose a device is, its name and its standing', () => {
    const steps: Step[] = [
      [announced('max-1'), 'M@x.org', 'max-1'],
      [revoked('max-1'), agentAda, 'ada-1'],
    ]
    expect(deskOf(steps).devices?.at(-1)).toEqual({
      id: 'max-1',
      owner: agentMax,
      name: 'the desktop max-1',
      isApproved: true,
      isRevoked: true,
    })
  })

  it('come out the same for every order of arrival, and an untrusted one never changes the policy', () => {
    const devices = ['ada-1', 'ada-2', 'max-1', 'forger']
    const device = fc.constantFrom(...devices)
    const body = fc.oneof(
      device.map(announced),
      device.map(revoked),
      device.map(approved),
      fc.boolean().map(approval),
      fc.integer({ min: 1, max: 40 }).map(limit),
    )
    // The forger's key never announces itself.
    const step = fc
      .tuple(body, fc.constantFrom(agentAda, agentMax, outsider), device)
      .filter(([what, , from]) => what.kind !== 'device.announced' || from !== 'forger')
    const plan = fc.array(step, { maxLength: 25 }).chain((steps) => {
      const events = [...founding, ...steps].map(toEvent)
      return fc.record({
        events: fc.constant(events),
        arrival: fc.shuffledSubarray(events, { minLength: events.length }),
        again: fc.subarray(events),
      })
    })
    fc.assert(
      fc.property(plan, ({ events, arrival, again }) => {
        const history = foldDesk(arrival.concat(again))
        expect(history).toEqual(foldDesk(events))
        const effective = events.filter(
          (event) => !history.ineffective.some((entry) => entry.event.id === event.id),
        )
        expect(effective.some((event) => event.device === 'forger')).toBe(false)
        const gone = new Set<string>()
        for (const event of effective) {
          expect(gone.has(event.device)).toBe(false)
          if (event.body.kind === 'device.revoked') gone.add(event.body.device)
        }
      }),
    )
  })
})

describe('a desktop that joins', () => {
  const device = { id: 'max-1', owner: agentMax, name: '', isApproved: true, isRevoked: false }
  const joined = aDesk({}, { devices: [{ ...device, id: 'ada-1', owner: agentAda }, device] })

  it.each([
    ['one of a desk that knows none', aDesk(), agentMax, 'max-1', true],
    ['one that nobody knows', joined, agentMax, 'max-2', true],
    ['one that was announced by its person', joined, agentMax, 'max-1', false],
    [
      'one that was announced by an alias of its person',
      joined,
      'MAX@private.example',
      'max-1',
      false,
    ],
    ['one that was a colleague’s', joined, agentAda, 'max-1', true],
    ['one of a stranger, who has nothing to say here', joined, outsider, 'max-2', false],
  ])('must say whose it is first: %s', (_what, desk, address, id, isAsked) => {
    const actor = { person: findPerson(desk, address), device: id }
    expect(mustAnnounce(desk, actor)).toBe(isAsked)
  })

  it('is the only one of a desk that knew none', () => {
    const actor = { person: findPerson(aDesk(), agentMax), device: 'max-1', isAdmin: false }
    const body = { kind: 'device.announced', device: 'max-1', name: '' } as const
    expect(applyDevice(aDesk(), body, actor)).toEqual(aDesk({}, { devices: [device] }))
  })
})
