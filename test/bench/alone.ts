// What each part of a first sync costs by itself, on the mails and rows of the same run: their sum is what no pipeline
// on one core can undercut.
import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import { openDatabase } from '#main/db/open'
import { updateSearchIndex } from '#main/db/search'
import { parseFetched } from '#main/mail/parse'
import { createCore } from '#main/tickets/core'
import { refreshStale } from '#main/tickets/refreshStale'

const chunk = 400

async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** ms to parse these beginnings of mails, `times` as many in the end. */
export async function parseAlone(windows: readonly Buffer[], times: number): Promise<number> {
  const parse = (): void => {
    for (const window of windows) parseFetched({ window, size: window.length })
  }
  // Once before: what counts is the speed of compiled code.
  parse()
  return times * (await timed(parse))
}

/** The rows that hold the mails of a range of sequence numbers, by table. */
const rows = {
  message: 'SELECT * FROM old.message WHERE seq > ?1 AND seq <= ?2',
  message_body: ofMessages('message_body'),
  message_location: ofMessages('message_location'),
  message_reference: ofMessages('message_reference'),
  attachment: ofMessages('attachment'),
}

function ofMessages(table: string): string {
  return `SELECT each.* FROM old.${table} each JOIN old.message m ON m.id = each.messageId
    WHERE m.seq > ?1 AND m.seq <= ?2`
}

/** ms for SQLite alone to store the mails of one profile in another, in the transactions of a sync. */
async function copyMails(from: string, into: string, mails: number): Promise<number> {
  const db = new sqlite3.Database(join(into, 'copydesk.db'))
  const run = (sql: string, values: readonly (string | number)[] = []): Promise<void> =>
    new Promise((resolve, reject) => {
      db.run(sql, [...values], (error: Error | null) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  for (const setting of ['synchronous = NORMAL', 'cache_size = -65536', 'temp_store = MEMORY']) {
    await run(`PRAGMA ${setting}`)
  }
  await run('ATTACH ? AS old', [join(from, 'copydesk.db')])
  const ms = await timed(async () => {
    for (let seq = 0; seq < mails; seq += chunk) {
      await run('BEGIN IMMEDIATE')
      for (const [table, sql] of Object.entries(rows)) {
        await run(`INSERT INTO main.${table} ${sql}`, [seq, seq + chunk])
      }
      await run('COMMIT')
    }
  })
  await new Promise((resolve) => db.close(resolve))
  return ms
}

/** ms for storing, projecting and indexing the mails of a profile once more in an empty one, one after the other. */
export async function storeAlone(
  from: string,
  into: string,
  mails: number,
): Promise<{ stored: number; projected: number; indexed: number }> {
  await (await openDatabase(into)).close()
  const stored = await copyMails(from, into, mails)
  const db = await openDatabase(into)
  await db.write('bench.stale', (tx) =>
    tx.run('INSERT INTO stale_ticket SELECT DISTINCT ticketId FROM message'),
  )
  const projected = await timed(() => refreshStale(createCore(db, Date.now)))
  const indexed = await timed(() => updateSearchIndex(db.write))
  await db.close()
  return { stored, projected, indexed }
}
