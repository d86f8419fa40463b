// Bytes to text: Content-Transfer-Encoding (RFC 2045) and charsets (WHATWG labels by TextDecoder).
// Whatever arrives, something readable comes back; nothing here throws.
import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'

// Labels seen in mail that are not WHATWG labels.
const ALIASES = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['cp874', 'windows-874'],
  ['tis620', 'windows-874'],
  ['x-tis-620', 'windows-874'],
  ['uhc', 'euc-kr'],
  ['junet', 'iso-2022-jp'],
  ['iso-2022-jp-1', 'iso-2022-jp'],
  ['iso-2022-jp-2', 'iso-2022-jp'],
  ['cp50220', 'iso-2022-jp'],
  ['cp50221', 'iso-2022-jp'],
  ['eucjp', 'euc-jp'],
  ['euckr', 'euc-kr'],
  ['x-gb18030', 'gb18030'],
  ['ansi', 'windows-1252'],
])

const MAX_LABELS = 200
const decoders = new Map<string, TextDecoder | null>()

function createDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label)
  } catch {
    return null
  }
}

// A sender can make up any number of labels; only so many answers are remembered.
function decoderFor(label: string): TextDecoder | null {
  const known = decoders.get(label)
  if (known !== undefined) return known
  const decoder = createDecoder(ALIASES.get(label) ?? label)
  if (decoders.size < MAX_LABELS) decoders.set(label, decoder)
  return decoder
}

// Node up to 22 decodes windows-1252 as if it were latin1, so quotes, dashes and the euro sign would
// be lost. WHATWG gives that decoder to every label of ISO 8859-1 and ASCII too.
const WESTERN = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

function decodeWestern(bytes: Buffer): string {
  return bytes
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (char) => WESTERN[char.charCodeAt(0) - 0x80] as string)
}

function decodeWith(label: string, bytes: Buffer): string | null {
  const decoder = decoderFor(label)
  if (decoder === null) return null
  return decoder.encoding === 'windows-1252' ? decodeWestern(bytes) : decoder.decode(bytes)
}

function guess(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  if (isUtf8(bytes)) return bytes.toString('utf8')
  return decodeWestern(bytes)
}

/** Text of `bytes`. Without a usable label: UTF-8 where the bytes are valid UTF-8, else windows-1252. */
export function decodeBytes(bytes: Buffer, charset: string): string {
  // RFC 2231 5: a language tag may follow the charset
  const label = charset.replace(/\*.*$/s, '').trim().toLowerCase()
  if (label === 'utf-8' || label === 'utf8') return stripBom(bytes.toString('utf8'))
  if (label === '' || label === 'us-ascii' || label === 'ascii') return guess(bytes)
  // RFC 2781 4.3: unmarked UTF-16 may be either; the mark decides where there is one
  if (label === 'utf-16' && bytes[0] === 0xfe && bytes[1] === 0xff) {
    return decodeWith('utf-16be', bytes) ?? guess(bytes)
  }
  return decodeWith(label, bytes) ?? guess(bytes)
}

function stripBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** Text of a header value that holds raw bytes as latin1 characters (RFC 6532, or plain wrong). */
export function decodeRaw(latin1: string): string {
  // eslint-disable-next-line no-control-regex -- the ASCII range is what is meant
  return /^[\x00-\x7f]*$/.test(latin1) ? latin1 : guess(Buffer.from(latin1, 'latin1'))
}

function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 65 && code <= 70) return code - 55
  if (code >= 97 && code <= 102) return code - 87
  return -1
}

/**
 * RFC 2045 6.7. Line ends stay as they are, `withLf` changes them for text. Broken escapes stay as they are; blanks before a line
 * end are transport padding.
 */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  const end = bytes.length
  let size = 0
  // An encoded blank before a line end is meant; only plain ones are padding.
  let meant = 0
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] as number
    if (byte === 10 || byte === 13) {
      while (size > meant && (out[size - 1] === 32 || out[size - 1] === 9)) size--
      out[size++] = byte
      continue
    }
    if (byte !== 61) {
      out[size++] = byte
      continue
    }
    const high = hexValue(bytes[at + 1] ?? 0)
    const low = hexValue(bytes[at + 2] ?? 0)
    if (high >= 0 && low >= 0) {
      out[size++] = high * 16 + low
      meant = size
      at += 2
      continue
    }
    const next = softBreakEnd(bytes, at + 1)
    if (next < 0) out[size++] = byte
    else at = next - 1
  }
  return out.subarray(0, size)
}

function softBreakEnd(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === 32 || bytes[at] === 9) at++
  if (at >= bytes.length) return at
  if (bytes[at] === 13) return bytes[at + 1] === 10 ? at + 2 : at + 1
  return bytes[at] === 10 ? at + 1 : -1
}

/** Base64 as found in mail: line breaks and junk are skipped, padding in the middle starts anew. */
export function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const padding = text.indexOf('=')
  if (padding < 0 || !/[A-Za-z0-9+/]/.test(text.slice(padding))) return Buffer.from(text, 'base64')
  return Buffer.concat(text.split(/=+/).map((piece) => Buffer.from(piece, 'base64')))
}

/** Turns CRLF and CR into LF. Not for UTF-16, where 13 may be half a character. */
export function withLf(bytes: Buffer): Buffer {
  if (!bytes.includes(13)) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  let size = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte !== 13) out[size++] = byte
    else if (bytes[at + 1] !== 10) out[size++] = 10
  }
  return out.subarray(0, size)
}

/** Decoded bytes of a part's body. Unknown encodings are handed on as they are. */
export function decodeTransfer(bytes: Buffer, encoding: string): Buffer {
  if (encoding === 'base64') return decodeBase64(bytes)
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(bytes)
  return bytes
}
