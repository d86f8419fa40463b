// Writes MIME as mailers of all sorts write it. Text here is a JavaScript string that holds bytes as
// latin1 characters, with LF line ends, so that any charset can stand in one mail.
import encodingJapanese from 'encoding-japanese'
import iconv from 'iconv-lite'
import { paragraph, wordOf, wrap, type Random } from './genText'

export type MimePart = { head: string; body: string }

export type AttachmentTruth = { name: string | null; type: string; size: number }

// eslint-disable-next-line no-control-regex -- the ASCII range is what is meant
export const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text)

export function encodeText(text: string, charset: string): Buffer {
  if (charset !== 'iso-2022-jp') {
    return iconv.encode(text, charset === 'us-ascii' ? 'ascii' : charset)
  }
  // iconv-lite has no ISO-2022-JP
  const codes = encodingJapanese.stringToCode(text)
  return Buffer.from(encodingJapanese.convert(codes, { to: 'JIS', from: 'UNICODE' }))
}

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')
const isWordByte = (byte: number): boolean =>
  (byte > 47 && byte < 58) || (byte > 64 && byte < 91) || (byte > 96 && byte < 123)

/** RFC 2047 encoded words, split between characters. */
export function encodeWords(text: string, charset = 'utf-8', kind: 'B' | 'Q' = 'B'): string {
  if (isAscii(text)) return text
  const word = (piece: string): string => {
    const bytes = encodeText(piece, charset)
    if (kind === 'B') return `=?${charset}?B?${bytes.toString('base64')}?=`
    const quoted = [...bytes].map((byte) => {
      if (byte === 32) return '_'
      return isWordByte(byte) ? String.fromCharCode(byte) : `=${hexByte(byte)}`
    })
    return `=?${charset}?Q?${quoted.join('')}?=`
  }
  const words: string[] = []
  let piece = ''
  for (const char of text) {
    if (piece !== '' && word(piece + char).length > 75) {
      words.push(word(piece))
      piece = char
    } else piece += char
  }
  return [...words, word(piece)].join('\n ')
}

export const base64Lines = (bytes: Buffer): string =>
  bytes.toString('base64').replace(/.{76}/g, '$&\n')

export function quotedPrintable(bytes: Buffer): string {
  const lines: string[] = []
  let line = ''
  const push = (text: string) => {
    if (line.length + text.length > 75) {
      lines.push(`${line}=`)
      line = ''
    }
    line += text
  }
  for (const byte of bytes) {
    if (byte === 10) {
      lines.push(line.replace(/[ \t]$/, (blank) => `=${hexByte(blank.charCodeAt(0))}`))
      line = ''
    } else if (byte === 61 || byte > 126 || (byte < 32 && byte !== 9)) push(`=${hexByte(byte)}`)
    else push(String.fromCharCode(byte))
  }
  return [...lines, line].join('\n')
}

const hasLongLine = (text: string): boolean => text.split('\n').some((line) => line.length > 900)

/** A text part in a random encoding that can carry it. */
export function textPart(
  random: Random,
  text: string,
  charset: string,
  subtype: string,
  extra = '',
): MimePart {
  const bytes = encodeText(text, charset)
  const isLong = hasLongLine(text)
  const encoding =
    charset === 'iso-2022-jp'
      ? '7bit'
      : charset === 'us-ascii'
        ? isLong
          ? 'quoted-printable'
          : random.pick(['7bit', '7bit', 'quoted-printable'])
        : random.weighted([
            ['quoted-printable', 5],
            ['base64', 3],
            ['8bit', isLong ? 0 : 2],
          ] as const)
  const label = random.chance(0.5) ? `"${charset}"` : charset.toUpperCase()
  const head = `Content-Type: text/${subtype}; charset=${label}${extra}\nContent-Transfer-Encoding: ${encoding}`
  if (encoding === 'base64') return { head, body: base64Lines(bytes) }
  return {
    head,
    body: encoding === 'quoted-printable' ? quotedPrintable(bytes) : bytes.toString('latin1'),
  }
}

export function multipart(
  random: Random,
  subtype: string,
  parts: readonly MimePart[],
  extra = '',
): MimePart {
  const style = random.pick(['----=_Part_', '=_', '000000000000', '_000_', 'Apple-Mail=_'])
  const boundary = style + random.hex(20) + random.pick(['', '_', '=='])
  const preamble = random.chance(0.2) ? 'This is a multi-part message in MIME format.\n' : ''
  const body = parts.map(({ head, body: content }) => `\n--${boundary}\n${head}\n\n${content}`)
  return {
    head: `Content-Type: multipart/${subtype};\n boundary="${boundary}"${extra}`,
    body: `${preamble}${body.join('')}\n--${boundary}--\n`,
  }
}

const POOL = (() => {
  const pool = Buffer.alloc(1 << 20)
  let state = 777
  for (let at = 0; at < pool.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    pool.writeUInt32LE((state ^ (state >>> 15)) >>> 0, at)
  }
  return pool
})()

export function randomBytes(random: Random, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size;) {
    const start = random.int(0, POOL.length - 4_096)
    const length = Math.min(random.int(1_024, 65_536), size - at, POOL.length - start)
    POOL.copy(bytes, at, start, start + length)
    at += length
  }
  return bytes
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
/** A PNG with noise behind its end, to be of any size. */
export const picture = (random: Random, size: number): Buffer =>
  Buffer.concat([PNG, randomBytes(random, size)])

const KINDS = [
  ['png', 35],
  ['pdf', 25],
  ['log', 15],
  ['jpg', 10],
  ['docx', 6],
  ['csv', 4],
  ['eml', 3],
  ['ics', 2],
] as const
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  log: 'text/plain',
  csv: 'text/csv',
  ics: 'text/calendar; method=REQUEST; charset=utf-8',
}
const NAMES = [
  'screenshot',
  'invoice',
  'Rechnung',
  'log',
  'Größe übersicht',
  '領収書',
  'фото',
  'scan 2024',
  'a"quoted"name',
  `very-long-${'x'.repeat(90)}`,
]

function lines(size: number, line: () => string): Buffer {
  const out: string[] = []
  for (let length = 0; length < size;) {
    const next = line()
    out.push(next)
    length += next.length
  }
  return Buffer.from(out.join(''))
}

function contentOf(random: Random, kind: string, size: number): Buffer {
  if (kind === 'log') {
    return lines(
      size,
      () =>
        `2024-01-1${random.int(0, 9)}T10:${random.int(10, 59)}Z ${random.pick(['INFO', 'WARN', 'ERROR'])} ${wordOf(random)}.${wordOf(random)}: ${wordOf(random)} code=${random.int(100, 9_999)}\n`,
    )
  }
  if (kind === 'csv') {
    return lines(
      size,
      () =>
        `${random.int(1, 99_999)};${wordOf(random)};${wordOf(random)};${random.int(1, 999)},50\n`,
    )
  }
  if (kind === 'ics') {
    return Buffer.from(
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:${random.hex(16)}@example.com\r\nSUMMARY:${wordOf(random)}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    )
  }
  return kind === 'png' ? picture(random, size) : randomBytes(random, size)
}

const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      isWordByte(byte) || byte === 46 || byte === 45
        ? String.fromCharCode(byte)
        : `%${hexByte(byte)}`,
    )
    .join('')

// RFC 2231 3: pieces that never cut an escape in two
function continued(name: string): string {
  const encoded = percent(name)
  let out = ''
  for (let at = 0, index = 0; at < encoded.length; index++) {
    let length = Math.min(50, encoded.length - at)
    while (at + length < encoded.length && /%.?$/.test(encoded.slice(at, at + length))) length--
    out += `;\n filename*${index}*=${index === 0 ? "utf-8''" : ''}${encoded.slice(at, at + length)}`
    at += length
  }
  return out
}

function nameHeaders(random: Random, name: string): { type: string; disposition: string } {
  const quoted = name.replace(/["\\]/g, '\\$&')
  const style = random.int(0, 3)
  if (isAscii(name) && style < 2)
    return { type: `; name="${quoted}"`, disposition: `; filename="${quoted}"` }
  if (style === 2 || name.length > 60) return { type: '', disposition: continued(name) }
  if (style === 3) return { type: '', disposition: `; filename*=UTF-8''${percent(name)}` }
  // Wrong by RFC 2047 5, and what half the world sends
  return { type: `; name="${encodeWords(name)}"`, disposition: `; filename="${encodeWords(name)}"` }
}

function forwardedPart(random: Random): MimePart {
  return {
    head: 'Content-Type: message/rfc822\nContent-Disposition: attachment',
    body: `From: Somebody <someone@example.org>\nTo: someone@example.com\nSubject: Fwd nested ${wordOf(random)}\nMessage-ID: <${random.hex(16)}@nested.example>\nContent-Type: text/plain; charset=us-ascii\n\n${wrap(paragraph(random))}\n`,
  }
}

export function attachmentPart(random: Random, truth: AttachmentTruth[]): MimePart {
  const kind = random.weighted(KINDS)
  if (kind === 'eml') {
    truth.push({ name: null, type: 'message/rfc822', size: 0 })
    return forwardedPart(random)
  }
  const content = contentOf(random, kind, random.int(20, 200) * 1_024)
  const name = `${random.pick(NAMES)}.${kind}`
  const type = TYPES[kind] as string
  truth.push({ name, type: type.split(';')[0] as string, size: content.length })
  const headers = nameHeaders(random, name)
  return {
    head: `Content-Type: ${type}${headers.type}\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment${headers.disposition}`,
    body: base64Lines(content),
  }
}
