import { z } from 'zod'
import { mailFact, type Attachment, type MailFact } from '#shared/model/message'
import { insertRows } from './insert'
import type { Reader, Writer } from './write'

/** A mail ready to be stored: the fact the rules see and what only the store needs. */
export interface NewMessage {
  readonly fact: MailFact
  readonly digest: string
  readonly accountId: string
  readonly ownTicketId: string
  readonly size: number
  readonly freshLength: number
  readonly isTruncated: boolean
  readonly isSeen: boolean
  readonly text: string
  readonly html: string | null
  /** Raw bytes, kept when the mail could not be read. */
  readonly raw: Uint8Array | null
  readonly attachments: readonly NewAttachment[]
}

export interface NewAttachment {
  readonly id: string
  readonly partId: string
  readonly name: string
  readonly type: string
  readonly size: number
  readonly cid: string | null
  readonly isInline: boolean
  readonly encoding: string
}

/** Where a mail lies on the server. */
export interface Location {
  readonly accountId: string
  readonly folder: string
  readonly uidValidity: string
  readonly uid: number
  readonly messageId: string
}

/** A mail's place in its thread. */
export interface Link {
  readonly id: string
  readonly rfcId: string
  readonly ticketId: string
}

const json = JSON.stringify

const messageColumns = [
  'id',
  'rfcId',
  'digest',
  'ticketId',
  'ownTicketId',
  'accountId',
  'source',
  'receivedAt',
  'fromAddress',
  'subject',
  'fact',
  'size',
  'freshLength',
  'hasHtml',
  'isTruncated',
  'isSeen',
]

/** Inserts mails that are not yet known, each in a ticket of its own; threading moves them afterwards. */
export async function insertMessages(tx: Writer, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return
  const rows = messages.map((m) => [
    m.fact.id,
    m.fact.rfcId,
    m.digest,
    m.ownTicketId,
    m.ownTicketId,
    m.accountId,
    m.fact.source,
    m.fact.receivedAt,
    m.fact.from.address,
    m.fact.subject,
    json(m.fact),
    m.size,
    m.freshLength,
    m.html === null ? 0 : 1,
    m.isTruncated ? 1 : 0,
    m.isSeen ? 1 : 0,
  ])
  await insertRows(tx, 'INSERT INTO message', messageColumns, rows)
  await insertRows(
    tx,
    'INSERT INTO message_body',
    ['messageId', 'text', 'html'],
    messages.map((m) => [m.fact.id, m.text, m.html]),
  )
  await insertRows(
    tx,
    'INSERT OR IGNORE INTO attachment',
    ['id', 'messageId', 'partId', 'name', 'type', 'size', 'cid', 'isInline', 'encoding'],
    messages.flatMap((m) =>
      m.attachments.map((a) => [
        a.id,
        m.fact.id,
        a.partId,
        a.name,
        a.type,
        a.size,
        a.cid,
        a.isInline ? 1 : 0,
        a.encoding,
      ]),
    ),
  )
  for (const message of messages) {
    if (message.raw === null) continue
    await tx.run('INSERT OR REPLACE INTO message_raw (messageId, bytes) VALUES (?, ?)', [
      message.fact.id,
      message.raw,
    ])
  }
}

export async function insertLocations(tx: Writer, locations: readonly Location[]): Promise<void> {
  if (locations.length === 0) return
  await tx.run(
    `INSERT OR REPLACE INTO message_location (accountId, folder, uidValidity, uid, messageId)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
    [json(locations.map((l) => [l.accountId, l.folder, l.uidValidity, l.uid, l.messageId]))],
  )
}

export async function findLocation(db: Reader, messageId: string): Promise<Location | undefined> {
  // A place from before the server renumbered its folder leads nowhere.
  return db.first<Location>(
    `SELECT l.* FROM message_location l LEFT JOIN folder_cursor c
       ON c.accountId = l.accountId AND c.folder = l.folder AND c.uidValidity = l.uidValidity
     WHERE l.messageId = ? ORDER BY c.folder IS NULL, l.uid DESC LIMIT 1`,
    [messageId],
  )
}

/** A mail already stored, with what tells a repeated mail from a reused id and a better copy from a worse. */
export interface KnownMail extends Link {
  readonly digest: string
  readonly source: MailFact['source']
  readonly receivedAt: number
  readonly isOwnId: number
}

/** Message-ID → place in the order in which the mails of a ticket reached this desktop or were written on it. */
export async function listArrivals(db: Reader, ticketId: string): Promise<Map<string, number>> {
  const rows = await db.all<{ rfcId: string; place: number }>(
    'SELECT rfcId, seq AS place FROM message WHERE ticketId = ? ORDER BY seq DESC',
    [ticketId],
  )
  // Of several with one id the first counts.
  return new Map(rows.map(({ rfcId, place }) => [rfcId, place]))
}

export async function findByRfcIds(db: Reader, rfcIds: readonly string[]): Promise<KnownMail[]> {
  return db.all(
    `SELECT id, rfcId, ticketId, digest, source, receivedAt, fact ->> 'isOwnId' AS isOwnId
     FROM message WHERE rfcId IN (SELECT value FROM json_each(?)) ORDER BY seq`,
    [json(rfcIds)],
  )
}

/** Puts the facts of better copies in the place of those that came first. */
export async function replaceFacts(tx: Writer, messages: readonly NewMessage[]): Promise<void> {
  if (messages.length === 0) return
  await tx.run(
    `UPDATE message SET source = new.source, receivedAt = new.receivedAt, fact = new.fact
     FROM (SELECT value ->> 0 AS id, value ->> 1 AS source, value ->> 2 AS receivedAt, value ->> 3 AS fact
           FROM json_each(?)) AS new
     WHERE message.id = new.id`,
    [json(messages.map(({ fact }) => [fact.id, fact.source, fact.receivedAt, json(fact)]))],
  )
}

/** Our own mail, which waits here, goes to other people than were planned. */
export async function readdressOwnMail(
  tx: Writer,
  rfcId: string,
  { to, cc }: Pick<MailFact, 'to' | 'cc'>,
): Promise<void> {
  await tx.run(
    `UPDATE message SET fact = json_set(fact, '$.to', json(?), '$.cc', json(?))
     WHERE rfcId = ? AND source = 'local'`,
    [json(to), json(cc), rfcId],
  )
}

/** Body of a mail as the thread shows it. */
export interface Body {
  readonly text: string
  readonly freshLength: number
  readonly hasHtml: boolean
}

export async function listBodies(db: Reader, ids: readonly string[]): Promise<Map<string, Body>> {
  const found = await db.first<{ list: string }>(
    `SELECT json_group_array(json_array(id, text, freshLength, hasHtml)) AS list
     FROM message JOIN message_body ON messageId = id WHERE id IN (SELECT value FROM json_each(?))`,
    [json(ids)],
  )
  const rows = JSON.parse(found?.list ?? '[]') as [string, string, number, number][]
  return new Map(
    rows.map(([id, text, freshLength, hasHtml]) => [
      id,
      { text, freshLength, hasHtml: hasHtml === 1 },
    ]),
  )
}

/** A mail as it was formatted, and whether it answers another. */
export async function findHtml(
  db: Reader,
  id: string,
): Promise<{ html: string; text: string; isAnswer: boolean } | undefined> {
  const row = await db.first<{ html: string; text: string; isAnswer: number }>(
    `SELECT html, text, fact -> '$.inReplyTo' <> '[]' OR fact -> '$.references' <> '[]' AS isAnswer
     FROM message JOIN message_body ON messageId = id WHERE id = ? AND html IS NOT NULL`,
    [id],
  )
  return row === undefined ? undefined : { ...row, isAnswer: row.isAnswer === 1 }
}

/** A stored attachment; `bytes` is null until it was wanted once. */
export interface StoredAttachment extends NewAttachment {
  readonly messageId: string
  readonly bytes: Buffer | null
}

export async function findAttachment(
  db: Reader,
  id: string,
): Promise<StoredAttachment | undefined> {
  return db.first<StoredAttachment>('SELECT * FROM attachment WHERE id = ?', [id])
}

export async function listInlineParts(
  db: Reader,
  messageId: string,
): Promise<{ id: string; cid: string }[]> {
  return db.all('SELECT id, cid FROM attachment WHERE messageId = ? AND cid IS NOT NULL', [
    messageId,
  ])
}

/** Whether the window may show it as a picture: it belongs to this mail, in its text or attached. */
export async function hasAttachment(db: Reader, messageId: string, id: string): Promise<boolean> {
  const found = await db.all('SELECT 1 FROM attachment WHERE messageId = ? AND id = ?', [
    messageId,
    id,
  ])
  return found.length > 0
}

export async function saveAttachmentBytes(
  tx: Writer,
  id: string,
  bytes: Uint8Array,
): Promise<void> {
  await tx.run('UPDATE attachment SET bytes = ? WHERE id = ?', [bytes, id])
}

export async function listAttachments(
  db: Reader,
  messageIds: readonly string[],
): Promise<Map<string, Attachment[]>> {
  const rows = await db.all<{
    id: string
    messageId: string
    name: string
    type: string
    size: number
    isInline: number
  }>(
    `SELECT id, messageId, name, type, size, isInline FROM attachment
     WHERE messageId IN (SELECT value FROM json_each(?)) ORDER BY partId`,
    [json(messageIds)],
  )
  const byMessage = new Map<string, Attachment[]>()
  for (const { messageId, isInline, ...rest } of rows) {
    const list = byMessage.get(messageId) ?? []
    list.push({ ...rest, isInline: isInline === 1 })
    byMessage.set(messageId, list)
  }
  return byMessage
}

const storedFact = z.string().transform((text) => mailFact.parse(JSON.parse(text)))

export async function findMessage(
  db: Reader,
  id: string,
): Promise<{ fact: MailFact; ticketId: string; accountId: string } | undefined> {
  const row = await db.first<{ fact: string; ticketId: string; accountId: string }>(
    'SELECT fact, ticketId, accountId FROM message WHERE id = ?',
    [id],
  )
  return row === undefined ? undefined : { ...row, fact: storedFact.parse(row.fact) }
}
