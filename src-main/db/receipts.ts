// Copies of our own mails on the server: receipts in INBOX, and what lies in Sent.
import type { Reader, Writer } from './write'
import { findItem, type OutboxItem } from './outbox'

/** Remembers every copy in INBOX of a mail of this outbox; a copy that is moved away later still counts. */
export async function noteReceipts(tx: Writer, accountId: string): Promise<void> {
  await tx.run(
    `INSERT OR IGNORE INTO receipt (messageId, folder, uidValidity, uid)
     SELECT o.messageId, l.folder, l.uidValidity, l.uid FROM outbox_item o
       JOIN message m ON m.rfcId = o.messageId JOIN message_location l ON l.messageId = m.id
     WHERE o.accountId = ? AND o.attempts > 0
       AND (o.isFiled = 0 OR o.doubted <> '[]' OR o.state IN ('queued', 'sending', 'uncertain')) AND l.folder = 'INBOX'
       AND l.accountId = o.accountId AND m.fact ->> 'isOwnId'`,
    [accountId],
  )
}

/** What the server has shown of a mail so far. */
export interface Evidence {
  /** Copies in INBOX. Numbered anew, copies are counted once: the most of any numbering. */
  readonly receipts: number
  readonly isInSent: boolean
}

export async function findEvidence(db: Reader, item: OutboxItem): Promise<Evidence> {
  const row = await db.first<{ receipts: number | null; sent: number }>(
    `SELECT (SELECT max(n) FROM (SELECT count(*) AS n FROM receipt WHERE messageId = ?1 GROUP BY uidValidity)) AS receipts,
       EXISTS (SELECT 1 FROM message m JOIN message_location l ON l.messageId = m.id
         WHERE m.rfcId = ?1 AND l.folder <> 'INBOX' AND l.accountId = ?2 AND m.fact ->> 'isOwnId') AS sent`,
    [item.messageId, item.accountId],
  )
  return { receipts: row?.receipts ?? 0, isInSent: row?.sent === 1 }
}

/** Mails that were tried and whose fate a copy on the server may still tell. */
export async function listDoubted(db: Reader, accountId: string): Promise<OutboxItem[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM outbox_item WHERE accountId = ? AND doubted <> '[]' AND attempts > 0
       AND state IN ('queued', 'uncertain', 'failed', 'partly', 'cancelled') ORDER BY rowid`,
    [accountId],
  )
  const items = await Promise.all(rows.map((row) => findItem(db, row.id)))
  return items.filter((item) => item !== undefined)
}

/** Mails the server has taken and of which no copy is known to lie in Sent. */
export async function listUnfiled(db: Reader, accountId: string): Promise<OutboxItem[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM outbox_item WHERE accountId = ? AND isFiled = 0 AND state IN ('sent', 'partly') ORDER BY rowid`,
    [accountId],
  )
  const items = await Promise.all(rows.map((row) => findItem(db, row.id)))
  return items.filter((item) => item !== undefined)
}

/** UIDs in the INBOX as it is numbered now of copies of a mail of ours. */
export async function listReceiptUids(
  db: Reader,
  item: OutboxItem,
  uidValidity: string,
): Promise<number[]> {
  const rows = await db.all<{ uid: number }>(
    `SELECT l.uid FROM message_location l JOIN message m ON m.id = l.messageId
     WHERE m.rfcId = ? AND l.accountId = ? AND l.folder = 'INBOX' AND l.uidValidity = ? AND m.fact ->> 'isOwnId'`,
    [item.messageId, item.accountId, uidValidity],
  )
  return rows.map((row) => row.uid)
}

/** The copies are in Sent now; their old places lead nowhere. */
export async function markFiled(
  tx: Writer,
  item: OutboxItem,
  gone: { uidValidity: string; uids: readonly number[] },
): Promise<void> {
  await tx.run('UPDATE outbox_item SET isFiled = 1 WHERE id = ?', [item.id])
  await tx.run(
    `DELETE FROM message_location WHERE accountId = ? AND folder = 'INBOX' AND uidValidity = ?
       AND uid IN (SELECT value FROM json_each(?))`,
    [item.accountId, gone.uidValidity, JSON.stringify(gone.uids)],
  )
  tx.changed('outbox', item.id)
}
