// What main refuses reaches the window with a code, and the window says the code in its language: each must have its words.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { explainedCodes } from '#shared/rules/explain'

const folder = join(import.meta.dirname, '../../src-main')
const known = new Set(explainedCodes)

/** `file: code` of each reason code that stands beside an English sentence. */
const given = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('cli'))
  .flatMap((name) => {
    const text = readFileSync(join(folder, name), 'utf8')
    const refused = text.matchAll(
      /(?:new AppError|\brefuse)\((?:[^()]|\([^()]*\))*?because: '([\w-]+)'/g,
    )
    return [...refused].map(([, code = '']) => `${name}: ${code}`)
  })

it('has words for every code that main gives', () => {
  expect(given.length).toBeGreaterThan(50)
  expect(given.filter((one) => !known.has(one.split(': ')[1] ?? ''))).toEqual([])
})
