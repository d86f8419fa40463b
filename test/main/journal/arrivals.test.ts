// Copies of events reach each desktop in its own order, some twice, some packed, in pieces of any size: what each then holds
// is the same, and so is the ticket it makes of it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ArrivedEvent, KnownEvent } from '#main/db/journalFolder'
import { sortOut } from '#main/journal/arrivals'
import { ticketEvent } from '#shared/model/event'
import { capHlc, physicalOf } from '#shared/rules/clock'
import { projectTicket } from '#shared/rules/projectTicket'
import { aMail, agentAda, agentMax, facts, lightLea, minute, requester } from '../../unit/builders'
import { patient, runs } from '../../unit/runs'

const day = 86_400_000
const skew = fc.constantFrom(0, 0, 1, day, -day, 3_600_000, -3_600_000)
const body = fc.oneof(
  fc
    .constantFrom('open', 'pending', 'solved')
    .map((status) => ({ kind: 'ticket.statusSet', status })),
  fc
    .constantFrom(null, agentAda, agentMax)
    .map((assignee) => ({ kind: 'ticket.assigned', assignee })),
  fc.constantFrom('dan', 'eve').map((name) => ({
    kind: 'cc.added',
    people: [{ name, address: `${name}@customer.example` }],
  })),
  fc.constantFrom('dan', 'eve').map((name) => ({
    kind: 'cc.removed',
    address: `${name}@customer.example`,
  })),
  fc.nat(9).map((by) => ({ kind: 'moon.landed', by })),
)
interface Written {
  readonly body: { readonly kind: string; readonly status?: string }
  readonly by: string
  readonly at: number
  readonly skew: number
  readonly again: readonly (readonly [after: number, isPacked: boolean])[]
}
const written: fc.Arbitrary<Written> = fc.record({
  body,
  by: fc.constantFrom(agentAda, agentMax, lightLea, requester),
  at: fc.integer({ min: 1, max: 60 }),
  skew,
  /** Minutes after the first at which somebody appended it again, with that first date or without. */
  again: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.boolean()), { maxLength: 3 }),
})

/** The message that brought it first, and each copy since, as the reader of the folder hands them on. */
function copiesOf({ body: what, by, at, skew: wrong, again }: Written, n: number): ArrivedEvent[] {
  const hlc = `${String(minute(at) + wrong).padStart(15, '0')}-0000-desktop${String(n % 4)}`
  const envelope = { id: `event-${String(n)}`, hlc, by, device: `desktop${String(n % 4)}` }
  const event = { ...envelope, ticketId: 't1', body: what }
  const signed = { text: JSON.stringify(event), signature: '', key: '' }
  const copy = (firstAt: number, uid: number): ArrivedEvent => ({
    event,
    signed,
    uid,
    firstAt,
    hlc: capHlc(hlc, firstAt),
  })
  const first = copy(minute(at), n + 1)
  const later = again.map(([after, isPacked], index) =>
    copy(isPacked ? minute(at) : minute(at + after), 1_000 + n * 10 + index),
  )
  return [first, ...later]
}

const plan = fc.record({
  written: fc.array(written, { minLength: 1, maxLength: 12 }),
  /** One number for each of 2 to 8 desktops: order, repetitions and pieces follow from it. */
  desktops: fc.array(fc.nat(), { minLength: 2, maxLength: 8 }),
})

function drawer(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * below)
  }
}

/** What a desktop knows after every copy has come, as `db/journalFolder` would keep it. */
function read(copies: readonly ArrivedEvent[], seed: number): Map<string, KnownEvent> {
  const draw = drawer(seed)
  const order = [...copies, ...copies.filter(() => draw(3) === 0)]
    .map((copy) => ({ copy, rank: draw(1_000_000) }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ copy }) => copy)
  const known = new Map<string, KnownEvent>()
  while (order.length > 0) {
    const { fresh, moved, problems } = sortOut(order.splice(0, 1 + draw(6)), known)
    if (problems.length > 0) expect.fail('nothing here is another event')
    for (const { event, signed, firstAt, hlc } of [...fresh, ...moved]) {
      known.set(event.id, { id: event.id, hlc, device: event.device, text: signed.text, firstAt })
    }
  }
  return known
}

const opening = aMail({ id: 'first', at: 0 })

/** The ticket that a desktop makes of what it knows; a kind it does not know is left where it is. */
function ticketOf(known: ReadonlyMap<string, KnownEvent>): string {
  const events = [...known.values()].flatMap(({ text, hlc }) => {
    const parsed = ticketEvent.safeParse({ ...JSON.parse(text ?? ''), hlc })
    return parsed.success ? [parsed.data] : []
  })
  return JSON.stringify(projectTicket(facts([opening, ...events])))
}

const inOrder = (known: ReadonlyMap<string, KnownEvent>): string =>
  JSON.stringify([...known.values()].sort((one, other) => (one.id < other.id ? -1 : 1)))

describe('copies of events', () => {
  it('leave 2 to 8 desktops with the same facts and the same ticket', patient, () => {
    fc.assert(
      fc.property(plan, ({ written: list, desktops }) => {
        const copies = list.flatMap(copiesOf)
        const [first, ...others] = desktops.map((seed) => read(copies, seed))
        const rows = inOrder(first!)
        for (const other of others) if (inOrder(other) !== rows) expect.fail('facts differ')
        if (ticketOf(first!) !== ticketOf(others[0]!)) expect.fail('tickets differ')
        expect(first!.size).toBe(list.length)
        list.forEach(({ at }, n) => {
          const { firstAt, hlc } = first!.get(`event-${String(n)}`)!
          // No clock reaches into the future, however wrong it is.
          const isBounded = physicalOf(hlc) < minute(at) + 1_000
          if (firstAt !== minute(at) || !isBounded) expect.fail(`${hlc} at ${String(firstAt)}`)
        })
      }),
      runs,
    )
  })

  it('do not give one event the id of another', () => {
    const given = { by: agentAda, at: 1, skew: 0, again: [] }
    const [mine] = copiesOf({ ...given, body: { kind: 'ticket.statusSet', status: 'open' } }, 0)
    const [other] = copiesOf({ ...given, body: { kind: 'ticket.statusSet', status: 'solved' } }, 0)
    const { fresh, problems } = sortOut([mine!, other!], new Map())
    expect(fresh.map(({ signed }) => signed)).toEqual([mine!.signed])
    expect(problems).toEqual([{ uid: 1, position: 1, because: 'id-taken' }])
  })
})
