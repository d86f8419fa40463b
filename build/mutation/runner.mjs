// Runs the unit tests for Stryker in its own process. The tests and the rules are one bundle that is loaded once, and for
// each change only the tests that come by it are called: vitest's own runner starts anew for each, which takes hours for
// the rules as a whole. A change to what runs at the start (a table, a constant) gets a bundle of its own.
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { build } from 'vite'

process.env.FC_RUNS ??= '50'
process.env.TZ = 'Pacific/Chatham'

const shim = resolve(import.meta.dirname, 'vitest.mjs')
const state = (globalThis.__stryker__ ??= {})

/** A module that names every test file before it loads it. */
const allTests = {
  name: 'all-unit-tests',
  resolveId: (id) => (id === 'unit-tests' ? id : undefined),
  load: (id) =>
    id === 'unit-tests'
      ? `import { inFile } from 'vitest'
         const files = Object.entries(import.meta.glob('/test/unit/**/*.test.ts'))
         export const loads = files.map(([name, load]) => () => (inFile(name), load()))`
      : undefined,
  transform: (code, id) =>
    code.includes('import.meta.dirname')
      ? { code: code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id))), map: null }
      : undefined,
}

class UnitTestRunner {
  #bundle = ''
  #tests = []
  #loads = 0

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    const outDir = resolve(`out-mutation-${String(process.pid)}`)
    await build({
      configFile: false,
      logLevel: 'error',
      plugins: [allTests],
      resolve: { alias: { vitest: shim } },
      build: {
        ssr: true,
        outDir,
        minify: false,
        rollupOptions: {
          input: 'unit-tests',
          external: [shim],
          output: { entryFileNames: 'tests.mjs', codeSplitting: false },
        },
      },
    })
    this.#bundle = pathToFileURL(join(outDir, 'tests.mjs')).href
    this.#tests = await this.#load()
  }

  async #load() {
    const { collect } = await import(pathToFileURL(shim).href)
    const tests = collect()
    const { loads } = await import(`${this.#bundle}?load=${String((this.#loads += 1))}`)
    for (const load of loads) await load()
    return tests
  }

  async dryRun() {
    state.activeMutant = undefined
    state.hitCount = undefined
    state.currentTestId = undefined
    const mutantCoverage = (state.mutantCoverage = { static: {}, perTest: {} })
    // Anew: what runs at the start is counted too.
    this.#tests = await this.#load()
    const tests = []
    for (const { id, name, file, run } of this.#tests) {
      state.currentTestId = id
      const since = performance.now()
      const failureMessage = await failureOf(run)
      const result = {
        id,
        name,
        fileName: join(process.cwd(), file),
        timeSpentMs: performance.now() - since,
      }
      tests.push(
        failureMessage === undefined
          ? { ...result, status: 'success' }
          : { ...result, status: 'failed', failureMessage },
      )
    }
    state.currentTestId = undefined
    return { status: 'complete', tests, mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    const isStatic = mutantActivation === 'static'
    state.hitLimit = hitLimit
    state.hitCount = hitLimit === undefined ? undefined : 0
    state.activeMutant = isStatic ? activeMutant.id : undefined
    try {
      const tests = isStatic ? await this.#load() : this.#tests
      state.activeMutant = activeMutant.id
      return await this.#judge(tests, testFilter && new Set(testFilter))
    } catch (error) {
      // What does not even load is seen by every test.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 }
    } finally {
      state.activeMutant = undefined
    }
  }

  async #judge(tests, chosen) {
    let nrOfTests = 0
    for (const { id, run } of tests) {
      if (chosen !== undefined && !chosen.has(id)) continue
      nrOfTests += 1
      const failureMessage = await failureOf(run)
      if (state.hitCount > state.hitLimit) return { status: 'timeout', reason: 'without an end' }
      if (failureMessage === undefined) continue
      return { status: 'killed', killedBy: [id], failureMessage, nrOfTests }
    }
    return { status: 'survived', nrOfTests }
  }
}

async function failureOf(run) {
  try {
    await run()
    return undefined
  } catch (error) {
    return String(error?.message ?? error).slice(0, 500) || 'failed'
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'unit', UnitTestRunner)]
