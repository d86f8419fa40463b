import { explain } from '#shared/rules/explain'
import { hasText, languageTag, reasonWords, t, type LabelledCode } from '../i18n'

export interface Explanation {
  /** Two or three words for a chip. */
  readonly label: string
  /** The whole sentence. */
  readonly text: string
}

/** Codes that, read aloud, would not be understood have words of their own. */
const isLabelled = (code: string): code is LabelledCode => hasText(`reason.${code}`)

/** An English code is readable as it is; other languages have its sentence. */
function shortWords(code: string): string {
  if (!languageTag().startsWith('en')) return explain(code, {}, reasonWords()).replace(/[.。]$/, '')
  const words = code.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function explainCode(
  code: string,
  detail: Readonly<Record<string, string>> = {},
): Explanation {
  const text = explain(code, detail, reasonWords())
  return { label: isLabelled(code) ? t(`reason.${code}`) : shortWords(code), text }
}
