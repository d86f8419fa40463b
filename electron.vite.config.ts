import vue from '@vitejs/plugin-vue'
import { defineConfig, type UserConfig } from 'electron-vite'
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

const root = import.meta.dirname
const from = (path: string): string => resolve(root, path)

// CommonJS named .cjs: package.json says "type": "module", and Electron before 28 (the fallback
// runtime) cannot load an ES module as main. A sandboxed preload cannot be one in any version.
// One file per entry: the command line must not load Electron nor the worker the database, and
// with shared chunks the bundler puts its helpers wherever they happen to fit.
const commonJs = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  codeSplitting: false,
  // Names stay, for the stack traces of the log.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
} as const

// TypeORM loads the drivers of every database there is; compiling them takes a third of a start.
const otherDatabases: Plugin = {
  name: 'other-databases',
  load: (id) =>
    /\/typeorm\/driver\/(?!sqlite\/|sqlite-abstract\/|types\/)[\w-]+\//.test(
      id.replaceAll('\\', '/'),
    )
      ? 'module.exports = {}'
      : null,
}

// What is native stays outside; the rest is bundled: five hundred small files take longer to find than to run.
const nodeBuild = (name: string, entry: string) => ({
  outDir: from('out/main'),
  target: 'node18',
  sourcemap: true,
  externalizeDeps: false,
  rolldownOptions: {
    input: { [name]: from(entry) },
    external: [/^(electron|sqlite3)(\/|$)/, ...builtinModules],
    output: commonJs,
  },
})

const builtBesideIt = (name: string, entry: string): Plugin => ({
  name: `entry-${name}`,
  async closeBundle() {
    await build({
      configFile: false,
      logLevel: 'warn',
      ssr: { noExternal: true },
      plugins: [otherDatabases],
      build: { ...nodeBuild(name, entry), ssr: true, emptyOutDir: false },
    })
  },
})

const main: NonNullable<UserConfig['main']> = {
  plugins: [
    otherDatabases,
    builtBesideIt('cli', 'src-main/cli.ts'),
    builtBesideIt('parseWorker', 'src-main/mail/parseWorker.ts'),
    builtBesideIt('frameWorker', 'src-main/mail/frameWorker.ts'),
    builtBesideIt('syncProcess', 'src-main/sync/process.ts'),
  ],
  build: nodeBuild('index', 'src-main/index.ts'),
}

const preload: NonNullable<UserConfig['preload']> = {
  build: {
    outDir: from('out/preload'),
    target: 'node18',
    externalizeDeps: false,
    rolldownOptions: {
      input: { index: from('src-preload/index.ts') },
      output: commonJs,
    },
  },
}

const renderer: NonNullable<UserConfig['renderer']> = {
  root: from('src-renderer'),
  plugins: [vue()],
  build: {
    outDir: from('out/renderer'),
    target: 'chrome114',
    minify: true,
    rolldownOptions: { input: from('src-renderer/index.html') },
  },
}

// The command line needs main alone, and needs it fast.
export default defineConfig(
  process.env.COPYDESK_BUILD === 'main' ? { main } : { main, preload, renderer },
)
