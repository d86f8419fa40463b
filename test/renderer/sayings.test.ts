// What main says as text, said again in the language of the window: a connection that fails, the last words about a mail.
import { afterEach, describe, expect, it } from 'vitest'
import { asProblem } from '#renderer/composables/problem'
import { inOurLanguage, speak } from '#renderer/i18n'
import { say, sayings, type SayingCode, type SayingWords } from '#shared/rules/sayings'

const files = import.meta.glob<{ sayings: SayingWords }>(
  '../../src-renderer/locales/sayings/*.ts',
  { eager: true },
)
const languages = Object.entries(files).map(
  ([path, file]) => [/(\w+)\.ts$/.exec(path)?.[1] ?? '', file.sayings] as const,
)
const codes = Object.keys(sayings) as SayingCode[]
const detail = {
  protocol: 'SMTP',
  server: 'smtp.desk.test:587',
  host: 'smtp.desk.test',
  reply: '550 5.7.1 no\nnot (ever): {reply}.',
  reason: 'ENOSPC, device full',
  count: '3',
}
const placesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

afterEach(() => speak('en'))

it('there is for every language of the window but English', () => {
  expect(languages.map(([name]) => name).sort()).toEqual(['de', 'es', 'fr', 'ja'])
})

describe.each(languages)('%s', (name, words) => {
  it('names the same in every sentence, and leaves none in English', () => {
    expect(Object.keys(words)).toEqual(codes)
    for (const code of codes) {
      expect([code, placesIn(words[code])]).toEqual([code, placesIn(sayings[code])])
      expect(words[code]).not.toBe(sayings[code])
    }
  })

  it('knows each English sentence again, with what is named in it', async () => {
    await speak(name as 'de')
    for (const code of codes) {
      expect(inOurLanguage(say(code, detail))).toBe(say(code, detail, words))
    }
    const lost = new Error(say('connection-lost'))
    expect(asProblem(lost).message).toBe(words['connection-lost'])
  })

  it('leaves a server’s own words as they are', async () => {
    await speak(name as 'de')
    for (const text of ['', '550 5.1.1 No such user', `Note: ${say('connection-lost')}`]) {
      expect(inOurLanguage(text)).toBe(text)
    }
  })
})

it('is not slow on a long text', () => {
  const begin = performance.now()
  inOurLanguage(`The IMAP server ${'a '.repeat(200_000)}`)
  expect(performance.now() - begin).toBeLessThan(1_000)
})
