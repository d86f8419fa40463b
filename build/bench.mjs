// Measures beside a floor in the same run: ratios travel between machines, seconds do not.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cache.mjs'
import { ensureBuilt } from './fresh.mjs'

ensureBuilt('all')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const config = join(root, 'test', 'bench', 'vitest.config.ts')
const bench = [process.execPath, vitest, 'run', ...process.argv.slice(2), '-c', config]
const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY
const display = ['xvfb-run', '-a', '-s', '-screen 0 1600x1200x24']
const [program, ...args] = needsDisplay ? [...display, ...bench] : bench
const env = { ...process.env, NODE_ENV: 'production' }
const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env })
if (error) process.stderr.write(`${program}: ${error.message}. Run: npm run setup\n`)
process.exit(status ?? 1)
