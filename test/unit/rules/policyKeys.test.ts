import { defaultPolicy, policy, type Policy } from '#shared/model/policy'
import {
  formatPolicy,
  formatPolicyValue,
  parsePolicyChange,
  policyKeys,
} from '#shared/rules/policyKeys'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { page } from '../page'
import { patient, runs } from '../runs'

describe('parsePolicyChange', () => {
  const changes: [string, string, Partial<Policy>][] = [
    ['ccsEnabled', 'off', { ccsEnabled: false }],
    ['followersEnabled', ' on ', { followersEnabled: true }],
    ['ccLimit', '1', { ccLimit: 1 }],
    ['ccLimit', '48', { ccLimit: 48 }],
    [
      'ccBlocklist',
      'A@X.org, @Spam.example,, *.ads.example',
      { ccBlocklist: ['a@x.org', 'spam.example', 'ads.example'] },
    ],
    ['ccBlocklist', '', { ccBlocklist: [] }],
    ['agentCc', 'refuse', { agentCc: 'refuse' }],
    ['autoFollowCcdAgent', 'on', { autoFollowCcdAgent: true }],
    ['autoFollowOnReply', 'off', { autoFollowOnReply: false }],
    ['followPreviousAssignee', 'on', { followPreviousAssignee: true }],
    ['whoMayAddCcs', 'nobody', { whoMayAddCcs: 'nobody' }],
    ['approveCcsFromCcs', 'on', { approveCcsFromCcs: true }],
    ['ccRemovalByMail', 'self', { ccRemovalByMail: 'self' }],
    ['supportOnlyCcReply', 'public', { supportOnlyCcReply: 'public' }],
    ['statusMailToRequester', 'on', { statusMailToRequester: true }],
    ['statusMailToCcs', 'on', { statusMailToCcs: true }],
    ['acknowledge', 'on', { acknowledge: true }],
    ['relayToCcs', 'on', { relayToCcs: true }],
    ['composerDefault', 'internal', { composerDefault: 'internal' }],
    [
      'restrictedGroups',
      'Human Resources, VIP, VIP',
      { restrictedGroups: ['Human Resources', 'VIP'] },
    ],
    ['csat', 'on', { csat: true }],
    ['trustedAuthservIds', 'MX.desk.example', { trustedAuthservIds: ['mx.desk.example'] }],
  ]
  it.each(changes)('%s=%s', (key, text, change) => {
    expect(parsePolicyChange(key, text)).toEqual({ isOk: true, change })
  })

  const refused: [string, string, string][] = [
    ['ccLimit', '0', 'ccLimit takes a whole number from 1 to 48, not "0".'],
    ['ccLimit', '49', 'ccLimit takes a whole number from 1 to 48, not "49".'],
    ['ccLimit', '2.5', 'ccLimit takes a whole number from 1 to 48, not "2.5".'],
    ['ccLimit', '', 'ccLimit takes a whole number from 1 to 48, not "".'],
    ['csat', 'yes', 'csat takes on or off, not "yes".'],
    ['agentCc', 'maybe', 'agentCc takes one of offer-follower, allow, refuse, not "maybe".'],
    ['ccBlocklist', 'a b', 'ccBlocklist takes addresses and domains, by comma, not "a b".'],
    [
      'ccBlocklist',
      'x.org, a@',
      'ccBlocklist takes addresses and domains, by comma, not "x.org, a@".',
    ],
    [
      'trustedAuthservIds',
      'a b',
      'trustedAuthservIds takes authserv-ids without spaces, by comma, not "a b".',
    ],
    [
      'restrictedGroups',
      'x'.repeat(61),
      `restrictedGroups takes group names of at most 60 characters, by comma, not "${'x'.repeat(61)}".`,
    ],
  ]
  it.each(refused)('refuses %s=%s', (key, text, error) => {
    expect(parsePolicyChange(key, text)).toEqual({ isOk: false, error })
  })

  it.each(['nope', 'cclimit', '__proto__', 'toString', ''])('knows no key %j', (key) => {
    const change = parsePolicyChange(key, 'on')
    expect(change).toMatchObject({ isOk: false })
    expect(change).toHaveProperty('error', expect.stringContaining(`"${key}"`))
  })

  it(
    'takes nothing that the schema of the policy would refuse, and reads back what it prints',
    patient,
    () => {
      const anyChange = policy.partial()
      const key = fc.oneof(fc.constantFrom(...policyKeys), fc.string())
      const text = fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('on', 'off', '7', 'a@x.org, x.org', 'é, b'),
      )
      fc.assert(
        fc.property(key, text, (name, value) => {
          const result = parsePolicyChange(name, value)
          if (!result.isOk) return result.error.includes(name)
          const printed = formatPolicyValue(Object.values(result.change)[0])
          const again = parsePolicyChange(name, printed)
          return (
            anyChange.safeParse(result.change).success &&
            JSON.stringify(again) === JSON.stringify(result)
          )
        }),
        runs,
      )
    },
  )
})

describe('formatPolicy', () => {
  it('prints every key in the order of the page, with its default', () => {
    expect(Object.entries(formatPolicy(defaultPolicy)).map((pair) => pair.join('='))).toEqual([
      'ccsEnabled=on',
      'followersEnabled=on',
      'ccLimit=20',
      'ccBlocklist=',
      'agentCc=offer-follower',
      'autoFollowCcdAgent=off',
      'autoFollowOnReply=on',
      'followPreviousAssignee=off',
      'whoMayAddCcs=participants',
      'approveCcsFromCcs=off',
      'ccRemovalByMail=edited-reply-all',
      'supportOnlyCcReply=private',
      'statusMailToRequester=off',
      'statusMailToCcs=off',
      'acknowledge=off',
      'relayToCcs=off',
      'composerDefault=public',
      'restrictedGroups=',
      'csat=off',
      'trustedAuthservIds=',
    ])
    expect(Object.keys(defaultPolicy)).toEqual(policyKeys)
    expect(formatPolicyValue(undefined)).toBe('')
  })

  it.skipIf(page === null)(
    'has the keys of the page in their order, with the defaults it gives',
    () => {
      const paragraph = /^Every key,[\s\S]*?\n\n/m.exec(page ?? '')?.[0] ?? ''
      const list = paragraph.slice(paragraph.indexOf(':\n') + 1)
      const named = Array.from(list.matchAll(/`(\w+)`(?: (on|off|\d+)\b)?/g))
      expect(named.map((match) => match[1])).toEqual(policyKeys)
      const printed = formatPolicy(defaultPolicy) as Record<string, string>
      for (const [, key = '', value] of named) if (value) expect(printed[key]).toBe(value)
    },
  )
})
