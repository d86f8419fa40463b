// Text of HTML, for search, previews and mail without a plain part. One pass, no regular expression
// that could go back: a hostile mail costs its length and no more.

const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  zwnj: '',
  zwj: '',
  shy: '',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  sbquo: '‚',
  ldquo: '“',
  rdquo: '”',
  bdquo: '„',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  deg: '°',
  euro: '€',
  pound: '£',
  yen: '¥',
  cent: '¢',
  sect: '§',
  para: '¶',
  times: '×',
  divide: '÷',
  plusmn: '±',
  frac12: '½',
  frac14: '¼',
  szlig: 'ß',
  aelig: 'æ',
  oslash: 'ø',
  AElig: 'Æ',
  Oslash: 'Ø',
  rarr: '→',
  larr: '←',
}

const BREAKING = new Set(
  'address article aside blockquote br center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul'.split(
    ' ',
  ),
)
const SPACED = new Set('p h1 h2 h3 h4 h5 h6 ul ol table blockquote pre'.split(' '))
const SKIPPED = new Set('script style head title template noscript svg math object'.split(' '))

/** Marks that make an entity of a letter: `&Aacute;`, `&scaron;`. */
const COMBINING: Readonly<Partial<Record<string, string>>> = {
  acute: '\u0301',
  grave: '\u0300',
  circ: '\u0302',
  uml: '\u0308',
  tilde: '\u0303',
  cedil: '\u0327',
  ring: '\u030a',
  caron: '\u030c',
}

function namedEntity(name: string): string {
  if (Object.hasOwn(NAMED, name)) return NAMED[name] as string
  const mark = COMBINING[name.slice(1)]
  return mark === undefined ? `&${name};` : `${name.charAt(0)}${mark}`.normalize('NFC')
}

function decodeEntity(_: string, body: string): string {
  if (!body.startsWith('#')) return namedEntity(body)
  const isHex = body[1] === 'x' || body[1] === 'X'
  const code = isHex ? parseInt(body.slice(2), 16) : parseInt(body.slice(1), 10)
  const isText = code >= 32 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isText ? String.fromCodePoint(code) : ''
}

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,20});/g,
    decodeEntity,
  )
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

type Tag = { name: string; isClosing: boolean; end: number }

// Quoted attribute values may hold `>`, so the end of a tag is found by hand.
function readTag(html: string, at: number): Tag | null {
  const isClosing = html[at + 1] === '/'
  let pos = at + (isClosing ? 2 : 1)
  const from = pos
  while (pos < html.length && /[A-Za-z0-9:]/.test(html[pos] as string)) pos++
  if (pos === from || pos - from > 40) return null
  const name = html.slice(from, pos).toLowerCase()
  let end = html.indexOf('>', pos)
  while (end >= 0) {
    const quote = quoteBefore(html, pos, end)
    const close = quote < 0 ? -1 : html.indexOf(html[quote] as string, quote + 1)
    // An unclosed quote: browsers would swallow the rest, we take the first `>`.
    if (close < 0) return { name, isClosing, end: end + 1 }
    pos = close + 1
    if (pos > end) end = html.indexOf('>', pos)
  }
  return null
}

// Only a quote right after `=` opens a value.
function quoteBefore(html: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (html[at] !== '=') continue
    let next = at + 1
    while (next < end && (html[next] as string) <= ' ') next++
    if (html[next] === '"' || html[next] === "'") return next
  }
  return -1
}

function skipElement(html: string, name: string, from: number): number {
  const close = `</${name}`
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    if (html.slice(at, at + close.length).toLowerCase() === close) return at
  }
  return html.length
}

/** A line in pieces: looking at the end of a string that grows copies it each time. */
type Writer = {
  lines: string[]
  /** Of each line: where in the HTML what came before it ends. */
  ends: number[]
  /** That of the line at hand. */
  end: number
  /** Where what can be seen so far ends: words, and pictures outside quotes. */
  seen: number
  /** Where the last picture ends that stands below a quote. */
  below: number
  isBelow: boolean
  pieces: string[]
  hasInk: boolean
  depth: number
  isPre: boolean
}

function add(out: Writer, text: string, end: number): void {
  if (text === '') return
  out.pieces.push(text)
  if (text.trim() === '') return
  if (!out.hasInk) out.end = out.seen
  out.hasInk = true
  out.seen = end
}

const endsInSpace = ({ pieces }: Writer): boolean => pieces.at(-1)?.endsWith(' ') === true

function breakLine(out: Writer): void {
  const line = out.pieces.join('').trimEnd()
  out.pieces = []
  out.hasInk = false
  const quote = '>'.repeat(Math.min(out.depth, 10))
  const isGapAgain = line === '' && out.lines.at(-1)?.replace(/^>+/, '') === ''
  // A gap belongs to the outer quote when an inner one has just ended.
  if (isGapAgain) {
    out.lines.pop()
    out.ends.pop()
  }
  out.lines.push(quote === '' ? line : `${quote} ${line}`.trimEnd())
  out.ends.push(out.end)
  out.end = out.seen
}

/** `end`: where the raw text ends in the HTML. */
function write(out: Writer, raw: string, end: number): void {
  if (out.isPre) {
    let at = end - raw.length
    for (const [n, line] of raw.split('\n').entries()) {
      if (n > 0) breakLine(out)
      at += line.length
      add(out, decodeEntities(line), at)
      at += 1
    }
    return
  }
  const flat = decodeEntities(raw).replace(/[ \t\n\r\f]+/g, ' ')
  const isBlankDouble = flat.startsWith(' ') && (out.pieces.length === 0 || endsInSpace(out))
  add(out, isBlankDouble ? flat.slice(1) : flat, end)
}

// A picture in a quote is the quote's; elsewhere it was sent along by who wrote above it.
function seePicture(out: Writer, end: number): void {
  if (out.depth > 0) return
  out.seen = end
  if (out.isBelow) out.below = end
}

function quote(out: Writer, isClosing: boolean): void {
  out.depth = Math.max(0, out.depth + (isClosing ? -1 : 1))
  out.isBelow ||= isClosing
}

function applyTag(out: Writer, tag: Tag): void {
  const { name, isClosing } = tag
  if (name === 'td' || name === 'th') {
    if (out.pieces.length > 0 && !endsInSpace(out)) add(out, ' ', tag.end)
    return
  }
  if (name === 'img') seePicture(out, tag.end)
  if (!BREAKING.has(name)) return
  if (out.hasInk || name === 'br') breakLine(out)
  if (name === 'blockquote') quote(out, isClosing)
  if (isClosing && SPACED.has(name) && out.lines.at(-1) !== '') breakLine(out)
  if (name === 'pre') out.isPre = !isClosing
  if (name === 'li' && !isClosing) {
    out.pieces = ['- ']
    out.hasInk = true
  }
}

interface HtmlLines {
  readonly lines: readonly string[]
  /** Of each line: where in the HTML what can be seen before it ends; never inside a tag. */
  readonly ends: readonly number[]
  /** Where the last picture below a quote ends; 0 without one. */
  readonly below: number
}

/** The lines of HTML as a reader sees them, quotes marked by `>`, each with its place. */
export function linesOfHtml(html: string): HtmlLines {
  const out: Writer = {
    lines: [],
    ends: [],
    end: 0,
    seen: 0,
    below: 0,
    isBelow: false,
    pieces: [],
    hasInk: false,
    depth: 0,
    isPre: false,
  }
  const lastTag = html.lastIndexOf('>')
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0 || open > lastTag) {
      write(out, html.slice(at), html.length)
      break
    }
    if (open > at) write(out, html.slice(at, open), open)
    if (html.startsWith('<!--', open)) {
      const end = html.indexOf('-->', open + 4)
      at = end < 0 ? html.length : end + 3
      continue
    }
    if (html[open + 1] === '!' || html[open + 1] === '?') {
      const end = html.indexOf('>', open)
      at = end < 0 ? html.length : end + 1
      continue
    }
    const tag = readTag(html, open)
    if (tag === null) {
      write(out, '<', open + 1)
      at = open + 1
      continue
    }
    at = tag.end
    if (SKIPPED.has(tag.name) && !tag.isClosing) at = skipElement(html, tag.name, at)
    else applyTag(out, tag)
  }
  breakLine(out)
  return out
}

/** Readable text of HTML: block elements become lines, quotes get `>`, scripts and styles vanish. */
export function textFromHtml(html: string): string {
  return linesOfHtml(html).lines.join('\n').trim()
}
