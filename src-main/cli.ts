#!/usr/bin/env node
// The same desk without a window, for admins, servers and tests (architecture.md §14).
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { AppError, toWire } from '#shared/ipc/errors'
import { readArguments, UsageError } from './cli/arguments'
import { commands } from './cli/commands'
import type { Arguments } from './cli/options'
import { usage } from './cli/usage'
import { createEngine, findWorkers, type Engine } from './engine'
import { startLogging } from './log'
import { createSecretsFile } from './secretsFile'

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

function profileOf({ options }: Arguments): string {
  const fallback = join(
    process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'),
    'copydesk',
  )
  return resolve(options.profile ?? process.env['COPYDESK_PROFILE'] ?? fallback)
}

/** Resolves when the process is asked to end. */
function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve()
      })
    }
  })
}

async function serveUntil(end: Promise<void>, engine: Engine): Promise<void> {
  await engine.start()
  await end
}

async function run(call: Arguments): Promise<void> {
  const profile = profileOf(call)
  // Heard from the first moment: what is half opened is closed in order.
  const end = call.command === 'serve' ? askedToEnd() : undefined
  const engine = await createEngine({
    profile,
    secrets: createSecretsFile(profile),
    workers: findWorkers(),
  })
  try {
    if (end !== undefined) {
      await serveUntil(end, engine)
      return
    }
    const command = Object.hasOwn(commands, call.command) ? commands[call.command] : undefined
    if (command === undefined) throw new UsageError(`there is no command “${call.command}”`)
    print(await command(engine, { ...call, profile }))
  } finally {
    await engine.stop()
  }
}

/** Runs one command. @returns the exit code: 0 done, 1 refused, 2 wrong usage */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const call = readArguments(argv)
    if (call.command === 'help' || call.options.help === true) {
      process.stdout.write(usage)
      return 0
    }
    startLogging({ level: 'warn', stderr: true })
    await run(call)
    return 0
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`copydesk: ${error.message}\n\n${usage}`)
      return 2
    }
    const known =
      error instanceof AppError
        ? error
        : new AppError('internal', error instanceof Error ? error.message : String(error))
    print({ error: toWire(known) })
    return 1
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
