// A desk full of tickets, for searches that must be quick or right among many.
import { updateSearchIndex } from '#main/db/search'
import type { Desk } from './startDesk'

/**
 * So many tickets of three mails each in the database, newest first, as the import would leave them, without its work;
 * indexed.
 */
export async function manyTickets(desk: Desk, tickets: number): Promise<void> {
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
