import type { Desk } from '#shared/model/desk'
import type { Participant } from '#shared/model/participant'
import { mayDo, personKey } from './desk'

/**
 * Who reads what a colleague answers to our mail about a comment (participants.md §4.3 rows 6 and 11 to
 * 14): said in that mail, because it decides what they may write.
 */
export function answerWillBe(
  desk: Desk,
  participants: readonly Participant[],
  { isPublic, to }: { readonly isPublic: boolean; readonly to: string },
): 'public' | 'internal' {
  const key = personKey(desk, to)
  const isCc = participants.some(
    ({ role, address }) => role === 'cc' && personKey(desk, address) === key,
  )
  return isPublic && !isCc && mayDo(desk, to, 'public-reply') ? 'public' : 'internal'
}
