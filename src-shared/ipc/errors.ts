/** Plain types, no schema: this file is part of the renderer, zod is not. */
export type ErrorCode =
  | 'invalid-input'
  | 'not-found'
  | 'conflict'
  | 'offline'
  | 'auth'
  | 'refused'
  | 'uncertain'
  | 'internal'

/** What crosses the process line instead of a stack. `message` is one sentence that names what to do. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly detail: Record<string, unknown>
}

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
