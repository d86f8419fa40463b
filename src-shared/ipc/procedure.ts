import type { z } from 'zod'
import type { WireError } from './errors'

/** One thing the renderer may ask: what it takes and what it gets, both as schemas. */
export interface Procedure<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
}

export function procedure<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
): Procedure<I, O> {
  return { input, output }
}

export type ContractShape = Record<string, Record<string, Procedure>>

/** Main's side: one function per procedure. Input is already parsed. */
export type Handlers<C extends ContractShape> = {
  [G in keyof C]: {
    [P in keyof C[G]]: (
      input: z.output<C[G][P]['input']>,
    ) => Promise<z.input<C[G][P]['output']>> | z.input<C[G][P]['output']>
  }
}

/** The renderer's side: the same shape, always a promise; a failure is an `AppError`. */
export type Client<C extends ContractShape> = {
  [G in keyof C]: {
    [P in keyof C[G]]: (input: z.input<C[G][P]['input']>) => Promise<z.output<C[G][P]['output']>>
  }
}

export type Envelope = { ok: true; value: unknown } | { ok: false; error: WireError }

/** What the preload puts on `window.copydesk`. */
export interface Bridge {
  readonly call: (path: string, input: unknown) => Promise<Envelope>
  /** Returns its own unsubscribe. */
  readonly subscribe: (listener: (event: unknown) => void) => () => void
}
