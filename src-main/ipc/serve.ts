// The one door into the app: path and input in, an envelope out, never an exception. It knows no
// transport: Electron, the command line and the tests call the same function.

import { randomBytes } from 'node:crypto'
import { AppError, toWire } from '#shared/ipc/errors'
import type { ContractShape, Envelope, Handlers, Procedure } from '#shared/ipc/procedure'
import type { Log } from '../log'

export interface ServeOptions {
  /** Parse answers as well, so that what the contract does not name cannot leak. On in development and tests. */
  readonly checkOutput: boolean
  readonly log: Log
}

type Handler = (input: unknown) => unknown
type Problem = { readonly path: readonly PropertyKey[]; readonly message: string }

export type Serve = (path: string, input: unknown) => Promise<Envelope>

export function createServe<C extends ContractShape>(
  contract: C,
  handlers: Handlers<C>,
  { checkOutput, log }: ServeOptions,
): Serve {
  const answer = async (path: string, input: unknown): Promise<unknown> => {
    const asked = find(contract, path) as Procedure | undefined
    const handler = find(handlers, path) as Handler | undefined
    if (!asked || !handler) throw new AppError('not-found', 'There is no such procedure.')
    const parsed = asked.input.safeParse(input)
    if (!parsed.success) throw invalidInput(parsed.error.issues)
    const value = await handler(parsed.data)
    return checkOutput ? asked.output.parse(value) : value
  }

  return async (path, input) => {
    try {
      return { ok: true, value: await answer(path, input) }
    } catch (error) {
      if (error instanceof AppError) return { ok: false, error: toWire(error) }
      const reference = randomBytes(4).toString('hex')
      // The path names a procedure here: one that does not exist has been answered above.
      log.error('ipc', 'failed', { path, reference, error })
      return { ok: false, error: internal(reference) }
    }
  }
}

// Own properties only: `__proto__.toString` and `constructor.name` are names an attacker would try.
function find(tree: object, path: unknown): unknown {
  if (typeof path !== 'string' || path.length > 100) return undefined
  const names = path.split('.')
  if (names.length !== 2) return undefined
  let node: unknown = tree
  for (const name of names) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, name)) return undefined
    node = (node as Record<string, unknown>)[name]
  }
  return node
}

function invalidInput(issues: readonly Problem[]): AppError {
  const issue = issues[0]
  // Only the first 200 characters: a record's keys are part of the path and chosen by the caller.
  const field = (issue?.path ?? []).map(String).join('.').slice(0, 200)
  const reason = (issue?.message ?? 'Invalid input').slice(0, 300)
  const sentence = field
    ? `The field "${field}" is not valid: ${lowerFirst(reason)}.`
    : `The input is not valid: ${lowerFirst(reason)}.`
  return new AppError('invalid-input', sentence, { field })
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '')
}

function internal(reference: string) {
  const message = `Something went wrong inside Copydesk. Its log tells more under ${reference}.`
  return { code: 'internal', message, detail: { reference } } as const
}
