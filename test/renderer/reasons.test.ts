import { afterEach, describe, expect, it } from 'vitest'
import { explainCode } from '#renderer/components/explainCode'
import { speak } from '#renderer/i18n'
import { explain, explainedCodes, type ReasonWords } from '#shared/rules/explain'

const files = import.meta.glob<{ reasons: ReasonWords }>(
  '../../src-renderer/locales/reasons/*.ts',
  { eager: true },
)
const languages = Object.entries(files).map(
  ([path, { reasons }]) => [/(\w+)\.ts$/.exec(path)?.[1] ?? '', reasons] as const,
)
const detail = { who: 'Ann', what: 'x.org', limit: '20' }

afterEach(() => speak('en'))

it('speaks every language of the window but English, in which the rules are written', () => {
  expect(languages.map(([name]) => name).sort()).toEqual(['de', 'es', 'fr', 'ja'])
})

describe.each(languages)('%s', (name, words) => {
  it('has a sentence for every code, and no other', () => {
    expect(Object.keys(words).sort()).toEqual([...explainedCodes].sort())
  })

  it('says it in a full sentence, with the same people in it as English', () => {
    for (const code of explainedCodes) {
      for (const given of [{}, detail]) {
        const text = explain(code, given, words)
        expect(text, code).toMatch(name === 'ja' ? /。$/ : /^[\p{Lu}].*\.$/u)
        expect(text, code).not.toMatch(/[{}[\]|]|undefined| {2}|: ?\.|\(\)|（）/)
        expect(text, code).not.toBe(explain(code, given))
      }
      const english = explain(code, detail)
      for (const value of Object.values(detail)) {
        expect([code, explain(code, detail, words).includes(value)]).toEqual([
          code,
          english.includes(value),
        ])
      }
    }
  })

  it('is what the window says, as sentence and as short words', async () => {
    expect(explainCode('muted', { who: 'Ann' })).toEqual({
      label: 'Muted',
      text: 'Muted by Ann.',
    })
    await speak(name as 'de')
    const { label, text } = explainCode('muted', { who: 'Ann' })
    expect(text).toBe(explain('muted', { who: 'Ann' }, words))
    expect(label).toBe(explain('muted', {}, words).replace(/[.。]$/, ''))
    await speak('en')
    expect(explainCode('muted').text).toBe('Muted.')
  })
})
