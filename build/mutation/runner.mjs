// Runs the unit tests for Stryker in its own process. The tests and the rules are one bundle that is loaded once, and for
// each change only the tests that come by it are called: vitest's own runner starts anew for each, which takes hours for
// the rules as a whole. A change to what runs at the start (a table, a constant) gets a bundle of its own.
import { readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { build } from 'vite'

process.env.FC_RUNS ??= '30'
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
         export const loads = files.map(([name, load]) => ({ name, load: () => (inFile(name), load()) }))`
      : undefined,
  transform: (code, id) =>
    code.includes('import.meta.dirname')
      ? { code: code.replaceAll('import.meta.dirname', JSON.stringify(dirname(id))), map: null }
      : undefined,
}

// How long something takes is no question for a change of the code, and counting alone makes it slow.
const isTimed = ({ name }) => /takes (?:linear )?time/.test(name)

class UnitTestRunner {
  #files = { counting: '', plain: '' }
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
          output: { entryFileNames: 'counting.mjs', codeSplitting: false },
        },
      },
    })
    const counting = join(outDir, 'counting.mjs')
    const plain = join(outDir, 'plain.mjs')
    const code = await readFile(counting, 'utf8')
    const counter = /function (stryCov_9fa48[$\w]*)\(\) \{/gu
    await writeFile(plain, code.replaceAll(counter, 'function $1() { return;'))
    this.#files = { counting: pathToFileURL(counting).href, plain: pathToFileURL(plain).href }
    this.#tests = await this.#load(this.#files.plain)
  }

  /** Collects the tests of the files that `wants` by their names, from a bundle that nothing has run in. */
  async #load(file, wants = () => true) {
    const { collect } = await import(pathToFileURL(shim).href)
    const tests = collect()
    const { loads } = await import(`${file}?load=${String((this.#loads += 1))}`)
    for (const { name, load } of loads) if (wants(name)) await load()
    return tests.filter((test) => !isTimed(test))
  }

  async dryRun() {
    state.activeMutant = undefined
    state.hitCount = undefined
    state.currentTestId = undefined
    const mutantCoverage = (state.mutantCoverage = { static: {}, perTest: {} })
    const tests = []
    for (const { id, name, file, run } of await this.#load(this.#files.counting)) {
      state.currentTestId = id
      const since = performance.now()
      const failureMessage = await failureOf(run)
      const fileName = join(process.cwd(), file)
      const result = { id, name, fileName, timeSpentMs: performance.now() - since }
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
    const own = `/${basename(activeMutant.fileName, '.ts')}.test.ts`
    const isOwn = (name) => name.endsWith(own)
    const chosen = testFilter && new Set(testFilter)
    const first = this.#tests.filter(({ file, id }) => isOwn(file) && (chosen?.has(id) ?? true))
    const judge = (tests) => judgeBy(tests, activeMutant.id, hitLimit)
    const anew = (wants) => {
      state.hitCount = undefined
      state.activeMutant = activeMutant.id
      return this.#load(this.#files.plain, wants)
    }
    // The tests of the same name see most, and what runs at the start often runs later too: the dear steps come last.
    const steps =
      mutantActivation === 'static'
        ? [() => first, () => anew(isOwn), () => anew()]
        : [
            () => first,
            () => this.#tests.filter(({ file, id }) => !isOwn(file) && (chosen?.has(id) ?? true)),
          ]
    let nrOfTests = 0
    try {
      for (const tests of steps) {
        const verdict = await judge(await tests())
        nrOfTests += verdict.nrOfTests ?? 0
        if (verdict.status !== 'survived') return verdict
      }
      return { status: 'survived', nrOfTests }
    } catch (error) {
      // What does not even load is seen by every test.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests }
    } finally {
      state.activeMutant = undefined
    }
  }
}

/** Calls the tests with this change active until one fails. */
async function judgeBy(tests, mutant, hitLimit) {
  state.activeMutant = mutant
  state.hitLimit = hitLimit
  state.hitCount = hitLimit === undefined ? undefined : 0
  let nrOfTests = 0
  for (const { id, run } of tests) {
    nrOfTests += 1
    const failureMessage = await failureOf(run)
    if (state.hitCount > state.hitLimit) return { status: 'timeout', reason: 'without an end' }
    if (failureMessage === undefined) continue
    return { status: 'killed', killedBy: [id], failureMessage, nrOfTests }
  }
  return { status: 'survived', nrOfTests }
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
