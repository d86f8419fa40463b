import type { Policy } from '#shared/model/policy'

type KeyOf<T> = { [K in keyof Policy]: Policy[K] extends T ? K : never }[keyof Policy]
export type SwitchKey = KeyOf<boolean>
export type ListKey = KeyOf<string[]>

export const choicesOf = {
  agentCc: ['offer-follower', 'allow', 'refuse'],
  whoMayAddCcs: ['participants', 'requester', 'nobody'],
  ccRemovalByMail: ['edited-reply-all', 'self', 'off'],
  supportOnlyCcReply: ['private', 'public'],
  composerDefault: ['public', 'internal'],
} as const satisfies { [K in keyof Policy]?: readonly Policy[K][] }
export type ChoiceKey = keyof typeof choicesOf
export const choiceKeys: readonly ChoiceKey[] = [
  'agentCc',
  'whoMayAddCcs',
  'ccRemovalByMail',
  'supportOnlyCcReply',
  'composerDefault',
]

export const switchKeys: readonly SwitchKey[] = [
  'ccsEnabled',
  'followersEnabled',
  'autoFollowCcdAgent',
  'autoFollowOnReply',
  'followPreviousAssignee',
  'approveCcsFromCcs',
  'statusMailToRequester',
  'statusMailToCcs',
  'acknowledge',
  'relayToCcs',
  'csat',
]
export const listKeys: readonly ListKey[] = [
  'ccBlocklist',
  'restrictedGroups',
  'trustedAuthservIds',
]

/** Entries of a list as typed, by comma. */
export function entriesOf(text: string): string[] {
  return [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '')
}
