import type { ThreadEntry } from '#shared/ipc/contract'
import { t } from '../../i18n'
import { explainCode } from '../explainCode'
import { peopleLine, type Names } from '../words'
import type { MailChange } from './mailChange'

export interface FlagWords {
  readonly code: string
  readonly text: string
  /** `grave`: somebody may be lied to. `warning`: easily overlooked. `quiet`: good to know. */
  readonly tone: 'grave' | 'warning' | 'quiet'
}

const grave = new Set([
  'not-authenticated',
  'reply-to-differs',
  'sender-failed',
  'name-like-agent',
  'domain-lookalike',
  'mixed-script',
])
const warning = new Set([
  'left-out',
  'leave-not-verified',
  'desk-not-named',
  'requester-not-included',
  'quotes-private',
  'name-has-address',
  'has-problem',
  'internal-cc',
  'cc-unreadable',
  'encrypted-pgp',
  'encrypted-smime',
  'has-tnef',
  'is-fragment',
  'text-cut',
  'parts-differ',
])

/** Codes that say who it is about. */
const about: Readonly<
  Record<string, (entry: ThreadEntry, change: MailChange) => readonly [string, readonly string[]]>
> = {
  'left-out': (entry) => [t('thread.leftOut'), entry.leftOut],
  'cc-added': (_, change) => [t('thread.ccAdded'), change.added],
  'cc-removed': (_, change) => [t('thread.ccRemoved'), change.removed],
}

function wordsOf(code: string, entry: ThreadEntry, change: MailChange, names: Names): string {
  const [words, people] = about[code]?.(entry, change) ?? ['', []]
  return people.length === 0 ? explainCode(code).label : `${words}: ${peopleLine(people, names)}`
}

/** What is remarkable about a comment, as short words for its banners. */
export function flagsOf(
  entry: ThreadEntry,
  isFirst: boolean,
  change: MailChange,
  names: Names,
): FlagWords[] {
  const isUsual = (code: string): boolean =>
    code === entry.because || (isFirst && code === 'cc-added')
  return entry.flags
    .filter((code) => !isUsual(code))
    .map((code) => ({
      code,
      text: wordsOf(code, entry, change, names),
      tone: grave.has(code) ? 'grave' : warning.has(code) ? 'warning' : 'quiet',
    }))
}
