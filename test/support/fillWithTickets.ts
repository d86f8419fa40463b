// Many tickets for a picture or a measure of the list: rows as the import would leave them, without its work.
import { createEngine } from '#main/engine'
import { memorySecrets } from './startDesk'

/** Adds `count` open tickets to a profile that nothing else has open. */
export async function fillWithTickets(profile: string, count: number): Promise<void> {
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  const at = `(${String(Date.now())} - i * 60000)`
  const pick = (column: string, words: readonly string[]): string =>
    `CASE i % ${String(words.length)} ${words
      .map((word, n) => `WHEN ${String(n)} THEN ${word}`)
      .join(' ')} END AS ${column}`
  const subject = pick('subject', [
    `'Order ' || (70000 + i) || ' has not arrived'`,
    `'Invoice ' || (4000 + i) || ' names the wrong company'`,
    `'Which driver fits the Lumen ' || (i % 40)`,
    `'Angebot für ' || (i % 90) || ' Leuchten'`,
    `'La lampe ' || (i % 60) || ' clignote'`,
  ])
  const name = pick('name', [`'Maria Keller'`, `'Jo Abbott'`, `'Élodie Roux'`, `'Paulo Brandt'`])
  await engine.core.db.write('fill', (tx) =>
    tx.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?),
         made AS (SELECT i, ${subject}, ${name} FROM n)
       INSERT INTO ticket (id, key, subject, status, requesterAddress, requesterName, assignee, "group", tags,
         mailbox, mergedInto, createdAt, updatedAt, revision, publicRevision, commentCount, heldCount, ccCount,
         followerCount, ccLimit, preview, lastAuthor, rest)
       SELECT 'full' || i, 'F' || i, subject, CASE i % 3 WHEN 0 THEN 'new' ELSE 'open' END,
         'person' || (i % 5000) || '@customer.example', name, NULL, NULL, '[]',
         'support@lumenhaus.example', NULL, ${at}, ${at}, 3, 3, 3, 0, i % 4, i % 10 = 0, 20,
         'Good morning, I wrote last week already.', name,
         '{"suggestions":[],"notAdded":[],"audit":[],"publicMessageIds":[]}' FROM made`,
      [count],
    ),
  )
  await engine.stop()
}
