import type { ErrorCode } from '#shared/ipc/errors'

/** What went wrong, as the screen needs it. */
export interface Problem {
  readonly code: ErrorCode
  readonly message: string
}

function hasCode(error: Error): error is Error & { code: ErrorCode } {
  return 'code' in error && typeof error.code === 'string'
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Error) {
    return { code: hasCode(error) ? error.code : 'internal', message: error.message }
  }
  return { code: 'internal', message: String(error) }
}
