// The last look at a customer's mail before it is queued: does it name a follower or quote what is
// private (participants.md §3, last rule; reliability.md E11, E12)? Every step is linear.
import type { MailAddress } from '#shared/model/address'
import { canonicalAddress } from './address'

/** The final bytes made readable. `headers` holds those of every MIME part, unencoded (RFC 2047, 2231). */
export interface FinalText {
  readonly headers: string
  /** Text and HTML parts after transfer decoding. */
  readonly decodedBodies: readonly string[]
}

/**
 * What must not be in it. `followers`: without those whom customers know anyway: CC or requester of
 * this ticket, the replying agent named in From, anybody a public comment names. `publicTexts`: what
 * the agent typed for this mail and every public comment; private words that are also there were
 * made public by a person, so they are no leak. Names and addresses have no such excuse.
 */
export interface Secrets {
  readonly followers: readonly MailAddress[]
  readonly privateTexts: readonly string[]
  readonly publicTexts: readonly string[]
}

/** One thing that would leak, for the agent to read. */
export interface Leak {
  readonly kind: 'follower-address' | 'follower-name' | 'private-text'
  readonly what: string
}

/** Shorter common passages are chance: "please see attached". */
const SHINGLE = 24
/** Rulers and blank forms are in every text; a passage needs letters to be a secret. */
const MIN_LETTERS = 12
const MAX_EXCERPT = 80
const MIN_NAME = 5

const named: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  commat: '@',
  period: '.',
}

function decodeEntity(whole: string, code: string): string {
  if (!code.startsWith('#')) return named[code.toLowerCase()] ?? whole
  const isHex = /^#x/i.test(code)
  const point = Number.parseInt(code.slice(isHex ? 2 : 1), isHex ? 16 : 10)
  return point <= 0x10ffff ? String.fromCodePoint(point) : ' '
}

const withoutTags = (html: string) =>
  html.replace(/<[^<>]*>/g, ' ').replace(/&(#?\w{1,8});/g, decodeEntity)

/** One spelling for one text: compatibility forms, case and invisible characters do not hide it. */
const fold = (text: string) =>
  text
    .normalize('NFKC')
    .replace(/\p{DI}/gu, '')
    .toLowerCase()

function segmentsOf({ headers, decodedBodies }: FinalText): string[] {
  const raw = [headers.replace(/\r?\n(?=[ \t])/g, ''), ...decodedBodies]
  const plain = raw.map(withoutTags).filter((text, index) => text !== raw[index])
  return [...raw, ...plain].map(fold)
}

/** Every word with `@` in it, however a link or a bounce address writes that (`%40`, `ann=x.org@`). */
function addressesIn(text: string): Set<string> {
  const found = new Set<string>()
  const plain = text.replace(/%40|=40|&#64;|&#x40;|&commat;/g, '@')
  for (const word of plain.split(/[\s<>()[\]{},;:"'\\|?&/]+/)) {
    if (!word.includes('@')) continue
    const bare = word.replace(/^[^\p{L}\p{N}]+/u, '')
    const end = bare.length - (/^[^\p{L}\p{N}]*/u.exec(reversed(bare))?.[0].length ?? 0)
    const trimmed = bare.slice(0, end)
    const value = trimmed.slice(trimmed.lastIndexOf('=') + 1)
    for (const candidate of [word, bare, ...stems(trimmed), ...stems(value)]) {
      found.add(canonicalAddress(candidate))
    }
    const local = word.slice(0, word.indexOf('@'))
    const inner = local.slice(local.lastIndexOf('+') + 1)
    if (inner.includes('=')) found.add(canonicalAddress(inner.replace('=', '@')))
  }
  return found
}

const fileEnding =
  /\.(?:txt|pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|csv|png|jpe?g|gif|webp|zip|gz|tar|7z|html?|eml|msg|ics|vcf|json|xml|log|md)$/

/** An address in a file name has an ending or two behind it: `ann@x.org.tar.gz`. */
function stems(word: string): string[] {
  const found = [word]
  let rest = word
  while (found.length < 4 && fileEnding.test(rest)) {
    rest = rest.slice(0, rest.lastIndexOf('.'))
    found.push(rest)
  }
  return found
}

const reversed = (text: string) => Array.from(text).reverse().join('')

const wordsOf = (text: string) => text.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '')

/** Scripts that write without spaces: a name in them is searched as it stands. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

/** The forms of a name to look for: as written and, with several words, last word first. */
function nameForms(name: string): string[] {
  const words = wordsOf(fold(name))
  const joined = words.join(' ')
  if (name.includes('@') || (words.length < 2 && joined.length < MIN_NAME)) return []
  const last = words.at(-1)
  return words.length < 2 || last === undefined
    ? [joined]
    : [joined, [last, ...words.slice(0, -1)].join(' ')]
}

function namesIn(text: string, forms: ReadonlyMap<string, string>): Set<string> {
  const words = wordsOf(text)
  const split = Array.from(forms.keys(), (form) => form.split(' '))
  const lengths = new Set(split.map((form) => form.length))
  const firsts = new Set(split.map(([first]) => first))
  const found = new Set<string>()
  words.forEach((word, start) => {
    if (!firsts.has(word)) return
    for (const length of lengths) {
      const name = forms.get(words.slice(start, start + length).join(' '))
      if (name !== undefined) found.add(name)
    }
  })
  for (const [form, name] of forms) {
    if (UNSPACED.test(form) && text.includes(form)) found.add(name)
  }
  return found
}

/** Quote marks and line breaks differ between a text and its quotation; the words do not. */
const flow = (text: string) =>
  text
    .replace(/^[>|\s]+/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/** Roughly: rulers may be made of box drawings and long dashes, too. */
function isLetter(unit: number): boolean {
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
  return unit >= 0xaa && !(unit >= 0x2000 && unit < 0x2c00) && !(unit >= 0x3000 && unit < 0x3040)
}

/** Start of every passage of SHINGLE characters with enough letters in it. */
function* passagesOf(text: string): Generator<number> {
  let letters = 0
  for (let end = 0; end < text.length; end += 1) {
    const start = end - SHINGLE + 1
    if (isLetter(text.charCodeAt(end))) letters += 1
    if (start > 0 && isLetter(text.charCodeAt(start - 1))) letters -= 1
    if (start >= 0 && letters >= MIN_LETTERS) yield start
  }
}

function secretPassages({ privateTexts, publicTexts }: Secrets): Set<string> {
  const passages = new Set<string>()
  for (const text of privateTexts.flatMap(bothForms)) {
    for (const at of passagesOf(text)) passages.add(text.slice(at, at + SHINGLE))
  }
  if (passages.size === 0) return passages
  for (const text of publicTexts.flatMap(bothForms)) {
    for (const at of passagesOf(text)) passages.delete(text.slice(at, at + SHINGLE))
  }
  return passages
}

/** With and without markup, like the segments of the mail. */
function bothForms(text: string): string[] {
  const plain = withoutTags(text)
  return (plain === text ? [text] : [text, plain]).map((form) => flow(fold(form)))
}

function excerptsOf(text: string, passages: ReadonlySet<string>): string[] {
  const excerpts: string[] = []
  let from = -1
  let until = -1
  for (const at of passages.size === 0 ? [] : passagesOf(text)) {
    if (!passages.has(text.slice(at, at + SHINGLE))) continue
    if (at > until) {
      if (from >= 0) excerpts.push(text.slice(from, until))
      from = at
    }
    until = at + SHINGLE
  }
  return from < 0 ? [] : [...excerpts, text.slice(from, until)]
}

/** What of the secrets a final mail would tell; empty means it may be queued (participants.md §3). */
export function findLeaks(finalText: FinalText, secrets: Secrets): Leak[] {
  const segments = segmentsOf(finalText)
  const addresses = new Set(secrets.followers.map((each) => canonicalAddress(each.address)))
  const forms = new Map(
    secrets.followers.flatMap(({ name }) => nameForms(name).map((form) => [form, name] as const)),
  )
  const passages = secretPassages(secrets)
  const leaks = new Map<string, Leak>()
  const report = (kind: Leak['kind'], what: string) => leaks.set(`${kind} ${what}`, { kind, what })
  for (const segment of segments) {
    for (const each of addressesIn(segment))
      if (addresses.has(each)) report('follower-address', each)
    for (const name of namesIn(segment, forms)) report('follower-name', name)
    for (const excerpt of excerptsOf(flow(segment), passages)) {
      report('private-text', excerpt.slice(0, MAX_EXCERPT))
    }
  }
  return [...leaks.values()]
}
