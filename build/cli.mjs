// The command line in a checkout: `npm run -s cli -- tickets --json`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './cache.mjs'
import { ensureBuilt } from './fresh.mjs'

try {
  ensureBuilt('main')
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

// npm runs scripts in the checkout; paths in arguments are meant from where the person stands.
if (process.env.npm_lifecycle_event === 'cli' && process.env.INIT_CWD) {
  process.chdir(process.env.INIT_CWD)
}

// In this process, so that exit code, signals and streams are the command's own.
const command = join(root, 'out', 'main', 'cli.cjs')
process.argv[1] = command
process.setSourceMapsEnabled(true)
await import(pathToFileURL(command).href)
