// What this database knows of the journal folder: which events and messages it has had, and what was set aside.
import type { CarriedEvent, JournalProblem, SignedEvent } from '#shared/model/batch'
import type { ClaimFact } from '#shared/rules/claims'
import { upsertRows } from './insert'
import { saveSkipped } from './skipped'
import type { Reader, Writer } from './write'

const json = JSON.stringify
/** A day, in ms. */
const maxLease = 86_400_000

/** An event as it was read from the folder. */
export interface ArrivedEvent {
  readonly event: CarriedEvent
  readonly signed: SignedEvent
  readonly uid: number
  /** Earliest INTERNALDATE known, epoch ms. */
  readonly firstAt: number
  /** The event's clock, bounded by `firstAt`. */
  readonly hlc: string
}

export interface KnownEvent {
  readonly id: string
  readonly hlc: string
  readonly device: string
  readonly text: string | null
  readonly firstAt: number | null
}

export async function findKnown(
  db: Reader,
  ids: readonly string[],
): Promise<Map<string, KnownEvent>> {
  const rows = await db.all<KnownEvent>(
    `SELECT id, hlc, device, text, firstAt FROM journal_event WHERE id IN (SELECT value FROM json_each(?))`,
    [json(ids)],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

const columns = 'id hlc by device kind ticketId body uid text signature publicKey firstAt'
const intoJournal = {
  into: 'INSERT INTO journal_event',
  columns: columns.split(' '),
  otherwise: `ON CONFLICT (id) DO UPDATE SET hlc = excluded.hlc, uid = excluded.uid, text = excluded.text,
    signature = excluded.signature, publicKey = excluded.publicKey, firstAt = excluded.firstAt`,
}

/** Stores events of the folder; one that is here already only learns where it lies and when it was first seen. */
export async function saveArrived(tx: Writer, events: readonly ArrivedEvent[]): Promise<void> {
  const rows = events.map(({ event, signed, uid, firstAt, hlc }) => [
    event.id,
    hlc,
    event.by,
    event.device,
    event.body.kind,
    event.ticketId,
    json(event.body),
    uid,
    signed.text,
    signed.signature,
    signed.key,
    firstAt,
  ])
  await upsertRows(tx, intoJournal, rows)
  await saveSkipped(
    tx,
    events.map(({ event }) => event.body),
  )
}

export interface UnpushedEvent {
  readonly id: string
  readonly hlc: string
  readonly by: string
  readonly device: string
  readonly ticketId: string | null
  readonly body: string
  readonly text: string | null
  readonly signature: string | null
  readonly publicKey: string | null
  readonly firstAt: number | null
}

/**
 * Mails of a duty are still to leave this desktop. Until then nobody else is told that it is done: should this desktop
 * never come back, its lease ends and another does it.
 */
const isUnderWay = `kind = 'duty.done' AND EXISTS (
  SELECT 1 FROM outbox_item o WHERE o.ticketId = journal_event.ticketId
    AND o.dutyKey = (body ->> 'duty') || ':' || (body ->> 'sourceId')
    AND (o.state IN ('queued', 'sending') OR (o.state = 'uncertain' AND o.nextAt IS NOT NULL)))`

/**
 * Events that may be written and that no message of the folder holds, oldest first: never written yet, or (`isLost`) not
 * there any more.
 */
export async function listUnpushed(
  db: Reader,
  { isLost, limit }: { isLost: boolean; limit: number },
): Promise<UnpushedEvent[]> {
  return db.all<UnpushedEvent>(
    `SELECT id, hlc, "by", device, ticketId, body, text, signature, publicKey, firstAt FROM journal_event
     WHERE uid IS NULL AND problem IS NULL AND firstAt IS ${isLost ? 'NOT NULL' : 'NULL'} AND NOT (${isUnderWay})
     ORDER BY hlc, id LIMIT ?`,
    [limit],
  )
}

/** Events kept here that the folder has lost. */
export async function countLost(db: Reader): Promise<number> {
  const row = await db.first<{ n: number }>(
    'SELECT count(*) AS n FROM journal_event WHERE uid IS NULL AND problem IS NULL AND firstAt IS NOT NULL',
  )
  return row?.n ?? 0
}

/** Nothing is known of where events lie: the folder is another one, or gone. */
export async function forgetPlaces(tx: Writer): Promise<void> {
  await tx.run('UPDATE journal_event SET uid = NULL WHERE uid IS NOT NULL')
  await tx.run('DELETE FROM journal_message')
  await tx.run('DELETE FROM journal_problem')
}

/** These messages are not in the folder any more. */
export async function forgetMessages(tx: Writer, uids: readonly number[]): Promise<void> {
  for (const statement of [
    'UPDATE journal_event SET uid = NULL WHERE uid IN (SELECT value FROM json_each(?))',
    'DELETE FROM journal_message WHERE uid IN (SELECT value FROM json_each(?))',
    'DELETE FROM journal_problem WHERE uid IN (SELECT value FROM json_each(?))',
  ]) {
    await tx.run(statement, [json(uids)])
  }
}

export async function listMessageUids(db: Reader): Promise<number[]> {
  const rows = await db.all<{ uid: number }>('SELECT uid FROM journal_message ORDER BY uid')
  return rows.map((row) => row.uid)
}

export async function countMessages(db: Reader): Promise<number> {
  return (await db.first<{ n: number }>('SELECT count(*) AS n FROM journal_message'))?.n ?? 0
}

export async function saveMessages(tx: Writer, uids: readonly number[]): Promise<void> {
  await tx.run('INSERT OR IGNORE INTO journal_message SELECT value FROM json_each(?)', [json(uids)])
}

/** One thing set aside; `position` -1 is the whole message. */
export interface SetAside {
  readonly uid: number
  readonly position: number
  readonly because: JournalProblem
}

export async function saveProblems(tx: Writer, problems: readonly SetAside[]): Promise<void> {
  await tx.run(
    `INSERT OR IGNORE INTO journal_problem
     SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
    [json(problems.map(({ uid, position, because }) => [uid, position, because]))],
  )
}

export async function listProblems(db: Reader): Promise<SetAside[]> {
  return db.all<SetAside>(
    'SELECT uid, position, because FROM journal_problem ORDER BY uid DESC, position LIMIT 1000',
  )
}

/** Every desktop in the name of every person it spoke for, and when last. */
export async function listSpeakers(
  db: Reader,
): Promise<{ device: string; by: string; hlc: string }[]> {
  return db.all(
    `SELECT device, "by", max(hlc) AS hlc FROM journal_event WHERE kind <> 'duty.claimed'
     GROUP BY device, "by" ORDER BY hlc DESC LIMIT 1000`,
  )
}

/** An event of ours that cannot be written, and why. */
export async function markUnwritable(tx: Writer, id: string, because: string): Promise<void> {
  await tx.run('UPDATE journal_event SET problem = ? WHERE id = ?', [because, id])
}

/** Who claimed these duties, by key, as the folder says. */
export async function listClaims(
  db: Reader,
  keys: readonly string[],
): Promise<Map<string, ClaimFact[]>> {
  const rows = await db.all<ClaimFact & { key: string }>(
    `SELECT body ->> 'key' AS key, body ->> 'number' AS number, body ->> 'lease' AS lease, device, uid, firstAt AS claimedAt
     FROM journal_event WHERE kind = 'duty.claimed' AND uid IS NOT NULL
       AND body ->> 'key' IN (SELECT value FROM json_each(?))`,
    [json(keys)],
  )
  const claims = new Map<string, ClaimFact[]>()
  for (const { key, ...claim } of rows) {
    // A colleague's program wrote these: nobody may hold a duty for ever.
    const isSound = Number.isInteger(claim.number) && claim.lease > 0 && claim.lease <= maxLease
    if (isSound) claims.set(key, [...(claims.get(key) ?? []), claim])
  }
  return claims
}

export interface PackableEvent {
  readonly text: string
  readonly signature: string
  readonly publicKey: string
  readonly firstAt: number
}

/**
 * The events of small old messages, in the order of the folder; empty where there are fewer than `messages` of them.
 * `small`: a message with fewer events than this is one.
 */
export async function listPackable(
  db: Reader,
  {
    before,
    messages,
    small,
    limit,
  }: { before: number; messages: number; small: number; limit: number },
): Promise<PackableEvent[]> {
  const rows = await db.all<{ uid: number; n: number }>(
    `SELECT uid, count(*) AS n FROM journal_event WHERE uid IS NOT NULL GROUP BY uid
     HAVING n < ? AND max(firstAt) < ? ORDER BY uid`,
    [small, before],
  )
  if (rows.length < messages) return []
  const uids: number[] = []
  let events = 0
  for (const { uid, n } of rows) {
    if (events + n > limit) break
    events += n
    uids.push(uid)
  }
  return db.all<PackableEvent>(
    `SELECT text, signature, publicKey, firstAt FROM journal_event
     WHERE uid IN (SELECT value FROM json_each(?)) AND text IS NOT NULL AND firstAt IS NOT NULL ORDER BY uid, hlc, id`,
    [json(uids)],
  )
}

/** Messages that were read and hold nothing that was not read again from a later one, nor anything set aside. */
export async function listEmptied(db: Reader): Promise<number[]> {
  const rows = await db.all<{ uid: number }>(
    `SELECT uid FROM journal_message AS m WHERE NOT EXISTS (SELECT 1 FROM journal_event WHERE uid = m.uid)
       AND NOT EXISTS (SELECT 1 FROM journal_problem WHERE uid = m.uid) ORDER BY uid`,
  )
  return rows.map((row) => row.uid)
}
