import type { ConflictView } from '#shared/ipc/contract'
import { listOf, moment } from '../../format'
import { hasText, t, type MessageKey } from '../../i18n'
import { nameIn, statusWords, type Names } from '../words'

const statusOf = (value: string): string =>
  value in statusWords ? statusWords[value as keyof typeof statusWords] : value

/** What a colleague's change made of the thing, in the words of the window. */
function valueOf({ field, value }: ConflictView, names: Names): string {
  if (value === '') return t(field === 'assignee' ? 'common.nobody' : 'common.none')
  if (field === 'status') return statusOf(value)
  if (field === 'assignee' || field === 'requester') return nameIn(names, value)
  return field === 'tags' ? listOf(value.split(/,\s*/u)) : value
}

/** "Ben solved it at 14:02; your change from 13:10 was older." */
export function conflictWords(conflict: ConflictView, names: Names, now: number): string {
  const { field, about, by, byName, at, mineAt, value } = conflict
  const isSolved = field === 'status' && value === 'solved'
  const key = isSolved ? 'crossed.solved' : `crossed.${field}`
  const did = t(hasText(key) ? (key satisfies MessageKey) : 'crossed.status', {
    who: byName === '' ? nameIn(names, by) : byName,
    about: nameIn(names, about),
    value: valueOf(conflict, names),
    at: moment(at, now),
  })
  const values = { did, mineAt: moment(mineAt, now) }
  return conflict.because === 'narrower'
    ? t('crossed.narrower', values)
    : t('crossed.newer', values)
}
