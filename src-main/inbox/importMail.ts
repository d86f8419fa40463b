// Parsed mails → messages, threads, tickets and the cursor, in one write: what the cursor says is done, is done.
import { saveCursor, type Cursor } from '../db/cursors'
import { findByRfcIds, insertLocations, markSeenOnServer } from '../db/messages'
import type { Writer } from '../db/write'
import type { FetchedMail, ParsedMail } from '../mail/types'
import { loadDeskMarks, storeArrivals, toArrival, type Arrival } from '../tickets/arrival'
import type { Core } from '../tickets/core'

/** The folder a batch comes from. */
export interface Source {
  readonly accountId: string
  readonly folder: string
  readonly kind: 'inbox' | 'sent'
}

export interface ArrivedMail {
  readonly fetched: FetchedMail
  readonly parsed: ParsedMail
}

interface Batch {
  readonly source: Source
  readonly mails: readonly ArrivedMail[]
  readonly cursor: Cursor
}

/**
 * Stores a batch and moves the cursor, in one write.
 * A mail that is known (Message-ID and content) only gains a location; our own mail coming back is never a second mail.
 * @returns how many mails were new
 */
export async function importMails(core: Core, batch: Batch): Promise<number> {
  return core.db.write('inbox.import', (tx) => importInto(core, tx, batch), { origin: 'mail' })
}

async function importInto(core: Core, tx: Writer, batch: Batch): Promise<number> {
  const { source, mails, cursor } = batch
  const marks = await loadDeskMarks(core, tx)
  const read = mails.map(({ fetched, parsed }) => ({
    uid: fetched.uid,
    isSeen: fetched.flags.includes('\\Seen'),
    arrival: toArrival(
      parsed,
      {
        accountId: source.accountId,
        source: source.kind,
        receivedAt: fetched.internalAt,
        size: fetched.size,
        bytes: fetched.window,
      },
      marks,
    ),
  }))
  const known = await findByRfcIds(tx, [...new Set(read.map(({ arrival }) => arrival.fact.rfcId))])
  const ids = new Set(known.map((row) => row.id))
  const ownCopies = new Map(
    known.filter((row) => row.isOwnId === 1).map((row) => [row.rfcId, row.id]),
  )
  const fresh: { arrival: Arrival; isSeen: boolean }[] = []
  const locations = read.map(({ uid, arrival, isSeen }) => {
    const { fact } = arrival
    const id = (fact.isOwnId ? ownCopies.get(fact.rfcId) : undefined) ?? fact.id
    if (!ids.has(id)) {
      ids.add(id)
      if (fact.isOwnId) ownCopies.set(fact.rfcId, id)
      fresh.push({ arrival, isSeen })
    }
    const { accountId, folder } = source
    return { accountId, folder, uidValidity: cursor.uidValidity, uid, messageId: id }
  })
  await insertLocations(tx, locations)
  await markSeenOnServer(
    tx,
    locations.map((location) => location.messageId),
  )
  await storeArrivals(
    core,
    tx,
    fresh.map(({ arrival }) => arrival),
  )
  await markSeenTickets(tx, fresh)
  await saveCursor(tx, cursor)
  return fresh.length
}

/** Mail that somebody has read with another program is not news here. */
async function markSeenTickets(
  tx: Writer,
  fresh: readonly { arrival: Arrival; isSeen: boolean }[],
): Promise<void> {
  const ids = (isSeen: boolean): string =>
    JSON.stringify(fresh.filter((m) => m.isSeen === isSeen).map((m) => m.arrival.fact.id))
  await tx.run(
    `INSERT INTO read_marker (ticketId, revision)
     SELECT id, revision FROM ticket
     WHERE id IN (SELECT ticketId FROM message WHERE id IN (SELECT value FROM json_each(?)))
       AND id NOT IN (SELECT ticketId FROM message WHERE id IN (SELECT value FROM json_each(?)))
     ON CONFLICT (ticketId) DO UPDATE SET revision = excluded.revision`,
    [ids(true), ids(false)],
  )
}
