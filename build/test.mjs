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

const oneLine = (text = '') =>
  text
    // eslint-disable-next-line no-control-regex -- colours of the terminal
    .replace(/\u001B\[[0-9;]*m/gu, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, 6)
    .join(' | ')
    .slice(0, 600)

/** `name: first words of the error` of each test that failed. */
function listVitestFailures(report) {
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    if (status === 'failed' && assertionResults.length === 0) {
      return [`${name}: ${oneLine(message)}`]
    }
    return assertionResults
      .filter((test) => test.status === 'failed')
      .map((test) => `${test.fullName}: ${oneLine(test.failureMessages?.[0])}`)
  })
}

function listPlaywrightFailures(report) {
  const inSuite = (suite) => [
    ...(suite.suites ?? []).flatMap(inSuite),
    ...(suite.specs ?? [])
      .filter(({ ok }) => !ok)
      .map((spec) => {
        const errors = spec.tests.flatMap(({ results }) => results.flatMap(({ errors }) => errors))
        return `${spec.file}: ${spec.title}: ${oneLine(errors[0]?.message)}`
      }),
  ]
  const outside = (report?.errors ?? []).map(({ message }) => oneLine(message))
  return [...(report?.suites ?? []).flatMap(inSuite), ...outside]
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
const unit = read(vitestReport)
const electron = read(playwrightReport)
const proof = read(proofReport)
const counts = [countVitest(unit), countPlaywright(electron), countVitest(proof)]
const failures = [
  ...listVitestFailures(unit),
  ...listPlaywrightFailures(electron),
  ...listVitestFailures(proof),
]
rmSync(reports, { recursive: true, force: true })
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
if (counts.some((count) => count.passed + count.failed === 0)) {
  process.stdout.write('\nA test run reported no tests at all; that is a failure.\n')
  process.exitCode = 1
}
if (!allOk || failed > 0) process.exitCode = 1
for (const failure of failures) process.stdout.write(`\nfailed: ${failure}\n`)
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
