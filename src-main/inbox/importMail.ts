// Parsed mails → messages, threads, tickets and the cursor, in one write: what the cursor says is done, is done.
import type { MailFact } from '#shared/model/message'
import { saveCursor, type Cursor } from '../db/cursors'
import { findByRfcIds, insertLocations } from '../db/messages'
import type { Writer } from '../db/write'
import type { FetchedMail, ParsedMail } from '../mail/types'
import { loadDeskMarks, storeArrivals, toArrival, type Arrival } from '../tickets/arrival'
import type { Core } from '../tickets/core'
import { isSelfTest } from '../tickets/tokens'

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
  /** Put off the folding of tickets: `refreshStale` must follow. */
  readonly isDeferred: boolean
}

/**
 * Stores a batch and moves the cursor, in one write.
 * A mail that is known (Message-ID and content) only gains a location; our own mail coming back is never a second mail.
 * @returns how many mails were new
 */
export async function importMails(core: Core, batch: Batch): Promise<number> {
  return core.db.write('inbox.import', (tx) => importInto(core, tx, batch), { origin: 'mail' })
}

interface Copy {
  readonly source: MailFact['source']
  readonly receivedAt: number
}

const copyOf = ({ source, receivedAt }: Copy): Copy => ({ source, receivedAt })

/** One mail may lie in several places; every desktop must believe the same copy, whichever it met first. */
function isBetter(one: Copy, other: Copy): boolean {
  const rank = { sent: 0, inbox: 1, local: 2 }
  if (one.source !== other.source) return rank[one.source] < rank[other.source]
  return one.receivedAt < other.receivedAt
}

async function importInto(core: Core, tx: Writer, batch: Batch): Promise<number> {
  const { source, mails, cursor } = batch
  const marks = await loadDeskMarks(core, tx)
  const all = mails.map(({ fetched, parsed }) => ({
    uid: fetched.uid,
    isSeen: fetched.flags.includes('\\Seen'),
    arrival: toArrival(
      parsed,
      {
        accountId: source.accountId,
        source: source.kind,
        receivedAt: fetched.internalAt,
        size: fetched.size,
        isSeen: source.kind === 'sent' || fetched.flags.includes('\\Seen'),
        bytes: fetched.window,
      },
      marks,
    ),
  }))
  const read = all.filter(({ arrival }) => !isSelfTest(arrival.fact))
  const known = await findByRfcIds(tx, [...new Set(read.map(({ arrival }) => arrival.fact.rfcId))])
  const copies = new Map(known.map((row) => [row.id, copyOf(row)]))
  const ownCopies = new Map(
    known.filter((row) => row.isOwnId === 1).map((row) => [row.rfcId, row.id]),
  )
  const fresh = new Map<string, { arrival: Arrival; isSeen: boolean }>()
  const better = new Map<string, Arrival>()
  const locations = read.map(({ uid, arrival: met, isSeen }) => {
    const id = (met.fact.isOwnId ? ownCopies.get(met.fact.rfcId) : undefined) ?? met.fact.id
    const arrival = { ...met, fact: { ...met.fact, id } }
    const copy = copies.get(id)
    if (copy === undefined) {
      if (arrival.fact.isOwnId) ownCopies.set(arrival.fact.rfcId, id)
      fresh.set(id, { arrival, isSeen })
      copies.set(id, copyOf(arrival.fact))
    } else if (isBetter(copyOf(arrival.fact), copy)) {
      const first = fresh.get(id)
      if (first === undefined) better.set(id, arrival)
      else fresh.set(id, { arrival, isSeen: isSeen || first.isSeen })
      copies.set(id, copyOf(arrival.fact))
    }
    const { accountId, folder } = source
    return { accountId, folder, uidValidity: cursor.uidValidity, uid, messageId: id }
  })
  await insertLocations(tx, locations)
  const arrivals = [...fresh.values()].map(({ arrival }) => arrival)
  await storeArrivals(core, tx, {
    arrivals,
    better: [...better.values()],
    isDeferred: batch.isDeferred,
  })
  await saveCursor(tx, cursor)
  return fresh.size
}
