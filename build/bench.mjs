// Measures beside a floor in the same run: ratios travel between machines, seconds do not.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cache.mjs'
import { ensureBuilt } from './fresh.mjs'

ensureBuilt('all')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const config = join(root, 'test', 'bench', 'vitest.config.ts')
const args = [vitest, 'run', '-c', config, '--disable-console-intercept', ...process.argv.slice(2)]
const env = { ...process.env, NODE_ENV: 'production' }
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env })
process.exit(status ?? 1)
