// The `<style>` sheets of a mail, made harmless: rules of selectors and the same declarations that style
// attributes may have. Nothing in them loads, covers or hides behind escapes. One pass, linear.
import { filterStyle } from './htmlPolicy'

const mostSheet = 200_000
const mostRules = 3_000
const selector = /^[\w\s.#:,>+~*()="'^$|[\]-]{1,1000}$/
const media = /^@media\s[\w\s(),:./-]{1,200}$/i
// Mail that sets colours is shown on white paper in either theme; its own dark rules would fight that.
const aboutTheme = /prefers-color-scheme/i

function cutOut(text: string, open: string, close: string): string {
  const kept: string[] = []
  let at = 0
  for (;;) {
    const from = text.indexOf(open, at)
    if (from < 0) break
    kept.push(text.slice(at, from))
    const to = text.indexOf(close, from + open.length)
    if (to < 0) return kept.join(' ')
    at = to + close.length
  }
  return [...kept, text.slice(at)].join(' ')
}

function sheetsIn(html: string): string {
  const lower = html.toLowerCase()
  const sheets: string[] = []
  let at = 0
  for (;;) {
    const from = lower.indexOf('<style', at)
    const start = from < 0 ? -1 : lower.indexOf('>', from)
    const end = start < 0 ? -1 : lower.indexOf('</style', start)
    if (end < 0) break
    sheets.push(html.slice(start + 1, end))
    at = end
  }
  return sheets.join('\n').slice(0, mostSheet).replaceAll('<!--', ' ').replaceAll('-->', ' ')
}

/** Where the block that opens at `open` ends; the end of the text when it never does. */
function blockEnd(css: string, open: number): number {
  let depth = 0
  for (let at = open; at < css.length; at += 1) {
    if (css[at] === '{') depth += 1
    else if (css[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return css.length
}

function rulesOf(css: string, isInMedia: boolean): string[] {
  const rules: string[] = []
  let at = 0
  while (rules.length < mostRules) {
    const open = css.indexOf('{', at)
    if (open < 0) break
    const end = blockEnd(css, open)
    const before = css.slice(at, open)
    // What ends in a semicolon before a rule is an @import or the like.
    const prelude = before.slice(before.lastIndexOf(';') + 1).trim()
    const block = css.slice(open + 1, end)
    at = end + 1
    if (prelude.startsWith('@')) {
      if (isInMedia || !media.test(prelude) || aboutTheme.test(prelude)) continue
      const inner = rulesOf(block, true)
      if (inner.length > 0) rules.push(`${prelude}{${inner.join('')}}`)
    } else if (selector.test(prelude)) {
      const declarations = filterStyle(block)
      if (declarations !== '') rules.push(`${prelude}{${declarations}}`)
    }
  }
  return rules
}

/** The harmless part of a mail's style sheets, without a `<`; empty when there is none. */
export function safeSheet(html: string): string {
  return rulesOf(cutOut(sheetsIn(html), '/*', '*/'), false).join('\n')
}
