// Two to eight replicas that get the same events in any order, any number of times, as they were written, appended again or
// packed, and in any pieces, have equal rows and an equal hash.
import { rm } from 'node:fs/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertEvents } from '#main/db/journal'
import { decodeBatch, encodeBatch } from '#main/journal/codec'
import { loadDeviceKey, type DeviceKey } from '#main/journal/signing'
import { applyArrived } from '#main/journal/pull'
import type { ArrivedEvent } from '#main/db/journalFolder'
import { capHlc } from '#shared/rules/clock'
import { carriedEvent } from '#shared/model/batch'
import { aMail, feed, theTicket } from '#support/feedMails'
import { startDesk, temporaryProfile, type Desk } from '#support/startDesk'

const numRuns = Number(process.env['CONVERGENCE_RUNS'] ?? 40)
const mostReplicas = 8
const day = 86_400_000
const base = Date.UTC(2026, 0, 5, 10)
let desks: Desk[]
let keys: Map<string, DeviceKey>
const profiles: string[] = []
let ticketId: string

/** Ada's desk, and replicas that begin with its founding and the same mail. */
beforeAll(async () => {
  const first = await startDesk({ now: () => base })
  desks = [first]
  while (desks.length < mostReplicas) desks.push(await startDesk({ now: () => base }))
  keys = new Map([[first.agent.address, loadDeviceKey(first.profile)]])
  for (const person of people.slice(1)) {
    profiles.push(await temporaryProfile())
    keys.set(person, loadDeviceKey(profiles.at(-1) ?? ''))
  }
  const rows = await first.core.db.read.all<Record<string, string | null>>(
    'SELECT * FROM journal_event WHERE ticketId IS NULL',
  )
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: first.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
    date: new Date(base),
  })
  for (const desk of desks) {
    await desk.core.db.write('test.found', async (tx) => {
      await tx.run('DELETE FROM journal_event')
      for (const row of rows) {
        await tx.run(
          `INSERT INTO journal_event (id, hlc, "by", device, kind, body) VALUES (?, ?, ?, ?, ?, ?)`,
          [row['id'], row['hlc'], row['by'], row['device'], row['kind'], row['body']].map(
            (v) => v ?? '',
          ),
        )
      }
    })
    const announced = [...keys].map(([by, { device }]) => ({
      id: `announced-${device}`,
      hlc: `${String(base + 500).padStart(15, '0')}-0000-${device}`,
      by,
      device,
      ticketId: null,
      body: { kind: 'device.announced', device, name: by } as const,
    }))
    await desk.core.db.write('test.announce', (tx) => insertEvents(tx, announced))
    await feed(desk, [{ raw, at: base + 1_000 }])
  }
  ticketId = (await theTicket(first)).ticket.id
})
afterAll(async () => {
  for (const desk of desks) await desk.stop()
  for (const profile of profiles) await rm(profile, { recursive: true, force: true })
})

const people = ['ada@desk.test', 'ben@desk.test', 'cleo@desk.test', 'mallory@else.test']
const body = fc.oneof(
  fc.record({
    kind: fc.constant('ticket.statusSet'),
    status: fc.constantFrom('open', 'pending', 'solved'),
  }),
  fc.record({
    kind: fc.constant('ticket.assigned'),
    assignee: fc.constantFrom(null, ...people.slice(0, 3)),
  }),
  fc.record({
    kind: fc.constant('ticket.tagged'),
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  }),
  fc.record({
    kind: fc.constant('cc.added'),
    people: fc
      .constantFrom('dave', 'erin')
      .map((n) => [{ name: n, address: `${n}@customer.test` }]),
  }),
  fc.record({
    kind: fc.constant('cc.removed'),
    address: fc.constantFrom('dave@customer.test', 'erin@customer.test'),
  }),
  fc.record({
    kind: fc.constant('follower.added'),
    address: fc.constantFrom(...people.slice(0, 3)),
    level: fc.constant('all'),
    because: fc.constant('agent-chose'),
  }),
  fc.record({ kind: fc.constant('moon.landed'), by: fc.nat(9) }),
)
const fact = fc.record({
  body,
  by: fc.constantFrom(...people),
  /** Whose key signs; null: that of whom it names. */
  signer: fc.constantFrom(null, null, null, ...people),
  /** Minutes after the mail at which the server had it. */
  at: fc.integer({ min: 1, max: 600 }),
  /** How wrong the writer's clock was, ms. */
  skew: fc.constantFrom(0, 0, day, -day, 3_600_000, -3_600_000),
})
type Fact = typeof fact extends fc.Arbitrary<infer T> ? T : never

function arrivedFrom(fact: Fact, run: string, n: number): ArrivedEvent {
  const { body: what, by, signer, at, skew } = fact
  const key = keys.get(signer ?? by) as DeviceKey
  const firstAt = base + at * 60_000
  const hlc = `${String(firstAt + skew).padStart(15, '0')}-0000-${key.device}`
  const id = `event-${run}-${String(n)}`
  const text = JSON.stringify({ id, hlc, by, device: key.device, ticketId, body: what })
  const event = carriedEvent.parse(JSON.parse(text))
  const signed = { text, signature: key.sign(text), key: key.publicKey }
  return { event, signed, uid: n + 1, firstAt, hlc: capHlc(hlc, firstAt) }
}

const plan = fc.record({
  facts: fc.array(fact, { minLength: 1, maxLength: 16 }),
  /** By replica: order, repetition and sizes of pieces follow from these. */
  seeds: fc.array(fc.nat(), { minLength: 2, maxLength: mostReplicas }),
})

function* drawn(seed: number): Generator<number> {
  let state = seed | 1
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    yield state
  }
}

/** A copy that lies further up: packed, which says when the server had it first, or written again by who does not know. */
function copyOf(event: ArrivedEvent, isPacked: boolean): ArrivedEvent {
  const firstAt = event.firstAt + (isPacked ? 0 : day)
  return { ...event, uid: event.uid + 1_000, firstAt, hlc: capHlc(event.event.hlc, firstAt) }
}

/** Every event at least once, some copied, in an order and in pieces of this replica's own. */
function delivery(events: readonly ArrivedEvent[], seed: number): ArrivedEvent[][] {
  const random = drawn(seed)
  const next = (): number => (random.next().value as number) >>> 8
  const copies = events.flatMap((event) => {
    const kind = next() % 6
    return kind > 2 ? [] : [kind === 0 ? event : copyOf(event, kind === 1)]
  })
  const order = [...events, ...copies]
    .map((event) => ({ event, rank: next() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ event }) => event)
  const pieces: ArrivedEvent[][] = []
  while (order.length > 0) pieces.push(order.splice(0, 1 + (next() % 6)))
  return pieces
}

/** These events as one message of the folder holds them, small or a packed segment, read as the app reads it. */
async function throughFolder(
  events: readonly ArrivedEvent[],
  isPacked: boolean,
): Promise<ArrivedEvent[]> {
  const signed = events.map((each) => ({ ...each.signed, at: each.firstAt }))
  const head = { from: 'ada@desk.test', mailbox: 'help@desk.test', at: base, isPacked }
  const { events: read, problems } = await decodeBatch(encodeBatch(signed, head))
  expect(problems).toEqual([])
  return read.map((one, n) => ({ ...(events[n] as ArrivedEvent), ...one }))
}

/** What this desktop keeps of these events, of whatever kind: with it, it can write each again as it was signed. */
const keptOf = (desk: Desk, run: string): Promise<unknown[]> =>
  desk.core.db.read.all(
    `SELECT id, hlc, kind, body, text, signature, publicKey, firstAt FROM journal_event
     WHERE id LIKE ? ORDER BY id`,
    [`event-${run}-%`],
  )

describe('replicas', () => {
  it(
    'agree on every row and on the hash, whatever reached them how, and carry what they do not know',
    { timeout: 600_000 },
    async () => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(plan, async ({ facts, seeds }) => {
          run += 1
          const name = `${String(run)}-${String(seeds[0])}`
          const events = facts.map((each, n) => arrivedFrom(each, name, n))
          for (const [index, desk] of desks.entries()) {
            const seed = seeds[index]
            // Whoever takes no part this time gets it all at once, so that all begin alike next time.
            const pieces = seed === undefined ? [events] : delivery(events, seed)
            for (const [n, piece] of pieces.entries()) {
              const read = await throughFolder(piece, ((seed ?? 0) + n) % 2 === 1)
              await desk.core.db.write('test.arrive', (tx) => applyArrived(desk.core, tx, read))
            }
          }
          const kept = await Promise.all(desks.map((desk) => keptOf(desk, name)))
          expect(kept[0]).toHaveLength(facts.length)
          for (const rows of kept.slice(1)) expect(rows).toEqual(kept[0])
          const hashes = await Promise.all(desks.map((desk) => desk.engine.hash()))
          expect(new Set(hashes.map(({ digest }) => digest)).size).toBe(1)
        }),
        { numRuns },
      )
    },
  )

  it('differ as long as one of them lacks an event', async () => {
    const fact: Fact = {
      body: { kind: 'ticket.tagged', tags: ['a', 'b', 'c'] },
      by: 'ben@desk.test',
      signer: null,
      at: 700,
      skew: 0,
    }
    const late = arrivedFrom(fact, 'late', 0)
    const arrive = (desk: Desk): Promise<unknown> =>
      desk.core.db.write('test.arrive', (tx) => applyArrived(desk.core, tx, [late]))
    const digests = async (): Promise<number> =>
      new Set((await Promise.all(desks.map((desk) => desk.engine.hash()))).map((h) => h.digest))
        .size
    await arrive(desks[0] as Desk)
    expect(await digests()).toBe(2)
    for (const desk of desks.slice(1)) await arrive(desk)
    expect(await digests()).toBe(1)
  })
})
