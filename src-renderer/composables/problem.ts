import type { ErrorCode } from '#shared/ipc/errors'
import { explain } from '#shared/rules/explain'
import { inOurLanguage, languageTag, reasonWords } from '../i18n'

/** What went wrong, as the screen needs it. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
  /** What main adds, e.g. who would get a reply besides those shown. */
  readonly detail?: Readonly<Record<string, unknown>>
}

function hasCode(error: Error): error is Error & { code: ErrorCode } {
  return 'code' in error && typeof error.code === 'string'
}

function detailOf(error: Error): Problem['detail'] {
  if (!('detail' in error) || typeof error.detail !== 'object' || error.detail === null) return
  return error.detail as Problem['detail']
}

/** Addresses named under `key` of a problem's detail. */
export function addressesIn(problem: Problem | null, key: string): string[] {
  const found = problem?.detail?.[key]
  return Array.isArray(found) ? found.filter((one) => typeof one === 'string') : []
}

/** Main's English sentence; in another language the one for its reason code, where there is one. */
function sentenceOf(message: string, detail: Problem['detail']): string {
  const { because } = detail ?? {}
  const words = reasonWords()
  if (languageTag().startsWith('en')) return message
  if (typeof because !== 'string' || !Object.hasOwn(words, because)) return inOurLanguage(message)
  const named = Object.entries(detail ?? {}).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[key, String(value)] as const] : [],
  )
  return explain(because, Object.fromEntries(named), words)
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Error) {
    const detail = detailOf(error)
    const known = {
      code: hasCode(error) ? error.code : 'internal',
      message: sentenceOf(error.message, detail),
    } as const
    return detail === undefined ? known : { ...known, detail }
  }
  return { code: 'internal', message: String(error) }
}
