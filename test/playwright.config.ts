import { defineConfig } from '@playwright/test'
import { electronEnv, resolveElectron } from '../build/electron.mjs'

// With this, `_electron.launch()` finds the runtime this machine has, without being told a path.
Object.assign(process.env, electronEnv(resolveElectron()))

const report = process.env.COPYDESK_REPORT

export default defineConfig({
  testDir: './e2e',
  testMatch: '**/*.electron.spec.ts',
  outputDir: '../test-results',
  // Each spec owns a window, mail servers and a data folder; side by side they would only be slower.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: report ? [['list'], ['json', { outputFile: report }]] : [['list']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
})
