// One message of the journal folder = one batch of events (architecture.md §12). Whatever cannot be read is named with a
// reason and stops nothing else.
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import {
  carriedEvent,
  journalBatch,
  signedEvent,
  type CarriedEvent,
  type JournalProblem,
  type SignedEvent,
} from '#shared/model/batch'
import { deviceOf, isSignedByBeside } from './signing'

export const CONTENT_TYPE = 'application/vnd.copydesk.events+json'
/** A message larger than this is not read; one event is at most 6 MB of text. */
export const MAX_MESSAGE = 24 * 1_048_576
const MAX_UNPACKED = 64 * 1_048_576
/** What one batch is filled up to: one fetch window of the reader. */
const BATCH_TEXT = 60_000
const BATCH_EVENTS = 200
/** The database waits for the same threads: it must not queue behind a whole segment. */
const READ_AT_ONCE = 100

export interface ReadEvent {
  readonly event: CarriedEvent
  readonly signed: SignedEvent
}

export interface DecodedBatch {
  readonly events: readonly ReadEvent[]
  /** What was set aside: the whole message, or single events of it by position. */
  readonly problems: readonly {
    readonly position: number | null
    readonly because: JournalProblem
  }[]
}

const whole = (because: JournalProblem): DecodedBatch => ({
  events: [],
  problems: [{ position: null, because }],
})

/** Groups for one message each, in order. */
export function splitBatches(events: readonly SignedEvent[]): SignedEvent[][] {
  const batches: SignedEvent[][] = []
  let size = Infinity
  for (const event of events) {
    const last = batches.at(-1)
    if (
      last === undefined ||
      last.length >= BATCH_EVENTS ||
      size + event.text.length > BATCH_TEXT
    ) {
      batches.push([event])
      size = event.text.length
    } else {
      last.push(event)
      size += event.text.length
    }
  }
  return batches
}

/** Equal for equal events, so that an APPEND repeated after a lost answer is the same message. */
export function batchId(events: readonly SignedEvent[]): string {
  const hash = createHash('sha256')
  for (const { signature } of events) hash.update(signature)
  return hash.digest('base64url').slice(0, 24)
}

const inLines = (text: string): string => text.replace(/.{1,76}/gu, '$&\r\n')

export interface BatchHead {
  readonly from: string
  readonly mailbox: string
  /** Epoch ms. */
  readonly at: number
  /** Compressed: a segment of many older batches. */
  readonly isPacked?: boolean
}

/** The message as bytes with CRLF line ends. The subject tells a person who opens the folder what this is. */
export function encodeBatch(events: readonly SignedEvent[], head: BatchHead): Buffer {
  const id = batchId(events)
  const isPacked = head.isPacked === true
  const json = Buffer.from(JSON.stringify({ v: 1, id, events }))
  const body = (isPacked ? gzipSync(json) : json).toString('base64')
  const domain = head.mailbox.slice(head.mailbox.lastIndexOf('@') + 1)
  const count = events.length === 1 ? '1 change' : `${String(events.length)} changes`
  const lines = [
    `From: <${head.from}>`,
    `To: <${head.mailbox}>`,
    `Subject: Copydesk: ${count} to the desk (please leave here)`,
    `Message-ID: <cd.batch.${id}@${domain}>`,
    `Date: ${new Date(head.at).toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    `Content-Type: ${CONTENT_TYPE}; v=1${isPacked ? '; packed=gzip' : ''}`,
    'Content-Transfer-Encoding: base64',
    'Auto-Submitted: auto-generated',
    '',
    inLines(body),
  ]
  return Buffer.from(lines.join('\r\n'))
}

interface Parts {
  readonly type: string
  readonly body: string
}

function split(bytes: Buffer): Parts {
  const text = bytes.toString('latin1')
  const end = /\r?\n\r?\n/u.exec(text)
  const head = (end === null ? text : text.slice(0, end.index)).replace(/\r?\n[ \t]+/gu, ' ')
  const type = /^content-type:\s*(.*)$/imu.exec(head)?.[1] ?? ''
  return {
    type: type.toLowerCase(),
    body: end === null ? '' : text.slice(end.index + end[0].length),
  }
}

function unpack(body: string, isPacked: boolean): unknown {
  const bytes = Buffer.from(body, 'base64')
  const json = isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED }) : bytes
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
}

function eventIn(text: string): CarriedEvent | null {
  try {
    return carriedEvent.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** One event of a batch, checked down to its signature. */
export async function readEvent(input: unknown): Promise<ReadEvent | JournalProblem> {
  const signed = signedEvent.safeParse(input)
  if (!signed.success) return 'malformed'
  const { text, signature, key } = signed.data
  const verdict = isSignedByBeside(key, text, signature)
  const event = eventIn(text)
  if (!(await verdict)) return 'bad-signature'
  if (event === null) return 'malformed'
  return event.device === deviceOf(key) ? { event, signed: signed.data } : 'bad-signature'
}

/** Reads one message. Never rejects: what cannot be read is in `problems`. */
export async function decodeBatch(bytes: Buffer): Promise<DecodedBatch> {
  if (bytes.length > MAX_MESSAGE) return whole('too-large')
  const { type, body } = split(bytes)
  if (!type.startsWith(CONTENT_TYPE)) return whole('not-a-batch')
  if (!/;\s*v="?1"?\s*(?:;|$)/u.test(type)) return whole('newer-version')
  let json: unknown
  try {
    json = unpack(body, /;\s*packed="?gzip"?/u.test(type))
  } catch {
    return whole('malformed')
  }
  const batch = journalBatch.safeParse(json)
  if (!batch.success) return whole('malformed')
  const events: ReadEvent[] = []
  const problems: { position: number; because: JournalProblem }[] = []
  const inputs = batch.data.events
  for (let from = 0; from < inputs.length; from += READ_AT_ONCE) {
    const some = await Promise.all(inputs.slice(from, from + READ_AT_ONCE).map(readEvent))
    some.forEach((read, index) => {
      if (typeof read === 'string') problems.push({ position: from + index, because: read })
      else events.push(read)
    })
  }
  return { events, problems }
}
