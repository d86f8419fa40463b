import { describe, expect, it } from 'vitest'
import {
  exposedFollowers,
  followRefusal,
  hiddenFollowers,
  hiddenMentions,
} from '#shared/rules/hidden'
import { projectTicket } from '#shared/rules/projectTicket'
import type { TicketEvent } from '#shared/model/event'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  facts,
  lightLea,
  outsider,
  requester,
  support,
} from '../builders'

const second = 'max@private.example'
const follows = (address: string) =>
  anEvent(
    { kind: 'follower.added', address, level: 'all', because: 'agent-chose' },
    { by: agentAda },
  )
const ccOf = (address: string) =>
  anEvent({ kind: 'cc.added', people: [{ name: '', address }] }, { at: 1, by: agentAda })
const ticketWith = (...events: TicketEvent[]) => projectTicket(facts([aMail(), ...events]))

describe('followers of whom customers must not read', () => {
  it('are named under every address and name of the directory', () => {
    expect(hiddenFollowers(aDesk(), ticketWith(follows(agentMax)), agentAda)).toEqual([
      { name: 'max', address: agentMax },
      { name: 'max', address: second },
    ])
  })

  it('are named under the address that an agent linked to them, and nobody else is', () => {
    const aliases = { [outsider]: agentMax, 'carla@elsewhere.example': requester }
    const ticket = { ...ticketWith(follows(second)), aliases }
    expect(hiddenFollowers(aDesk(), ticket, agentAda).map(({ address }) => address)).toEqual([
      agentMax,
      second,
      outsider,
    ])
    const to = [requester, outsider].map((address) => ({ name: '', address }))
    expect(exposedFollowers(aDesk(), ticket, agentAda, to)).toEqual([to[1]])
  })

  it('keep their address and the name they had when they have left the desk', () => {
    const left = aDesk({}, { people: [] })
    expect(hiddenFollowers(left, ticketWith(follows(agentMax)), agentAda)).toEqual([
      { name: 'max', address: agentMax },
    ])
  })

  it('are named by what they were called when they began to follow, and by what they are called now', () => {
    const people = aDesk().people.map((person) => ({ ...person, name: `${person.name} Married` }))
    expect(hiddenFollowers(aDesk({}, { people }), ticketWith(follows(agentMax)), agentAda)).toEqual(
      [
        { name: 'max', address: agentMax },
        { name: 'max Married', address: second },
      ],
    )
  })

  it('who have left the desk still have the address that was linked to them, and may be named', () => {
    const left = aDesk({}, { people: [] })
    const ticket = { ...ticketWith(follows(agentMax)), aliases: { [outsider]: agentMax } }
    expect(hiddenFollowers(left, ticket, agentAda)).toEqual([
      { name: 'max', address: agentMax },
      { name: '', address: outsider },
    ])
    expect(hiddenMentions(left, ticket, { writer: agentAda, mentions: [agentMax] })).toEqual([
      { name: '', address: agentMax, isFollower: true },
    ])
  })

  it.each<[string, TicketEvent[], string]>([
    ['whoever writes the mail, under any address', [], second],
    ['a colleague who has answered in public', [aReply('r1', 1)], agentAda],
    ['a colleague in Cc', [ccOf(agentMax)], agentAda],
    ['a colleague in Cc under another address', [ccOf(second)], agentAda],
  ])('are not %s', (_, events, writer) => {
    expect(hiddenFollowers(aDesk(), ticketWith(follows(agentMax), ...events), writer)).toEqual([])
  })

  it('are those whom only a private comment shows', () => {
    const secret = aReply('r1', 1, { visibility: 'private', audience: [lightLea], mails: [] })
    const ticket = ticketWith(follows(agentMax), secret)
    expect(hiddenFollowers(aDesk(), ticket, agentAda)).toHaveLength(2)
  })
})

describe('recipients who follow', () => {
  const to = [requester, second.toUpperCase(), agentAda, agentMax].map((address) => ({
    name: '',
    address,
  }))
  const exposed = (...events: TicketEvent[]) =>
    exposedFollowers(aDesk(), ticketWith(...events), agentAda, to).map(({ address }) => address)

  it('are exposed under any address, as they were chosen', () => {
    expect(exposed(follows(agentMax))).toEqual([second.toUpperCase(), agentMax])
  })

  it('are not when nobody follows or customers know them', () => {
    expect(exposed()).toEqual([])
    expect(exposed(follows(agentMax), ccOf(agentMax))).toEqual([])
  })
})

describe('mentions of which customers must not read', () => {
  const naming = (mentions: string[], writer = agentAda) => ({ writer, mentions })

  it('are those that would make followers, and those who follow already', () => {
    const ticket = ticketWith(follows(lightLea))
    expect(hiddenMentions(aDesk(), ticket, naming([second, lightLea]))).toEqual([
      { name: 'max', address: agentMax, isFollower: false },
      { name: 'lea', address: lightLea, isFollower: true },
    ])
  })

  it.each<[string, Parameters<typeof aDesk>[0]]>([
    ['nobody can follow', { followersEnabled: false }],
    ['they may not follow', { ccBlocklist: [agentMax] }],
  ])('are none where %s, unless they follow', (_, policy) => {
    const ticket = ticketWith(follows(lightLea))
    const found = hiddenMentions(aDesk(policy), ticket, naming([agentMax, lightLea, outsider]))
    expect(found.map(({ address }) => address)).toEqual([lightLea])
  })

  it('are not those whom customers have met', () => {
    const ticket = ticketWith(aReply('r1', 1, { by: agentMax }), ccOf(lightLea))
    expect(hiddenMentions(aDesk(), ticket, naming([agentMax, lightLea, agentAda]))).toEqual([])
  })
})

it.each([
  [aDesk(), agentMax, null],
  [aDesk(), second, null],
  [aDesk(), requester, 'not-internal'],
  [aDesk({ followersEnabled: false }), agentMax, 'followers-off'],
  [aDesk({ ccBlocklist: ['desk.example'] }), second, 'blocklisted'],
  [
    aDesk({}, { people: [{ name: '', address: support, aliases: [], role: 'agent', groups: [] }] }),
    support,
    'support-address',
  ],
])('says why somebody cannot follow (%#)', (desk, address, because) => {
  expect(followRefusal(desk, address)).toBe(because)
})
