// What every private test server needs: free ports, a short directory, a certificate, an orderly end.
import { execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export const isRoot = process.getuid?.() === 0

/** Runs a program and returns what it printed; its complaint is in the error. */
export async function run(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, [...args], { maxBuffer: 64 * 1_048_576 })
  return stdout
}

/**
 * Runs a program that leaves a daemon behind. What it says goes to a file in `dir`: the daemon would keep a pipe open,
 * and waiting for its end is waiting for the daemon's.
 */
export async function launch(program: string, args: readonly string[], dir: string): Promise<void> {
  const said = join(dir, 'start.log')
  const file = await open(said, 'w')
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program, [...args], { stdio: ['ignore', file.fd, file.fd] })
    child.once('error', reject)
    child.once('exit', resolve)
  }).finally(() => file.close())
  if (code === 0) return
  throw new Error(`${program} ended with ${String(code)}: ${await readFile(said, 'utf8')}`)
}

/** Starts a server anew, on other ports, when another program was quicker to take one of them. */
export async function insist<T>(start: () => Promise<T>, tries = 3): Promise<T> {
  try {
    return await start()
  } catch (error) {
    if (tries <= 1) throw error
    process.stderr.write(`${String(error)} (${String((error as Error).cause)}); once more\n`)
    return insist(start, tries - 1)
  }
}

/** Path of the first program that exists, or an error that names the packages to install. */
export function findProgram(paths: readonly string[], packages: string): string {
  const found = paths.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    `${paths[0] ?? ''} is missing. Install it: apt-get install -y --no-install-recommends ${packages}`,
  )
}

/**
 * A port that nobody has. From below the range out of which the system serves outgoing connections: one of those could
 * take it before the server does, or while the server restarts.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(12_000, 32_000)
    if (await isFree(port)) return port
  }
  throw new Error('no free port')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

/** A directory with a short path: unix socket paths end at 107 bytes. */
export async function shortDirectory(): Promise<string> {
  const base = tmpdir().length <= 40 ? tmpdir() : '/tmp'
  return mkdtemp(join(base, 'cd-'))
}

/** A certificate for localhost, 127.0.0.1 and what lies under `name`, which is its own authority. */
export async function makeCertificate(
  dir: string,
  name = 'localhost',
): Promise<{ cert: string; key: string }> {
  const openssl = findProgram(['/usr/bin/openssl', '/usr/local/bin/openssl'], 'openssl')
  const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
  const names = `subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:${name},DNS:*.${name}`
  const kind = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650'
  const args = ['req', ...kind.split(' '), '-subj', '/CN=localhost', '-addext', names]
  await run(openssl, [...args, '-keyout', files.key, '-out', files.cert])
  return files
}

/** Waits until a server on `port` greets with a line that begins with `greeting`. */
export async function waitForGreeting(port: number, greeting: string, ms = 15_000): Promise<void> {
  const end = Date.now() + ms
  while (Date.now() < end) {
    if ((await firstBytes(port)).startsWith(greeting)) return
    await delay(40)
  }
  throw new Error(`no greeting on port ${port}`)
}

function firstBytes(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    const finish = (text: string) => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(2_000, () => finish(''))
    socket.once('error', () => finish(''))
    socket.once('close', () => finish(''))
    socket.once('data', (data) => finish(data.toString('latin1')))
  })
}

const running = new Set<number>()
process.once('exit', () => {
  for (const pid of running) kill(pid, 'SIGTERM')
})

function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Remembers the server in `file`, so that it ends with this process at the latest. */
export async function adopt(file: string): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''))
    if (Number.isInteger(pid) && pid > 1) {
      running.add(pid)
      return pid
    }
    await delay(20)
  }
  throw new Error(`no process id in ${file}`)
}

async function isGone(pid: number, ms: number): Promise<boolean> {
  const end = Date.now() + ms
  while (kill(pid, 0) && Date.now() < end) await delay(25)
  return !kill(pid, 0)
}

/** Ends one server by its own id and waits until it is gone. @throws when not even SIGKILL ends it */
export async function endProcess(pid: number): Promise<void> {
  kill(pid, 'SIGTERM')
  if (!(await isGone(pid, 15_000))) {
    kill(pid, 'SIGKILL')
    if (!(await isGone(pid, 15_000))) throw new Error(`process ${String(pid)} does not end`)
  }
  running.delete(pid)
}

export async function removeDirectory(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
}
