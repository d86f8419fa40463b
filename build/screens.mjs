// `npm run screens`: a picture of every screen of the window, in both themes, wide and narrow, into screenshots/window.
// `npm run screens -- -g NAME` takes a part of them again and leaves the other pictures.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './cache.mjs'

const folder = join(root, 'screenshots', 'window')
const chosen = process.argv.slice(2)
if (chosen.length === 0) rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const specs = ['screens', 'gallery'].map((name) => join('test', 'e2e', `${name}.electron.spec.ts`))
const { status } = spawnSync(
  process.execPath,
  [join(root, 'build', 'e2e.mjs'), ...specs, ...chosen],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, COPYDESK_SHOTS: folder },
  },
)
process.stdout.write(`The pictures are in ${folder}\n`)
process.exit(status ?? 1)
