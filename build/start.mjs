// Starts the app: `npm start` what is built, `npm run dev` with reload on every change.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cache.mjs'
import { describe, electronEnv, resolveElectron, sandboxArguments } from './electron.mjs'
import { ensureBuilt } from './fresh.mjs'

const [mode, ...rest] = process.argv.slice(2)
const electron = resolveElectron()
process.stderr.write(`${describe(electron)}\n`)

function command() {
  if (mode === '--dev') {
    const builder = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    return [process.execPath, [builder, 'dev', '--watch', '--', ...sandboxArguments, ...rest]]
  }
  ensureBuilt('all')
  return [electron.path, [...sandboxArguments, root, ...(mode ? [mode, ...rest] : [])]]
}

const [program, args] = command()
const child = spawn(program, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...electronEnv(electron) },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
