// `policy get|set` in plain text: how each setting is written, and what it takes (participants.md §6).
import type { Policy } from '#shared/model/policy'
import { addressProblem, canonicalBlockEntry, isValidAddress } from './address'

/** A change to the policy, or the sentence that says what the key takes. */
export type PolicyChange =
  | { readonly isOk: true; readonly change: Partial<Policy> }
  | { readonly isOk: false; readonly error: string }

type Value = Policy[keyof Policy]

/** How one key reads its text; null: out of range. */
interface Form {
  readonly takes: string
  readonly read: (text: string) => Value | null
}

const onOff: Form = {
  takes: 'on or off',
  read: (text) => (text === 'on' ? true : text === 'off' ? false : null),
}

const oneOf = (...values: string[]): Form => ({
  takes: `one of ${values.join(', ')}`,
  read: (text) => (values.includes(text) ? (text as Value) : null),
})

const whole = (least: number, most: number): Form => ({
  takes: `a whole number from ${least} to ${most}`,
  read: (text) => {
    const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : null
  },
})

const listOf = (
  takes: string,
  tidy: (item: string) => string,
  isSound: (item: string) => boolean,
) => ({
  takes,
  read: (text: string) => {
    const items = text.split(',').map((item) => item.trim())
    const tidied = items.filter((item) => item !== '').map(tidy)
    return tidied.every(isSound) ? [...new Set(tidied)] : null
  },
})

const isBlockEntry = (entry: string) =>
  entry.includes('@') ? isValidAddress(entry) : addressProblem(`a@${entry}`) === null

/** Every key in the order of participants.md §6. */
const forms: Record<keyof Policy, Form> = {
  ccsEnabled: onOff,
  followersEnabled: onOff,
  ccLimit: whole(1, 48),
  ccBlocklist: listOf('addresses and domains, by comma', canonicalBlockEntry, isBlockEntry),
  agentCc: oneOf('offer-follower', 'allow', 'refuse'),
  autoFollowCcdAgent: onOff,
  autoFollowOnReply: onOff,
  followPreviousAssignee: onOff,
  whoMayAddCcs: oneOf('participants', 'requester', 'nobody'),
  approveCcsFromCcs: onOff,
  ccRemovalByMail: oneOf('edited-reply-all', 'self', 'off'),
  supportOnlyCcReply: oneOf('private', 'public'),
  statusMailToRequester: onOff,
  statusMailToCcs: onOff,
  acknowledge: onOff,
  relayToCcs: onOff,
  composerDefault: oneOf('public', 'internal'),
  restrictedGroups: listOf(
    'group names of at most 60 characters, by comma',
    (name) => name.normalize('NFC'),
    (name) => name.length <= 60 && !/\p{Cc}/u.test(name),
  ),
  csat: onOff,
  trustedAuthservIds: listOf(
    'authserv-ids without spaces, by comma',
    (id) => id.toLowerCase(),
    (id) => /^[\x21-\x7e]{1,253}$/.test(id),
  ),
}

/** The keys of the policy in the order of participants.md §6. */
export const policyKeys = Object.keys(forms) as (keyof Policy)[]

const isKey = (text: string): text is keyof Policy => Object.hasOwn(forms, text)

/** Reads `policy set KEY=TEXT`; a refusal names the key and what it takes (participants.md §6). */
export function parsePolicyChange(key: string, text: string): PolicyChange {
  if (!isKey(key)) {
    return {
      isOk: false,
      error: `There is no policy "${key}". The keys are ${policyKeys.join(', ')}.`,
    }
  }
  const form = forms[key]
  const value = form.read(text.trim())
  if (value === null) return { isOk: false, error: `${key} takes ${form.takes}, not "${text}".` }
  return { isOk: true, change: { [key]: value } }
}

/** One value as `policy get` prints it: `on`/`off`, lists by comma (participants.md §6). */
export function formatPolicyValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** Every setting as text, in the order of participants.md §6. */
export function formatPolicy(policy: Policy): Record<keyof Policy, string> {
  const entries = policyKeys.map((key) => [key, formatPolicyValue(policy[key])])
  return Object.fromEntries(entries) as Record<keyof Policy, string>
}
