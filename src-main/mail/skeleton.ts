// Finds the leaf parts of a mail in one pass over its bytes, without decoding any of them.
// Part numbers are those of IMAP (RFC 3501 6.4.5), so that an attachment can be fetched later.
import { firstField, readFieldLine, readParameterValue, type Field } from './fields'

export type Part = {
  /** `1`, `2.1`, …; empty for a multipart root. */
  partId: string
  type: string
  params: Map<string, string>
  encoding: string
  disposition: string
  dispositionParams: Map<string, string>
  cid: string | null
  /** Set for multiparts only. */
  children: Part[] | null
  /** Body as it stands in the mail, still encoded. */
  start: number
  end: number
  /** Encoded size as the server states it, null when only the bytes tell. */
  octets: number | null
}

export type Skeleton = {
  fields: Field[]
  root: Part
  bodyStart: number
  /** Newlines as in the mail, except that a CR-only mail has been turned into LF. */
  bytes: Buffer
  problem: string | null
}

const MAX_DEPTH = 50
const MAX_PARTS = 1_000
const MAX_FIELDS = 1_000
const MAX_HEADER = 262_144

type Open = { part: Part; delimiter: string }
type Header = { fields: Field[]; bodyStart: number; isCut: boolean }

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

// As Dovecot and Cyrus do: a line that begins with a delimiter matches, the longest one first, then
// the innermost. It keeps our part numbers equal to theirs for careless boundaries.
function matchDelimiter(text: string, at: number, open: readonly Open[]): number {
  let best = -1
  for (let level = open.length - 1; level >= 0; level--) {
    const delimiter = (open[level] as Open).delimiter
    if (best >= 0 && delimiter.length <= (open[best] as Open).delimiter.length) continue
    if (text.startsWith(delimiter, at)) best = level
  }
  return best
}

function isFolded(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t'
}

function readHeader(text: string, from: number, open: readonly Open[]): Header {
  const fields: Field[] = []
  let at = from
  let isCut = false
  while (at < text.length) {
    let end = lineEnd(text, at)
    if (end === at || (end === at + 1 && text[at] === '\r'))
      return { fields, bodyStart: end + 1, isCut }
    if (text.startsWith('--', at) && matchDelimiter(text, at, open) >= 0) break
    const start = at
    // Lines of blanks only fold too (RFC 5322 4.2); just a truly empty one ends the header.
    while (end < text.length && isFolded(text, end + 1)) end = lineEnd(text, end + 1)
    at = end + 1
    if (fields.length >= MAX_FIELDS || end - from > MAX_HEADER) {
      isCut = true
      continue
    }
    const field = readFieldLine(text.slice(start, end).replace(/\r?\n[ \t]*/g, ' '))
    if (field !== null) fields.push(field)
  }
  return { fields, bodyStart: Math.min(at, text.length), isCut }
}

function readPart(fields: readonly Field[], partId: string, start: number): Part {
  const type = readParameterValue(firstField(fields, 'content-type'))
  const disposition = readParameterValue(firstField(fields, 'content-disposition'))
  const encoding = firstField(fields, 'content-transfer-encoding')
  const cid = firstField(fields, 'content-id').replace(/^<|>$/g, '').trim()
  return {
    partId,
    // RFC 2045 5.2: without a usable type it is plain text. Some forget the semicolon behind it.
    type: /^[\w.+-]+\/[\w.+-]+(?![\w/])/.exec(type.value)?.[0] ?? 'text/plain',
    params: type.params,
    encoding: /^[\w-]+/.exec(encoding)?.[0].toLowerCase() ?? '7bit',
    disposition: disposition.value,
    dispositionParams: disposition.params,
    cid: cid === '' ? null : cid,
    children: null,
    start,
    end: start,
    octets: null,
  }
}

// RFC 2046 5.1.1: the delimiter line is "--" and the boundary. One with trailing blanks is trimmed.
function openMultipart(part: Part, open: Open[]): boolean {
  if (!part.type.startsWith('multipart/') || open.length >= MAX_DEPTH) return false
  const boundary = part.params.get('boundary') ?? ''
  if (boundary === '' || boundary.length > 2_000) {
    // Nothing can divide it, so whatever it holds is shown as one text.
    part.type = 'text/plain'
    return false
  }
  part.children = []
  open.push({ part, delimiter: `--${boundary}` })
  return true
}

// The line break before a delimiter belongs to the delimiter (RFC 2046 5.1.1).
function endBefore(text: string, at: number, start: number): number {
  let end = at
  if (end > start && text[end - 1] === '\n') end--
  if (end > start && text[end - 1] === '\r') end--
  return end
}

function nextDelimiter(text: string, from: number): number {
  if (text.startsWith('--', from) && (from === 0 || text[from - 1] === '\n')) return from
  const at = text.indexOf('\n--', from === 0 ? 0 : from - 1)
  return at < 0 ? -1 : at + 1
}

function normalised(bytes: Buffer): Buffer {
  // CR-only mail (old Macintosh): nobody can have meant CR as anything but a line end there. In any
  // other mail a bare CR stays an ordinary character, or it would smuggle in header fields.
  if (bytes.includes(10) || !bytes.includes(13)) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll('\r', '\n'), 'latin1')
}

// A line `From x@y …` is the envelope of an mbox file, not a header field.
function headerStart(text: string): number {
  return /^>?From [ \t]*[^ \t:]/.test(text.slice(0, 200)) ? lineEnd(text, 0) + 1 : 0
}

/** The structure of a mail, or of its beginning. Never throws; what is odd is named in `problem`. */
export function readSkeleton(source: Buffer): Skeleton {
  const bytes = normalised(source)
  const text = bytes.toString('latin1')
  const header = readHeader(text, headerStart(text), [])
  const root = readPart(header.fields, '', header.bodyStart)
  const open: Open[] = []
  const isWhole = openMultipart(root, open) ? divide(text, root, open) : true
  let problem = header.isCut ? 'header too large' : null
  if (!isWhole) problem = 'too many parts'
  if (root.children === null || root.children.length === 0) {
    if (root.children !== null) problem = 'no parts in a multipart mail'
    const type = root.children === null ? root.type : 'text/plain'
    Object.assign(root, { children: null, type, partId: '1', end: text.length })
    root.start = Math.min(root.start, text.length)
  }
  return { fields: header.fields, root, bodyStart: header.bodyStart, bytes, problem }
}

// Walks from delimiter to delimiter. False when there are more parts than we read.
function divide(text: string, root: Part, open: Open[]): boolean {
  let leaf: Part | null = null
  let count = 1
  let at = nextDelimiter(text, root.start)
  while (at >= 0) {
    const end = lineEnd(text, at)
    const level = matchDelimiter(text, at, open)
    let next = end + 1
    if (level >= 0) {
      if (leaf !== null) leaf.end = endBefore(text, at, leaf.start)
      leaf = null
      const { part, delimiter } = open[level] as Open
      const isLast = text.startsWith('--', at + delimiter.length)
      open.length = isLast ? level : level + 1
      if (open.length === 0) return true
      if (!isLast) {
        if (++count > MAX_PARTS) return false
        leaf = addChild(text, end + 1, part, open)
        next = leaf?.start ?? (open.at(-1) as Open).part.start
      }
    }
    at = next < text.length ? nextDelimiter(text, next) : -1
  }
  if (leaf !== null) leaf.end = text.length
  return true
}

function addChild(text: string, from: number, parent: Part, open: Open[]): Part | null {
  const { fields, bodyStart } = readHeader(text, from, open)
  const siblings = parent.children as Part[]
  const number = String(siblings.length + 1)
  const part = readPart(
    fields,
    parent.partId === '' ? number : `${parent.partId}.${number}`,
    bodyStart,
  )
  siblings.push(part)
  return openMultipart(part, open) ? null : part
}

/** All leaf parts in the order of the mail. */
export function leavesOf(part: Part): Part[] {
  return part.children === null ? [part] : part.children.flatMap(leavesOf)
}
