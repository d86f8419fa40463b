// Searching while one types, at BENCH_TICKETS (100,000) tickets of three mails each in a generated
// database: the time from the query to the rows on the way to the window. A bare look-up of the same
// word in the index alone stands beside it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listView, type Viewer } from '#main/tickets/views'
import { viewer } from '#support/feedMails'
import { manyTickets } from '#support/manyTickets'
import { startDesk, type Desk } from '#support/startDesk'
import { percentile, print, type Line } from './report'

const tickets = Number(process.env.BENCH_TICKETS ?? 100_000)
const rounds = 20

const queries = [
  'p',
  'pri',
  'printer',
  'printer jam',
  '"paper jam"',
  'printer -zebra',
  'zebra77',
  'from:ann7',
  'cc:bob77',
  'cc:corp9.test printer',
  'subject:invoice is:open',
  'tag:vip',
  'has:attachment printer',
  'assignee:ben printer',
  'is:unread after:30d',
  'follower:me',
]

let desk: Desk
let who: Viewer

beforeAll(async () => {
  desk = await startDesk()
  await manyTickets(desk, tickets)
  who = await viewer(desk)
}, 1_800_000)
afterAll(() => desk.stop())

interface Times {
  /** ms until the answer. */
  readonly waited: number[]
  /** ms of processor time of all threads: what other programs took of the machine is not in it. */
  readonly worked: number[]
}

async function timesOf(work: () => Promise<unknown>): Promise<Times> {
  const times: Times = { waited: [], worked: [] }
  await work()
  for (let n = 0; n < rounds; n += 1) {
    const [from, before] = [performance.now(), process.cpuUsage()]
    await work()
    const { user, system } = process.cpuUsage(before)
    times.waited.push(performance.now() - from)
    times.worked.push((user + system) / 1_000)
  }
  return times
}

describe(`search at ${String(tickets)} tickets`, () => {
  it('answers while one types', async () => {
    const { read } = desk.core.db
    const bare = await timesOf(() =>
      read.all(
        `SELECT rowid FROM message_search WHERE message_search MATCH '"printer"*' LIMIT 100`,
      ),
    )
    const half = (times: readonly number[]): string => `${percentile(times, 0.5).toFixed(1)} ms`
    const busy = ({ worked }: Times): string => `processor ${half(worked)}`
    const lines: Line[] = [
      { what: 'the word alone, in the index', value: half(bare.waited), beside: busy(bare) },
    ]
    for (const query of queries) {
      const filter = { view: 'all', query, offset: 0, limit: 100 } as const
      const { total } = await listView(read, who, filter)
      const times = await timesOf(() => listView(read, who, filter))
      const late = percentile(times.waited, 0.95).toFixed(1)
      const beside = `p95 ${late} ms, ${busy(times)}, ${String(total)} found`
      lines.push({ what: query, value: half(times.waited), beside })
    }
    print(`Search at ${String(tickets)} tickets, p50`, lines)
    expect(lines).toHaveLength(queries.length + 1)
  }, 600_000)
})
