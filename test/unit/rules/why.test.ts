import type { Comment } from '#shared/model/message'
import type { AuditEntry } from '#shared/model/projection'
import { describe, expect, it } from 'vitest'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  assignment,
  fateOf,
  whyHere,
  whyMailed,
  whyPerson,
  whySeen,
  type MailedAbout,
  type SentMail,
} from '#shared/rules/why'
import {
  aMail,
  anEvent,
  agentAda,
  agentMax,
  ccBob,
  ccCarl,
  facts,
  outsider,
  requester,
  who,
} from '../builders'
import { aParticipant } from '../plans'

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

describe('whyHere', () => {
  const bob = aParticipant('cc', ccBob)

  it.each([
    ['nothing of a mail when none brought them', bob, 'CC. Named on the first mail of the ticket.'],
    [
      'the mail without a field when that is not known',
      aParticipant('cc', ccBob, { origin: { ...bob.origin, messageId: 'm1@x.test' } }),
      `CC. Named on the first mail of the ticket. (the mail <m1@x.test> from ${requester})`,
    ],
    [
      'the agent who added them',
      aParticipant('cc', ccBob, {
        origin: { ...bob.origin, kind: 'agent', by: agentMax, because: 'agent-added' },
      }),
      `CC. Added by ${agentMax}.`,
    ],
    [
      'no level of a follower who hears of everything',
      aParticipant('follower', agentMax, { origin: { ...bob.origin, because: 'self' } }),
      'Follower. By their own choice.',
    ],
    [
      'no name when nobody knows who muted them',
      aParticipant('cc', ccBob, { isMuted: true }),
      'CC. Named on the first mail of the ticket. Muted: gets no mail.',
    ],
  ] as const)('says %s', (_, participant, words) => {
    expect(whyHere(participant)).toBe(words)
  })
})

describe('whySeen', () => {
  const comment = () => {
    const [found] = projected.comments
    if (found === undefined) throw new Error('no comment')
    return found
  }
  const seen = (more: Partial<Comment>) => whySeen({ ...comment(), ...more })

  it('names the author, by address when there is no name', () => {
    const because = 'not-a-participant'
    const eve = { name: 'Eve', address: outsider }
    expect(seen({ because, author: eve })[0]).toBe('Held: Eve is not on this ticket.')
    expect(seen({ because, author: who(outsider) })[0]).toBe(
      `Held: ${outsider} is not on this ticket.`,
    )
  })

  it('says every flag, and who was left out', () => {
    const flags = ['left-out', 'reply-to-differs']
    expect(seen({ flags, leftOut: [ccBob, agentMax] }).slice(1)).toEqual([
      `Left out of this mail: ${ccBob}, ${agentMax}.`,
      'The mail asks for answers to another domain than its author’s.',
    ])
    expect(seen({ flags: ['left-out'], leftOut: [] }).slice(1)).toEqual(['Left out of this mail.'])
  })
})

describe('fateOf', () => {
  const mail = (more: Partial<SentMail> = {}): SentMail => ({
    kind: 'public',
    to: [who(requester)],
    cc: [who(ccBob), who(ccCarl)],
    state: 'queued',
    refused: [],
    ...more,
  })
  const told = (address: string, about: Partial<MailedAbout>) =>
    whyMailed(fateOf(address, { comment: null, mails: [], skipped: [], ...about }))
  const nothing = 'Got no mail: they had no part in it then.'

  it('says in which field of which mail somebody was', () => {
    const mails = [mail({ to: [who(requester), who(outsider)] })]
    expect(told(requester, { mails })).toBe('On the public reply, in To; it waits in the outbox.')
    expect(told(outsider, { mails })).toBe('On the public reply, in To; it waits in the outbox.')
    expect(told(ccCarl, { mails })).toBe('On the public reply, in Cc; it waits in the outbox.')
    expect(told(agentAda, { mails })).toBe(nothing)
  })

  it('says that another desktop sends it, until that one has told how it went', () => {
    const away = { isElsewhere: true }
    expect(told(ccBob, { mails: [mail(away)] })).toBe(
      'On the public reply, in Cc; another desktop sends it.',
    )
    expect(told(ccBob, { mails: [mail({ ...away, state: 'sent' })] })).toBe(
      'On the public reply, in Cc; it was sent.',
    )
    const mails = [mail()]
    expect(fateOf(ccBob, { comment: null, mails, skipped: [] })).toMatchObject({
      isElsewhere: false,
    })
    expect(fateOf(ccBob, { comment: null, mails: [mail(away)], skipped: [] })).toMatchObject({
      isElsewhere: true,
    })
  })

  it('says that the server refused the address, also without its words', () => {
    const mails = [mail({ refused: [{ address: ccBob, reply: '' }] })]
    expect(told(ccBob, { mails })).toBe(
      'Did not get the public reply: the server refused the address.',
    )
  })

  const named = (kind: Comment['kind'], because: string) => ({
    comment: { author: who(requester), audience: [ccCarl, ccBob], kind, because },
  })

  it('counts somebody as told by the author when they were on that very mail', () => {
    expect(told(ccBob, named('mail', 'requester'))).toMatch(/^Got it from its author/)
    expect(told(agentAda, named('mail', 'requester'))).toBe(nothing)
  })

  it('does not where the audience is no list of recipients', () => {
    expect(told(ccBob, named('mail', 'answers-private'))).toBe(nothing)
    expect(told(ccBob, named('reply', 'agent-chose'))).toBe(nothing)
  })
})

describe('assignment', () => {
  const line = (to: string, by: string, what = 'ticket.assigned') => ({
    at: 0,
    by,
    what,
    because: 'agent-chose',
    detail: { to },
    source: 'e1',
  })
  const given = (assignee: string | null, ...audit: AuditEntry[]) =>
    assignment({ ticket: { ...projected.ticket, assignee }, audit })

  it('is by whoever gave it to the present assignee last', () => {
    const lines = [line(agentAda, agentMax), line(agentMax, agentAda)]
    expect(given(agentAda, ...lines)?.by).toBe(agentMax)
    expect(given(agentMax, ...lines)?.by).toBe(agentAda)
    expect(given(agentAda, line(agentAda, agentMax), line(agentAda, ccBob, 'other'))?.by).toBe(
      agentMax,
    )
  })

  it('is nobody’s without an assignee, or when the trail does not say', () => {
    expect(given(null, line('', agentMax))).toBeNull()
    expect(given(null, { ...line('', agentMax), detail: {} })).toBeNull()
    expect(given(agentAda)).toBeNull()
    const ticket = { ...projected.ticket, assignee: agentAda }
    expect(whyPerson({ ...projected, ticket }, agentAda)).toEqual(['Assignee. Assigned.'])
  })
})

describe('whyPerson, of somebody who is not on the ticket', () => {
  const dan = 'dan@new.example'
  const named = (cc: string[]) => aMail({ id: 'm3', at: 6, cc: [ccBob, ...cc], isVerified: false })
  const now = (...list: Parameters<typeof facts>[0]) => projectTicket(facts([first, ...list]))
  const source = `(Cc of the mail <m3@mail.example> from ${requester})`

  it('says who suggested them, and why they were not added', () => {
    const why = (address: string) => whyPerson(now(named([dan, agentAda, 'a@'])), address)
    expect(why(dan)).toEqual([
      `Suggested, not added. The mail server gave no verdict on who sent this. ${source}`,
    ])
    expect(why('a@')).toEqual([`This is not a mail address that can be written to. ${source}`])
    expect(why(outsider)).toEqual(['Not on this ticket.'])
  })

  it('says the last that became of them only, and nothing of others', () => {
    const remove = (at: number) => anEvent({ kind: 'cc.removed', address: ccBob }, { at })
    const add = anEvent({ kind: 'cc.added', people: [who(ccBob)] }, { at: 5 })
    const gone = now(remove(4), add, remove(7))
    expect(whyPerson(gone, ccBob)).toEqual([
      `Was CC and is no longer. An agent removed this person before. (${agentMax})`,
    ])
    expect(whyPerson(gone, dan)).toEqual(['Not on this ticket.'])
  })

  it('says that mail to them comes back', () => {
    const bounce = { failed: [ccBob], originalId: null }
    const ticket = now(aMail({ id: 'b1', at: 8, more: { bounce } }))
    expect(whyPerson(ticket, ccBob)).toEqual([
      expect.stringMatching(/^CC\. /),
      'Mail to this address came back as undeliverable.',
    ])
  })
})
