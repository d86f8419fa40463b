// Header fields (RFC 5322 2.2, 3.6) and their parameters (RFC 2045 5.1, RFC 2231).
import { decodeBase64, decodeBytes, decodeQuotedPrintable, decodeRaw } from './charset'

/** Name in lower case; value unfolded, still raw (bytes as latin1 characters), its end missing when `isCut`. */
export type Field = { name: string; value: string; isCut?: true }

export type ParameterValue = { value: string; params: Map<string, string> }

const MAX_PARAMS = 100
const MAX_VALUE = 65_536
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
// Bidi controls let `exe.fdp` read as `pdf.exe`; neither they nor zero-width marks have a place here.
const INVISIBLE = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g

// RFC 5322 3.6.8 allows any printable character but the colon; 4.5 allows blanks before it.
const FIELD_NAME = /^([!-9;-~]+)[ \t]*:/

/** Reads one header line, null when it is none (junk between fields is skipped, RFC 7103 7.1). */
export function readFieldLine(line: string): Field | null {
  const match = FIELD_NAME.exec(line)
  if (match === null) return null
  const name = (match[1] as string).toLowerCase()
  const value = line.slice(match[0].length, MAX_VALUE).trim()
  return line.length > MAX_VALUE ? { name, value, isCut: true } : { name, value }
}

export function firstField(fields: readonly Field[], name: string): string {
  return fields.find((field) => field.name === name)?.value ?? ''
}

/** One line of text for people: controls and bidi controls gone, blanks collapsed. */
export function cleanLine(text: string): string {
  // Nearly every value is plain already, and this runs for every field of every mail.
  if (/^[ -~]*$/.test(text) && !text.includes('  ')) return text.trim()
  return text.replace(INVISIBLE, '').replace(CONTROLS, ' ').replace(/\s+/g, ' ').trim()
}

type Word = { charset: string; encoding: string; bytes: Buffer }

const WORD = /=\?([^?\s]{1,80})\?([QqBb])\?([^?]*)\?=/g

function wordBytes(encoding: string, content: string): Buffer {
  if (encoding === 'b') return decodeBase64(Buffer.from(content, 'latin1'))
  return decodeQuotedPrintable(Buffer.from(content.replace(/_/g, ' '), 'utf8'))
}

// Neighbours of one charset are one text: mailers cut characters in two (RFC 2047 5 forbids it).
function joinWords(words: readonly Word[]): string {
  const { charset } = words[0] as Word
  return decodeBytes(Buffer.concat(words.map((word) => word.bytes)), charset)
}

function decodeWords(text: string): string {
  let out = ''
  let end = 0
  let words: Word[] = []
  const flush = () => {
    if (words.length > 0) out += joinWords(words)
    words = []
  }
  for (const match of text.matchAll(WORD)) {
    const [whole, charset = '', kind = '', content = ''] = match
    const between = text.slice(end, match.index)
    const encoding = kind.toLowerCase()
    const last = words.at(-1)
    // RFC 2047 6.2: blanks between two encoded words are not shown.
    const isNeighbour = last !== undefined && between.trim() === ''
    if (!isNeighbour) {
      flush()
      out += between
    } else if (last.charset !== charset || last.encoding !== encoding) flush()
    // Each word of ISO-2022 begins and ends in ASCII; two escapes in a row would be an error.
    else if (/^iso-2022/i.test(charset)) flush()
    words.push({ charset, encoding, bytes: wordBytes(encoding, content) })
    end = match.index + whole.length
  }
  flush()
  return out + text.slice(end)
}

/** Decodes the RFC 2047 words of a phrase. The result is text for people, never syntax. */
export function decodePhrase(text: string): string {
  return cleanLine(text.includes('=?') ? decodeWords(text) : text)
}

/** Decodes an unstructured raw value: RFC 2047 words, or raw 8-bit text. */
export function decodeText(raw: string): string {
  return decodePhrase(decodeRaw(raw))
}

type RawParam = { key: string; value: string }

// Quoted strings are cut by hand: a regular expression with alternatives inside would backtrack.
function readQuoted(text: string, from: number): { value: string; end: number } {
  let value = ''
  let at = from
  for (; at < text.length && text[at] !== '"'; at++) {
    // Old Windows mailers write paths with single backslashes; only \" and \\ are escapes here.
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++
    value += text[at] ?? ''
  }
  return { value, end: at + 1 }
}

function readParams(text: string): RawParam[] {
  const params: RawParam[] = []
  let at = text.indexOf(';')
  while (at >= 0 && at < text.length && params.length < MAX_PARAMS) {
    at++
    const equals = text.indexOf('=', at)
    if (equals < 0) break
    const semicolon = text.indexOf(';', at)
    if (semicolon >= 0 && semicolon < equals) {
      at = semicolon
      continue
    }
    const key = text.slice(at, equals).trim().toLowerCase()
    let start = equals + 1
    while (text[start] === ' ' || text[start] === '\t') start++
    if (text[start] === '"') {
      const quoted = readQuoted(text, start + 1)
      params.push({ key, value: quoted.value })
      at = text.indexOf(';', quoted.end)
    } else {
      at = text.indexOf(';', start)
      const value = text.slice(start, at < 0 ? text.length : at)
      params.push({ key, value: value.trim() })
    }
  }
  return params
}

function percentDecode(text: string): Buffer {
  const escaped = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  )
  return Buffer.from(escaped, 'latin1')
}

type Piece = { index: number; isEncoded: boolean; value: string }

// RFC 2231 3 and 4: pieces may come in any order, and each says itself whether it is encoded.
function joinPieces(pieces: Piece[]): string {
  pieces.sort((a, b) => a.index - b.index)
  const first = pieces[0]
  if (first === undefined) return ''
  let charset = ''
  const lead = first.isEncoded ? /^([^']*)'[^']*'/.exec(first.value) : null
  if (lead !== null) {
    charset = lead[1] as string
    first.value = first.value.slice(lead[0].length)
  }
  const bytes = pieces.map((piece) =>
    piece.isEncoded ? percentDecode(piece.value) : Buffer.from(piece.value, 'latin1'),
  )
  return decodeBytes(Buffer.concat(bytes), charset)
}

const CONTINUED = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/

/** `text/plain; charset=x` and its like. Parameters are decoded; the extended form of one wins. */
export function readParameterValue(raw: string): ParameterValue {
  const semicolon = raw.indexOf(';')
  const value = (semicolon < 0 ? raw : raw.slice(0, semicolon)).trim().toLowerCase()
  const params = new Map<string, string>()
  const continued = new Map<string, Piece[]>()
  for (const { key, value: text } of readParams(raw)) {
    const match = CONTINUED.exec(key)
    if (match === null) {
      // A boundary is compared byte by byte, never shown
      if (!params.has(key)) params.set(key, key === 'boundary' ? text : decodeText(text))
      continue
    }
    const name = match[1] as string
    const isEncoded = match[2] === undefined || match[3] === '*'
    const pieces = continued.get(name) ?? []
    pieces.push({ index: Number(match[2] ?? 0), isEncoded, value: text })
    continued.set(name, pieces)
  }
  for (const [name, pieces] of continued) params.set(name, cleanLine(joinPieces(pieces)))
  return { value, params }
}
