import type { SearchTerm } from '#shared/rules/searchQuery'
import { getSetting, saveSetting } from './settings'
import type { Reader, WriteFunction, Writer } from './write'

const batch = 400
const json = JSON.stringify

// A reply repeats what it answers, and that mail is indexed itself, so only the fresh part of a reply is.
const indexSql = `
INSERT INTO message_search (rowid, subject, sender, people, body)
SELECT seq, subject, fromAddress || ' ' || (fact ->> '$.from.name'),
  coalesce((SELECT group_concat((person.value ->> 'name') || ' ' || (person.value ->> 'address'), ' ')
         FROM json_each(json_array(fact -> '$.to', fact -> '$.cc')) AS list, json_each(list.value) AS person), ''),
  CASE WHEN fact -> '$.inReplyTo' = '[]' THEN text ELSE substr(text, 1, freshLength) END
FROM message JOIN message_body ON messageId = id WHERE seq > ? AND seq <= ?`

async function indexMails(tx: Writer): Promise<boolean> {
  const from = await getSetting(tx, 'indexedSeq')
  const row = await tx.first<{ top: number | null }>(
    'SELECT max(seq) AS top FROM (SELECT seq FROM message WHERE seq > ? ORDER BY seq LIMIT ?)',
    [from, batch],
  )
  if (row?.top === null || row === undefined) return false
  await tx.run(indexSql, [from, row.top])
  await saveSetting(tx, 'indexedSeq', row.top)
  return true
}

/** Notes are events and have no number of their own: they get one, and its negative is their place in the index. */
async function indexNotes(tx: Writer): Promise<boolean> {
  const last = await tx.first<{ seq: number }>(
    'SELECT coalesce(max(seq), 0) AS seq FROM note_number',
  )
  await tx.run(
    `INSERT INTO note_number (eventId) SELECT id FROM journal_event WHERE kind = 'note.written'
       AND NOT EXISTS (SELECT 1 FROM note_number WHERE eventId = journal_event.id) LIMIT ?`,
    [batch],
  )
  await tx.run(
    `INSERT INTO message_search (rowid, subject, sender, people, body)
     SELECT -seq, '', "by", '', body ->> '$.text' FROM note_number JOIN journal_event ON id = eventId WHERE seq > ?`,
    [last?.seq ?? 0],
  )
  const now = await tx.first<{ seq: number }>(
    'SELECT coalesce(max(seq), 0) AS seq FROM note_number',
  )
  return (now?.seq ?? 0) > (last?.seq ?? 0)
}

/** Brings the full-text index up to the newest message and note, in small writes between which others get their turn. */
export async function updateSearchIndex(write: WriteFunction): Promise<void> {
  while (await write('search.index', indexMails)) continue
  while (await write('search.indexNotes', indexNotes)) continue
}

const columns: Readonly<Record<string, string>> = {
  text: '',
  subject: '{subject} : ',
  from: '{sender} : ',
  to: '{people} : ',
}

function phrase({ field, value, isPhrase }: SearchTerm): string {
  // Each is quoted, so that no character of a query is an operator of FTS5; a word may go on.
  const quoted = `"${value.replaceAll('"', '""').replaceAll('\0', ' ')}"`
  return `${columns[field] ?? ''}${quoted}${isPhrase ? '' : '*'}`
}

/** Terms as FTS5 takes them, all of which must hold in one mail or note. */
export function matchOf(terms: readonly SearchTerm[]): string {
  return terms.map(phrase).join(' AND ')
}

/** Place of a find in the index: a mail's number, or the negative of a note's. */
export type Hit = number

// As many as can be looked up while somebody types, from each end of the index.
const mostHits = 3_000

interface Hits {
  readonly hits: Map<string, Hit>
  readonly isCapped: boolean
}

// Notes are few, and looking for them costs as much as looking for mail: where there are none, nobody looks.
const noteHits = `SELECT coalesce((SELECT m.ticketId FROM message m WHERE m.ownTicketId = e.ticketId LIMIT 1), e.ticketId)
       AS ticketId, hit.rowid AS seq
     FROM (SELECT rowid FROM message_search WHERE EXISTS (SELECT 1 FROM note_number) AND message_search MATCH ?1
       AND rowid < 0 LIMIT ?2) AS hit
     CROSS JOIN note_number n ON n.seq = -hit.rowid CROSS JOIN journal_event e ON e.id = n.eventId`

const mailHits = (order: 'ASC' | 'DESC'): string =>
  `SELECT message.ticketId, hit.rowid AS seq FROM (SELECT rowid FROM message_search
       WHERE message_search MATCH ?1 AND rowid > 0 ORDER BY rowid ${order} LIMIT ?2) AS hit
     CROSS JOIN message INDEXED BY message_seq_ticketId ON message.seq = hit.rowid`

async function listHits(db: Reader, sql: string, match: string): Promise<[string, Hit][]> {
  const found = await db.first<{ list: string }>(
    `SELECT json_group_array(json_array(ticketId, seq)) AS list FROM (${sql})`,
    [match, mostHits],
  )
  return JSON.parse(found?.list ?? '[]') as [string, Hit][]
}

/** Epoch ms of the newest mail at the beginning of the index, and of the newest at its end. */
async function newestAtEnds(db: Reader): Promise<{ first: number; last: number }> {
  const newest = (order: 'ASC' | 'DESC'): string =>
    `(SELECT max(receivedAt) FROM (SELECT receivedAt FROM message ORDER BY seq ${order} LIMIT 100))`
  const row = await db.first<{ first: number | null; last: number | null }>(
    `SELECT ${newest('ASC')} AS first, ${newest('DESC')} AS last`,
  )
  return { first: row?.first ?? 0, last: row?.last ?? 0 }
}

async function isNewerThan(db: Reader, seq: Hit | undefined, at: number): Promise<boolean> {
  if (seq === undefined) return false
  const row = await db.first('SELECT 1 FROM message WHERE seq = ? AND receivedAt > ?', [seq, at])
  return row !== undefined
}

/**
 * Mail is stored as it comes, but a first sync brings the newest first: the newest lie at one end of the index or at both,
 * and each look at it costs as much as the word is common.
 */
async function findMails(
  db: Reader,
  match: string,
): Promise<{ found: [string, Hit][]; isCapped: boolean }> {
  const newest = await newestAtEnds(db)
  const isLastNewer = newest.last > newest.first
  const last = isLastNewer ? await listHits(db, mailHits('DESC'), match) : []
  if (isLastNewer && last.length < mostHits) return { found: last, isCapped: false }
  const furthest = last.at(-1)?.[1]
  if (await isNewerThan(db, furthest, newest.first)) return { found: last, isCapped: true }
  const first = await listHits(db, mailHits('ASC'), match)
  // Where the two ends meet, everything has been found.
  const isMet = (first.at(-1)?.[1] ?? 0) >= (furthest ?? Infinity)
  return {
    found: [...last, ...first.reverse()],
    isCapped: first.length === mostHits && !isMet,
  }
}

/** The newest finds, one of each ticket. */
export async function findHits(db: Reader, match: string): Promise<Hits> {
  const { found, isCapped } = await findMails(db, match)
  const notes = await listHits(db, noteHits, match)
  const hits = new Map<string, Hit>()
  for (const [ticketId, seq] of [...found, ...notes])
    if (!hits.has(ticketId)) hits.set(ticketId, seq)
  return { hits, isCapped }
}

/**
 * Which of these tickets have a find. Only the part of the index in which their mails lie is looked at: a
 * word to be left out may be in half of all mail.
 */
export async function findAmong(
  db: Reader,
  match: string,
  among: readonly string[],
): Promise<string[]> {
  const found = await db.first<{ list: string }>(
    `WITH candidate AS MATERIALIZED (
       SELECT seq, ticketId FROM message WHERE ticketId IN (SELECT value FROM json_each(?1))),
     found AS (
     SELECT DISTINCT ticketId FROM candidate WHERE seq IN (
       SELECT rowid FROM message_search WHERE message_search MATCH ?2
         AND rowid >= (SELECT min(seq) FROM candidate) AND rowid <= (SELECT max(seq) FROM candidate))
     UNION
     SELECT coalesce((SELECT m.ticketId FROM message m WHERE m.ownTicketId = e.ticketId LIMIT 1), e.ticketId)
     FROM (SELECT rowid FROM message_search WHERE EXISTS (SELECT 1 FROM note_number) AND message_search MATCH ?2
       AND rowid < 0) AS hit
     CROSS JOIN note_number n ON n.seq = -hit.rowid CROSS JOIN journal_event e ON e.id = n.eventId)
     SELECT json_group_array(ticketId) AS list FROM found`,
    [json(among), match],
  )
  return JSON.parse(found?.list ?? '[]') as string[]
}

/** What was written there, from its beginning. */
export async function textsOf(db: Reader, hits: readonly Hit[]): Promise<Map<Hit, string>> {
  const rows = await db.all<{ hit: Hit; text: string }>(
    `SELECT seq AS hit, substr(text, 1, 20000) AS text FROM message JOIN message_body ON messageId = id
       WHERE seq IN (SELECT value FROM json_each(?1))
     UNION ALL
     SELECT -seq, substr(body ->> '$.text', 1, 20000) FROM note_number JOIN journal_event ON id = eventId
       WHERE seq IN (SELECT -value FROM json_each(?1))`,
    [json(hits)],
  )
  return new Map(rows.map(({ hit, text }) => [hit, text]))
}
