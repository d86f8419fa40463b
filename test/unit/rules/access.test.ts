import type { Person } from '#shared/model/account'
import { isRestrictedGroup, maySeeTicket } from '#shared/rules/access'
import { describe, expect, it } from 'vitest'
import { aDesk, agentAda, agentMax, ccBob, lightLea } from '../builders'
import { aParticipant } from '../plans'

const member: Person = {
  name: 'Mia',
  address: 'mia@desk.example',
  aliases: [],
  role: 'light',
  groups: ['Other', ' vip '],
}
const base = aDesk()
const desk = aDesk({ restrictedGroups: ['Board', 'VIP'] }, { people: [...base.people, member] })

describe('maySeeTicket', () => {
  const cases: [string, string, Partial<Parameters<typeof maySeeTicket>[2]>, string[], string][] = [
    ['anybody in the directory, without a group', lightLea, { group: null }, [], 'unrestricted'],
    [
      'anybody in the directory, in an open group',
      lightLea,
      { group: 'Sales' },
      [],
      'unrestricted',
    ],
    [
      'nobody outside, in an open group',
      ccBob,
      { group: 'Sales' },
      [`cc ${ccBob}`],
      'not-internal',
    ],
    ['nobody outside, in a restricted group', ccBob, {}, [`cc ${ccBob}`], 'not-internal'],
    ['no agent from outside the group', agentMax, {}, [], 'restricted'],
    ['no light agent from outside the group', lightLea, {}, [], 'restricted'],
    ['a restricted group, however it is written', agentMax, { group: 'vIp ' }, [], 'restricted'],
    ['an admin', agentAda, {}, [], 'admin'],
    ['no member of other groups only', member.address, { group: 'Board' }, [], 'restricted'],
    ['a member of the group', member.address, {}, [], 'group-member'],
    ['the assignee', agentMax, { assignee: agentMax }, [], 'is-assignee'],
    [
      'the assignee under an alias',
      agentMax,
      { assignee: 'MAX@private.example' },
      [],
      'is-assignee',
    ],
    ['a follower', agentMax, {}, [`follower ${agentMax}`], 'is-follower'],
    ['a CC in the directory', agentMax, {}, ['cc max@private.example'], 'is-cc'],
    [
      'not the assignee’s colleague',
      lightLea,
      { assignee: agentMax },
      [`cc ${agentMax}`],
      'restricted',
    ],
    ['not an internal requester', agentMax, {}, [`requester ${agentMax}`], 'restricted'],
  ]
  const allowed = new Set([
    'unrestricted',
    'admin',
    'group-member',
    'is-assignee',
    'is-follower',
    'is-cc',
  ])

  it.each(cases)('%s', (_, address, ticket, people, because) => {
    const participants = people.map((text) => {
      const [role = '', who = ''] = text.split(' ')
      return aParticipant(role as 'cc', who)
    })
    const full = { group: 'VIP', assignee: null, ...ticket }
    expect(maySeeTicket(desk, address, full, participants)).toEqual({
      may: allowed.has(because),
      because,
    })
  })
})

describe('isRestrictedGroup', () => {
  it('holds while the policy lists the group', () => {
    expect(isRestrictedGroup(desk, 'vip')).toBe(true)
    expect(isRestrictedGroup(desk, 'Sales')).toBe(false)
    expect(isRestrictedGroup(desk, null)).toBe(false)
    expect(isRestrictedGroup(base, 'VIP')).toBe(false)
  })
})
