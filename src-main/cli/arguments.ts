import { parseArgs } from 'node:util'
import { surplusIn } from './grammar'
import { options, type Arguments } from './options'

/** Wrong usage: exit code 2 with the sentence. */
export class UsageError extends Error {}

function parse(argv: readonly string[]): Arguments {
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

/** @throws UsageError also for what the command does not take */
export function readArguments(argv: readonly string[]): Arguments {
  const call = parse(argv)
  const surplus = call.options.help === true ? null : surplusIn(call)
  if (surplus !== null) throw new UsageError(surplus)
  return call
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
