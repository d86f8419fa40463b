import type { MailAddress } from '#shared/model/address'
import type { HiddenMention } from '#shared/rules/hidden'
import { listOf } from '../../format'
import { t } from '../../i18n'

interface Mend {
  readonly text: string
  readonly label: string
}

const namesOf = (people: readonly MailAddress[]): string =>
  listOf(people.map(({ name, address }) => name || address))

/** The text names colleagues of whom customers must not read; null: none. */
export function hiddenWords(hidden: readonly HiddenMention[]): Mend | null {
  if (hidden.length === 0) return null
  const isNameToo = hidden.some(({ isFollower }) => isFollower)
  const names = namesOf(hidden)
  return isNameToo
    ? { text: t('composer.hiddenNames', { names }), label: t('composer.withoutName') }
    : { text: t('composer.hiddenByAt', { names }), label: t('composer.withoutAt') }
}

/** Chosen people outside would read in `To:` that these follow; null: none. */
export function exposedWords(exposed: readonly MailAddress[]): Mend | null {
  if (exposed.length === 0) return null
  const names = namesOf(exposed)
  return {
    text: t('composer.exposedFollowers', { names }),
    label: t('composer.withoutThem', { names }),
  }
}
