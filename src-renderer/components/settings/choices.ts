import type { Preferences } from '#shared/model/preferences'
import { t, type MessageKey } from '../../i18n'

interface Choice<V extends string> {
  readonly value: V
  readonly label: string
}

const choices =
  <V extends string>(keys: Readonly<Record<V, MessageKey>>) =>
  (): Choice<V>[] =>
    (Object.keys(keys) as V[]).map((value) => ({ value, label: t(keys[value]) }))

export const themes = choices<Preferences['theme']>({
  system: 'settings.look.system',
  light: 'settings.look.light',
  dark: 'settings.look.dark',
  contrast: 'settings.look.contrast',
})

export const densities = choices<Preferences['density']>({
  comfortable: 'settings.look.comfortable',
  compact: 'settings.look.compact',
})

/** Each language in its own words, so that who cannot read the window finds theirs. */
export const languages = (): Choice<Preferences['language']>[] => [
  { value: 'system', label: t('settings.look.systemLanguage') },
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
  { value: 'fr', label: 'Français' },
  { value: 'es', label: 'Español' },
  { value: 'ja', label: '日本語' },
]

export const newsAbout = choices<Preferences['notifications']['about']>({
  mine: 'settings.notify.mine',
  all: 'settings.notify.all',
  none: 'settings.notify.none',
})

export const newsShows = choices<Preferences['notifications']['shows']>({
  subject: 'settings.notify.subject',
  preview: 'settings.notify.preview',
  nothing: 'settings.notify.nothing',
})

export type NewsKind = Preferences['notifications']['off'][number]
export const newsKinds = choices<NewsKind>({
  'assigned-to-you': 'settings.notify.assigned',
  'your-ticket': 'settings.notify.yours',
  followed: 'settings.notify.followed',
  copied: 'settings.notify.copied',
  'new-ticket': 'settings.notify.new',
})
