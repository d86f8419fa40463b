// Reading mails for the sync. Memory stays bounded by the window and the batch, whatever the server
// announces.
import type { FetchMessageObject } from 'imapflow'
import { AppError } from '#shared/ipc/errors'
import type { Run } from './imapRun'
import { WINDOW_BYTES, type FetchedMail } from './types'

/** `to` omitted: up to the newest. A list of UIDs instead: exactly these. */
export type UidRange = { from: number; to?: number } | { uids: readonly number[] }

/** UIDs that were asked for but not delivered: gone, or not readable on the server. */
export type FetchSummary = { fetched: number; missing: number[] }

const BATCH_MAILS = 100
const BATCH_BYTES = 2_097_152
/** RFC 3501 9: UIDs are 32 bits. */
const MOST_UID = 0xffff_ffff
// One command's worth: large enough to hide the round trip, small enough to go newest first.
const CHUNK = 400

/** `5,7:9` for 5, 7, 8, 9; `uids` ascending. */
export function toSequence(uids: readonly number[]): string {
  const ranges: string[] = []
  let from = 0
  for (let at = 0; at < uids.length; at++) {
    if (uids[at + 1] === (uids[at] as number) + 1) continue
    ranges.push(from === at ? String(uids[at]) : `${uids[from]}:${uids[at]}`)
    from = at + 1
  }
  return ranges.join(',')
}

/** UIDs of the open folder in a range, ascending. */
export async function uidsIn(run: Run, range: UidRange): Promise<number[]> {
  if ('uids' in range) return [...range.uids].sort((a, b) => a - b)
  const { from, to } = range
  if ((to !== undefined && to < from) || from > MOST_UID) return []
  const found = await run('SEARCH', (c) => c.search({ uid: `${from}:${to ?? '*'}` }, { uid: true }))
  // RFC 3501 9: `n:*` always names the newest mail, even when its UID is below n.
  return found.filter((uid) => uid >= from && uid <= (to ?? MOST_UID))
}

// \Recent is about this session, not about the mail; RFC 9051 has dropped it.
const flagsOf = ({ flags }: FetchMessageObject): string[] =>
  [...(flags ?? [])].filter((flag) => flag !== '\\Recent')

function toFetched(message: FetchMessageObject): FetchedMail | null {
  const { uid, source, internalDate } = message
  // Expunged between SEARCH and FETCH, or unreadable on the server: reported as missing.
  if (!uid || source === undefined || !Buffer.isBuffer(source)) return null
  const at = internalDate instanceof Date ? internalDate.getTime() : Number.NaN
  return {
    uid,
    flags: flagsOf(message),
    internalAt: Number.isFinite(at) ? at : 0,
    size: message.size ?? source.length,
    window: source.length > WINDOW_BYTES ? source.subarray(0, WINDOW_BYTES) : source,
  }
}

const QUERY = {
  uid: true,
  flags: true,
  internalDate: true,
  size: true,
  source: { start: 0, maxLength: WINDOW_BYTES },
}

type Sink = { add: (mail: FetchedMail) => Promise<void>; flush: () => Promise<void> }

// The next batch is read while the last one is handled, so that network and database overlap; never
// more than two batches exist.
function createSink(onBatch: (batch: FetchedMail[]) => Promise<void> | void): Sink {
  let batch: FetchedMail[] = []
  let bytes = 0
  let pending: Promise<void> = Promise.resolve()
  const emit = async () => {
    if (batch.length === 0) return
    const full = batch.sort((a, b) => b.uid - a.uid)
    batch = []
    bytes = 0
    await pending
    pending = Promise.resolve(onBatch(full))
    pending.catch(() => undefined)
  }
  return {
    add: async (mail) => {
      batch.push(mail)
      bytes += mail.window.length
      if (batch.length >= BATCH_MAILS || bytes >= BATCH_BYTES) await emit()
    },
    flush: async () => {
      await emit()
      await pending
    },
  }
}

// A mail that is broken on the server can make it hang up, every time. Mails come in ascending order,
// so it is the first that did not come; a caller that sees it again may leave that one out. Others answer NO to the whole command.
function suspecting(error: unknown, left: ReadonlySet<number>): unknown {
  if (!(error instanceof AppError) || !['offline', 'refused', 'internal'].includes(error.code))
    return error
  // The server is tired, not the mail broken (RFC 5530).
  if (/THROTTL|UNAVAILABLE|LIMIT|INUSE/.test(String(error.detail['cause']))) return error
  const suspectUid = Math.min(...left)
  return new AppError(error.code, error.message, {
    ...error.detail,
    ...(Number.isFinite(suspectUid) ? { suspectUid } : {}),
  })
}

/**
 * Streams the beginnings of mails of the open folder, newest first in chunks, to `onBatch` (at most
 * 100 mails or 2 MiB each). A failing `onBatch` ends it with that error. The error of a
 * fetch that broke off carries `detail.suspectUid`: the mail that was due then.
 */
export async function fetchWindows(
  run: Run,
  range: UidRange,
  onBatch: (batch: FetchedMail[]) => Promise<void> | void,
): Promise<FetchSummary> {
  const uids = await uidsIn(run, range)
  const missing: number[] = []
  const sink = createSink(onBatch)
  for (let end = uids.length; end > 0; end -= CHUNK) {
    const wanted = uids.slice(Math.max(0, end - CHUNK), end)
    const left = new Set(wanted)
    const work = run('FETCH', async (client) => {
      for await (const message of client.fetch(toSequence(wanted), QUERY, { uid: true })) {
        const mail = toFetched(message)
        // Unsolicited FETCH data of other mails has no source and ends here too (RFC 3501 7).
        if (mail === null || !left.delete(mail.uid)) continue
        await sink.add(mail)
      }
      return true
    })
    await work.catch((error: unknown) => {
      throw suspecting(error, left)
    })
    missing.push(...left)
  }
  await sink.flush()
  return { fetched: uids.length - missing.length, missing }
}

/** Flags of a range, without bodies; only those changed since `modseq` where the server can tell. */
export async function fetchFlags(
  run: Run,
  range: UidRange,
  modseq?: string | null,
): Promise<{ uid: number; flags: string[] }[]> {
  const set =
    'uids' in range
      ? toSequence([...range.uids].sort((a, b) => a - b))
      : `${range.from}:${range.to ?? '*'}`
  if (set === '') return []
  const options = { uid: true, ...(modseq ? { changedSince: BigInt(modseq) } : {}) }
  const messages = await run('FETCH', (c) => c.fetchAll(set, { uid: true, flags: true }, options))
  return messages.map((message) => ({ uid: message.uid, flags: flagsOf(message) }))
}
