import vue from '@vitejs/plugin-vue'
import { defineConfig, type UserConfig } from 'electron-vite'
import { resolve } from 'node:path'

const root = import.meta.dirname
const from = (path: string): string => resolve(root, path)

// CommonJS named .cjs: package.json says "type": "module", and Electron before 28 (the fallback
// runtime) cannot load an ES module as main. A sandboxed preload cannot be one in any version.
const commonJs = {
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
} as const

const main: NonNullable<UserConfig['main']> = {
  build: {
    outDir: from('out/main'),
    target: 'node18',
    sourcemap: true,
    // Only what is native or loads its parts by name stays outside; the rest, ESM-only packages
    // among it, is bundled.
    externalizeDeps: { exclude: ['postal-mime', 'sanitize-html', 'zod'] },
    rolldownOptions: {
      input: {
        index: from('src-main/index.ts'),
        cli: from('src-main/cli.ts'),
        parseWorker: from('src-main/mail/parseWorker.ts'),
      },
      output: commonJs,
    },
  },
}

const preload: NonNullable<UserConfig['preload']> = {
  build: {
    outDir: from('out/preload'),
    target: 'node18',
    externalizeDeps: false,
    rolldownOptions: {
      input: { index: from('src-preload/index.ts') },
      output: { ...commonJs, codeSplitting: false },
    },
  },
}

const renderer: NonNullable<UserConfig['renderer']> = {
  root: from('src-renderer'),
  plugins: [vue()],
  build: {
    outDir: from('out/renderer'),
    target: 'chrome114',
    rolldownOptions: { input: from('src-renderer/index.html') },
  },
}

// The command line needs main alone, and needs it fast.
export default defineConfig(
  process.env.COPYDESK_BUILD === 'main' ? { main } : { main, preload, renderer },
)
