// Makes a fresh machine ready. Runs before node_modules exists, so it uses Node alone; run again, it
// only looks.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheDir, root } from './cache.mjs'
import { describe, ensureElectron } from './electron.mjs'

const say = (line) => process.stdout.write(`setup: ${line}\n`)
const modules = join(root, 'node_modules')
const isWindows = process.platform === 'win32'

// What Electron and Xvfb need to start, and the real mail servers of the tests.
const systemPackages = [
  ...['xvfb', 'xauth', 'libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1'],
  ...['libnotify4', 'libsecret-1-0'],
  ...['dovecot-imapd', 'dovecot-lmtpd', 'exim4-daemon-light', 'openssl'],
]
const compilerPackages = ['g++', 'make', 'python3']

function attempt(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: isWindows, ...options })
}

function must(command, args, options = {}) {
  const { status } = attempt(command, args, { stdio: ['ignore', 2, 2], ...options })
  if (status !== 0) throw new Error(`This failed: ${command} ${args.join(' ')}`)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Copydesk is built with Node 20.19 or newer; this is ${process.versions.node}`)
  }
}

function notInstalled(names) {
  const { stdout } = attempt('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n'])
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  )
  // t64: the name since Debian 13, where time_t has 64 bits
  return names.filter((name) => !installed.has(name) && !installed.has(`${name}t64`))
}

const known = (name) => /Candidate: [^(]/.test(attempt('apt-cache', ['policy', name]).stdout)

function installSystemPackages(names) {
  if (process.platform !== 'linux' || attempt('dpkg-query', ['--version']).status !== 0) return
  const missing = notInstalled(names)
  if (missing.length === 0) return
  const install = ['install', '-y', '--no-install-recommends']
  if (process.getuid() !== 0) {
    say(`as root, please run: apt-get ${[...install, ...missing].join(' ')}`)
    return
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!missing.every(known)) must('apt-get', ['update', '-qq'], { env })
  say(`installing ${missing.join(' ')} …`)
  const names64 = missing.map((name) => (known(name) ? name : `${name}t64`))
  must('apt-get', [...install, '-qq', ...names64], { env })
}

function installPackages() {
  const lock = fs.readFileSync(join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lock).digest('hex')
  const stamp = join(modules, '.copydesk-setup')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8').trim() === hash) return
  say('installing node packages …')
  must('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
  fs.writeFileSync(stamp, `${hash}\n`)
}

// In a process of its own: a broken native module can take its process down.
const loadsSqlite = () =>
  attempt(process.execPath, ['-e', 'require("sqlite3")'], { stdio: 'ignore', shell: false })
    .status === 0

function buildSqlite() {
  const { version } = JSON.parse(fs.readFileSync(join(modules, 'sqlite3', 'package.json'), 'utf8'))
  const binary = join(modules, 'sqlite3', 'build', 'Release', 'node_sqlite3.node')
  const kept = join(cacheDir, `sqlite3-${version}-${process.platform}-${process.arch}.node`)
  const copy = (from, to) => {
    fs.mkdirSync(dirname(to), { recursive: true })
    fs.copyFileSync(from, to)
  }
  if (loadsSqlite()) {
    // `npm ci` empties node_modules whenever a dependency changes; this spares the next build.
    if (!fs.existsSync(kept) && fs.existsSync(binary)) copy(binary, kept)
    return
  }
  if (fs.existsSync(kept)) {
    copy(kept, binary)
    if (loadsSqlite()) return
  }
  installSystemPackages(compilerPackages)
  say('building sqlite3 (some minutes, once) …')
  // Headers that came with Node spare node-gyp a download.
  const prefix = join(dirname(process.execPath), '..')
  const hasHeaders = fs.existsSync(join(prefix, 'include', 'node', 'node_api.h'))
  const env = hasHeaders ? { ...process.env, npm_config_nodedir: prefix } : process.env
  must('npm', ['rebuild', 'sqlite3', '--loglevel=error'], { env })
  if (!loadsSqlite())
    throw new Error('sqlite3 was built but does not load: node -e \'require("sqlite3")\'')
  copy(binary, kept)
}

try {
  checkNode()
  installSystemPackages(systemPackages)
  installPackages()
  buildSqlite()
  say(`ready, ${describe(ensureElectron(say))}`)
} catch (error) {
  process.stderr.write(`setup: ${error.message}\n`)
  process.exit(1)
}
