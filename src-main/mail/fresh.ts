// What a person wrote, as opposed to the quoted mail below it. When in doubt everything is fresh:
// hiding an answer is worse than showing a quote. One pass over the lines, from the end.

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

function isSeparator(lines: readonly string[], index: number): boolean {
  const line = (lines[index] as string).trim()
  if (line === '' || line.length > MAX_LINE) return false
  if (SEPARATOR.test(line)) return true
  if (!OUTLOOK_FROM.test(line)) return false
  return OUTLOOK_NEXT.test((lines[index + 1] ?? '').slice(0, MAX_LINE).trim())
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
  return from
}

// `On Mon, 1 Jan 2024,` may stand on the line above `Ada <ada@x> wrote:`.
function attributionStart(lines: readonly string[], index: number): number {
  const above = index > 0 ? (lines[index - 1] as string).trim() : ''
  return /^(?:On|Am|Le|El|Il|Em|Op|Den|W dniu)\s.{4,120}$/.test(above) ? index - 1 : index
}

/** How many characters of `text` come before its trailing quoted block. */
export function freshLengthOf(text: string): number {
  const mayQuote = text.includes('\n>') || text.startsWith('>')
  const maySeparate = /[-_]{2}|^\*?[A-ZОÀÉ][a-zåт]{1,3}\*?:/m.test(text)
  if (!mayQuote && !maySeparate) return text.length
  const lines = text.split('\n')
  let cut = mayQuote ? quoteStart(lines) : lines.length
  if (maySeparate) {
    const separator = lines.findIndex((_, index) => index < cut && isSeparator(lines, index))
    if (separator >= 0) cut = withRule(lines, separator)
  }
  if (cut >= lines.length) return text.length
  let length = 0
  for (let index = 0; index < cut; index++) length += (lines[index] as string).length + 1
  const fresh = text.slice(0, length).trimEnd()
  // Nothing but a quote: a forwarded mail, or an answer we failed to see. Show it all.
  return fresh === '' ? text.length : fresh.length
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
