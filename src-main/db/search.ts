import { getSetting, saveSetting } from './settings'
import type { WriteFunction, Writer } from './write'

const batch = 400

// A reply repeats what it answers, and that mail is indexed itself, so only the fresh part of a reply is.
const indexSql = `
INSERT INTO message_search (rowid, subject, people, body)
SELECT seq, subject,
  fromAddress || ' ' || (fact ->> '$.from.name') || ' '
    || coalesce((SELECT group_concat((person.value ->> 'name') || ' ' || (person.value ->> 'address'), ' ')
         FROM json_each(json_array(fact -> '$.to', fact -> '$.cc')) AS list, json_each(list.value) AS person), ''),
  CASE WHEN fact -> '$.inReplyTo' = '[]' THEN text ELSE substr(text, 1, freshLength) END
FROM message JOIN message_body ON messageId = id WHERE seq > ? AND seq <= ?`

async function indexSome(tx: Writer): Promise<boolean> {
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

/** Brings the full-text index up to the newest message, in small writes between which others get their turn. */
export async function updateSearchIndex(write: WriteFunction): Promise<void> {
  while (await write('search.index', indexSome)) continue
}

/** Words as FTS5 takes them: each quoted, so that no character of a query is an operator; the last one a prefix. */
export function matchExpression(query: string): string {
  const words = query.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  return words.map((word) => `"${word.replaceAll('"', '""')}"*`).join(' ')
}
