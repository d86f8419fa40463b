// Enough of the IMAP grammar (RFC 3501 §9) for a server that tests script: commands into words, sets of UIDs.

export type Word = string | Word[]

/** `text` is one command without its line end, its literals already put in as `\0n\0`. */
export function readWords(text: string, literals: readonly Buffer[]): Word[] {
  let at = 0
  const list = (closing: string): Word[] => {
    const words: Word[] = []
    while (at < text.length) {
      const char = text[at] ?? ''
      if (char === closing) {
        at += 1
        break
      }
      if (char === ' ') at += 1
      else if (char === '(') {
        at += 1
        words.push(list(')'))
      } else words.push(word())
    }
    return words
  }
  const word = (): string => {
    if (text[at] === '"') {
      const end = /"((?:[^"\\]|\\.)*)"/y
      end.lastIndex = at
      const found = end.exec(text)
      at = end.lastIndex
      return (found?.[1] ?? '').replace(/\\(.)/g, '$1')
    }
    if (text[at] === '\0') {
      const end = text.indexOf('\0', at + 1)
      const literal = literals[Number(text.slice(at + 1, end))]
      at = end + 1
      return literal?.toString('latin1') ?? ''
    }
    // A section may hold blanks and parentheses: BODY.PEEK[HEADER.FIELDS (X)]<0.9>.
    const atom = /[^\s()[]*(?:\[[^\]]*\](?:<[^>]*>)?)?[^\s()]*/y
    atom.lastIndex = at
    const found = atom.exec(text)?.[0] ?? ''
    at += Math.max(1, found.length)
    return found
  }
  return list('\0none')
}

/** The numbers of `all` (ascending) that `3,7:*` names. */
export function inSet(set: string, all: readonly number[]): number[] {
  const last = all.at(-1) ?? 0
  const number = (text: string): number => (text === '*' ? last : Number(text))
  const ranges = set.split(',').map((part) => {
    const [from = '', to = from] = part.split(':')
    return [number(from), number(to)].sort((one, other) => one - other)
  })
  return all.filter((one) => ranges.some(([from = 0, to = 0]) => one >= from && one <= to))
}
