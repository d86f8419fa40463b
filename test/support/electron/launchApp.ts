// Starts the built app in a real Electron and hands over its window.

import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { describe, resolveElectron, sandboxArguments } from '../../../build/electron.mjs'

export interface LaunchOptions {
  readonly profile: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** A folder with a package.json whose `main` is started; the repository when not given. */
  readonly appFolder?: string
}

export interface Launched {
  readonly app: ElectronApplication
  readonly window: Page
  readonly problems: Problems
  /** Everything the main process has printed. */
  readonly output: () => string
  /** Quits as a person would; a process that does not end is killed and reported. */
  readonly close: () => Promise<void>
  /** Ends the process as a power cut would. */
  readonly kill: () => Promise<void>
}

export interface Problems {
  readonly consoleErrors: string[]
  readonly failedRequests: string[]
}

export const repository = join(import.meta.dirname, '../../..')
const closeLimitMs = 20_000

let isAnnounced = false

/** How to start Electron here, for tests that need a process rather than a window. */
export function electronCommand(profile: string, appFolder = repository) {
  const runtime = resolveElectron()
  if (!isAnnounced) process.stdout.write(`${describe(runtime)}\n`)
  isAnnounced = true
  return { path: runtime.path, args: [...sandboxArguments, appFolder, '--profile', profile] }
}

export function electronEnv(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && name !== 'ELECTRON_RUN_AS_NODE',
  )
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...extra }
}

export async function launchApp(options: LaunchOptions): Promise<Launched> {
  const { path, args } = electronCommand(options.profile, options.appFolder)
  const app = await _electron.launch({
    executablePath: path,
    args: [...args, ...(options.args ?? [])],
    env: electronEnv(options.env),
    // Playwright's own wish for light pages would hide what the app's theme does.
    colorScheme: null,
    timeout: 60_000,
  })
  const output: string[] = []
  app.process().stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  app.process().stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  const problems: Problems = { consoleErrors: [], failedRequests: [] }
  app.on('window', (page) => collect(page, problems))
  try {
    const window = await app.firstWindow({ timeout: 60_000 })
    collect(window, problems)
    // A new window is about:blank for a moment.
    await window.waitForURL(/^(?:app|http):/)
    return {
      app,
      window,
      problems,
      output: () => output.join(''),
      close: () => close(app),
      kill: () => kill(app),
    }
  } catch (error) {
    await kill(app)
    throw new Error(`The app did not open a window. It said:\n${output.join('')}`, { cause: error })
  }
}

const watched = new WeakSet<Page>()

function collect(page: Page, { consoleErrors, failedRequests }: Problems): void {
  if (watched.has(page)) return
  watched.add(page)
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text())
  })
  page.on('pageerror', (error) => consoleErrors.push(String(error)))
  page.on('requestfailed', (request) => {
    failedRequests.push(`${request.url()} ${request.failure()?.errorText ?? ''}`)
  })
}

async function close(app: ElectronApplication): Promise<void> {
  const ended = hasEnded(app)
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => undefined)
  const late = new Promise<'late'>((done) => setTimeout(() => done('late'), closeLimitMs).unref())
  if ((await Promise.race([ended, late])) !== 'late') return
  await kill(app)
  throw new Error(`The app did not quit within ${closeLimitMs / 1000} seconds.`)
}

async function kill(app: ElectronApplication): Promise<void> {
  const ended = hasEnded(app)
  app.process().kill('SIGKILL')
  await ended
}

function hasEnded(app: ElectronApplication): Promise<void> {
  const child = app.process()
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((done) => child.once('exit', () => done()))
}
