// The window's languages. Texts are in locales/, English is always there, the others are loaded when chosen.
import { createI18n } from 'vue-i18n'
import type { Language } from '#shared/model/preferences'
import type { ReasonWords } from '#shared/rules/explain'
import { resay, type SayingWords } from '#shared/rules/sayings'
import { shallowRef } from 'vue'
import { en, type Messages, type Translation } from './locales/en'

type KeyOf<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${K}` : KeyOf<T[K], `${P}${K}.`>
}[keyof T & string]

/** The place of a text, such as `status.open`. */
export type MessageKey = KeyOf<Messages>

/** A reason code with a short label of its own. */
export type LabelledCode = keyof Messages['reason']

/** Numbers are written as the language writes them; `n` also chooses between one and many. */
type Values = Readonly<Record<string, string | number>>

const loaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Translation>>> = {
  de: async () => (await import('./locales/de')).de,
  fr: async () => (await import('./locales/fr')).fr,
  es: async () => (await import('./locales/es')).es,
  ja: async () => (await import('./locales/ja')).ja,
}

const reasonLoaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<ReasonWords>>> = {
  de: async () => (await import('./locales/reasons/de')).reasons,
  fr: async () => (await import('./locales/reasons/fr')).reasons,
  es: async () => (await import('./locales/reasons/es')).reasons,
  ja: async () => (await import('./locales/reasons/ja')).reasons,
}
const reasons = shallowRef<ReasonWords>({})

const sayingLoaders: Readonly<Record<Exclude<Language, 'en'>, () => Promise<SayingWords>>> = {
  de: async () => (await import('./locales/sayings/de')).sayings,
  fr: async () => (await import('./locales/sayings/fr')).sayings,
  es: async () => (await import('./locales/sayings/es')).sayings,
  ja: async () => (await import('./locales/sayings/ja')).sayings,
}
const sayings = shallowRef<SayingWords | null>(null)

/** What main says as text, in the language of the window; a server's own words as they are. Reactive. */
export function inOurLanguage(text: string): string {
  return sayings.value === null ? text : resay(text, sayings.value)
}

/** The sentences of the rules in the language of the window; reactive. Empty for English, which the rules speak. */
export function reasonWords(): ReasonWords {
  return reasons.value
}

/** One form, or one and many: which of them a number takes is the language's own affair. */
function formOf(tag: string): (n: number, forms: number) => number {
  const rules = new Intl.PluralRules(tag)
  return (n, forms) => (forms === 1 || rules.select(n) === 'one' ? 0 : 1)
}

const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en },
  pluralRules: Object.fromEntries(['en', 'de', 'fr', 'es', 'ja'].map((tag) => [tag, formOf(tag)])),
})
const composer = i18n.global as unknown as {
  locale: { value: string }
  te: (key: string, locale: string) => boolean
  t: (key: string, values: Record<string, unknown>, n?: number) => string
  setLocaleMessage: (locale: string, messages: Translation) => void
}

/** The text in the language of the window; reading it in a template or `computed` follows a change of language. */
export function t(key: MessageKey, values: Values = {}): string {
  const shown = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? value.toLocaleString(composer.locale.value) : value,
    ]),
  )
  return typeof values.n === 'number' ? composer.t(key, shown, values.n) : composer.t(key, shown)
}

export function hasText(key: string): key is MessageKey {
  return composer.te(key, 'en')
}

/** An object whose words follow the language: `wordsOf({ open: 'status.open' }).open`. */
export function wordsOf<K extends string>(
  keys: Readonly<Record<K, MessageKey>>,
): Readonly<Record<K, string>> {
  const words = {} as Record<K, string>
  for (const name of Object.keys(keys) as K[]) {
    Object.defineProperty(words, name, { enumerable: true, get: () => t(keys[name]) })
  }
  return words
}

/** BCP 47 tag of the window's language; reactive. English dates are written the European way. */
export function languageTag(): string {
  return composer.locale.value === 'en' ? 'en-GB' : composer.locale.value
}

const known = (tag: string): tag is Language => tag === 'en' || tag in loaders

/** The language of this machine, if it is one of ours, else English. */
function systemLanguage(): Language {
  const tags = navigator.languages.map((tag) => tag.split('-')[0] ?? '')
  return tags.find(known) ?? 'en'
}

/** Speaks the chosen language from now on; also tells the document, for screen readers, hyphens and spelling. */
export async function speak(choice: Language | 'system'): Promise<void> {
  const language = choice === 'system' ? systemLanguage() : choice
  if (language !== 'en') composer.setLocaleMessage(language, await loaders[language]())
  reasons.value = language === 'en' ? {} : await reasonLoaders[language]()
  sayings.value = language === 'en' ? null : await sayingLoaders[language]()
  composer.locale.value = language
  document.documentElement.lang = language
  document.documentElement.dir = 'ltr'
}
