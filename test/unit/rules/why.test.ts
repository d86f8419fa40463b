import { describe, expect, it } from 'vitest'
import { projectTicket } from '#shared/rules/projectTicket'
import { assignment, fateOf, whyHere, whyMailed, whyPerson, whySeen } from '#shared/rules/why'
import {
  aMail,
  anEvent,
  agentAda,
  agentMax,
  ccBob,
  facts,
  outsider,
  requester,
  who,
} from '../builders'

const first = aMail({ cc: [ccBob] })
const held = aMail({ id: 'm2', at: 5, from: outsider, answers: first.rfcId })
const projected = projectTicket(
  facts([
    first,
    held,
    anEvent({ kind: 'follower.added', address: agentMax, level: 'public', because: '' }, { at: 2 }),
    anEvent({ kind: 'cc.muted', address: ccBob }, { at: 3 }),
  ]),
)
const person = (address: string) => projected.participants.find((each) => each.address === address)

describe('why somebody is on a ticket', () => {
  it.each([
    [requester, /^Requester\. Named on the first mail.*\(From of the mail <m1@mail\.example> from/],
    [
      ccBob,
      /^CC\. Named on the first mail.*Cc of the mail.*Muted by max@desk\.example: gets no mail\.$/,
    ],
    [agentMax, /^Follower\. .*Hears of public only\.$/],
  ])('%s', (address, words) => {
    const found = person(address)
    expect(found && whyHere(found)).toMatch(words)
    expect(whyPerson(projected, address)[0]).toMatch(words)
  })

  it('knows an address that an agent linked, and says whose it is', () => {
    const isSame = (one: string, other: string) =>
      one === other || [one, other].sort().join() === [ccBob, outsider].sort().join()
    expect(whyPerson(projected, outsider, isSame)).toEqual([
      expect.stringMatching(/^CC\. /),
      `A further address of ${ccBob}.`,
    ])
    expect(
      fateOf(outsider, { comment: projected.comments[0] ?? null, mails: [], skipped: [] }, isSame),
    ).toEqual({ is: 'on-their-mail' })
  })

  it('says who assigned it', () => {
    const given = (by: string, assignee: string) =>
      projectTicket(facts([first, anEvent({ kind: 'ticket.assigned', assignee }, { at: 2, by })]))
    expect(whyPerson(given(agentMax, agentAda), agentAda)).toEqual([
      `Assignee. Assigned by ${agentMax}.`,
    ])
    expect(whyPerson(given(agentMax, agentMax), agentMax)).toEqual([
      'Assignee. They took the ticket.',
    ])
    expect(assignment(given(agentMax, agentAda))).toMatchObject({ by: agentMax })
    expect(assignment(projected)).toBeNull()
  })

  it('says that somebody is not', () => {
    expect(whyPerson(projected, 'nobody@x.example')).toEqual(['Not on this ticket.'])
  })

  it('says that somebody was, and who removed them', () => {
    const now = projectTicket(
      facts([first, anEvent({ kind: 'cc.removed', address: ccBob }, { at: 4 })]),
    )
    expect(whyPerson(now, ccBob)).toEqual([
      expect.stringMatching(/^Was CC and is no longer\. .*\(max@desk\.example\)$/),
    ])
  })
})

it('says why a comment is held', () => {
  expect(whySeen(projected.comments[1] as never)[0]).toMatch(/^Held: .* is not on this ticket\.$/)
})

describe('why somebody got a mail or not', () => {
  const comment = projected.comments[0]
  if (comment === undefined) throw new Error('no comment')
  const mail = {
    kind: 'public',
    to: [who(requester)],
    cc: [who(ccBob)],
    state: 'sent',
    refused: [{ address: ccBob, reply: '550 no such user' }],
  } as const
  const about = {
    comment: { ...comment, kind: 'reply', author: who(agentMax) },
    mails: [mail],
    skipped: [{ address: 'lea@desk.example', because: 'level-mentions' }],
  } as const

  it.each([
    [requester, 'On the public reply, in To; it was sent.'],
    [ccBob, 'Did not get the public reply: the server refused the address (550 no such user).'],
    [agentMax, 'They wrote it.'],
    ['Lea@Desk.Example', 'Got no mail: Wants mail only when mentioned.'],
    [outsider, 'Got no mail: they had no part in it then.'],
  ])('%s', (address, words) => {
    expect(whyMailed(fateOf(address, about))).toBe(words)
  })

  it('counts those on a customer’s own mail', () => {
    expect(whyMailed(fateOf(ccBob, { comment, mails: [], skipped: [] }))).toBe(
      'Got it from its author: they were on that mail.',
    )
  })
})
