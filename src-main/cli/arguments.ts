import { parseArgs } from 'node:util'

/** Wrong usage: exit code 2 with the sentence. */
export class UsageError extends Error {}

const options = {
  profile: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  config: { type: 'string' },
  wait: { type: 'boolean' },
  view: { type: 'string' },
  query: { type: 'string' },
  limit: { type: 'string' },
  requester: { type: 'string' },
  subject: { type: 'string' },
  body: { type: 'string' },
  cc: { type: 'string', multiple: true },
  to: { type: 'string', multiple: true },
  at: { type: 'string' },
  'expect-revision': { type: 'string' },
  public: { type: 'boolean' },
  note: { type: 'boolean' },
  private: { type: 'boolean' },
  format: { type: 'string' },
  'public-only': { type: 'boolean' },
  level: { type: 'string' },
  'add-cc': { type: 'boolean' },
  alias: { type: 'string', multiple: true },
  name: { type: 'string' },
  role: { type: 'string' },
  group: { type: 'string', multiple: true },
  mailbox: { type: 'string' },
  signature: { type: 'string' },
  account: { type: 'string' },
} as const

export type Options = ReturnType<
  typeof parseArgs<{ options: typeof options; allowPositionals: true }>
>['values']

export interface Arguments {
  readonly command: string
  readonly rest: readonly string[]
  readonly options: Options
}

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    })
    const [command = 'help', ...rest] = positionals
    return { command, rest, options: values }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** @throws UsageError naming what is missing */
export function need(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new UsageError(`${what} is missing`)
  return value
}

export function needNumber(value: string, what: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 0) return number
  throw new UsageError(`${what} must be a whole number, not “${value}”`)
}
