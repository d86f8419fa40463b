// The sentence for a reason code, in any language.
import { reasons } from './reasons'

/** A code with a sentence of its own. */
type ReasonCode = keyof typeof reasons

/** The sentences in another language, in the same grammar; English stands in for one that is missing. */
export type ReasonWords = Readonly<Partial<Record<ReasonCode, string>>>

/** Every code that has a sentence. */
export const explainedCodes: readonly string[] = Object.keys(reasons)

const isCode = (code: string): code is ReasonCode => Object.hasOwn(reasons, code)

/** The sentence for a reason code of any rule (architecture.md §8); an unknown code names itself. */
export function explain(
  code: string,
  detail: Readonly<Record<string, string>> = {},
  words: ReasonWords = {},
): string {
  if (!isCode(code)) return `Reason: ${code}.`
  const sentence = words[code] ?? reasons[code]
  const value = (key: string) => (Object.hasOwn(detail, key) ? detail[key] : undefined)
  const text = sentence
    .replace(/\[([^[\]]*\{(\w+)\}[^[\]]*)\]/g, (_, part: string, key: string) =>
      value(key) === undefined ? '' : part,
    )
    .replace(
      /\{(\w+)(?:\|([^}]*))?\}/g,
      (_, key: string, other: string | undefined) => value(key) ?? other ?? '',
    )
  return text.charAt(0).toUpperCase() + text.slice(1)
}
