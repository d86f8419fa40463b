// Every text colour on every ground it stands on, in both themes: at least 4.5:1 (WCAG AA).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const sheet = readFileSync(
  join(import.meta.dirname, '../../src-renderer/styles/tokens.css'),
  'utf8',
)
const [light = '', dark = ''] = sheet.split('@media (prefers-color-scheme: dark)')

function tokensOf(text: string): Record<string, string> {
  const found = text.matchAll(/--([\w-]+):\s*(#[\da-f]{6})/g)
  return Object.fromEntries(Array.from(found, ([, name = '', value = '']) => [name, value]))
}

const themes = { light: tokensOf(light), dark: { ...tokensOf(light), ...tokensOf(dark) } }
type Theme = keyof typeof themes

type Rgb = readonly number[]

function colour(theme: Theme, token: string): Rgb {
  const hex = token.startsWith('#') ? token : themes[theme][token]
  if (hex === undefined) throw new Error(`There is no colour --${token}.`)
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
}

/** `color-mix(in srgb, over share, under)`, as the strong badges are made. */
function mix(over: Rgb, under: Rgb, share: number): Rgb {
  return over.map((part, at) => part * share + (under[at] ?? 0) * (1 - share))
}

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: Rgb, other: Rgb): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (bright + 0.05) / (dim + 0.05)
}

const grounds = ['ground', 'sunken', 'surface', 'raised', 'hover', 'selected']
const cards = ['surface', 'note-soft', 'private-soft', 'held-soft']
const pairs: readonly (readonly [texts: readonly string[], grounds: readonly string[]])[] = [
  [
    ['text', 'text-soft', 'text-faint'],
    [...grounds, ...cards],
  ],
  [['accent-text'], ['surface', 'accent-soft', 'ground', 'selected', ...cards]],
  [['note-text'], ['surface', 'note-soft', 'ground', 'selected']],
  [['private-text'], ['surface', 'private-soft']],
  [['held-text'], ['surface', 'held-soft', 'ground', 'sunken', 'selected']],
  [['good'], ['surface', 'good-soft']],
  [['bad'], ['surface', 'bad-soft', 'ground', 'selected', ...cards]],
  [['on-accent'], ['accent', 'accent-hover']],
  [['#ffffff'], ['note-button']],
  [['on-hue'], Array.from({ length: 8 }, (_, n) => `hue-${n}`)],
]
const cases = pairs.flatMap(([texts, under]) =>
  texts.flatMap((text) =>
    under.flatMap((ground) => (['light', 'dark'] as const).map((theme) => [theme, text, ground])),
  ),
) as [Theme, string, string][]

it.each(cases)('%s: %s can be read on %s', (theme, text, ground) => {
  expect(contrast(colour(theme, text), colour(theme, ground))).toBeGreaterThanOrEqual(4.5)
})

/** What is hovered or open is the ground with some of the text's colour on it. */
const views = (['light', 'dark'] as const).flatMap((theme) => [
  [theme, 'text', 0.08] as const,
  [theme, 'text-soft', 0.08] as const,
  [theme, 'text-soft', 0.05] as const,
  [theme, 'held-text', 0.08] as const,
])
it.each(views)('%s: %s can be read on a view with a shade of %f', (theme, text, share) => {
  const ground = mix(colour(theme, 'text'), colour(theme, 'sunken'), share)
  expect(contrast(colour(theme, text), ground)).toBeGreaterThanOrEqual(4.5)
})

const strong = (['light', 'dark'] as const).flatMap((theme) => [
  [theme, 'accent-text', 'surface'] as const,
  [theme, 'note-text', 'note-soft'] as const,
  [theme, 'private-text', 'private-soft'] as const,
  [theme, 'held-text', 'held-soft'] as const,
])
it.each(strong)('%s: a strong badge in %s can be read on %s', (theme, text, card) => {
  const over = colour(theme, text)
  const badge = mix(over, colour(theme, card), 0.13)
  expect(contrast(over, badge)).toBeGreaterThanOrEqual(4.5)
})
