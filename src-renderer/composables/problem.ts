import type { ErrorCode } from '#shared/ipc/errors'

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

export function asProblem(error: unknown): Problem {
  if (error instanceof Error) {
    const detail = detailOf(error)
    const known = {
      code: hasCode(error) ? error.code : 'internal',
      message: error.message,
    } as const
    return detail === undefined ? known : { ...known, detail }
  }
  return { code: 'internal', message: String(error) }
}
