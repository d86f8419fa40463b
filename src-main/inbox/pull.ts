// One pass over a folder: what is new since the cursor, then, newest first, what the first sync still owes.
import { countStored, findCursor, saveCursor, type Cursor } from '../db/cursors'
import { listSuspects } from '../db/suspects'
import type { ImapConnection } from '../mail/imap'
import { completeMails, completeText } from '../mail/completeMail'
import type { ParsePool } from '../mail/parsePool'
import type { FetchedMail, OpenFolder } from '../mail/types'
import type { Core } from '../tickets/core'
import { refreshStale } from '../tickets/refreshStale'
import { log } from '../log'
import { importMails, type ArrivedMail, type Source } from './importMail'
import { createPace, type Pace } from './pace'
import { retrySuspects, watchingSuspects } from './suspects'

/** Small enough that the first rows come at once; the next fills the screen. */
const firstChunk = 50
const secondChunk = 150
/** New mail, and the newest of a first sync: small enough that tickets come as they are read. */
const chunk = 100
/** So many of the newest mails become tickets as they come; the older ones block by block. */
const foldedAtOnce = 500
/** How long the first sync goes on before new mail is looked for and tickets are folded: each block folds anew those it meets again. */
const blockMs = 8_000
/**
 * So many UIDs are asked for at once, and more where few of them are still in use: a list of all takes the first screen
 * a second in a folder of 50,000 mails.
 */
const firstSpan = 2_000
const fewOf = (span: number): number => span / 4
/** Chunks that may wait to be stored while the next is fetched; of the newest only one, so that it is shown first. */
const mostWaiting = ({ isDeferred }: Job): number => (isDeferred ? 2 : 1)

export interface PullDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly pool: ParsePool
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
  /** How many mails of the folder cannot be fetched. */
  readonly onSetAside?: (count: number) => void
}

interface Job {
  readonly uids: readonly number[]
  /** The cursor as it is once this chunk is stored. */
  readonly cursor: Cursor
  /** Only the newest mail of a first sync is folded at once; nobody looks at the rest yet. */
  readonly isDeferred: boolean
}

/** Mail in chunks: while one is fetched, those before it are parsed and stored. */
async function importChunks(
  deps: PullDeps,
  source: Source,
  jobs: Iterable<Job> | AsyncIterable<Job>,
  pace: Pace,
): Promise<number> {
  let pulled = 0
  const storing: Promise<void>[] = []
  let last: Promise<void> = Promise.resolve()
  for await (const job of jobs) {
    if (deps.signal.aborted) break
    const fetched: FetchedMail[] = []
    await watchingSuspects({ ...deps, ...job.cursor }, () =>
      deps.imap.fetchWindows({ uids: job.uids }, (batch) => void fetched.push(...batch)),
    )
    const reading = read(deps, fetched)
    const before = last
    last = (async () => {
      const mails = await reading
      // In order: the cursor of a chunk says that those before it are stored too.
      await before
      const startedAt = performance.now()
      pulled += await importMails(deps.core, { source, mails, ...job })
      pace.took(mails.length, performance.now() - startedAt)
    })()
    // A failure is met when its turn comes; until then it must not count as unhandled.
    for (const promise of [reading, last]) promise.catch(() => undefined)
    storing.push(last)
    if (storing.length > mostWaiting(job)) await storing.shift()
  }
  await last
  return pulled
}

async function read(deps: PullDeps, fetched: readonly FetchedMail[]): Promise<ArrivedMail[]> {
  const readings = await completeAll(deps, fetched, await deps.pool.parse([...fetched]))
  return fetched.flatMap((mail, index) => {
    const parsed = readings[index]
    return parsed === undefined ? [] : [{ fetched: mail, parsed }]
  })
}

type Reading = Awaited<ReturnType<ParsePool['parse']>>[number]

/** Mails larger than the window: their structures in one question, and the text parts that the window did not hold. */
async function completeAll(
  deps: PullDeps,
  fetched: readonly FetchedMail[],
  readings: readonly Reading[],
): Promise<Reading[]> {
  const cut = fetched.flatMap(({ uid, window }, index) => {
    const parsed = readings[index]
    return parsed?.isTruncated === true ? [{ uid, window, parsed, index }] : []
  })
  const whole = [...readings]
  if (cut.length === 0) return whole
  const completed = await completeMails(deps.imap, cut).catch(async (error: unknown) => {
    if (!deps.imap.isOpen()) throw error
    // One of them cannot be had: find out which, so that the others are whole.
    const alone: Reading[] = []
    for (const { uid, parsed } of cut) alone.push(await completeAlone(deps, uid, parsed))
    return alone
  })
  for (const [at, { index, parsed }] of cut.entries()) whole[index] = completed[at] ?? parsed
  return whole
}

/** What cannot be had now stays marked as cut, and is shown so. */
async function completeAlone(deps: PullDeps, uid: number, reading: Reading): Promise<Reading> {
  try {
    return await completeText(deps.imap, uid, reading)
  } catch (error) {
    if (!deps.imap.isOpen()) throw error
    log.warn('inbox', 'mail not completed', { uid, error })
    return reading
  }
}

function* ascending(uids: readonly number[], cursor: Cursor): Generator<Job> {
  for (let at = 0; at < uids.length; at += chunk) {
    const part = uids.slice(at, at + chunk)
    const topUid = part.at(-1) ?? cursor.topUid
    const floorUid = cursor.floorUid === 0 ? (part[0] ?? 0) : cursor.floorUid
    yield { uids: part, cursor: { ...cursor, topUid, floorUid }, isDeferred: false }
  }
}

function sizeAt(behind: number, pace: Pace): number {
  if (behind === 0) return firstChunk
  if (behind === firstChunk) return secondChunk
  return behind < foldedAtOnce ? chunk : pace.size()
}

type ListUids = (range: { from: number; to?: number }) => Promise<number[]>

/** The UIDs below `floor` in lists from the newest down; `from` is where a list ends, `uids` ascend. */
async function* listsBelow(
  listUids: ListUids,
  floor: number,
): AsyncGenerator<{ uids: number[]; from: number }> {
  let span = firstSpan
  for (let to = floor - 1; to > 0;) {
    const from = Math.max(1, to - span + 1)
    const uids = await listUids({ from, to })
    yield { uids, from }
    if (uids.length < fewOf(span)) span *= 4
    to = from - 1
  }
}

async function* descending(
  listUids: ListUids,
  cursor: Cursor,
  done: number,
  pace: Pace,
): AsyncGenerator<Job> {
  let behind = done
  const until = performance.now() + blockMs
  for await (const { uids, from } of listsBelow(listUids, cursor.floorUid)) {
    let end = uids.length
    do {
      const part = uids.slice(Math.max(0, end - sizeAt(behind, pace)), end)
      end -= part.length
      const floorUid = end === 0 ? from : (part[0] ?? from)
      yield { uids: part, cursor: { ...cursor, floorUid }, isDeferred: behind >= foldedAtOnce }
      behind += part.length
      if (performance.now() >= until) return
    } while (end > 0)
  }
}

/**
 * Reads a folder up to date.
 * @returns how many mails were new here
 * @throws AppError when the connection fails; everything stored so far stays
 */
export async function pullFolder(deps: PullDeps, source: Source): Promise<number> {
  const pace = createPace(deps.core.db)
  const folding = createFolding(deps.core)
  try {
    return await pull(deps, source, { pace, folding })
  } finally {
    pace.stop()
    await folding.end().catch(() => undefined)
  }
}

interface Folding {
  /** Begins as soon as the one before has ended. */
  readonly start: () => Promise<void>
  readonly end: () => Promise<void>
}

/** Tickets are folded while the next mails are fetched: the one waits for SQLite, the other for the server. */
function createFolding(core: Core): Folding {
  let last: Promise<void> = Promise.resolve()
  return {
    start: async () => {
      await last
      last = refreshStale(core)
      // A failure is met when its turn comes; until then it must not count as unhandled.
      last.catch(() => undefined)
    },
    end: () => last,
  }
}

interface Start {
  readonly cursor: Cursor
  /** How many mails of the folder are stored already. */
  readonly done: number
}

/** Where to go on. `top`: the largest UID that the server has given. */
async function startAt(
  { core }: PullDeps,
  source: Source,
  { folder, top }: { folder: OpenFolder; top: number },
): Promise<Start> {
  const uidValidity = folder.uidValidity ?? '0'
  const stored = await findCursor(core.db.read, source.accountId, source.folder)
  // Another UIDVALIDITY: the UIDs mean nothing any more. Walk the folder again; known mail falls out (RFC 3501 §2.3.1.1).
  // A server without UIDVALIDITY promises nothing about its UIDs: there, every pass walks the folder.
  const isSame = folder.uidValidity !== null && stored?.uidValidity === uidValidity
  // UIDNEXT never falls, unless an old copy of the mailbox was put back: then new mail comes under used UIDs.
  const isPutBack = folder.uidNext !== null && top < (stored?.topUid ?? 0)
  if (stored !== undefined && isSame && !isPutBack) {
    const done = stored.floorUid > 1 ? await countStored(core.db.read, stored) : 0
    return { cursor: stored, done }
  }
  const { accountId } = source
  const whole = { topUid: top, floorUid: top + 1, syncedAt: null }
  return { cursor: { accountId, folder: source.folder, uidValidity, ...whole }, done: 0 }
}

async function pull(
  deps: PullDeps,
  source: Source,
  { pace, folding }: { pace: Pace; folding: Folding },
): Promise<number> {
  const { core, imap } = deps
  const folder = await imap.openFolder(source.folder)
  const top = (folder.uidNext ?? 1) - 1
  let { cursor, done } = await startAt(deps, source, { folder, top })
  let pulled = 0
  // Mail that has ended a connection before waits until the others are here.
  const suspects = new Set((await listSuspects(core.db.read, cursor)).map(({ uid }) => uid))
  const listUids: ListUids = async (range) =>
    (await imap.listUids(range)).filter((uid) => !suspects.has(uid))
  const news = async (): Promise<void> => {
    const uids = await listUids({ from: cursor.topUid + 1 })
    const fresh = uids.filter((uid) => uid > cursor.topUid)
    for (const job of ascending(fresh, cursor)) {
      pulled += await importChunks(deps, source, [job], pace)
      cursor = job.cursor
    }
  }
  await news()
  while (cursor.floorUid > 1 && !deps.signal.aborted) {
    const jobs = descending(listUids, cursor, done, pace)
    const counted = (async function* () {
      for await (const job of jobs) {
        if (job.uids.length > 0) yield job
        cursor = { ...cursor, floorUid: job.cursor.floorUid }
        done += job.uids.length
        deps.onProgress(done, Math.max(folder.exists, done))
      }
    })()
    pulled += await importChunks(deps, source, counted, pace)
    await folding.start()
    await news()
  }
  await folding.start()
  await folding.end()
  if (deps.signal.aborted) return pulled
  // UIDs up to the server's own count are accounted for, also those of mail that was expunged.
  const finished = { ...cursor, topUid: Math.max(cursor.topUid, top), syncedAt: core.now() }
  await core.db.write('inbox.synced', (tx) => saveCursor(tx, finished), { origin: 'mail' })
  const setAside = await retrySuspects({ ...deps, ...finished }, async (uid) => {
    const job = { uids: [uid], cursor: finished, isDeferred: false }
    pulled += await importChunks(deps, source, [job], pace)
  })
  deps.onSetAside?.(setAside)
  return pulled
}
