import { afterEach, expect, it } from 'vitest'
import { speak, t } from '#renderer/i18n'
import { en } from '#renderer/locales/en'

type Tree = { readonly [key: string]: string | Tree }

function flat(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : flat(value, `${path}${key}.`),
  )
}

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort()

const files = import.meta.glob<Record<string, Tree>>('../../src-renderer/locales/*.ts', {
  eager: true,
})
const locales = Object.entries(files).map(([path, module]) => {
  const name = /(\w+)\.ts$/.exec(path)?.[1] ?? ''
  return [name, new Map(flat(module[name] ?? {}))] as const
})
const english = new Map(flat(en))

afterEach(() => speak('en'))

it.each(locales)('%s has a text for each English key, and no other', (_name, texts) => {
  expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
})

it.each(locales)('%s fills in what the English text fills in', (_name, texts) => {
  for (const [key, text] of texts) {
    expect([key, placeholders(text)]).toEqual([key, placeholders(english.get(key) ?? '')])
  }
})

it.each(locales)(
  '%s leaves no text empty and none with grammar that cannot be read',
  async (name, texts) => {
    await speak(name as 'en')
    for (const [key, text] of texts) {
      expect(text.trim(), key).not.toBe('')
      const names = Object.fromEntries(placeholders(text).map((one) => [one, `<${one}>`]))
      const shown = t(key as 'common.close', names)
      expect(shown, key).not.toMatch(/[{}|]/)
      for (const value of Object.values(names))
        if (!text.includes('|')) expect(shown, key).toContain(value)
    }
  },
)

it('chooses between one and many and writes numbers as the language does', () => {
  expect([0, 1, 2, 12_345].map((n) => t('common.ccs', { n }))).toEqual([
    '0 CCs',
    '1 CC',
    '2 CCs',
    '12,345 CCs',
  ])
})
