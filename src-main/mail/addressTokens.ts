// Tokens of address fields (RFC 5322 3.2): atoms, quoted strings, comments, domain literals, specials.

const MAX_COMMENT_DEPTH = 20

export type Token = {
  kind: 'atom' | 'quoted' | 'literal' | 'comment' | 'special'
  raw: string
  /** No blank stood before it. */
  isJoined: boolean
}
type Tokens = { list: Token[]; isSound: boolean }

// Everything but blanks, specials and what cannot be seen (controls, bidi and zero-width marks);
// other non-ASCII is allowed by RFC 6532.
const ATOM = /[^\p{Cc}\p{Cf}\p{Z}()<>[\]:;@\\,."]+/uy
// The same for ASCII, which nearly every field is; the wide classes above are slow.
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const ASCII_ATOM = /[^\u0000-\u0020\u007f()<>[\]:;@\\,."]+/y

function closing(text: string, from: number, end: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === end) return at
  }
  return -1
}

function closingComment(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '(' && ++depth > MAX_COMMENT_DEPTH) return -1
    else if (text[at] === ')' && --depth === 0) return at
  }
  return -1
}

/** Total: what cannot be a token ends the list, and `isSound` says so. */
export function tokenise(text: string): Tokens {
  const list: Token[] = []
  // eslint-disable-next-line no-control-regex -- the ASCII range is what is meant
  const atom = /^[\u0000-\u007f]*$/.test(text) ? ASCII_ATOM : ATOM
  let at = 0
  let isJoined = false
  while (at < text.length) {
    const char = text[at] as string
    if (char === ' ' || char === '\t') {
      at++
      isJoined = false
      continue
    }
    let kind: Token['kind'] = 'special'
    let end = at + 1
    if (char === '(') {
      const close = closingComment(text, at)
      if (close < 0) return { list, isSound: false }
      kind = 'comment'
      end = close + 1
    } else if (char === '"' || char === '[') {
      kind = char === '"' ? 'quoted' : 'literal'
      const close = closing(text, at + 1, char === '"' ? '"' : ']')
      if (close < 0) return { list, isSound: false }
      end = close + 1
    } else {
      atom.lastIndex = at
      const match = atom.exec(text)
      if (match !== null) {
        kind = 'atom'
        end = at + match[0].length
      } else if (!'<>:;@,.'.includes(char)) {
        return { list, isSound: false }
      }
    }
    list.push({ kind, raw: text.slice(at, end), isJoined })
    isJoined = kind !== 'comment'
    at = end
  }
  return { list, isSound: true }
}
