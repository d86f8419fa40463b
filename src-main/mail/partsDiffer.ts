// Whether the plain and the HTML form of a mail say different things (reliability.md B15): the desk shows the one, and
// searches and previews the other. By their words, not their form; a mark on harmless mail would soon be overlooked.
import { freshLengthOf } from './fresh'
import { textFromHtml } from './htmlText'

/** Nobody writes longer than this in two ways; a newsletter may. */
const MAX_COMPARED = 40_000
const MAX_HTML = 160_000
/** Share of its own words from which on the plain form says something by itself. */
const OWN_SHARE = 0.3
/** The same where the HTML has words for them that the plain form lacks. */
const CHANGED_SHARE = 0.15
const STUB_WORDS = 40
const FOOTER_LINES = 15
const LONG_WORD = 4
const MOST_LOOKED_UP = 100

const WORD = /[\p{L}\p{M}\p{N}]+/gu
/** Thai to Khmer, Kana and Han have no blanks between words: there a sign is a word. */
const UNSPACED = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/
const INVISIBLE = /[\u00ad\u200b-\u200f\u2060\ufeff]/g
const ADDRESS = /\b(?:https?:\/\/|mailto:|www\.)[^\s<>]*|[^\s<>@]{1,64}@[^\s<>@]{1,255}/g
const LINK = /https?:\/\/|www\./i
/** What mailing lists and virus scanners put above the words they add to one form only. */
const RULE = /^\s{0,3}[-_=*~#]{5,200}\s*$/
/** What stands in for a picture. */
const PLACEHOLDER = /^\s*(?:\[[^[\]]{1,200}\]|<[^<>]{1,200}>)\s*$/

function wordsOf(text: string): string[] {
  const plain = text.replace(ADDRESS, ' ').replace(INVISIBLE, '').normalize('NFKC')
  const words = plain.toLowerCase().replaceAll('ß', 'ss').match(WORD) ?? []
  return words.flatMap((word) => (UNSPACED.test(word) ? Array.from(word) : word))
}

const isNumber = (word: string): boolean => /\p{N}/u.test(word)

/** The words of one form that the other does not have, not even broken in two or joined to others. */
function missing(own: readonly string[], other: readonly string[]): string[] {
  const all = new Set(other)
  const absent = [...new Set(own)].filter((word) => !all.has(word))
  // Each look costs the length of the row, and so many are no accident.
  if (absent.length > MOST_LOOKED_UP) return absent
  const row = other.join('')
  const isPiece = (word: string): boolean =>
    word.length >= LONG_WORD && !isNumber(word) && row.includes(word)
  return absent.filter((word) => !isPiece(word))
}

/** What somebody wrote: no quote, no signature, no line of a link or picture, nothing below the rule of a mailing list. */
function ownWords(text: string): string[] {
  const lines = text.slice(0, freshLengthOf(text)).split('\n')
  const rule = lines.findLastIndex((line) => RULE.test(line))
  const hasFooter = rule > 0 && lines.length - rule <= FOOTER_LINES
  const isOwn = (line: string): boolean =>
    !line.startsWith('>') && !LINK.test(line) && !PLACEHOLDER.test(line)
  return wordsOf((hasFooter ? lines.slice(0, rule) : lines).filter(isOwn).join('\n'))
}

/** `Please read the HTML version`, `See it online: https://…` */
const isStub = (plain: string, words: readonly string[]): boolean =>
  words.length <= STUB_WORDS && (LINK.test(plain) || /html/i.test(plain))

/**
 * `plain` and `html` are the two forms of one mail. HTML that only says more is usual and no difference; nor is another
 * word in a long text, unless it is a number. False when in doubt.
 */
export function partsDiffer(plain: string, html: string): boolean {
  if (plain.length > MAX_COMPARED || html.length > MAX_HTML) return false
  const shown = textFromHtml(html)
  const own = ownWords(plain)
  const onlyPlain = missing(own, wordsOf(shown))
  if (onlyPlain.length === 0) return false
  const all = wordsOf(plain)
  if (isStub(plain, all)) return false
  const share = onlyPlain.length / new Set(own).size
  if (share >= OWN_SHARE) return true
  const onlyShown = missing(ownWords(shown), all)
  if (onlyShown.some(isNumber) && onlyPlain.some(isNumber)) return true
  return share >= CHANGED_SHARE && onlyShown.length > 0
}
