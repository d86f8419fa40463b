import { explain } from '#shared/rules/explain'
import { hasText, t, type LabelledCode } from '../i18n'

export interface Explanation {
  /** Two or three words for a chip. */
  readonly label: string
  /** The whole sentence. */
  readonly text: string
}

/** Codes that, read aloud, would not be understood have words of their own. */
const isLabelled = (code: string): code is LabelledCode => hasText(`reason.${code}`)

export function explainCode(
  code: string,
  detail: Readonly<Record<string, string>> = {},
): Explanation {
  const words = code.replaceAll('-', ' ')
  const label = isLabelled(code)
    ? t(`reason.${code}`)
    : words.charAt(0).toUpperCase() + words.slice(1)
  return { label, text: explain(code, detail) }
}
