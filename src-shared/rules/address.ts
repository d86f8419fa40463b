// What an address is, when two are one, and what a person may type (participants.md §1, §2).
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { Policy } from '#shared/model/policy'
import { domainToAscii } from './idna'

/** Why a text is no address (participants.md §2 "valid"). */
export type AddressProblem =
  | 'empty-address'
  | 'no-at-sign'
  | 'several-at-signs'
  | 'control-character'
  | 'invisible-character'
  | 'quoted-local-part'
  | 'address-too-long'
  | 'bad-local-part'
  | 'bad-domain'

const MAX_ADDRESS_OCTETS = 254
const MAX_LOCAL_OCTETS = 64
const MAX_NAME = 200

type Range = readonly [from: number, to: number]

// The three lists are shared with `addressCheckSql`, so that the database refuses what we refuse.
const CONTROLS: readonly Range[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
]
/** Spaces, joiners, bidi controls, fillers, selectors, tags, damaged and non-characters. */
const INVISIBLE: readonly Range[] = [
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x1680, 0x1680],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x206f],
  [0x2800, 0x2800],
  [0x3000, 0x3000],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xffff],
  [0xe0000, 0xe0fff],
]
/** RFC 5322 specials without `.` and `@`: never in a dot-atom. `]` first, as GLOB wants it. */
const SPECIALS = '][()<>,;:\\"'

const escapeRange = ([from, to]: Range) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`
const classOf = (ranges: readonly Range[]) =>
  new RegExp(`[${ranges.map(escapeRange).join('')}]`, 'u')
const controlClass = classOf(CONTROLS)
const invisibleClass = classOf([...INVISIBLE, [0xd800, 0xdfff]])
const specialClass = /[\][()<>,;:\\"]/
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

function octetsOf(text: string): number {
  let octets = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    const isPair = unit >= 0xd800 && unit < 0xdc00
    octets += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3
    if (isPair) i += 1
  }
  return octets
}

/** The one form in which addresses are compared and stored (participants.md §1). Idempotent, total. */
export function canonicalAddress(text: string): string {
  const trimmed = text.trim()
  if (/^[\0-\x7f]*$/.test(trimmed)) return trimmed.toLowerCase()
  // Composed last: a capital may be two characters where the small letter is one (ǰ).
  const folded = trimmed.toLowerCase().normalize('NFC')
  const at = folded.lastIndexOf('@')
  if (at < 0) return folded
  // The domain is taken before folding: IDNA folds in its own way (final sigma, widths).
  const domain = trimmed.slice(trimmed.lastIndexOf('@') + 1)
  return `${folded.slice(0, at)}@${domainToAscii(domain)}`
}

/** What is wrong with an address, or null (RFC 5321 §4.1.2 dot-atom mailbox, RFC 6531 §3.3). */
export function addressProblem(text: string): AddressProblem | null {
  const address = canonicalAddress(text)
  const at = address.indexOf('@')
  if (address === '') return 'empty-address'
  if (controlClass.test(address)) return 'control-character'
  if (at < 0) return 'no-at-sign'
  if (address.startsWith('"')) return 'quoted-local-part'
  if (at !== address.lastIndexOf('@')) return 'several-at-signs'
  if (invisibleClass.test(address)) return 'invisible-character'
  const local = address.slice(0, at)
  if (octetsOf(address) > MAX_ADDRESS_OCTETS) return 'address-too-long'
  if (octetsOf(local) > MAX_LOCAL_OCTETS) return 'address-too-long'
  if (specialClass.test(local) || local.split('.').includes('')) return 'bad-local-part'
  return address
    .slice(at + 1)
    .split('.')
    .every((part) => label.test(part))
    ? null
    : 'bad-domain'
}

/** Mailbox syntax as participants.md §2 wants it. No quoted local parts, routes, groups, literals. */
export function isValidAddress(text: string): boolean {
  return addressProblem(text) === null
}

/** Whether two texts name one mailbox (participants.md §1). */
export function sameAddress(one: string, other: string): boolean {
  return canonicalAddress(one) === canonicalAddress(other)
}

/** Canonical domain of an address; empty when it has none. */
export function domainOf(text: string): string {
  const address = canonicalAddress(text)
  const at = address.lastIndexOf('@')
  return at < 0 ? '' : address.slice(at + 1)
}

/** As much of a desk as says which addresses are its own. */
type Mailboxes = {
  readonly mailboxes: readonly Pick<Desk['mailboxes'][number], 'address' | 'aliases'>[]
}

/** Canonical addresses of the desk's mailboxes with their aliases (participants.md §1). */
export function supportAddresses(desk: Mailboxes): string[] {
  return desk.mailboxes.flatMap((box) => [box.address, ...box.aliases]).map(canonicalAddress)
}

/** Whether an address is a mailbox of the desk, its alias or a `+tag` variant (participants.md §1). */
export function isSupportAddress(desk: Mailboxes, text: string): boolean {
  const address = canonicalAddress(text)
  const at = address.lastIndexOf('@')
  if (at < 1) return false
  const domain = address.slice(at)
  return supportAddresses(desk).some(
    (own) =>
      own === address ||
      (own.endsWith(domain) && address.startsWith(`${own.slice(0, -domain.length)}+`)),
  )
}

/** Whether `ccBlocklist` names an address, its domain or a parent domain (participants.md §6). */
export function isBlocklisted(policy: Pick<Policy, 'ccBlocklist'>, text: string): boolean {
  const address = canonicalAddress(text)
  const domain = domainOf(address)
  return policy.ccBlocklist.some((entry) => {
    const blocked = canonicalBlockEntry(entry)
    if (blocked.includes('@')) return blocked === address
    return blocked !== '' && (domain === blocked || domain.endsWith(`.${blocked}`))
  })
}

/** Blocklist entry as stored: an address, or a bare domain (`@x`, `*@x`, `*.x`, `.x` mean `x`). */
export function canonicalBlockEntry(entry: string): string {
  const text = entry.trim().replace(/^(?:\*?@|\*?\.)/, '')
  return text.includes('@') ? canonicalAddress(text) : domainToAscii(text)
}

/** A text with a sign (U+FFFD) in place of each character that nobody sees; a blank stays one. */
export function showHidden(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return Array.from(text, (char) =>
    char !== ' ' && (controlClass.test(char) || invisibleClass.test(char)) ? '\ufffd' : char,
  ).join('')
}

/** A name fit to show: one line, no control, bidi or invisible characters (RFC 5322 §3.4 names). */
export function cleanName(name: string): string {
  return Array.from(name.normalize('NFC'), (char) =>
    controlClass.test(char) ? ' ' : char !== ' ' && invisibleClass.test(char) ? '' : char,
  )
    .join('')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_NAME)
    .replace(/[\ud800-\udbff]$/, '')
}

/** `Name <address>` for people to read; never for a header, where the library must encode it. */
export function formatAddress(person: MailAddress): string {
  const name = cleanName(person.name)
  if (name === '' || name === person.address) return person.address
  const shown = /[\][()<>,;:\\"@.]/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : name
  return `${shown} <${person.address}>`
}

/** A pasted list read: whom it names, and what stays as text with the reason. */
export interface AddressList {
  readonly people: readonly MailAddress[]
  readonly invalid: readonly { readonly text: string; readonly because: AddressProblem }[]
}

/** Index of what closes the quote or comment at `open` on its line, or the line's end. */
function endOfSpan(text: string, open: number): { at: number; isClosed: boolean } {
  const closer = text[open] === '"' ? '"' : ')'
  for (let i = open + 1; i < text.length; i += 1) {
    const char = text[i]
    if (char === closer) return { at: i, isClosed: true }
    if (char === '\r' || char === '\n') return { at: i, isClosed: false }
    if (char === '\\') i += 1
  }
  return { at: text.length, isClosed: false }
}

function splitList(text: string): string[] {
  const items: string[] = []
  // Before this index nothing closes, so a line of a thousand stray quotes is read once, not often.
  const unclosedUntil: Record<string, number> = { '"': 0, '(': 0 }
  let start = 0
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i)
    const dead = unclosedUntil[char]
    if (dead !== undefined && i >= dead) {
      const end = endOfSpan(text, i)
      if (end.isClosed) i = end.at
      else unclosedUntil[char] = end.at
    } else if (',;\r\n'.includes(char)) {
      items.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...items, text.slice(start)]
}

const unquote = (text: string) =>
  /^".*"$/s.test(text.trim()) ? text.trim().slice(1, -1).replace(/\\(.)/gs, '$1') : text
const bare = (text: string) => text.trim().replace(/^'(.+)'$/s, '$1')

/** An item without angle brackets: words, of which those with `@` are addresses. */
function readPlain(head: string, text: string): MailAddress[] {
  if (head !== '' && text.startsWith('@')) return [{ name: '', address: head + text }]
  const comments = Array.from(text.matchAll(/\(([^()]*)\)/g), (match) => match[1] ?? '')
  const words = text
    .replace(/\([^()]*\)/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
  const addresses = words.filter((word) => word.includes('@'))
  if (addresses.length === words.length && addresses.length > 1) {
    return addresses.map((address) => ({ name: '', address }))
  }
  if (addresses.length !== 1) return [{ name: '', address: head + text }]
  const others = words.filter((word) => !word.includes('@')).join(' ')
  const name = [unquote(head), others].join(' ').trim()
  return [{ name: name === '' ? comments.join(' ') : name, address: addresses[0] ?? '' }]
}

/** Everybody named between two separators: `Group: "Lee, Ann" <a@x>` names one. */
function readItem(item: string): MailAddress[] {
  const text = item.trim().replace(/^(?:"(?:[^"\\]|\\.)*"\s*|[^:@<>"(]*):\s*/s, '')
  if (text === '') return []
  const quote = text.startsWith('"') ? endOfSpan(text, 0) : { at: -1, isClosed: false }
  const head = quote.isClosed ? text.slice(0, quote.at + 1) : ''
  const [first = '', ...angles] = text.slice(head.length).split('<')
  if (angles.length === 0) return readPlain(head, first)
  const found: MailAddress[] = []
  let name = `${unquote(head)} ${unquote(first)}`
  for (const angle of angles) {
    const end = angle.indexOf('>')
    found.push({ name, address: end < 0 ? angle : angle.slice(0, end) })
    name = end < 0 ? '' : angle.slice(end + 1)
  }
  return name.includes('@') ? [...found, ...readPlain('', name)] : found
}

/** Reads a pasted list: `"Ann <a@x>, b@x; c@x"`, lines, quoted names, groups (RFC 5322 §3.4). Linear. */
export function parseAddressList(text: string): AddressList {
  const people = new Map<string, MailAddress>()
  const invalid = new Map<string, AddressProblem>()
  for (const item of splitList(text)) {
    const found = readItem(item)
    for (const candidate of found) {
      const address = canonicalAddress(bare(candidate.address))
      const because = addressProblem(address)
      if (because !== null) {
        invalid.set(found.length === 1 ? item.trim() : candidate.address.trim(), because)
        continue
      }
      const name = cleanName(bare(candidate.name))
      const known = people.get(address)
      if (known !== undefined && known.name !== '') continue
      people.set(address, { name: sameAddress(name, address) ? '' : name, address })
    }
  }
  return {
    people: [...people.values()],
    invalid: Array.from(invalid, ([entry, because]) => ({ text: entry, because })),
  }
}

const sqlChars = (ranges: readonly Range[]) =>
  ranges.map(([from, to]) => `char(${Math.max(from, 1)},45,${to})`).join('||')

/**
 * SQL that is true exactly for the canonical strings that `isValidAddress` accepts; `column` is a
 * trusted name. NULL is refused: a nullable column adds its own `IS NULL OR`.
 */
export function addressCheckSql(column: string): string {
  const local = `substr(${column},1,instr(${column},'@')-1)`
  const domain = `substr(${column},instr(${column},'@')+1)`
  // U+037E, U+1FEF and U+212A become `;`, a grave and `k` under NFC: never canonical.
  const never = sqlChars([
    ...CONTROLS,
    ...INVISIBLE,
    [0x37e, 0x37e],
    [0x1fef, 0x1fef],
    [0x212a, 0x212a],
  ])
  return [
    `typeof(${column})='text'`,
    `instr(${column},char(0))=0`,
    `length(CAST(${column} AS BLOB)) BETWEEN 3 AND ${MAX_ADDRESS_OCTETS}`,
    `length(CAST(${local} AS BLOB)) BETWEEN 1 AND ${MAX_LOCAL_OCTETS}`,
    `${column} NOT GLOB '*[${SPECIALS}A-Z]*'`,
    `${column} NOT GLOB '*['||${never}||']*'`,
    `'.'||${local}||'.' NOT GLOB '*..*'`,
    `'.'||${domain}||'.' NOT GLOB '*..*'`,
    `${domain} NOT GLOB '*[^a-z0-9.-]*'`,
    `'.'||${domain} NOT GLOB '*.-*'`,
    `${domain}||'.' NOT GLOB '*-.*'`,
    `${domain} NOT GLOB '*${'[^.]'.repeat(64)}*'`,
  ]
    .map((condition) => `(${condition})`)
    .join(' AND ')
}
