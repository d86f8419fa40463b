import { createHash, createHmac, randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function base32(bytes: Uint8Array): string {
  let bits = 0
  let value = 0
  let out = ''
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      out += alphabet[(value >>> bits) & 31] ?? ''
    }
  }
  return out
}

function digest(text: string): string {
  return base32(createHash('sha256').update(text).digest()).slice(0, 26)
}

/** Id of a mail: the same on every desktop for the same mail, another for a second mail that reuses a Message-ID. */
export function mailId(rfcId: string, contentDigest: string): string {
  return digest(`mail\n${rfcId}\n${contentDigest}`)
}

/** Id of the ticket that a mail with this Message-ID opens (participants.md §4.1). */
export function ticketIdOf(rfcId: string): string {
  return digest(`ticket\n${rfcId}`)
}

/** What people call a ticket: the first characters of its id, e.g. `K7M2QX`. */
export function ticketKey(ticketId: string): string {
  return ticketId.slice(0, 6).toUpperCase()
}

export function attachmentId(mail: string, partId: string): string {
  return digest(`part\n${mail}\n${partId}`)
}

/** A fresh id for something an agent makes. */
export function newId(): string {
  return base32(randomBytes(16))
}

/** A desk secret: 256 bits, base64url. */
export function newKey(): string {
  return randomBytes(32).toString('base64url')
}

/** 100-bit MAC under the desk's key, as lower-case base32. */
export function mac(key: string, ...parts: string[]): string {
  return base32(createHmac('sha256', key).update(parts.join('\n')).digest()).slice(0, 20)
}
