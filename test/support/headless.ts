// The built command line as processes of their own, on a profile that a test has set up.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const cli = resolve(import.meta.dirname, '../../out/main/cli.cjs')
const clock = resolve(import.meta.dirname, 'shiftedClock.cjs')

export interface Headless {
  readonly profile: string
  /** ms by which its clock is wrong. */
  readonly clockShift?: number
}

function spawnCli(
  { profile, clockShift = 0 }: Headless,
  words: readonly string[],
  stdout: 'ignore' | 'pipe',
): ChildProcess {
  if (!existsSync(cli)) throw new Error('build first: npm run build')
  return spawn(process.execPath, [cli, ...words, '--profile', profile], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NODE_OPTIONS: `--require ${clock}`,
      CLOCK_SHIFT_MS: String(clockShift),
      COPYDESK_PASSWORD: 'pass',
      XDG_CONFIG_HOME: join(profile, 'config'),
    },
    stdio: [
      'ignore',
      stdout,
      process.env['COPYDESK_TEST_LOG'] === undefined ? 'ignore' : 'inherit',
    ],
  })
}

/** A command that is running. */
export interface Served {
  readonly signal: (name: NodeJS.Signals) => void
  /** Its exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>
}

export const serve = (headless: Headless): Served => start(headless, 'serve')

/** A command that may not come to its end. */
export function start(headless: Headless, ...words: string[]): Served {
  const child = spawnCli(headless, words, 'ignore')
  return {
    signal: (name) => {
      child.kill(name)
    },
    ended: new Promise((done) => child.once('exit', done)),
  }
}

/** One command, beside a running desk or alone; what it printed and its exit code. */
export async function runCommand(
  headless: Headless,
  ...words: string[]
): Promise<{ readonly code: number | null; readonly printed: string }> {
  const child = spawnCli(headless, words, 'pipe')
  let printed = ''
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { code, printed }
}
