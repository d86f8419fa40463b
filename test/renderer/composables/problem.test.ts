import { afterEach, expect, it } from 'vitest'
import { asProblem } from '#renderer/composables/problem'
import { speak } from '#renderer/i18n'
import { AppError } from '#shared/ipc/errors'

afterEach(() => speak('en'))

const full = new AppError('refused', 'A ticket has at most 20 CCs.', {
  because: 'over-limit',
  limit: 20,
})

it('says main’s own sentence in English', () => {
  expect(asProblem(full)).toMatchObject({ code: 'refused', message: full.message })
})

it.each([
  ['de', 'Nicht hinzugefügt'],
  ['fr', 'ajouté'],
  ['es', 'añadi'],
  ['ja', '追加'],
] as const)('says the reason in %s, with its numbers', async (language, words) => {
  await speak(language)
  const { message } = asProblem(full)
  expect(message).toContain(words)
  expect(message).toContain('20')
  expect(message).not.toBe(full.message)
})

it('keeps the sentence for what has no reason code, or an unknown one', async () => {
  await speak('de')
  expect(asProblem(new AppError('offline', 'No network.')).message).toBe('No network.')
  const odd = new AppError('refused', 'Odd.', { because: 'constructor' })
  expect(asProblem(odd).message).toBe('Odd.')
})
