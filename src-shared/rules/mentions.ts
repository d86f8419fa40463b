// Whom a text names with @: asked for the preview and when the text is queued, so that both tell of the same people.
import type { Desk } from '#shared/model/desk'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

type People = Pick<Desk, 'people'>

function readerOf({ people }: People): { names: Map<string, string[]>; word: RegExp } {
  const names = new Map<string, string[]>()
  for (const { address, name } of people) {
    for (const word of [address, name]) {
      const key = word.trim().toLowerCase()
      if (key !== '') names.set(key, [...(names.get(key) ?? []), address])
    }
  }
  const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length).map(escaped)
  const word = new RegExp(
    `(?<![\\p{L}\\p{N}._%+-])@(${longestFirst.join('|')})(?![\\p{L}\\p{N}_@-]|\\.[\\p{L}\\p{N}])`,
    'giu',
  )
  return { names, word }
}

/**
 * Internal people named as `@address` or `@First Last` in a text. The longest name that fits is meant, and only as a
 * word of its own: nobody is mentioned by a customer's address or by a name that begins like theirs.
 */
export function mentionsIn(desk: People, text: string): string[] {
  if (!text.includes('@')) return []
  const { names, word } = readerOf(desk)
  const found = new Set(
    [...text.toLowerCase().matchAll(word)].flatMap(([, name = '']) => names.get(name) ?? []),
  )
  return desk.people.map(({ address }) => address).filter((address) => found.has(address))
}

/** Where a text names these people with @: `at` is the place of the @, `length` includes it. */
export function mentionSpans(
  desk: People,
  text: string,
): { at: number; length: number; addresses: readonly string[] }[] {
  if (!text.includes('@')) return []
  const { names, word } = readerOf(desk)
  return [...text.matchAll(word)].map(({ 0: whole, 1: name = '', index }) => ({
    at: index,
    length: whole.length,
    addresses: names.get(name.toLowerCase()) ?? [],
  }))
}
