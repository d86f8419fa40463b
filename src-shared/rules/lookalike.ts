// Senders who look like somebody else: domains and names that the eye cannot tell apart (reliability.md B19, D3).
import { decodePunycode } from './punycode'

/** Letters of other scripts that look like a Latin one, after NFKD (Unicode UTS #39 has them all; these fool in practice). */
const confusable: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ѕ: 's',
  һ: 'h',
  і: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  т: 't',
  у: 'y',
  х: 'x',
  ԝ: 'w',
  ѵ: 'v',
  ɡ: 'g',
  ı: 'i',
  ø: 'o',
  ł: 'l',
  α: 'a',
  ε: 'e',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  γ: 'y',
  ω: 'w',
}
/** What looks alike within Latin is one letter afterwards. */
const alike: readonly (readonly [RegExp, string])[] = [
  [/rn/g, 'm'],
  [/vv/g, 'w'],
  [/cl/g, 'd'],
  [/[1i|]/g, 'l'],
  [/0/g, 'o'],
  [/5/g, 's'],
]

const readable = (domain: string): string =>
  domain
    .split('.')
    .map((label) => (label.startsWith('xn--') ? (decodePunycode(label.slice(4)) ?? label) : label))
    .join('.')

/** What the eye sees of a text: equal for texts that look alike. */
export function skeletonOf(text: string): string {
  const letters = Array.from(text.slice(0, 300).toLowerCase().normalize('NFKD'))
  const latin = letters
    .map((letter) => confusable[letter] ?? letter)
    .join('')
    .replace(/[^\p{L}\p{N}.|]/gu, '')
  return alike.reduce((word, [pattern, letter]) => word.replace(pattern, letter), latin)
}

/** Whether one letter added, dropped, changed or swapped with its neighbour makes one of the other. */
function isOneOff(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1) return false
  let start = 0
  while (start < short.length && short[start] === long[start]) start += 1
  let end = 0
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end += 1
  const [left, right] = [
    short.slice(start, short.length - end),
    long.slice(start, long.length - end),
  ]
  if (left.length + right.length <= 2) return true
  return left.length === 2 && right === `${left[1] ?? ''}${left[0] ?? ''}`
}

/** Shorter names differ from each other by a letter for good reasons. */
const MIN_NAME = 6

const isBelow = (one: string, other: string): boolean =>
  one.endsWith(`.${other}`) || other.endsWith(`.${one}`)

/** Whether a domain (A-labels) could be taken for one of the known ones and is none of them. */
export function isLookalike(domain: string, known: Iterable<string>): boolean {
  if (domain === '') return false
  const seen = skeletonOf(readable(domain))
  for (const real of known) {
    if (real === domain || (real !== '' && isBelow(domain, real))) return false
  }
  for (const real of known) {
    const wanted = skeletonOf(readable(real))
    if (seen === wanted) return true
    const name = wanted.slice(0, Math.max(wanted.lastIndexOf('.'), 0))
    if (name.length >= MIN_NAME && isOneOff(seen, wanted)) return true
  }
  return false
}

const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]

/** Whether a label of the domain mixes scripts, as no honest name does. */
export function mixesScripts(domain: string): boolean {
  return readable(domain)
    .split('.')
    .some((label) => scripts.filter((script) => script.test(label)).length > 1)
}
