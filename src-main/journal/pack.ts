// Packs old batches of the journal folder into compressed segments, so that a new desktop reads few messages instead of very
// many (architecture.md §12, reliability.md F13). Three steps, each harmless when it is repeated, cut short or done by two
// desktops at once: write the segment; read it back the usual way; remove the messages whose every event has been read from
// a later message. The latest copy of an event is therefore never removed.
import type { SignedEvent } from '#shared/model/batch'
import { listEmptied, listMessageUids, listPackable, type PackableEvent } from '../db/journalFolder'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { encodeBatch } from './codec'
import { pullEvents } from './pull'

export interface PackOptions {
  /** So many messages are worth the work. */
  readonly from: number
  /** ms: what is younger stays as it is, for desktops that are reading it now. */
  readonly age: number
}

/** The folder stays below about a thousand messages; claims are decided long before. */
export const usualPacking: PackOptions = { from: 500, age: 2 * 86_400_000 }

const SEGMENT_EVENTS = 5_000
const SEGMENT_TEXT = 12_000_000
/** One turn packs no more than this, so that others get theirs. */
const AT_ONCE = 50_000

export interface PackDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly folder: string
  readonly mailbox: string
  readonly options?: PackOptions
}

export interface Packed {
  readonly segments: number
  /** Messages removed because all of their events lie in later ones. */
  readonly removed: number
}

function* segmentsOf(events: readonly PackableEvent[]): Generator<SignedEvent[]> {
  let segment: SignedEvent[] = []
  let size = 0
  for (const { text, signature, publicKey, firstAt } of events) {
    if (segment.length >= SEGMENT_EVENTS || size + text.length > SEGMENT_TEXT) {
      yield segment
      segment = []
      size = 0
    }
    segment.push({ text, signature, key: publicKey, at: firstAt })
    size += text.length
  }
  if (segment.length > 0) yield segment
}

/** Removes messages of which every event has been read from a later one, if those are still there. */
async function removeEmptied({ core, imap }: PackDeps): Promise<number> {
  const emptied = await listEmptied(core.db.read)
  if (emptied.length === 0) return 0
  const there = new Set(await imap.listUids({ from: 1 }))
  const isWhole = (await listMessageUids(core.db.read)).every((uid) => there.has(uid))
  // Somebody else is removing messages: what we know of the folder is not what it holds.
  if (!isWhole) return 0
  await imap.remove(emptied)
  return emptied.length
}

/**
 * Packs what is old, if there is enough of it. The caller has the duty and has just read the folder.
 * @throws AppError of the connection: whatever was written or removed so far is in order
 */
export async function packJournal(deps: PackDeps): Promise<Packed> {
  const { core, imap, folder, mailbox, options = usualPacking } = deps
  const reading = { core, imap, folder }
  await pullEvents(reading)
  const old = await listPackable(core.db.read, {
    before: core.now() - options.age,
    messages: options.from,
    small: SEGMENT_EVENTS / 2,
    limit: AT_ONCE,
  })
  let segments = 0
  for (const segment of segmentsOf(old)) {
    const head = { from: mailbox, mailbox, at: core.now(), isPacked: true }
    await imap.append(folder, encodeBatch(segment, head), ['\\Seen'])
    segments += 1
  }
  if (segments > 0) await pullEvents(reading)
  const removed = await removeEmptied(deps)
  if (removed > 0) await pullEvents(reading)
  if (segments + removed > 0) log.info('journal', 'packed', { segments, removed })
  return { segments, removed }
}
