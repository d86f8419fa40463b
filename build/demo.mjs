// `npm run demo`: from a fresh clone to a desk with mail in it. Needs nothing but Node; what the rest
// needs is installed first, so it is only imported afterwards.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './cache.mjs'

const usage = `npm run demo [-- --tour] [-- --keep]

  --tour   play the tour and end, also where there is a display
  --keep   keep the profile and the received mails
`
const flags = process.argv.slice(2)
if (!flags.every((flag) => ['--tour', '--keep'].includes(flag))) {
  process.stdout.write(usage)
  process.exit(flags.includes('--help') ? 0 : 2)
}

const setup = spawnSync(process.execPath, [join(root, 'build', 'setup.mjs')], { stdio: 'inherit' })
if (setup.status !== 0) process.exit(setup.status ?? 1)

const { runDemo } = await import('./demo/run.mjs')
process.exit(await runDemo({ isTour: flags.includes('--tour'), isKept: flags.includes('--keep') }))
