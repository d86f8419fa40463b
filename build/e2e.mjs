// The end-to-end tests in a real Electron window, on a display of their own where there is none.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cache.mjs'
import { describe, resolveElectron } from './electron.mjs'
import { ensureBuilt } from './fresh.mjs'

process.stdout.write(`${describe(resolveElectron())}\n`)
ensureBuilt('all')

const playwright = join(root, 'node_modules', '@playwright', 'test', 'cli.js')
const config = join(root, 'test', 'playwright.config.ts')
const test = [process.execPath, playwright, 'test', '-c', config, ...process.argv.slice(2)]
const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY
const display = ['xvfb-run', '-a', '-s', '-screen 0 1600x1200x24']
const [program, ...args] = needsDisplay ? [...display, ...test] : test

const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
if (error) process.stderr.write(`${program}: ${error.message}. Run: npm run setup\n`)
process.exit(status ?? 1)
