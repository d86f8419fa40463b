// What a person reads comes from the locales: no template and no script of the window has words of its own.
import ts from 'typescript'
import { expect, it } from 'vitest'
import { parse } from 'vue/compiler-sfc'

const files = import.meta.glob<string>(['../../src-renderer/**/*.{vue,ts}', '!**/locales/**'], {
  eager: true,
  query: '?raw',
  import: 'default',
})

/** A word for people: a letter that is no name of a key, a tag or a thing of the code. */
const word = /\p{L}{2,}/u
const sentence = /\p{Lu}?\p{L}+,? \p{L}{2,}/u
const names = new Set(['Copydesk', 'https://', 'support@example.com', 'Maria Keller', 'Enter'])
const isCode = (text: string): boolean => /^[\w.-]*$/.test(text) && !/^\p{Lu}/u.test(text)
/** Media queries, selectors, keys: two words that nobody reads. */
const isMachines = (text: string): boolean => /^a?[([]|^input\b|^(?:Shift|Alt) /.test(text)
/** What a screen reader or a tooltip says. */
const spoken =
  /^(?:title|label|about|alt|placeholder|note|hint|aria-(?:label|description|roledescription))$/

/** Texts of the string literals in a script, also inside templates of strings, but not of thrown errors. */
function literalsOf(script: string): string[] {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const isBug = ts.isThrowStatement(node)
    if (ts.isImportDeclaration(node) || isBug) return
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddle(node) ||
      ts.isTemplateTail(node)
    )
      found.push(node.text.trim())
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('script.ts', script, ts.ScriptTarget.Latest, true))
  return found
}

interface Part {
  readonly type: number
  readonly name?: string
  readonly content?: string | Part
  readonly arg?: Part
  readonly exp?: Part
  readonly value?: Part
  readonly props?: readonly Part[]
  readonly children?: readonly Part[]
}

const textOf = (part: Part | undefined): string =>
  typeof part?.content === 'string' ? part.content : ''

/** Types of nodes, as the compiler numbers them. */
const node = { text: 2, interpolation: 5, attribute: 6, directive: 7 }

function* spokenIn(part: Part): Generator<string> {
  if (part.type === node.text) yield textOf(part).trim()
  if (part.type === node.interpolation && typeof part.content === 'object') {
    yield* literalsOf(`(${textOf(part.content)})`).filter((text) => !isCode(text))
  }
  for (const prop of part.props ?? []) {
    if (prop.type === node.attribute && spoken.test(prop.name ?? '')) yield textOf(prop.value)
    const isBound = prop.type === node.directive && prop.name === 'bind'
    if (isBound && spoken.test(textOf(prop.arg))) {
      yield* literalsOf(`(${textOf(prop.exp)})`).filter((text) => !isCode(text))
    }
  }
  for (const child of part.children ?? []) yield* spokenIn(child)
}

function wordsIn(path: string, source: string): string[] {
  if (!path.endsWith('.vue')) return literalsOf(source).filter((text) => sentence.test(text))
  const { descriptor } = parse(source)
  const script = `${descriptor.script?.content ?? ''}\n${descriptor.scriptSetup?.content ?? ''}`
  const tree = descriptor.template?.ast as unknown as Part | undefined
  return [
    ...(tree === undefined ? [] : [...spokenIn(tree)].filter((text) => word.test(text))),
    ...literalsOf(script).filter((text) => sentence.test(text)),
  ]
}

it('finds words wherever a component may hide them', () => {
  const hidden = `<script setup lang="ts">
const choices = [{ value: 'all', label: 'Also internal notes' }]
if (choices.length > 3) throw new Error('Nobody reads this but us')
</script>
<template>
  <p title="Quoted text" class="two words">Accept <b v-if="x">and add</b></p>
  <i :aria-label="isOpen ? 'Hide' : t('common.close')">{{ n > 1 ? 'Many' : t('a.b') }}</i>
</template>`
  expect(wordsIn('a.vue', hidden).sort()).toEqual(
    ['Accept', 'Also internal notes', 'Hide', 'Many', 'Quoted text', 'and add'].sort(),
  )
})

it('says nothing to people that is not in the locales', () => {
  expect(Object.keys(files).length).toBeGreaterThan(100)
  const found = Object.entries(files).flatMap(([path, source]) =>
    wordsIn(path, source)
      .filter((text) => !names.has(text) && !isMachines(text))
      .map((text) => `${path.replace('../../src-renderer/', '')}: ${text}`),
  )
  expect(found).toEqual([])
}, 60_000)
