import type { BulkProgress } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import { displayName } from '../../format'
import { t } from '../../i18n'

/** How a reply to several tickets has fared in one of them. */
export interface BulkFate {
  readonly tone: 'good' | 'soft' | 'bad'
  readonly words: string
}

export interface BulkLine {
  readonly ticketId: string
  readonly subject: string
  /** Who gets it there. */
  readonly people?: string
  /** Null before it has been tried. */
  readonly fate: BulkFate | null
}

export const queuedFate = (): BulkFate => ({ tone: 'good', words: t('bulkReply.queued') })
export const badFate = (words: string): BulkFate => ({ tone: 'bad', words })

export function fateIn(progress: BulkProgress | null, ticketId: string): BulkFate | null {
  const result = progress?.results.find((one) => one.ticketId === ticketId)
  if (result === undefined) return null
  return result.isOk ? queuedFate() : badFate(result.problem)
}

const namesOf = (people: readonly MailAddress[]): string => people.map(displayName).join(', ')

/** “To Maria Lind · Cc Jon Berg”; empty where nobody is named. */
export function toWhom(to: readonly MailAddress[], cc: readonly MailAddress[] = []): string {
  const parts = [
    to.length === 0 ? '' : t('outbox.to', { names: namesOf(to) }),
    cc.length === 0 ? '' : t('outbox.cc', { names: namesOf(cc) }),
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
