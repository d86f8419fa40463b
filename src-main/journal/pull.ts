// Reads what is new in the journal folder: events, the tickets they speak of and the cursor in one write.
import { capHlc, physicalOf, receive } from '#shared/rules/clock'
import { findCursor, saveCursor, type Cursor } from '../db/cursors'
import {
  countMessages,
  findKnown,
  forgetMessages,
  forgetPlaces,
  listMessageUids,
  saveArrived,
  saveMessages,
  saveProblems,
  type ArrivedEvent,
  type SetAside,
} from '../db/journalFolder'
import { getSetting, saveSetting } from '../db/settings'
import { resolveTickets } from '../db/threads'
import { markStale } from '../db/saveTickets'
import type { Writer } from '../db/write'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import { WINDOW_BYTES, type FetchedMail } from '../mail/types'
import type { Core } from '../tickets/core'
import { applyDesk } from '../tickets/record'
import { refreshStale } from '../tickets/refreshStale'
import { refreshTickets } from '../tickets/refreshTickets'
import { sortOut } from './arrivals'
import { decodeBatch, MAX_MESSAGE } from './codec'

const CHUNK = 200
/** Events that are stored in one write, or as many more as one message holds. */
const PIECE_EVENTS = 2_000
/** More tickets than this are folded after the reading, in small writes. */
const AT_ONCE = 30

export interface JournalPullDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly folder: string
}

/** A desk has one journal, so its cursor needs no account. */
export const journalCursor = { accountId: 'journal', folder: 'Copydesk/Journal' }

interface Message {
  readonly uid: number
  readonly at: number
  readonly bytes: Buffer
}

/** The messages in the order of the folder, a large one fetched when its turn comes. */
async function* fetchMessages(
  imap: ImapConnection,
  uids: readonly number[],
): AsyncGenerator<Message> {
  const mails: FetchedMail[] = []
  await imap.fetchWindows({ uids }, (batch) => void mails.push(...batch))
  mails.sort((one, other) => one.uid - other.uid)
  for (const { uid, internalAt: at, size, window } of mails) {
    const isWhole = size <= WINDOW_BYTES && window.length < WINDOW_BYTES
    if (size > MAX_MESSAGE) yield { uid, at, bytes: Buffer.alloc(MAX_MESSAGE + 1) }
    else yield { uid, at, bytes: isWhole ? window : await imap.fetchSource(uid) }
  }
}

interface Reading {
  readonly uid: number
  readonly events: readonly ArrivedEvent[]
  readonly problems: readonly SetAside[]
}

async function decode({ uid, at, bytes }: Message): Promise<Reading> {
  const batch = await decodeBatch(bytes)
  const problems = batch.problems.map(({ position, because }) => {
    return { uid, position: position ?? -1, because }
  })
  const events = batch.events.map(({ event, signed }) => {
    // A later writer may only say that the server had it earlier; nothing makes a fact younger.
    const firstAt = Math.min(signed.at ?? at, at)
    return { event, signed, uid, firstAt, hlc: capHlc(event.hlc, firstAt) }
  })
  return { uid, events, problems }
}

/** What the messages say, the next one fetched and checked while the last is being stored. */
async function* readMessages(
  imap: ImapConnection,
  uids: readonly number[],
): AsyncGenerator<Reading> {
  const messages = fetchMessages(imap, uids)
  const next = async (): Promise<Reading | null> => {
    const read = await messages.next()
    return read.done === true ? null : decode(read.value)
  }
  let coming = next()
  for (;;) {
    const reading = await coming
    if (reading === null) return
    coming = next()
    // Whoever reads on hears of it; whoever has given up must not end the process.
    coming.catch(() => undefined)
    yield reading
  }
}

async function adoptClock(core: Core, tx: Writer, events: readonly ArrivedEvent[]): Promise<void> {
  const last = await getSetting(tx, 'hlc')
  let next: string | null = last === '' ? null : last
  for (const { hlc, firstAt } of events) {
    // No reading is later than the server's date, and that may be right where this desktop's clock is slow.
    next = receive(next, hlc, Math.max(core.now(), firstAt))
  }
  if (next !== null && next !== last) await saveSetting(tx, 'hlc', next)
}

/** Tickets that must be folded anew: those named, and after a change of the desk all that have later facts. */
async function touchedBy(tx: Writer, events: readonly ArrivedEvent[]): Promise<string[]> {
  const named = new Set(
    events.flatMap(({ event }) => (event.ticketId === null ? [] : [event.ticketId])),
  )
  const owners = new Set((await resolveTickets(tx, [...named])).values())
  const desk = events.filter(({ event }) => isDeskKind(event.body.kind))
  if (desk.length > 0) {
    const since = Math.min(...desk.map(({ hlc }) => physicalOf(hlc)))
    const rows = await tx.all<{ id: string }>('SELECT id FROM ticket WHERE updatedAt >= ?', [
      since - 1_000,
    ])
    for (const { id } of rows) owners.add(id)
    // What changed nothing has not touched its ticket's date, and may count now.
    const spoken = await tx.all<{ id: string }>(
      'SELECT DISTINCT ticketId AS id FROM journal_event WHERE ticketId IS NOT NULL AND hlc >= ?',
      [desk.map(({ hlc }) => hlc).reduce((one, other) => (other < one ? other : one))],
    )
    const later = await resolveTickets(
      tx,
      spoken.map(({ id }) => id),
    )
    for (const id of later.values()) owners.add(id)
  }
  return [...owners]
}

const isDeskKind = (kind: string): boolean =>
  !/^(?:ticket|requester|cc|follower|note|reply|delivery|comment|suggestion|duty)\./u.test(kind)

/** Keeps what was read and folds what it changes. Insert-or-ignore: reading something twice changes nothing. */
export async function applyArrived(
  core: Core,
  tx: Writer,
  events: readonly ArrivedEvent[],
): Promise<{ fresh: number; problems: SetAside[] }> {
  const known = await findKnown(
    tx,
    events.map(({ event }) => event.id),
  )
  const { fresh, moved, problems } = sortOut(events, known)
  await saveArrived(tx, [...fresh, ...moved])
  // A bound can also pull an event of ours back: whatever it says then holds from another moment on.
  const bounded = moved.filter(({ event, hlc }) => known.get(event.id)?.hlc !== hlc)
  const changed = [...fresh, ...bounded]
  if (changed.length === 0) return { fresh: 0, problems }
  await adoptClock(core, tx, fresh)
  if (changed.some(({ event }) => isDeskKind(event.body.kind))) await applyDesk(core, tx)
  const touched = await touchedBy(tx, changed)
  if (touched.length <= AT_ONCE) await refreshTickets(core, tx, touched)
  else await markStale(tx, touched)
  return { fresh: fresh.length, problems }
}

/**
 * Messages that were here and are not any more: whatever only they held counts as lost until somebody decides.
 * @returns false when something newer has come meanwhile, which may hold it: that is to be read first
 */
async function noticeGone(deps: JournalPullDeps, exists: number, topUid: number): Promise<boolean> {
  const { core, imap } = deps
  if (exists >= (await countMessages(core.db.read))) return true
  const all = await imap.listUids({ from: 1 })
  if (all.some((uid) => uid > topUid)) return false
  const there = new Set(all)
  const gone = (await listMessageUids(core.db.read)).filter((uid) => !there.has(uid))
  if (gone.length === 0) return true
  log.info('journal', 'messages are gone', { count: gone.length })
  await core.db.write('journal.gone', (tx) => forgetMessages(tx, gone), { origin: 'remote' })
  return true
}

async function start(deps: JournalPullDeps, uidValidity: string): Promise<Cursor> {
  const { core } = deps
  const { accountId, folder } = journalCursor
  const stored = await findCursor(core.db.read, accountId, folder)
  if (stored?.uidValidity === uidValidity) return stored
  const cursor = { accountId, folder, uidValidity, topUid: 0, floorUid: 1, syncedAt: null }
  await core.db.write('journal.renumbered', async (tx) => {
    await forgetPlaces(tx)
    await saveCursor(tx, cursor)
  })
  return cursor
}

interface Piece {
  readonly uids: number[]
  readonly events: ArrivedEvent[]
  readonly problems: SetAside[]
}

/** Stores what was read, with the cursor behind it, in one write. */
async function storePiece(
  { core }: JournalPullDeps,
  { uids, events, problems }: Piece,
  cursor: Cursor,
): Promise<number> {
  return core.db.write(
    'journal.pull',
    async (tx) => {
      const result = await applyArrived(core, tx, events)
      await saveMessages(tx, uids)
      await saveProblems(tx, [...problems, ...result.problems])
      if (problems.length + result.problems.length > 0) tx.changed('session', 'session')
      await saveCursor(tx, cursor)
      return result.fresh
    },
    { origin: 'remote' },
  )
}

/** Reads everything above the cursor. */
async function pullNew(
  deps: JournalPullDeps,
  from: Cursor,
): Promise<{ pulled: number; cursor: Cursor }> {
  const { core, imap } = deps
  let cursor = from
  const uids = (await imap.listUids({ from: cursor.topUid + 1 })).sort((a, b) => a - b)
  let pulled = 0
  for (let at = 0; at < uids.length; at += CHUNK) {
    const part = uids.slice(at, at + CHUNK)
    let piece: Piece = { uids: [], events: [], problems: [] }
    const store = async (topUid: number): Promise<void> => {
      cursor = { ...cursor, topUid, syncedAt: core.now() }
      pulled += await storePiece(deps, piece, cursor)
      piece = { uids: [], events: [], problems: [] }
    }
    for await (const { uid, events, problems } of readMessages(imap, part)) {
      piece.uids.push(uid)
      piece.events.push(...events)
      piece.problems.push(...problems)
      if (piece.events.length >= PIECE_EVENTS) await store(uid)
    }
    await store(part.at(-1) ?? cursor.topUid)
  }
  return { pulled, cursor }
}

/**
 * Reads the folder up to date.
 * @returns how many events were new here
 * @throws AppError when the connection fails; everything stored so far stays
 */
export async function pullEvents(deps: JournalPullDeps): Promise<number> {
  const { core, imap } = deps
  let pulled = 0
  for (;;) {
    const folder = await imap.openFolder(deps.folder)
    const news = await pullNew(deps, await start(deps, folder.uidValidity ?? '0'))
    pulled += news.pulled
    if (await noticeGone(deps, folder.exists, news.cursor.topUid)) break
  }
  if (pulled > 0) await refreshStale(core)
  return pulled
}
