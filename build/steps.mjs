import { spawnSync } from 'node:child_process'
import { root } from './cache.mjs'

export const checks = [
  { name: 'types', script: 'types' },
  { name: 'lint', script: 'lint' },
  { name: 'layers', script: 'layers' },
  { name: 'format', script: 'format:check' },
  { name: 'unused', script: 'unused' },
  { name: 'build', script: 'build' },
  { name: 'unit, main and renderer tests', script: 'unit' },
]

/** Runs every step, also after a failure: one run shows all that is wrong. */
export function runSteps(steps) {
  return steps.map(({ name, script, env }) => {
    process.stdout.write(`\n── ${name}\n`)
    const began = Date.now()
    const { status } = spawnSync('npm', ['run', '--silent', script], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
      shell: process.platform === 'win32',
    })
    return { name, ok: status === 0, seconds: (Date.now() - began) / 1000 }
  })
}

export function summarise(results) {
  process.stdout.write('\n')
  for (const { name, ok, seconds } of results) {
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds.toFixed(1)} s)\n`)
  }
  return results.every(({ ok }) => ok)
}
