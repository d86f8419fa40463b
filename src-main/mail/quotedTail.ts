// Where the quoted mail begins in an answer, found by a library that knows the mail programs of many languages.
import { runInThisContext } from 'node:vm'
import EmailReplyParser from 'email-reply-parser'

/** Longer answers keep their quote unfolded: some of the library's patterns take time by the cube of the length. */
const MAX_CHARS = 16_384
const MAX_MS = 150
const JOB = '__copydeskQuotedTail'

const parser = new EmailReplyParser()

/** Ends a pattern that runs away, which only hostile text makes it do; V8 checks the time while it backtracks. */
function capped<T>(work: () => T): T | null {
  const scope = globalThis as unknown as Record<string, unknown>
  scope[JOB] = work
  try {
    return runInThisContext(`globalThis.${JOB}()`, { timeout: MAX_MS }) as T
  } catch {
    // Late or confused: then nothing is folded, which hides nothing.
    return null
  } finally {
    Reflect.deleteProperty(scope, JOB)
  }
}

/** In every language the quote is marked, or the line above it ends in a colon, or a rule or labelled lines divide it. */
const MAY_QUOTE = /^[ \t]{0,3}(?:>|[-_*=]{2})|[:：][ \t]*$|^.{0,40}[:：].{0,200}@/m

/**
 * How many characters come before the quote and signature at the end of an answer; `text.length` where none is known.
 * What stands between or below quotes is never cut off.
 */
export function quotedTailOf(text: string): number {
  if (text.length > MAX_CHARS || !MAY_QUOTE.test(text)) return text.length
  const fragments = capped(() => parser.read(text).getFragments())
  if (fragments === null) return text.length
  const lastShown = fragments.findLastIndex((each) => !each.isHidden() && !each.isEmpty())
  const tail = fragments.slice(lastShown + 1)
  // What it calls a signature may be anything below a dash.
  if (!tail.some((each) => each.isQuoted())) return text.length
  const start = tail[0]?.getContent().trim().split('\n', 1)[0] ?? ''
  if (lastShown < 0 || start === '') return text.length
  const at = text.lastIndexOf(`\n${start}`)
  return at <= 0 ? text.length : text.slice(0, at).trimEnd().length
}
