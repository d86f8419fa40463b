import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'

process.env['TZ'] = 'Pacific/Chatham'
// A property that needs thousands of draws to notice a change guards it badly: tables must do it.
process.env['FC_RUNS'] ??= '50'

// Only the fast tests: each runs once for every change Stryker makes to a rule. They share one worker, because
// importing the rules anew for each file would take longer than running the tests.
export default defineConfig({
  root: resolve(import.meta.dirname, '..'),
  test: {
    include: (process.env['MUTATION_TESTS'] ?? 'test/unit/**/*.test.ts').split(','),
    isolate: false,
    maxWorkers: 1,
    testTimeout: 60_000,
  },
})
