// Reading mails: windows for the sync, parts and sources on demand. Memory stays bounded by the
// window, the batch and the caps below, whatever the server announces.
import type { FetchMessageObject, ImapFlow, MessageStructureObject } from 'imapflow'
import { AppError } from '#shared/ipc/errors'
import { decodeTransfer } from './charset'
import type { Run } from './imap'
import type { Part } from './skeleton'
import { WINDOW_BYTES, type FetchedMail } from './types'

/** `to` omitted: up to the newest. A list of UIDs instead: exactly these. */
export type UidRange = { from: number; to?: number } | { uids: readonly number[] }

/** UIDs that were asked for but not delivered: gone, or not readable on the server. */
export type FetchSummary = { fetched: number; missing: number[] }

const BATCH_MAILS = 100
const BATCH_BYTES = 2_097_152
// One command's worth: large enough to hide the round trip, small enough to go newest first.
const CHUNK = 400
const MAX_PART = 64 * 1_048_576
const SLICE = 1_048_576

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
  if (to !== undefined && to < from) return []
  const found = await run('SEARCH', (c) => c.search({ uid: `${from}:${to ?? '*'}` }, { uid: true }))
  // RFC 3501 9: `n:*` always names the newest mail, even when its UID is below n.
  return found.filter((uid) => uid >= from && uid <= (to ?? 0xffff_ffff))
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
// so it is the first that did not come; a caller that sees it again may leave that one out.
function suspecting(error: unknown, left: ReadonlySet<number>): unknown {
  if (!(error instanceof AppError) || error.code !== 'offline') return error
  const suspectUid = Math.min(...left)
  return new AppError('offline', error.message, {
    ...error.detail,
    ...(Number.isFinite(suspectUid) ? { suspectUid } : {}),
  })
}

/**
 * Streams the beginnings of mails of the open folder, newest first in chunks, to `onBatch` (at most
 * 100 mails or 2 MiB each). A failing `onBatch` ends it with that error. `offline` carries
 * `detail.suspectUid`: the mail that was due when the connection ended.
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

const gone = () => new AppError('not-found', 'The mail is no longer on the server.')

async function fetchSlices(
  run: Run,
  read: (client: ImapFlow, start: number) => Promise<Buffer | undefined>,
  cap: number,
): Promise<Buffer> {
  const slices: Buffer[] = []
  let size = 0
  for (;;) {
    const slice = await run('FETCH', async (client) => (await read(client, size)) ?? null)
    if (slice === null) throw gone()
    slices.push(slice)
    size += slice.length
    if (slice.length < SLICE || size >= cap) return Buffer.concat(slices)
  }
}

function checkWhole(bytes: Buffer): Buffer {
  if (bytes.length < MAX_PART) return bytes
  throw new AppError('refused', 'This is larger than Copydesk reads (64 MiB).')
}

/** The whole mail as it stands on the server. */
export async function fetchSource(run: Run, uid: number): Promise<Buffer> {
  const read = async (client: ImapFlow, start: number) => {
    const source = { start, maxLength: SLICE }
    const message = await client.fetchOne(String(uid), { source }, { uid: true })
    return message ? (message.source ?? Buffer.alloc(0)) : undefined
  }
  return checkWhole(await fetchSlices(run, read, MAX_PART))
}

/** One part, still encoded, at most `cap` bytes of it. */
export async function fetchRawPart(
  run: Run,
  uid: number,
  partId: string,
  cap: number,
): Promise<Buffer> {
  if (!/^\d{1,4}(?:\.\d{1,4}){0,50}$/.test(partId)) {
    throw new AppError('invalid-input', `"${partId}" is not a part number.`)
  }
  const read = async (client: ImapFlow, start: number) => {
    const bodyParts = [{ key: partId, start, maxLength: Math.min(SLICE, cap) }]
    const message = await client.fetchOne(String(uid), { bodyParts }, { uid: true })
    return message ? (message.bodyParts?.get(partId) ?? Buffer.alloc(0)) : undefined
  }
  return fetchSlices(run, read, cap)
}

/** Decoded bytes of an attachment. `encoding` saves a round trip when the caller knows it. */
export async function fetchPart(
  run: Run,
  uid: number,
  partId: string,
  encoding?: string,
): Promise<Buffer> {
  const raw = checkWhole(await fetchRawPart(run, uid, partId, MAX_PART))
  const known = encoding ?? findPart(await fetchStructure(run, uid), partId)?.encoding ?? '7bit'
  return decodeTransfer(raw, known)
}

function findPart(part: Part, partId: string): Part | undefined {
  if (part.children === null) return part.partId === partId ? part : undefined
  return part.children.map((child) => findPart(child, partId)).find((found) => found !== undefined)
}

function toPart(node: MessageStructureObject, depth: number): Part {
  const isMultipart =
    node.type.startsWith('multipart/') && node.childNodes !== undefined && depth < 50
  return {
    partId: node.part ?? (isMultipart ? '' : '1'),
    type: node.type.toLowerCase(),
    params: new Map(Object.entries(node.parameters ?? {})),
    encoding: (node.encoding ?? '7bit').toLowerCase(),
    disposition: (node.disposition ?? '').toLowerCase(),
    dispositionParams: new Map(Object.entries(node.dispositionParameters ?? {})),
    cid: node.id?.replace(/^<|>$/g, '') ?? null,
    children: isMultipart ? (node.childNodes ?? []).map((child) => toPart(child, depth + 1)) : null,
    start: 0,
    end: 0,
    octets: node.size ?? 0,
  }
}

/** The parts of a mail as the server sees them (BODYSTRUCTURE). */
export async function fetchStructure(run: Run, uid: number): Promise<Part> {
  const message = await run('FETCH', async (client) => {
    return (await client.fetchOne(String(uid), { bodyStructure: true }, { uid: true })) || null
  })
  if (message?.bodyStructure === undefined) throw gone()
  return toPart(message.bodyStructure, 0)
}
