import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

process.env['TZ'] = 'Pacific/Chatham'

// Only the fast tests: each runs once for every change Stryker makes to a rule.
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: { include: ['test/unit/**/*.test.ts'] },
})
