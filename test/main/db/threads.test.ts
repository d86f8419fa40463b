// The order in which mail comes decides nothing: newest first, one by one, twice, with forged references.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ticketIdOf } from '#main/db/ids'
import { getSetting } from '#main/db/settings'
import { insertEvents } from '#main/db/journal'
import { resolveTickets } from '#main/db/threads'
import { refreshTickets } from '#main/tickets/refreshTickets'
import type { TicketEventBody } from '#shared/model/event'
import { aMail, feed, type FedMail } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
beforeAll(async () => {
  desk = await startDesk()
})
afterAll(() => desk.stop())

const start = Date.UTC(2026, 2, 1, 9)
const people = ['carol@customer.test', 'dave@customer.test', 'vera@vendor.test']

const tables = [
  'message',
  'message_body',
  'message_raw',
  'message_reference',
  'message_location',
  'attachment',
  'ticket',
  'participant',
  'comment',
  'outbox_item',
  'skipped_recipient',
  'draft',
  'read_marker',
]

async function wipe(): Promise<void> {
  await desk.core.db.write('wipe', async (tx) => {
    for (const table of tables) await tx.run(`DELETE FROM ${table}`)
    await tx.run('DELETE FROM journal_event WHERE ticketId IS NOT NULL')
  })
}

interface Drawn {
  readonly name: number
  readonly variant: number
  readonly from: number
  readonly cc: number[]
  readonly refs: number[]
  readonly minute: number
  readonly hasKeyOf: number | null
}
interface Event {
  readonly name: number
  readonly minute: number
  readonly body: TicketEventBody
  readonly id: string
}

const idOf = (name: number) => `m${String(name)}@customer.test`

function toMail({ name, variant, from, cc, refs, minute, hasKeyOf }: Drawn): FedMail {
  const key = hasKeyOf === null ? '' : ` [#${ticketIdOf(idOf(hasKeyOf)).slice(0, 6).toUpperCase()}]`
  const raw = aMail({
    from: people[from] ?? '',
    to: 'help@desk.test',
    cc: cc.map((index) => people[index] ?? ''),
    subject: `Mail ${String(name)}${key}`,
    messageId: `<${idOf(name)}>`,
    text: `Text ${String(name)} ${String(variant)}`,
    date: new Date(start),
    headers: refs.length === 0 ? {} : { References: refs.map((ref) => `<${idOf(ref)}>`).join(' ') },
  })
  return { raw, at: start + minute * 60_000 }
}

async function record({ id, name, minute, body }: Event): Promise<void> {
  const ticketId = ticketIdOf(idOf(name))
  await desk.core.db.write('event', async (tx) => {
    const hlc = `${String(start + minute * 60_000).padStart(15, '0')}-0000-device`
    await insertEvents(tx, [
      { id, hlc, by: desk.agent.address, device: await getSetting(tx, 'device'), ticketId, body },
    ])
    const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
    await refreshTickets(desk.core, tx, [owner])
  })
}

async function outcome(): Promise<unknown> {
  const { read } = desk.core.db
  return {
    hash: await desk.engine.hash(),
    tickets: await read.all('SELECT id, subject, requesterAddress FROM ticket ORDER BY id'),
    mails: await read.all('SELECT id, ticketId, parentId FROM message ORDER BY id'),
    participants: await read.all(
      'SELECT ticketId, role, address FROM participant ORDER BY ticketId, role, address',
    ),
  }
}

/** Batches of one folder, events between them. */
async function replay(steps: readonly (FedMail | Event)[], batch: number): Promise<unknown> {
  await wipe()
  let waiting: FedMail[] = []
  const flush = async () => {
    if (waiting.length > 0) await feed(desk, waiting)
    waiting = []
  }
  for (const step of steps) {
    if ('raw' in step) {
      waiting.push(step)
      if (waiting.length >= batch) await flush()
    } else {
      await flush()
      await record(step)
    }
  }
  await flush()
  return outcome()
}

const names = fc.integer({ min: 0, max: 6 })
const drawn: fc.Arbitrary<Drawn> = fc.record({
  name: names,
  variant: fc.constantFrom(0, 0, 0, 1),
  from: fc.integer({ min: 0, max: 2 }),
  cc: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
  refs: fc.uniqueArray(names, { maxLength: 3 }),
  minute: fc.integer({ min: 0, max: 30 }),
  hasKeyOf: fc.constant(null),
})

/** One mail is one mail: copies differ in nothing but where and when they were met. */
function consistent(list: readonly Drawn[]): Drawn[] {
  const first = new Map<string, Drawn>()
  return list.map((mail) => {
    const key = `${String(mail.name)} ${String(mail.variant)} ${String(mail.from)}`
    const known = first.get(key)
    if (known !== undefined) return { ...known, minute: mail.minute }
    first.set(key, mail)
    return mail
  })
}

const bodies: readonly TicketEventBody[] = [
  { kind: 'note.written', commentId: 'note-1', text: 'Looks familiar.', mentions: [] },
  { kind: 'cc.added', people: [{ name: 'Pat', address: 'pat@partner.test' }] },
  { kind: 'ticket.assigned', assignee: 'ben@desk.test' },
]
const events = fc
  .array(fc.record({ name: names, minute: fc.integer({ min: 0, max: 30 }) }), { maxLength: 3 })
  .map((list): Event[] =>
    list.map((each, index) => ({
      ...each,
      id: `event-00${String(index)}`,
      body: bodies[index] ?? { kind: 'ticket.statusSet', status: 'pending' },
    })),
  )

describe('threads', () => {
  it('are the same whatever the order, the batches and the repetitions in which facts come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .tuple(fc.array(drawn, { minLength: 2, maxLength: 8 }), events)
          .chain(([mails, facts]) => {
            const all = [...consistent(mails).map(toMail), ...facts]
            return fc.tuple(
              fc.constant(all),
              fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
              fc.shuffledSubarray(all),
              fc.integer({ min: 1, max: 8 }),
            )
          }),
        async ([all, shuffled, repeated, batch]) => {
          const inOrder = await replay(all, 1)
          expect(await replay([...shuffled, ...repeated], batch)).toEqual(inOrder)
        },
      ),
      { numRuns: Number(process.env['COPYDESK_RUNS'] ?? 60), endOnFailure: false },
    )
  })

  it('are the same newest first, in one batch and one by one', async () => {
    const chain = Array.from({ length: 12 }, (_, n) =>
      toMail({
        name: n,
        variant: 0,
        from: n % 2,
        cc: [1],
        refs: n === 0 ? [] : [n - 1],
        minute: n,
        hasKeyOf: null,
      }),
    )
    const expected = await replay(chain, 1)
    const backwards = [...chain].reverse()
    expect(expected).toMatchObject({ hash: { tickets: 1 } })
    expect(await replay(backwards, 1)).toEqual(expected)
    expect(await replay(backwards, 5)).toEqual(expected)
    expect(await replay(backwards, 12)).toEqual(expected)
  })

  it('close over a middle mail that is missing', async () => {
    const base = { variant: 0, from: 0, cc: [], hasKeyOf: null }
    const root = toMail({ ...base, name: 0, refs: [], minute: 0 })
    const leaf = toMail({ ...base, name: 2, refs: [0, 1], minute: 2 })
    expect(await replay([leaf, root], 1)).toMatchObject({ hash: { tickets: 1 } })
  })

  it('cut a circle of forged references at the mail that came first, in either order', async () => {
    const base = { variant: 0, from: 0, cc: [], hasKeyOf: null }
    const one = toMail({ ...base, name: 1, refs: [2], minute: 1 })
    const two = toMail({ ...base, name: 2, refs: [3], minute: 2 })
    const three = toMail({ ...base, name: 3, refs: [1], minute: 3 })
    const expected = await replay([one, two, three], 1)
    expect(expected).toMatchObject({
      hash: { tickets: 1 },
      tickets: [{ id: ticketIdOf(idOf(1)) }],
    })
    expect(await replay([three, two, one], 1)).toEqual(expected)
    expect(await replay([two, three, one], 3)).toEqual(expected)
  })

  it('do not let a stranger who reuses a Message-ID take over the notes of a ticket', async () => {
    const base = { cc: [], hasKeyOf: null }
    const first = toMail({ ...base, name: 1, variant: 0, from: 0, refs: [], minute: 1 })
    const other = toMail({ ...base, name: 2, variant: 0, from: 2, refs: [], minute: 2 })
    const forged = toMail({ ...base, name: 1, variant: 1, from: 2, refs: [2], minute: 9 })
    const note: Event = { id: 'event-note', name: 1, minute: 5, body: bodies[0] as TicketEventBody }
    const notes = async () =>
      desk.core.db.read.all<{ ticketId: string }>(
        `SELECT ticketId FROM comment WHERE json_extract(data, '$.kind') = 'note'`,
      )
    for (const order of [
      [first, other, note, forged],
      [forged, other, note, first],
      [other, forged, first, note],
    ]) {
      await replay(order, 1)
      expect(await notes()).toEqual([{ ticketId: ticketIdOf(idOf(1)) }])
      const found = await resolveTickets(desk.core.db.read, [ticketIdOf(idOf(1))])
      expect([...found.values()]).toEqual([ticketIdOf(idOf(1))])
    }
  })

  it('put the answer to a reused Message-ID under the mail that had it first', async () => {
    const base = { cc: [], hasKeyOf: null }
    const first = toMail({ ...base, name: 1, variant: 0, from: 0, refs: [], minute: 1 })
    const other = toMail({ ...base, name: 2, variant: 0, from: 2, refs: [], minute: 2 })
    const forged = toMail({ ...base, name: 1, variant: 1, from: 2, refs: [2], minute: 3 })
    const answer = toMail({ ...base, name: 4, variant: 0, from: 0, refs: [1], minute: 4 })
    const expected = await replay([first, other, forged, answer], 1)
    expect(await replay([answer, forged, other, first], 1)).toEqual(expected)
    expect(await replay([forged, answer, first, other], 2)).toEqual(expected)
  })
})

describe('a key in the subject', () => {
  const base = { variant: 0, cc: [], refs: [] }
  const root = toMail({ ...base, name: 1, from: 0, minute: 1, hasKeyOf: null })

  it('leads somebody with a role to the ticket, in any order', async () => {
    const answer = toMail({ ...base, name: 2, from: 0, minute: 5, hasKeyOf: 1 })
    const expected = await replay([root, answer], 1)
    expect(expected).toMatchObject({ hash: { tickets: 1 } })
    expect(await replay([answer, root], 1)).toEqual(expected)
    expect(await replay([answer, root], 2)).toEqual(expected)
  })

  it('opens a new ticket for anybody else, in any order', async () => {
    const answer = toMail({ ...base, name: 2, from: 2, minute: 5, hasKeyOf: 1 })
    expect(await replay([root, answer], 1)).toMatchObject({ hash: { tickets: 2 } })
    expect(await replay([answer, root], 1)).toMatchObject({ hash: { tickets: 2 } })
  })

  it('still works when the ticket has become part of an older one', async () => {
    const older = toMail({ ...base, name: 0, from: 0, minute: 0, hasKeyOf: null })
    const child = toMail({ ...base, name: 1, from: 0, refs: [0], minute: 1, hasKeyOf: null })
    const answer = toMail({ ...base, name: 2, from: 0, minute: 5, hasKeyOf: 1 })
    const expected = await replay([older, child, answer], 1)
    expect(expected).toMatchObject({ hash: { tickets: 1 } })
    expect(await replay([child, answer, older], 1)).toEqual(expected)
    expect(await replay([answer, child, older], 1)).toEqual(expected)
    expect(await replay([answer, older, child], 1)).toEqual(expected)
  })
})
