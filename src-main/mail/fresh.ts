// What a person wrote, as opposed to the quoted mail below it. When in doubt everything is fresh:
// hiding an answer is worse than showing a quote. One pass over the lines, from the end.

import { quotedTailOf } from './quotedTail'

const PREVIEW = 160

// "On … wrote:", in the languages whose mailers are common; the line is short and ends in a colon.
const ATTRIBUTION =
  /(?:wrote|writes|schrieb[^:]{0,200}|a écrit|escribió|ha scritto|escreveu|schreef[^:]{0,200}|skrev[^:]{0,200}|napisał\(?a?\)?|пише|пишет|написал\(?а?\)?|写道)\s{0,3}[:：]$/i
const SEPARATOR =
  /^(?:-{2,}|_{2,}) ?(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|forwarded message|weitergeleitete nachricht) ?(?:-{2,}|_{2,})$/i
const OUTLOOK_FROM = /^\*?(?:From|Von|De|Da|Van|Från|Fra|Od|От)\*?: ?\S/
const OUTLOOK_NEXT =
  /^\*?(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado|Inviato|Data|Verzonden|Skickat|Sendt|To|An|À|Para|A|Wysłano|Отправлено)\*? ?: ?\S/
const MAX_LINE = 400

const LABEL = /^\*?[^\s:：@<>][^:：@<>]{0,30}\*?\s?[:：]\s?\S/

const lineAt = (lines: readonly string[], index: number): string =>
  (lines[index] ?? '').slice(0, MAX_LINE).trim()

// Outlook's header block in any language: four labelled lines, an address in the first and the time of day in the second.
function isHeaderBlock(lines: readonly string[], index: number): boolean {
  if (!(lines[index] as string).includes('@')) return false
  const block = [0, 1, 2, 3].map((offset) => lineAt(lines, index + offset))
  if (!block.every((line) => LABEL.test(line))) return false
  const [from = '', sent = ''] = block
  return /\S@\S+\.\S/.test(from) && /\d[:.]\d{2}/.test(sent) && /\d{4}/.test(sent)
}

function isSeparator(lines: readonly string[], index: number): boolean {
  const line = (lines[index] as string).trim()
  if (line === '' || line.length > MAX_LINE) return false
  if (SEPARATOR.test(line) || isHeaderBlock(lines, index)) return true
  if (!OUTLOOK_FROM.test(line)) return false
  return OUTLOOK_NEXT.test(lineAt(lines, index + 1))
}

// RFC 3676 4.3: the line before a signature is exactly this; many lose its blank on the way.
function signatureStart(lines: readonly string[], end: number): number {
  const at = lines.slice(0, end).findLastIndex((line) => line === '-- ' || line === '--')
  return at > 0 && end - at <= 16 ? at : end
}

// A rule of underscores above Outlook's header block belongs to the quote.
function withRule(lines: readonly string[], index: number): number {
  let from = index
  while (from > 0 && (lines[from - 1] as string).trim() === '') from--
  return from > 0 && /^_{10,100}$/.test((lines[from - 1] as string).trim()) ? from - 1 : index
}

function quoteStart(lines: readonly string[]): number {
  let from = lines.length
  while (from > 0 && /^\s{0,3}(?:>|$)/.test(lines[from - 1] as string)) from--
  const hasQuote = lines.slice(from).some((line) => line.includes('>'))
  if (!hasQuote) return lines.length
  // The attribution may be folded over two or three lines.
  for (let back = 1; back <= 3 && from - back >= 0; back++) {
    const joined = lines
      .slice(from - back, from)
      .join(' ')
      .trim()
    if (joined.length > MAX_LINE) break
    if (ATTRIBUTION.test(joined) && (back === 1 || /^\S/.test(lines[from - back] as string))) {
      return attributionStart(lines, from - back)
    }
  }
  return introStart(lines, from)
}

// Whatever the language, the line above a quote that ends in a colon and names an address or a time says whose it is.
function introStart(lines: readonly string[], from: number): number {
  let above = from - 1
  while (above >= 0 && (lines[above] as string).trim() === '') above--
  const line = above < 0 ? '' : (lines[above] as string).trim()
  if (line.length > MAX_LINE || !/[:：]$/.test(line)) return from
  return /\S@\S/.test(line) || /\d{1,2}[:.]\d{2}/.test(line) ? above : from
}

// `On Mon, 1 Jan 2024,` may stand on the line above `Ada <ada@x> wrote:`.
function attributionStart(lines: readonly string[], index: number): number {
  const above = index > 0 ? (lines[index - 1] as string).trim() : ''
  return /^(?:On|Am|Le|El|Il|Em|Op|Den|W dniu)\s.{4,120}$/.test(above) ? index - 1 : index
}

/** How many characters of `text` come before its signature and the quoted block at its end. */
export function freshLengthOf(text: string): number {
  const mayQuote = text.includes('\n>') || text.startsWith('>')
  const maySeparate = /[-_]{2}/.test(text) || (text.includes('@') && /[:：]/.test(text))
  if (!mayQuote && !maySeparate) return text.length
  const lines = text.split('\n')
  let cut = mayQuote ? quoteStart(lines) : lines.length
  if (maySeparate) {
    const separator = lines.findIndex((_, index) => index < cut && isSeparator(lines, index))
    if (separator >= 0) cut = withRule(lines, separator)
    cut = signatureStart(lines, cut)
  }
  if (cut >= lines.length) return text.length
  let length = 0
  for (let index = 0; index < cut; index++) length += (lines[index] as string).length + 1
  const fresh = text.slice(0, length).trimEnd()
  // Nothing but a quote: a forwarded mail, or an answer we failed to see. Show it all.
  return fresh === '' ? text.length : fresh.length
}

/** What of a mail's text is new, and its preview. An answer in which nothing quoted was seen gets a second look. */
export function readFresh(
  text: string,
  isAnswer: boolean,
): { freshLength: number; preview: string } {
  const own = freshLengthOf(text)
  // The preview is part of the fact and must not hang on how fast this computer is.
  const preview = previewOf(text, own)
  return { freshLength: isAnswer && own === text.length ? quotedTailOf(text) : own, preview }
}

/** The beginning of the fresh text on one line, at most 160 characters. */
export function previewOf(text: string, freshLength: number): string {
  // Twice the length is nearly always enough; only text full of blanks needs a longer look.
  const line = oneLine(text, Math.min(freshLength, PREVIEW * 2))
  const full = line.length < PREVIEW ? oneLine(text, Math.min(freshLength, PREVIEW * 20)) : line
  if (full.length <= PREVIEW) return full
  // A surrogate pair must not be cut in two.
  const last = full.charCodeAt(PREVIEW - 1)
  return full.slice(0, last >= 0xd800 && last < 0xdc00 ? PREVIEW - 1 : PREVIEW)
}

const oneLine = (text: string, length: number): string =>
  text.slice(0, length).replace(/\s+/g, ' ').trim()
