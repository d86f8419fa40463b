import { z } from 'zod'

export const errorCode = z.enum([
  'invalid-input',
  'not-found',
  'conflict',
  'offline',
  'auth',
  'refused',
  'uncertain',
  'internal',
])
export type ErrorCode = z.infer<typeof errorCode>

/** What crosses the process line instead of a stack. `message` is one sentence that names what to do. */
export const wireError = z.object({
  code: errorCode,
  message: z.string(),
  detail: z.record(z.string(), z.unknown()).default({}),
})
export type WireError = z.infer<typeof wireError>

/** An expected failure. Anything else that is thrown is a bug and reaches people as `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly detail: Record<string, unknown>

  constructor(code: ErrorCode, message: string, detail: Record<string, unknown> = {}) {
    super(message)
    this.name = 'AppError'
    this.code = code
    this.detail = detail
  }
}

export function toWire(error: AppError): WireError {
  return { code: error.code, message: error.message, detail: error.detail }
}

export function fromWire(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, wire.detail)
}
