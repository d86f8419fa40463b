// Ready for right-to-left: styles speak of start and end, so that `dir=rtl` mirrors the window by itself.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../src-renderer')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.(vue|css)$/.test(file),
)
const physical =
  /(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right)(?:-\w+)?|left|right|text-align:\s*(?:left|right)|float:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)\s*(?=:|;)/

function stylesOf(text: string, file: string): string {
  if (file.endsWith('.css')) return text
  return [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css).join('\n')
}

it('finds the styles', () => {
  expect(files.length).toBeGreaterThan(50)
  expect(physical.test('  margin-left: 4px;')).toBe(true)
  expect(physical.test('  text-align: right;')).toBe(true)
  expect(physical.test('  left: 50%;')).toBe(true)
  expect(physical.test('  margin-inline-start: 4px;')).toBe(false)
})

it.each(files)('%s names no side', (file) => {
  const lines = stylesOf(readFileSync(join(root, file), 'utf8'), file).split('\n')
  expect(lines.filter((line) => physical.test(line))).toEqual([])
})
