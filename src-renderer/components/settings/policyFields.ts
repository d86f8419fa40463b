import type { Policy } from '#shared/model/policy'

type KeyOf<T> = { [K in keyof Policy]: Policy[K] extends T ? K : never }[keyof Policy]
export type SwitchKey = KeyOf<boolean>

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
/** Every setting once, beside those it belongs with. */
export const policyParts: readonly {
  readonly name: 'people' | 'incoming' | 'outgoing' | 'access'
  readonly keys: readonly (keyof Policy)[]
}[] = [
  {
    name: 'people',
    keys: [
      'ccsEnabled',
      'ccLimit',
      'agentCc',
      'autoFollowCcdAgent',
      'followersEnabled',
      'autoFollowOnReply',
      'followPreviousAssignee',
      'ccBlocklist',
    ],
  },
  {
    name: 'incoming',
    keys: [
      'whoMayAddCcs',
      'approveCcsFromCcs',
      'ccRemovalByMail',
      'supportOnlyCcReply',
      'relayToCcs',
      'trustedAuthservIds',
    ],
  },
  {
    name: 'outgoing',
    keys: ['composerDefault', 'acknowledge', 'statusMailToRequester', 'statusMailToCcs', 'csat'],
  },
  { name: 'access', keys: ['restrictedGroups'] },
]

export const isChoiceKey = (key: keyof Policy): key is ChoiceKey => Object.hasOwn(choicesOf, key)

/** Whether a policy says everything that a preset says. */
export function isInForce(policy: Readonly<Policy>, preset: Partial<Policy>): boolean {
  return (Object.keys(preset) as (keyof Policy)[]).every((key) => policy[key] === preset[key])
}

/** Entries of a list as typed, by comma. */
export function entriesOf(text: string): string[] {
  return [...new Set(text.split(',').map((one) => one.trim()))].filter((one) => one !== '')
}
