// Everything, from a fresh clone to a verdict: setup, all checks, all tests.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checks, runSteps, summarise } from './steps.mjs'

const reports = mkdtempSync(join(tmpdir(), 'copydesk-test-'))
const vitestReport = join(reports, 'vitest.json')
const proofReport = join(reports, 'proofs.json')
const playwrightReport = join(reports, 'playwright.json')

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

// A file that does not even load has no tests to fail: it counts as one failure itself.
function countVitest(report) {
  const unloaded = (report?.testResults ?? []).filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  )
  return {
    passed: report?.numPassedTests ?? 0,
    failed: (report?.numFailedTests ?? 0) + unloaded.length,
  }
}

function countPlaywright(report) {
  return {
    passed: report?.stats.expected ?? 0,
    failed:
      (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0) + (report?.errors.length ?? 0),
  }
}

const [setup] = runSteps([{ name: 'setup', script: 'setup' }])
const results = [setup]
if (setup.ok) {
  const reporting = checks.map((step) =>
    step.script === 'unit' ? { ...step, env: { COPYDESK_REPORT: vitestReport } } : step,
  )
  const endToEnd = {
    name: 'end-to-end tests',
    script: 'e2e',
    env: { COPYDESK_REPORT: playwrightReport },
  }
  const proofs = { name: 'proofs', script: 'proofs', env: { COPYDESK_REPORT: proofReport } }
  results.push(...runSteps([...reporting, endToEnd, proofs]))
}

const allOk = summarise(results)
const counts = [
  countVitest(read(vitestReport)),
  countPlaywright(read(playwrightReport)),
  countVitest(read(proofReport)),
]
rmSync(reports, { recursive: true, force: true })
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
if (counts.some((count) => count.passed + count.failed === 0)) {
  process.stdout.write('\nA test run reported no tests at all; that is a failure.\n')
  process.exitCode = 1
}
if (!allOk || failed > 0) process.exitCode = 1
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
