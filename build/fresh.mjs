// Builds what is missing or older than its sources.
import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { root } from './cache.mjs'

const always = ['electron.vite.config.ts', 'package-lock.json', 'src-shared']
const parts = {
  main: {
    inputs: [...always, 'src-main'],
    outputs: ['index', 'cli', 'parseWorker', 'frameWorker', 'syncProcess'].map(
      (name) => `out/main/${name}.cjs`,
    ),
  },
  preload: { inputs: [...always, 'src-preload'], outputs: ['out/preload/index.cjs'] },
  renderer: { inputs: [...always, 'src-renderer'], outputs: ['out/renderer/index.html'] },
}

const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
const lock = join(root, 'node_modules', '.copydesk-build')

// A folder's own time counts too: it changes when a file in it is deleted.
function newest(path) {
  const stat = fs.statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...fs.readdirSync(path).map((name) => newest(join(path, name))))
}

function isStale({ inputs, outputs }) {
  const changed = Math.max(...inputs.map((input) => newest(join(root, input))))
  return outputs.some((output) => {
    const built = fs.statSync(join(root, output), { throwIfNoEntry: false })
    return !built || built.mtimeMs < changed
  })
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

// Two commands started together must not empty each other's out folder.
function withLock(work) {
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const owner = Number(fs.existsSync(lock) && fs.readFileSync(lock, 'utf8'))
      if (owner && !isAlive(owner)) fs.rmSync(lock, { force: true })
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    }
  }
  try {
    work()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/** Standard output stays clean: it belongs to the command that needed the build.
 * @param {'main' | 'all'} what */
export function ensureBuilt(what) {
  const needed = what === 'main' ? [parts.main] : Object.values(parts)
  if (!needed.some(isStale)) return
  withLock(() => {
    if (!needed.some(isStale)) return
    const { status } = spawnSync(
      process.execPath,
      [builder, 'build', '--logLevel', 'warn', '--ignoreConfigWarning'],
      {
        cwd: root,
        env: { ...process.env, COPYDESK_BUILD: what },
        stdio: ['ignore', 2, 2],
      },
    )
    if (status !== 0) throw new Error('The build failed; see above.')
  })
}
