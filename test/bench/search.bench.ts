// Searching while one types, at BENCH_TICKETS (100,000) tickets of three mails each in a generated
// database: the time from the query to the rows on the way to the window. A bare look-up of the same
// word in the index alone stands beside it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { updateSearchIndex } from '#main/db/search'
import { listView, type Viewer } from '#main/tickets/views'
import { viewer } from '#support/feedMails'
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

/** Rows as the import would leave them, without its work. */
async function generate(): Promise<void> {
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)`
  const subject = `CASE i % 4 WHEN 0 THEN 'Printer on floor ' || (i % 90) WHEN 1 THEN 'Invoice ' || i
    WHEN 2 THEN 'Question about order ' || i ELSE 'Delivery delayed' END`
  const at = `(${String(Date.now())} - i * 60000)`
  const words = `CASE i % 7 WHEN 0 THEN 'The printer has a paper jam again, please help. '
    WHEN 1 THEN 'Our zebra' || (i % 500) || ' stopped, the printer is fine. ' ELSE 'Please look at this when you can. ' END
    || 'We bought it last year and have used it every day since then without a problem. Number ' || i`
  await desk.core.db.write('bench', async (tx) => {
    await tx.run(
      `${numbers} INSERT INTO ticket (id, key, subject, status, requesterAddress, requesterName, assignee, "group", tags,
         mailbox, mergedInto, createdAt, updatedAt, revision, publicRevision, commentCount, heldCount, ccCount,
         followerCount, ccLimit, preview, lastAuthor, rest)
       SELECT 't' || i, 'T' || i, ${subject}, CASE i % 3 WHEN 0 THEN 'open' ELSE 'solved' END, 'ann' || (i % 5000) || '@corp' || (i % 300) || '.test',
         'Ann ' || i, CASE i % 5 WHEN 0 THEN 'ben@desk.test' END, NULL, CASE i % 50 WHEN 0 THEN '["vip"]' ELSE '[]' END,
         'help@desk.test', NULL, ${at}, ${at}, 3, 3, 3, 0, 1, i % 10 = 0, 20, 'Please look', 'Ann',
         '{"suggestions":[],"notAdded":[],"audit":[' || substr(quote(zeroblob(600)), 3, 1) || '],"publicMessageIds":[]}' FROM n`,
      [tickets],
    )
    await tx.run(
      `${numbers} INSERT INTO participant (ticketId, role, address, name, isInternal, isMuted, mutedBy, level, position, origin)
       SELECT 't' || i, 'cc', 'bob' || (i % 9000) || '@corp' || (i % 300) || '.test', 'Bob ' || i, 0, 0, NULL, NULL, 1, '{}' FROM n`,
      [tickets],
    )
    await tx.run(
      `${numbers} INSERT INTO message (seq, id, rfcId, digest, ticketId, ownTicketId, accountId, source, receivedAt, fromAddress,
         subject, fact, size, freshLength, hasHtml, isTruncated, isSeen)
       SELECT i, 'm' || i, 'r' || i, '', 't' || (1 + i / 3), 't' || (1 + i / 3), 'a', 'inbox', ${at}, 'ann' || (i % 5000) || '@corp' || (i % 300) || '.test',
         ${subject}, '{"from":{"name":"Ann"},"to":[{"name":"","address":"help@desk.test"}],"cc":[],"inReplyTo":[]}', 900, 200, 0, 0, 0 FROM n`,
      [tickets * 3 - 3],
    )
    await tx.run(`${numbers} INSERT INTO message_body SELECT 'm' || i, ${words}, NULL FROM n`, [
      tickets * 3 - 3,
    ])
  })
  await updateSearchIndex(desk.core.db.write)
}

beforeAll(async () => {
  desk = await startDesk()
  await generate()
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
