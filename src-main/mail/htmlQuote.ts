// Where the quoted mail begins in an answer's HTML: found in its text, so that one rule knows the quotes of both.
import { readFresh } from './fresh'
import { linesOfHtml } from './htmlText'

/**
 * Place in sanitised HTML from which on there is nothing but the quote at its end, never inside a tag; null when nothing
 * is quoted there. What comes before it is a mail of its own once the open elements are closed.
 */
export function quoteStartOf(html: string, isAnswer: boolean): number | null {
  const { lines, ends, below } = linesOfHtml(html)
  const whole = lines.join('\n')
  const text = whole.trim()
  const { freshLength } = readFresh(text, isAnswer)
  if (freshLength >= text.length) return null
  const fresh = whole.slice(0, whole.length - whole.trimStart().length + freshLength)
  const from = fresh.split('\n').length
  const at = lines.findIndex((line, n) => n >= from && /[^>\s]/.test(line))
  const start = ends[at]
  // A picture below the quote may be the answer.
  return start === undefined || below > start ? null : start
}
