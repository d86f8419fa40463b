// The default app of the fallback runtime: does what `electron [-r MODULE] PATH` does in a release,
// which the repackaged runtime has lost.
const { app, dialog, utilityProcess } = require('electron')
const { existsSync, readFileSync } = require('node:fs')
const Module = require('node:module')
const path = require('node:path')

require('./tracing-channel.cjs')

function readArguments(argv) {
  const preloads = []
  for (let index = 1; index < argv.length; index++) {
    const argument = argv[index]
    if (argument === '-r' || argument === '--require') preloads.push(argv[++index])
    else if (!argument.startsWith('-')) return { preloads, target: argument }
  }
  return { preloads, target: undefined }
}

function adopt(target) {
  const manifest = path.join(target, 'package.json')
  if (!existsSync(manifest)) return path.dirname(target)
  const { name, productName, version, desktopName } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (version) app.setVersion(version)
  app.setName(productName ?? name)
  app.setDesktopName(desktopName ?? `${app.getName()}.desktop`)
  // Worked out from this app's own name before ours was known.
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()))
  return target
}

function run() {
  const { preloads, target } = readArguments(process.argv)
  if (!target) throw new Error('Usage: electron [-r MODULE] PATH [ARGUMENT…]')
  for (const module of preloads) Module._load(module, module, true)
  Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
  const resolved = path.resolve(target)
  app.setAppPath(adopt(resolved))
  Module._load(resolved, Module, true)
}

const forkAsReleased = utilityProcess.fork
utilityProcess.fork = (file, args = [], options = {}) =>
  forkAsReleased(path.join(__dirname, 'utility.cjs'), [file, ...args], options)

// Nobody is there to close a dialog on a test machine.
dialog.showErrorBox = (title, content) => process.stderr.write(`${title}\n${content}\n`)
try {
  run()
} catch (error) {
  process.stderr.write(`${error.stack}\n`)
  app.exit(1)
}
