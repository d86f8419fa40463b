// What each view lists, and one action on many tickets.
import { afterEach, expect, it } from 'vitest'
import { saveSetting } from '#main/db/settings'
import { listGroups } from '#main/db/ticketRows'
import type { Parameter, Reader } from '#main/db/write'
import { scheduleReply, unscheduleReply } from '#main/outbox/scheduled'
import { queueNewTicket, queueNote, queueReply } from '#main/outbox/queueComment'
import { recordTicketEvents } from '#main/tickets/record'
import { changeTicket, changeTickets } from '#main/tickets/commands'
import { countViews, listView } from '#main/tickets/views'
import { ticketView, type TicketView } from '#shared/model/ticket'
import { viewer } from '#support/feedMails'
import { announceDevice } from '#main/tickets/setup'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

async function open(subject: string): Promise<string> {
  const requester = { name: 'Carol', address: `${subject.toLowerCase()}@customer.test` }
  const input = { id: `new-${subject}`, requester, ccs: [], subject, text: 'Hello.' }
  return (await queueNewTicket(desk.core, input)).ticketId
}

async function listed(view: TicketView, address = 'ada@desk.test'): Promise<string[]> {
  const asked = { view, query: '', offset: 0, limit: 50 }
  const { rows, total } = await listView(desk.core.db.read, await viewer(desk, address), asked)
  const counts = await countViews(desk.core.db.read, await viewer(desk, address))
  expect([total, counts[view]]).toEqual([rows.length, rows.length])
  return rows.map((row) => row.subject).sort()
}

it('lists what an agent answered, put somebody in CC of, and was named in', async () => {
  desk = await startDesk()
  const lamp = await open('Lamp')
  const chair = await open('Chair')
  await open('Table')
  await changeTicket(desk.core, lamp, {
    do: 'addCcs',
    people: [{ name: '', address: 'dave@customer.test' }],
  })
  expect(await listed('ccdByMe')).toEqual(['Lamp'])
  expect(await listed('ccdByMe', 'ben@desk.test')).toEqual([])
  await changeTicket(desk.core, lamp, { do: 'removeCc', address: 'dave@customer.test' })
  expect(await listed('ccdByMe')).toEqual([])

  const mentions = ['Ben@Desk.test']
  await desk.core.db.write('test', (tx) =>
    recordTicketEvents(desk.core, tx, {
      ticketId: chair,
      bodies: [{ kind: 'note.written', commentId: 'n1', text: '@Ben look', mentions }],
    }),
  )
  expect(await listed('mentioned', 'ben@desk.test')).toEqual(['Chair'])
  expect(await listed('mentioned')).toEqual([])

  await desk.core.db.write('sit', (tx) =>
    saveSetting(tx, 'agent', { name: 'Ben Bright', address: 'ben@desk.test', role: 'agent' }),
  )
  await announceDevice(desk.core)
  await queueNote(desk.core, { id: 'note-two', ticketId: lamp, text: 'A note is no answer.' })
  expect(await listed('sent', 'ben@desk.test')).toEqual([])
  await queueReply(desk.core, {
    id: 'reply-one',
    ticketId: lamp,
    visibility: 'public',
    text: 'Hello.',
    audience: [],
    seenRevision: null,
    status: null,
  })
  expect(await listed('sent', 'ben@desk.test')).toEqual(['Lamp'])
})

it('lists what has a reply for later, until it is taken back', async () => {
  desk = await startDesk()
  const lamp = await open('Lamp')
  await open('Chair')
  await scheduleReply(desk.core, {
    id: 'reply-later',
    ticketId: lamp,
    visibility: 'public',
    text: 'Later.',
    html: null,
    audience: [],
    status: null,
    sendAt: Date.now() + 3_600_000,
    onlyIfQuiet: false,
    seenRevision: null,
    attachmentIds: [],
  })
  expect(await listed('scheduled')).toEqual(['Lamp'])
  await unscheduleReply(desk.core, 'reply-later', false)
  expect(await listed('scheduled')).toEqual([])
})

it('counts each view as long as its list is', async () => {
  desk = await startDesk()
  await open('Lamp')
  for (const view of ticketView.options) await listed(view)
})

it('does one thing to many tickets, and says for which it could not', async () => {
  desk = await startDesk()
  const ids = [await open('Lamp'), await open('Chair')]
  const asked = [ids[0] ?? '', 'no-such-ticket', ids[1] ?? '', ids[0] ?? '']
  const { done, refused } = await changeTickets(desk.core, asked, {
    do: 'assign',
    assignee: 'ada@desk.test',
  })
  expect(done).toEqual(ids)
  expect(refused).toEqual([
    { id: 'no-such-ticket', message: expect.stringContaining('no such ticket') as string },
  ])
  expect(await listed('mine')).toEqual(['Chair', 'Lamp'])
})

it('gives many tickets one tag and leaves each its own', async () => {
  desk = await startDesk()
  const ids = [await open('Lamp'), await open('Chair')]
  await changeTicket(desk.core, ids[0] ?? '', { do: 'setTags', tags: ['old', 'hot'] })
  await changeTickets(desk.core, ids, { do: 'addTag', tag: 'hot' })
  const tags = await desk.core.db.read.all('SELECT subject, tags FROM ticket ORDER BY subject')
  expect(tags).toEqual([
    { subject: 'Chair', tags: '["hot"]' },
    { subject: 'Lamp', tags: '["old","hot"]' },
  ])
})

interface Asked {
  readonly sql: string
  readonly parameters: readonly Parameter[]
}

/** How SQLite goes about what `work` asks, one text for each question. */
async function plansOf(
  work: (db: Reader) => Promise<unknown>,
): Promise<{ sql: string; plan: string }[]> {
  const { read } = desk.core.db
  const asked: Asked[] = []
  const all: Reader['all'] = (sql, parameters = []) => {
    asked.push({ sql, parameters })
    return read.all(sql, parameters)
  }
  await work({ ...read, all, first: async (sql, given) => (await all<never>(sql, given))[0] })
  return Promise.all(
    asked.map(async ({ sql, parameters }) => {
      const steps = await read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters)
      return { sql, plan: steps.map(({ detail }) => detail).join('\n') }
    }),
  )
}

it.each(['ada@desk.test', 'ben@desk.test'])(
  'counts every view for %s from indexes alone, and orders none of all tickets',
  async (address) => {
    desk = await startDesk({ policy: { restrictedGroups: ['vip'] } })
    const who = await viewer(desk, address)
    const counting = await plansOf((db) => countViews(db, who))
    const ofTickets = counting.filter(({ sql }) => sql.includes('count(*)'))
    expect(ofTickets).toHaveLength(ticketView.options.length)
    for (const { sql, plan } of ofTickets) {
      // A row of the table is as large as its history: only the rows of a short list may be read.
      const [how = ''] = plan.split('\n').filter((step) => / ticket\b/u.test(step))
      expect(how, sql).toMatch(/COVERING INDEX|INDEX sqlite_autoindex_ticket_1|INDEX ticket_held/u)
    }
    for (const view of ticketView.options) {
      const asked = { view, query: '', offset: 0, limit: 50 }
      for (const { sql, plan } of await plansOf((db) => listView(db, who, asked))) {
        expect(plan, sql).not.toMatch(/SCAN ticket$/mu)
      }
    }
  },
)

it('knows the groups that tickets are in', async () => {
  desk = await startDesk()
  expect(await listGroups(desk.core.db.read)).toEqual([])
  for (const [subject, group] of [
    ['Lamp', 'VIP'],
    ['Chair', 'sales'],
    ['Table', 'VIP'],
  ] as const) {
    await changeTicket(desk.core, await open(subject), { do: 'setGroup', group })
  }
  await open('Door')
  expect(await listGroups(desk.core.db.read)).toEqual(['VIP', 'sales'])
})
