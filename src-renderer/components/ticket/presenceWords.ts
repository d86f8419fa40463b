import type { PresentPerson } from '#shared/model/presence'
import { listOf } from '../../format'
import { t } from '../../i18n'
import { nameIn, type Names } from '../words'

const named = (people: readonly PresentPerson[], names: Names): string =>
  listOf(people.map(({ address }) => nameIn(names, address)))

/** "Ben is replying, Cleo is viewing"; those who reply come first. Empty when nobody is here. */
export function presenceWords(people: readonly PresentPerson[], names: Names): string {
  const replying = people.filter(({ state }) => state === 'replying')
  const viewing = people.filter(({ state }) => state === 'viewing')
  const sentences = [
    replying.length > 0
      ? t('presence.replying', { who: named(replying, names), n: replying.length })
      : '',
    viewing.length > 0
      ? t('presence.viewing', { who: named(viewing, names), n: viewing.length })
      : '',
  ]
  return sentences.filter((sentence) => sentence !== '').join(' ')
}
