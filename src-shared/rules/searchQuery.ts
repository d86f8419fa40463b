// What somebody types into the search field: words, "exact words", -without and operators. Any text is
// a search; what is no operator is a word.

export const searchFields = [
  'from',
  'to',
  'cc',
  'follower',
  'requester',
  'assignee',
  'subject',
  'tag',
  'group',
  'status',
  'is',
  'has',
  'before',
  'after',
] as const
export type SearchField = (typeof searchFields)[number]

export const isValues = [
  'open',
  'new',
  'pending',
  'solved',
  'closed',
  'held',
  'unread',
  'read',
  'assigned',
  'unassigned',
  'mine',
  'following',
  'failed',
] as const
export type IsValue = (typeof isValues)[number]

export const hasValues = ['attachment', 'cc', 'follower', 'note', 'draft', 'tag'] as const
export type HasValue = (typeof hasValues)[number]

export const statusValues = ['new', 'open', 'pending', 'solved', 'closed'] as const

/** One condition. All must hold; a negated one must not. */
export interface SearchTerm {
  readonly field: SearchField | 'text'
  /** Never empty. For `before` and `after`: the day's beginning in epoch ms, as digits. */
  readonly value: string
  /** In quotation marks: these words in this order, and whole. */
  readonly isPhrase: boolean
  readonly isNegated: boolean
}

const piece = /(-?)(?:(\p{L}+):)?(?:"([^"]*)"?|(\S+))/gu
const hasWord = /[\p{L}\p{N}]/u

function oneOf(values: readonly string[], text: string): string | null {
  return values.includes(text) ? text : null
}

/** Beginning of a day, month or year in epoch ms, local time; also `today`, `yesterday` and `7d`. */
export function dayStart(text: string, now: number): number | null {
  const today = new Date(now)
  const back = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() - days).getTime()
  if (text === 'today') return back(0)
  if (text === 'yesterday') return back(1)
  const days = /^(\d{1,5})d$/.exec(text)?.[1]
  if (days !== undefined) return back(Number(days))
  const [, year, month = '1', day = '1'] =
    /^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/.exec(text) ?? []
  if (year === undefined) return null
  const at = new Date(Number(year), Number(month) - 1, Number(day))
  const isReal = at.getMonth() === Number(month) - 1 && at.getDate() === Number(day)
  return isReal ? at.getTime() : null
}

type Operand = (text: string, now: number) => string | null

const anyWord: Operand = (text) => (hasWord.test(text) ? text : null)

const day: Operand = (text, now) => {
  const at = dayStart(text.toLowerCase(), now)
  return at === null ? null : String(at)
}

const operands: Readonly<Record<SearchField, Operand>> = {
  from: anyWord,
  to: anyWord,
  cc: anyWord,
  follower: anyWord,
  requester: anyWord,
  assignee: anyWord,
  subject: anyWord,
  tag: anyWord,
  group: anyWord,
  is: (text) => oneOf(isValues, text.toLowerCase()),
  has: (text) => {
    const lower = text.toLowerCase()
    return oneOf(hasValues, lower === 'file' || lower === 'attachments' ? 'attachment' : lower)
  },
  status: (text) => oneOf(statusValues, text.toLowerCase()),
  before: day,
  after: day,
}

function isField(name: string): name is SearchField {
  return (searchFields as readonly string[]).includes(name)
}

/** The conditions of a search, in the order typed. `now` is epoch ms, for `today` and the like. */
export function parseSearch(query: string, now: number): SearchTerm[] {
  const terms: SearchTerm[] = []
  for (const match of query.replaceAll('\0', ' ').normalize('NFC').matchAll(piece)) {
    const [whole, minus, name = '', quoted, bare] = match
    const isNegated = minus === '-'
    const field = name.toLowerCase()
    const given = quoted ?? bare ?? ''
    const value = isField(field) ? operands[field](given, now) : null
    if (isField(field) && value !== null) {
      terms.push({ field, value, isPhrase: quoted !== undefined, isNegated })
      continue
    }
    // `is:` with nothing behind it yet, or a word that looks like an operator.
    const text = quoted !== undefined && name === '' ? quoted : whole.slice(minus?.length ?? 0)
    const isUnfinished = isField(text.replace(/:"?$/u, '').toLowerCase()) && /:"?$/u.test(text)
    if (!hasWord.test(text) || isUnfinished) continue
    const isPhrase = quoted !== undefined && name === ''
    terms.push({ field: 'text', value: text, isPhrase, isNegated })
  }
  return terms
}

/** Words to mark in what is found: those of text, subject and people that must be there. */
export function wordsToMark(terms: readonly SearchTerm[]): string[] {
  const marked = new Set(['text', 'subject', 'from', 'to', 'cc', 'requester'])
  return terms
    .filter(({ field, isNegated, value }) => marked.has(field) && !isNegated && value !== 'me')
    .flatMap(({ value, isPhrase }) => (isPhrase ? [value] : value.split(/[^\p{L}\p{N}]+/u)))
    .filter((word) => word !== '')
}

/** A text without case and accents, and for each of its characters the place it had. */
function fold(text: string): { folded: string; places: number[] } {
  let folded = ''
  const places: number[] = []
  let at = 0
  for (const char of text) {
    const bare = char.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    folded += bare
    for (let n = 0; n < bare.length; n += 1) places.push(at)
    at += char.length
  }
  places.push(text.length)
  return { folded, places }
}

/** Where the words begin in a text, as `[from, to)`, in order and apart; only at the start of a word. */
export function markRanges(text: string, words: readonly string[]): [number, number][] {
  const { folded, places } = fold(text)
  const found: [number, number][] = []
  for (const word of words) {
    const wanted = fold(word).folded
    if (wanted === '') continue
    for (
      let at = folded.indexOf(wanted);
      at >= 0;
      at = folded.indexOf(wanted, at + wanted.length)
    ) {
      if (at > 0 && /[\p{L}\p{N}]/u.test(folded[at - 1] ?? '')) continue
      found.push([places[at] ?? 0, places[at + wanted.length] ?? text.length])
    }
  }
  found.sort(([one], [other]) => one - other)
  const apart: [number, number][] = []
  for (const [from, to] of found) {
    const last = apart.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else apart.push([from, to])
  }
  return apart
}

/** A row of the list has room for some forty characters, and the word itself must be among them. */
const shownBefore = 20

/** The part of a text around the first of these words, on one line; empty when none is there. */
export function snippetOf(text: string, words: readonly string[], length = 160): string {
  const [first] = markRanges(text, words)
  if (first === undefined) return ''
  const from = Math.max(0, first[0] - shownBefore)
  const start = from === 0 ? 0 : text.indexOf(' ', from) + 1 || from
  const begin = Math.min(start, first[0])
  const cut = text
    .slice(begin, begin + length)
    .replace(/\s+/gu, ' ')
    .trim()
  return `${begin > 0 ? '…' : ''}${cut}${begin + length < text.length ? '…' : ''}`
}
