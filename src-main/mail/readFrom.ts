// Our own reader of address fields (RFC 5322 3.4, obsolete forms of 4.4 included). It is strict about
// where an address may stand: decoding never makes one, quoting never hides one. Parsers are known to
// disagree about who a mail is from; two readings that agree are what `fromAgreed` means.
import { addressParser } from 'postal-mime'
import { isValidAddress, showHidden } from '#shared/rules/address'
import { decodeRaw } from './charset'
import { pairBrackets, tokenise, type Token } from './addressTokens'
import { decodePhrase } from './fields'
import type { MailAddress } from './types'

export type AddressField = {
  addresses: MailAddress[]
  /** Entries that are no address and look like one, as they stand there; never valid by `rules/address`. */
  unread: string[]
  /** False when anything in the field is not an address by the grammar; the list is then what could be saved. */
  isStrict: boolean
}

const MAX_ADDRESSES = 1_000
const MAX_UNREAD = 320
const UNSEEN = /[\p{Cc}\p{Cf}]/u

const is = (token: Token | undefined, special: string): boolean =>
  token?.kind === 'special' && token.raw === special

// word *("." word); a quoted string is no encoded word and an encoded word no part of an address
// (RFC 2047 5): `=?` in one is somebody hoping that it will be decoded.
function isDotted(tokens: readonly Token[], canQuote: boolean): boolean {
  return (
    tokens.length % 2 === 1 &&
    tokens.every((token, index) => {
      if (index % 2 === 1) return is(token, '.')
      return (
        (token.kind === 'atom' && isPart(token)) ||
        (canQuote && token.kind === 'quoted' && !UNSEEN.test(token.raw))
      )
    })
  )
}

/** `local@domain` as written, blanks and comments removed; null when it is not an address. */
function readAddress(tokens: readonly Token[]): string | null {
  const at = tokens.findIndex((token) => is(token, '@'))
  if (at < 1) return null
  const local = tokens.slice(0, at)
  const domain = tokens.slice(at + 1)
  const isDomain =
    isDotted(domain, false) ||
    (domain.length === 1 &&
      domain[0]?.kind === 'literal' &&
      !/[\p{Cc}\p{Cf}\p{Z}]/u.test(domain[0].raw))
  if (!isDotted(local, true) || !isDomain) return null
  return tokens.map((token) => token.raw).join('')
}

const isPart = (token: Token | undefined): boolean =>
  is(token, '.') || (token?.kind === 'atom' && !token.raw.includes('=?'))

// What people really have and write although the grammar forbids it: dots side by side or at the end
// of the local part (`name..x.@docomo.example`), and an address after a name without brackets.
function readLooseAddress(tokens: readonly Token[]): string | null {
  const at = tokens.findIndex((token) => is(token, '@'))
  if (at < 1 || !tokens[at]?.isJoined || !tokens[at + 1]?.isJoined) return null
  let from = at
  while (tokens[from]?.isJoined && isPart(tokens[from - 1])) from--
  let to = at + 1
  while (tokens[to]?.isJoined && isPart(tokens[to])) to++
  const rest = [...tokens.slice(0, from), ...tokens.slice(to)]
  if (from === at || to === at + 1 || !isPhrase(rest)) return null
  return tokens
    .slice(from, to)
    .map((token) => token.raw)
    .join('')
}

const spelled = (tokens: readonly Token[]): string =>
  tokens.map((token, at) => (at === 0 || token.isJoined ? '' : ' ') + token.raw).join('')

function phraseText(tokens: readonly Token[]): string {
  let text = ''
  for (const token of tokens) {
    const raw =
      token.kind === 'quoted' ? token.raw.slice(1, -1).replace(/\\(.)/gs, '$1') : token.raw
    text += (token.isJoined || text === '' ? '' : ' ') + raw
  }
  // Encoded words inside quotes are wrong (RFC 2047 5) but common; in a name they are harmless.
  return decodePhrase(text)
}

const isPhrase = (tokens: readonly Token[]): boolean =>
  tokens.every((token) => token.kind === 'atom' || token.kind === 'quoted' || is(token, '.'))

type Mailbox = {
  value: MailAddress | null
  isStrict: boolean
  /** What of the entry names somebody and could not be read. */
  rest: readonly Token[]
}

function readBare(item: readonly Token[], tokens: readonly Token[]): Mailbox {
  const strict = readAddress(tokens)
  const address = strict ?? readLooseAddress(tokens)
  if (address === null) return { value: null, isStrict: false, rest: item }
  // `ada@example.com (Ada)`: the comment was the name before RFC 822 had phrases
  const comments = item.filter((token) => token.kind === 'comment')
  const name = comments.length === 1 ? decodePhrase(comments[0]?.raw.slice(1, -1) ?? '') : ''
  return { value: { name, address }, isStrict: strict !== null, rest: [] }
}

function readMailbox(item: readonly Token[]): Mailbox {
  const tokens = item.filter((token) => token.kind !== 'comment')
  const open = tokens.findIndex((token) => is(token, '<'))
  if (open < 0) return readBare(item, tokens)
  const close = tokens.findIndex((token) => is(token, '>'))
  let inner = tokens.slice(open + 1, close)
  // RFC 5322 4.4: an obsolete route `@a,@b:` stands before the address
  const route = is(inner[0], '@') ? inner.findIndex((token) => is(token, ':')) : -1
  if (route > 0) inner = inner.slice(route + 1)
  const strict = readAddress(inner)
  const address = strict ?? readLooseAddress(inner)
  const phrase = tokens.slice(0, open)
  // Junk in a name does no harm to the address behind it; junk beside a second address may belong to that.
  const isTorn = phrase.some((token) => token.kind === 'junk') && spelled(phrase).includes('@')
  if (address === null || isTorn) return { value: null, isStrict: false, rest: item }
  return {
    value: { name: phraseText(phrase), address },
    isStrict: strict !== null && close === tokens.length - 1 && isPhrase(phrase),
    rest: tokens.slice(close + 1),
  }
}

/** An entry as people shall see it, never an address: a valid one could be written to. */
function unreadText(rest: readonly Token[]): string {
  const text = showHidden(spelled(rest).slice(0, MAX_UNREAD))
  return isValidAddress(text) ? `<${text}>` : text
}

// A comma in an unquoted name leaves a word: only what has a sign of an address was meant as one.
const isMeantAsAddress = (rest: readonly Token[]): boolean =>
  rest.some((token) => token.raw.includes('@')) ||
  (rest.some((token) => token.kind === 'junk') && rest.some((token) => token.kind === 'atom'))

// One mailbox in a form that no two readers can take differently: plain, quoted without escapes or
// encoded name; letters, digits and inner dots in the address. Nearly every field is one of these.
const PLAIN =
  /^(?:(?:([A-Za-z0-9 '_-]*)|"([A-Za-z0-9 ,.'_-]*)"|((?:=\?[A-Za-z0-9-]+\?[BQbq]\?[A-Za-z0-9+/=_-]*\?= ?)+)) ?<([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)>|([A-Za-z0-9._+-]+@[A-Za-z0-9.-]+))$/
const MAX_PLAIN = 300

function readPlain(raw: string): MailAddress | null {
  if (raw.length > MAX_PLAIN || raw.includes('..') || /(?:^|<)\.|\.@|@\.|\.>?$/.test(raw))
    return null
  const match = PLAIN.exec(raw)
  if (match === null) return null
  const [, atoms, quoted, encoded, inner, bare] = match
  const address = inner ?? bare ?? ''
  return { name: decodePhrase(atoms ?? quoted ?? encoded ?? ''), address }
}

/**
 * Reads an address list (To, Cc, Reply-To). `raw` is the unfolded value with bytes as latin1
 * characters. Groups are flattened. An entry that cannot be read costs no other. Total: any input
 * gives an answer.
 */
export function readAddresses(raw: string): AddressField {
  const plain = readPlain(raw)
  return plain === null ? readList(pairBrackets(tokenise(decodeRaw(raw)))) : onlyOne(plain)
}

/** Reads a From field: whoever stands behind something that cannot be read did not write the mail. */
export function readAuthors(raw: string): AddressField {
  const plain = readPlain(raw)
  if (plain !== null) return onlyOne(plain)
  const list = pairBrackets(tokenise(decodeRaw(raw)))
  const end = list.findIndex((token) => token.kind === 'junk')
  return end < 0 ? readList(list) : { ...readList(list.slice(0, end)), isStrict: false }
}

const onlyOne = (mailbox: MailAddress): AddressField => ({
  addresses: [mailbox],
  unread: [],
  isStrict: true,
})

function readList(list: readonly Token[]): AddressField {
  const addresses: MailAddress[] = []
  const unread: string[] = []
  let isStrict = list.every((token) => token.kind !== 'junk')
  let item: Token[] = []
  let inGroup = false
  let isAfterGroup = false
  let inBrackets = false
  let count = 0
  const finish = (mayBeEmpty: boolean): void => {
    if (item.every((token) => token.kind === 'comment')) {
      item = []
      isStrict &&= mayBeEmpty
      return
    }
    count++
    const { value, rest, ...mailbox } = readMailbox(item)
    if (count <= MAX_ADDRESSES && value !== null) addresses.push(value)
    if (count <= MAX_ADDRESSES && isMeantAsAddress(rest)) unread.push(unreadText(rest))
    isStrict &&= mailbox.isStrict && count <= MAX_ADDRESSES
    item = []
  }
  for (const token of list) {
    if (is(token, '<')) inBrackets = true
    if (is(token, '>')) inBrackets = false
    if (inBrackets) item.push(token)
    else if (is(token, ',')) {
      finish(inGroup || isAfterGroup)
      isAfterGroup = false
    } else if (is(token, ':') && !inGroup && isPhrase(item)) {
      isStrict &&= item.length > 0
      inGroup = true
      item = []
    } else if (is(token, ';') && inGroup) {
      finish(true)
      inGroup = false
      isAfterGroup = true
    } else if (is(token, ';')) {
      // Outlook separates by semicolons when a person typed them so
      isStrict = false
      finish(false)
    } else item.push(token)
  }
  finish(isAfterGroup)
  if (count > MAX_ADDRESSES) unread.push(`… + ${String(count - MAX_ADDRESSES)}`)
  return { addresses, unread, isStrict: isStrict && !inGroup }
}

/** True when our reader and postal-mime's both find the same single author in a From field. */
export function agreesOnAuthor(raw: string, own: AddressField): boolean {
  if (readPlain(raw) !== null) return true
  const [author, second] = own.addresses
  if (!own.isStrict || author === undefined || second !== undefined) return false
  const others = addressParser(decodeRaw(raw))
  const [other] = others
  return others.length === 1 && other?.address === author.address
}
