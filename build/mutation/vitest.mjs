// What the unit tests use of vitest, without its worker: a collected test is a function that can be called again and again.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect'
import * as chai from 'chai'
import fc from 'fast-check'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)
// The first counterexample kills; one seed, so that a score can be repeated.
fc.configureGlobal({ endOnFailure: true, seed: 20_260_101 })

/** `{ id, name, file, run }` of each test that was collected since `collect` was called. */
let collected = []
let file = ''
let within = []
let count = 0

export function collect() {
  collected = []
  return collected
}

export function inFile(name) {
  file = name
  within = []
  count = 0
}

export const expect = chai.expect
setState({ assertionCalls: 0, isExpectingAssertions: false, currentTestName: '' }, expect)

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value))

function describe(name, define) {
  const outer = within
  within = [...outer, name]
  define()
  within = outer
}

function it(name, ...rest) {
  const run = rest.find((each) => typeof each === 'function')
  // Rows of a table may have one name: the number tells them apart.
  const id = `${file} ${String((count += 1))}`
  collected.push({ id, file, name: [...within, name].join(' > '), run })
}

const each =
  (define) =>
  (table) =>
  (name, ...rest) => {
    for (const row of table) {
      const values = Array.isArray(row) ? row : [row]
      const call = rest.map((one) => (typeof one === 'function' ? () => one(...values) : one))
      define(`${name} ${values.map(shown).join(', ').slice(0, 80)}`, ...call)
    }
  }

it.each = each(it)
it.skipIf = (isSkipped) => (isSkipped ? () => undefined : it)
describe.each = each(describe)
describe.skipIf = (isSkipped) => (isSkipped ? () => undefined : describe)

export const vi = { setConfig: () => undefined }
export { describe, it }
