import type { ThreadEntry } from '#shared/ipc/contract'
import { explainCode } from '../explainCode'
import { peopleLine, type Names } from '../words'

export interface FlagWords {
  readonly code: string
  readonly text: string
  readonly isGrave: boolean
}

const grave = new Set([
  'sender-not-verified',
  'not-authenticated',
  'reply-to-differs',
  'auth-failed',
])

/** What is remarkable about a comment, as short sentences for its banners. */
export function flagsOf(entry: ThreadEntry, names: Names): FlagWords[] {
  return entry.flags.map((code) => {
    const isGrave = grave.has(code)
    if (code === 'left-out' && entry.leftOut.length > 0) {
      return { code, isGrave, text: `Left out: ${peopleLine(entry.leftOut, names)}` }
    }
    return { code, isGrave, text: explainCode(code).label }
  })
}
