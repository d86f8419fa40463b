// Builds the real main entry and preload around standInApp.ts into a folder that Electron can start.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { repository } from './launchApp'

const page = `<!doctype html><html><head><meta charset="utf-8"><title>Stand-in</title></head>
<body><main id="main"></main><script type="module" src="./page.js"></script></body></html>`

// Frames are put into the page as the renderer does it; styles through the CSSOM, as Vue sets them.
const script = `window.addFrame = (id, width, height) => new Promise((done) => {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-popups')
  frame.style.cssText = 'border:0;display:block;width:' + width + 'px;height:' + height + 'px'
  frame.id = id
  frame.addEventListener('load', () => done(), { once: true })
  frame.src = 'mail://copydesk/' + id + '/'
  document.getElementById('main').replaceChildren(frame)
})`

const standIn: Plugin = {
  name: 'stand-in-app',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source === './app' && importer?.endsWith('src-main/index.ts')
      ? join(import.meta.dirname, 'standInApp.ts')
      : undefined,
}

async function bundle(entry: string, outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: repository,
    logLevel: 'warn',
    plugins: [standIn],
    ssr: { noExternal: true },
    build: {
      ssr: join(repository, entry),
      outDir,
      emptyOutDir: false,
      target: 'node18',
      minify: false,
      rolldownOptions: {
        external: ['electron', /^node:/],
        output: { format: 'cjs', entryFileNames: 'index.cjs', codeSplitting: false },
      },
    },
  })
}

/** Returns the folder to start. */
export async function buildStandIn(folder: string): Promise<string> {
  await bundle('src-main/index.ts', join(folder, 'out/main'))
  await bundle('src-preload/index.ts', join(folder, 'out/preload'))
  mkdirSync(join(folder, 'out/renderer'), { recursive: true })
  writeFileSync(join(folder, 'out/renderer/index.html'), page)
  writeFileSync(join(folder, 'out/renderer/page.js'), script)
  const manifest = { name: 'copydesk', version: '0.0.0', main: 'out/main/index.cjs' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  return folder
}
