// Message-IDs and reply addresses that only this desk can have made: a MAC under the desk's key stands in each.
import { timingSafeEqual } from 'node:crypto'
import type { MailFact } from '#shared/model/message'
import { mac } from '../db/ids'

const ticketPart = 16
const macPart = 13

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/**
 * `t` a ticket's customers, `f` one follower or assignee, `s` answer to a survey, `l` leave (List-Unsubscribe): a
 * colleague's with their own token, the customers' with one for all, because they all get the same mail.
 */
type TokenKind = 't' | 'f' | 'l' | 's'

function tokenMac(key: string, kind: TokenKind, ticketId: string, person: string): string {
  return mac(key, 'token', kind, ticketId.slice(0, ticketPart), person).slice(0, macPart)
}

/**
 * The support address with a token: what Reply-To and List-Unsubscribe name. 65-bit MAC (reliability.md C4).
 * A mailbox name too long to take the token (RFC 5321 §4.5.3.1.1: 64 octets) stays as it is; threading by References remains.
 */
export function tokenAddress(
  { key, mailbox }: { readonly key: string; readonly mailbox: string },
  kind: TokenKind,
  ticketId: string,
  person = '',
): string {
  const at = mailbox.lastIndexOf('@')
  const local = mailbox.slice(0, at)
  const token = `${kind}${ticketId.slice(0, ticketPart)}${tokenMac(key, kind, ticketId, person)}`
  if (local.length + 1 + token.length > 64) return mailbox
  return `${local}+${token}${mailbox.slice(at)}`
}

export interface ReadToken {
  readonly kind: TokenKind
  /** First characters of the id of the ticket it was issued for. */
  readonly ticketPrefix: string
  /** Whose token it is: of `f` always, of `l` for a colleague. */
  readonly person: string | null
}

const shape = /\+([tfls])([0-9a-z]{16})([0-9a-z]{13})@/u

/** The valid token in an address, if any; a colleague's is tried against the desk's people. */
export function readToken(
  key: string,
  address: string,
  people: readonly string[],
): ReadToken | undefined {
  const found = shape.exec(address.toLowerCase())
  if (found === null) return undefined
  const [, kind, ticketPrefix = '', given = ''] = found
  if (kind !== 't' && kind !== 'f' && kind !== 'l' && kind !== 's') return undefined
  const candidates = kind === 'f' ? people : kind === 'l' ? ['', ...people] : ['']
  const person = candidates.find((p) => equal(tokenMac(key, kind, ticketPrefix, p), given))
  if (person === undefined) return undefined
  return { kind, ticketPrefix, person: person === '' ? null : person }
}

/** The Message-ID of a mail of ours: the same for the same comment, kind and recipient, however often it is planned. */
export function ownMessageId(
  key: string,
  domain: string,
  mail: { kind: string; commentId: string; recipient: string },
): string {
  const who = mail.recipient === '' ? '0' : mac(key, 'who', mail.recipient).slice(0, 8)
  const name = `${mail.kind}.${mail.commentId}.${who}`
  return `cd.${name}.${mac(key, 'message-id', name)}@${domain}`
}

/** True when the Message-ID was issued under one of these keys. Who sent the mail that carries it is another question. */
export function isIssuedId(keys: readonly string[], messageId: string): boolean {
  const local = messageId.slice(0, Math.max(messageId.lastIndexOf('@'), 0))
  if (!local.startsWith('cd.')) return false
  const cut = local.lastIndexOf('.')
  const [name, given] = [local.slice(3, cut), local.slice(cut + 1)]
  return keys.some((key) => equal(mac(key, 'message-id', name), given))
}

/** Whether a mail is that of a self test: it never becomes a comment. */
export function isSelfTest({ isOwnId, rfcId }: Pick<MailFact, 'isOwnId' | 'rfcId'>): boolean {
  return isOwnId && rfcId.startsWith('cd.selftest.')
}
