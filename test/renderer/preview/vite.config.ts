import vue from '@vitejs/plugin-vue'
import { resolve } from 'node:path'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: resolve(import.meta.dirname, '../../../node_modules/.cache/preview'),
  plugins: [vue()],
  server: { fs: { allow: [resolve(import.meta.dirname, '../../..')] } },
})
