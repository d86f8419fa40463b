// What we say about an attachment that nobody has decoded yet.
import type { Part } from './skeleton'
import type { MailAttachment } from './types'

const MAX_NAME_BYTES = 120
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g
// Separators of any system, and what Windows refuses in names.
const RESERVED = /[/\\:*?"<>|]/g
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i

const EXTENSIONS: Record<string, string> = {
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'message/delivery-status': 'txt',
  'text/rfc822-headers': 'txt',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'application/pdf': 'pdf',
  'application/ms-tnef': 'dat',
  'application/pgp-signature': 'asc',
  'application/pkcs7-signature': 'p7s',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
}

function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  let out = ''
  let size = 0
  for (const char of text) {
    size += Buffer.byteLength(char)
    if (size > bytes) break
    out += char
  }
  return out
}

/**
 * A file name that is safe on any system: no separators, controls or bidi controls, no device name,
 * at most 120 bytes with its extension kept. Empty when nothing is left.
 */
export function safeName(raw: string): string {
  // The sender's folders are not ours (RFC 2183 2.3); only the last segment counts.
  const base = raw.slice(0, 1_000).split(/[/\\]/).at(-1) ?? ''
  const name = base
    .normalize('NFC')
    .replace(UNSAFE, '')
    .replace(RESERVED, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  const safe = DEVICE.test(name) ? `_${name}` : name
  const dot = safe.lastIndexOf('.')
  const extension = dot > 0 && safe.length - dot <= 16 ? safe.slice(dot) : ''
  const stem = safe.slice(0, safe.length - extension.length)
  return cutToBytes(stem, MAX_NAME_BYTES - Buffer.byteLength(extension)).trimEnd() + extension
}

/** The decoded name a part declares, not yet safe. */
export function declaredName(part: Part): string {
  return part.dispositionParams.get('filename') ?? part.params.get('name') ?? ''
}

function nameOf(part: Part): string {
  const declared = safeName(declaredName(part))
  if (declared !== '') return declared
  const extension = EXTENSIONS[part.type] ?? 'bin'
  return part.type === 'message/rfc822'
    ? `message-${part.partId}.eml`
    : `part-${part.partId}.${extension}`
}

/** Decoded size from encoded bytes, without decoding: base64 is counted, other encodings as they are. */
export function decodedSize(bytes: Buffer, part: Part): number {
  if (part.octets !== null) {
    // 57 bytes make a line of 76 characters and its line end (RFC 2045 6.8)
    return part.encoding === 'base64' ? Math.floor((part.octets * 57) / 78) : part.octets
  }
  if (part.encoding !== 'base64') return part.end - part.start
  const body = bytes.subarray(part.start, part.end)
  let end = body.length
  while (end > 0 && (body[end - 1] as number) <= 32) end--
  let padding = 0
  while (padding < 2 && body[end - 1 - padding] === 61) padding++
  return Math.max(0, Math.floor(((end - lineBreaks(body, end)) * 3) / 4) - padding)
}

// Lines of one length, as every mailer writes them, are counted by division; others one by one.
function lineBreaks(body: Buffer, end: number): number {
  const first = body.indexOf(10)
  if (first < 0 || first >= end) return 0
  const step = first + 1
  const width = first > 0 && body[first - 1] === 13 ? 2 : 1
  const lines = Math.floor(end / step)
  const isRegular = [1, lines >> 1, lines].every(
    (line) => line === 0 || body[line * step - 1] === 10,
  )
  if (isRegular) return lines * width
  let count = 0
  for (let at = 0; at < end; at++) if ((body[at] as number) <= 32) count++
  return count
}

/** Describes a leaf as an attachment; `size` in decoded bytes. */
export function describeAttachment(part: Part, size: number): MailAttachment {
  return {
    partId: part.partId,
    name: nameOf(part),
    type: part.type,
    size,
    cid: part.cid,
    inline:
      part.disposition === 'inline' || (part.cid !== null && part.disposition !== 'attachment'),
    encoding: part.encoding,
  }
}
