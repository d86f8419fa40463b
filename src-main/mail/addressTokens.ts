// Tokens of address fields (RFC 5322 3.2): atoms, quoted strings, comments, domain literals, specials.

const MAX_COMMENT_DEPTH = 20

export type Token = {
  /** `junk`: what the grammar has no place for, such as an invisible character or a quote that nothing closes. */
  kind: 'atom' | 'quoted' | 'literal' | 'comment' | 'special' | 'junk'
  raw: string
  /** No blank stood before it. */
  isJoined: boolean
}

// Everything but blanks, specials and what cannot be seen (controls, bidi and zero-width marks);
// other non-ASCII is allowed by RFC 6532.
const ATOM = /[^\p{Cc}\p{Cf}\p{Z}()<>[\]:;@\\,."]+/uy
// The same for ASCII, which nearly every field is; the wide classes above are slow.
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const ASCII_ATOM = /[^\u0000-\u0020\u007f()<>[\]:;@\\,."]+/y

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return -1
}

// No literal holds a character that ends an entry: one that is not closed must not swallow the next.
function closingLiteral(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === ']') return at
    if ('[\\,;<>@"'.includes(text[at] as string)) return -1
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

type Span = { kind: Token['kind']; end: number }

/** How far what begins at `at` reaches, and what it is; a span that nothing closes is one junk character. */
function spanAt(text: string, at: number, atom: RegExp): Span {
  const char = text[at] as string
  const junk = {
    kind: 'junk',
    end: at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1),
  } as const
  if (char === '"' || char === '[' || char === '(') {
    const kind = char === '"' ? 'quoted' : char === '[' ? 'literal' : 'comment'
    const find = { quoted: closingQuote, literal: closingLiteral, comment: closingComment }[kind]
    const close = find(text, kind === 'comment' ? at : at + 1)
    return close < 0 ? junk : { kind, end: close + 1 }
  }
  // An escape goes with what it escapes: that quote or bracket opens nothing.
  if (char === '\\')
    return /["()[\]\\]/.test(text[at + 1] ?? '') ? { kind: 'junk', end: at + 2 } : junk
  atom.lastIndex = at
  const match = atom.exec(text)
  if (match !== null) return { kind: 'atom', end: at + match[0].length }
  return '<>:;@,.'.includes(char) ? { kind: 'special', end: at + 1 } : junk
}

/** Total: what cannot be a token is one of the kind `junk`, and what stands after it is read. */
export function tokenise(text: string): Token[] {
  const list: Token[] = []
  // eslint-disable-next-line no-control-regex -- the ASCII range is what is meant
  const atom = /^[\u0000-\u007f]*$/.test(text) ? ASCII_ATOM : ATOM
  let at = 0
  let isJoined = false
  // After a quote that nothing closes none is closed: the rest is not searched again and again.
  let isQuoteOpen = false
  while (at < text.length) {
    const char = text[at] as string
    if (char === ' ' || char === '\t') {
      at++
      isJoined = false
      continue
    }
    const isDead: boolean = char === '"' && isQuoteOpen
    const { kind, end }: Span = isDead ? { kind: 'junk', end: at + 1 } : spanAt(text, at, atom)
    isQuoteOpen ||= char === '"' && kind === 'junk'
    list.push({ kind, raw: text.slice(at, end), isJoined })
    isJoined = kind !== 'comment'
    at = end
  }
  return list
}

/**
 * Brackets that are no pair within one entry become junk, so that none swallows the entries after it. Only a route
 * (RFC 5322 4.4: `<@a,@b:c@d>`) has commas between its brackets.
 */
export function pairBrackets(list: readonly Token[]): Token[] {
  const unpaired = new Set<number>()
  let open = -1
  list.forEach((token, at) => {
    if (token.kind !== 'special') return
    if (token.raw === '<') {
      if (open >= 0) unpaired.add(open)
      open = at
    } else if (token.raw === '>') {
      if (open < 0) unpaired.add(at)
      open = -1
    } else if (
      open >= 0 &&
      (token.raw === ';' || (token.raw === ',' && list[open + 1]?.raw !== '@'))
    ) {
      unpaired.add(open)
      open = -1
    }
  })
  if (open >= 0) unpaired.add(open)
  if (unpaired.size === 0) return [...list]
  return list.map((token, at) => (unpaired.has(at) ? { ...token, kind: 'junk' } : token))
}
