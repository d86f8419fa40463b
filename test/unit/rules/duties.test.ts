// Which mails a fact makes due that nobody writes by hand (participants.md §5): each once, by the people and the policy of
// the moment it counts, and nothing for what is older than the desk.
import type { Desk } from '#shared/model/desk'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import { dutiesSince } from '#shared/rules/duties'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  agentAda,
  agentMax,
  aDesk,
  aMail,
  aMailbox,
  anEvent,
  aReply,
  ccBob,
  dayStart,
  facts,
  idOf,
  minute,
  outsider,
  requester,
  support,
} from '../builders'

type Fact = MailFact | TicketEvent

const duties = (list: readonly Fact[], desk: Desk = aDesk(), since = -Infinity) =>
  projectTicket({ ...facts(list, desk), dutiesSince: () => since }).duties
const keys = (...args: Parameters<typeof duties>) => duties(...args).map(({ key }) => key)
const under = (policy: Partial<Policy>, ...list: readonly Fact[]) => keys(list, aDesk(policy))

const act = (body: TicketEventBody, at: number, by = agentAda) => anEvent(body, { at, by })
const follows = act({ kind: 'follower.added', address: agentMax, level: 'all', because: '' }, 1)
const solves = (at: number) => act({ kind: 'ticket.statusSet', status: 'solved' }, at)
const first = aMail({ cc: [ccBob] })
const second = aMail({ id: 'm2', at: 5, answers: idOf('m1') })

describe('a customer’s mail', () => {
  it('is told to those who are there for it by then, and is due at once', () => {
    expect(duties([first, follows, second])).toEqual([
      { key: 'notice:m2', kind: 'notice', ticketId: 't1', sourceId: 'm2', dueAt: minute(5) },
    ])
  })

  it('is told to nobody while nobody follows and nobody is assigned', () => {
    expect(keys([first, second])).toEqual([])
    const assigned = act({ kind: 'ticket.assigned', assignee: agentMax }, 1)
    expect(keys([first, assigned, second])).toEqual(['notice:m2'])
  })

  it('is passed on to CCs whom it left out, and only where the policy says so', () => {
    expect(under({ relayToCcs: true }, first, second)).toEqual(['notice:m2'])
    expect(under({ relayToCcs: false }, first, second)).toEqual([])
  })

  it('is acknowledged when it opened the ticket, and only by policy', () => {
    expect(under({ acknowledge: true }, first, second)).toEqual(['acknowledgement:m1'])
    expect(under({ acknowledge: false }, first, second)).toEqual([])
  })

  it('is told when it was held and is let in, not before', () => {
    const byEve = aMail({ id: 'm3', at: 6, from: outsider, answers: idOf('m1') })
    const accept = act(
      { kind: 'comment.accepted', messageId: idOf('m3'), mode: 'accept', aliasOf: null },
      7,
    )
    expect(keys([first, follows, byEve])).toEqual([])
    expect(keys([first, follows, byEve, accept])).toEqual(['notice:m3'])
  })
})

describe('a colleague’s mail', () => {
  it('goes on to customers when it is public', () => {
    const byMax = aMail({
      id: 'm4',
      at: 5,
      from: agentMax,
      to: [support],
      answers: idOf('m1'),
    })
    expect(keys([first, byMax])).toEqual(['relay:m4'])
  })
})

describe('a status', () => {
  it('that an agent sets is told to colleagues who follow, to customers by policy', () => {
    const [key = ''] = keys([first, follows, solves(5)])
    expect(key).toBe(`status:${solves(5).id}`)
    expect(keys([first, solves(5)])).toEqual([])
    expect(under({ statusMailToRequester: true }, first, solves(5))).toEqual([key])
    expect(under({ statusMailToCcs: true }, first, solves(5))).toEqual([key])
  })

  it('that comes with a reply is no news beside it', () => {
    const reply = aReply('r1', 5, { status: 'solved', by: agentAda })
    expect(under({ statusMailToRequester: true }, first, follows, reply)).toEqual([])
  })

  it('that a mail causes is no agent’s', () => {
    const opensAgain = aMail({ id: 'm5', at: 8, answers: idOf('m1') })
    const all = under({ statusMailToRequester: true }, first, solves(5), opensAgain)
    expect(all).toEqual([`status:${solves(5).id}`])
  })

  it('solved asks for an opinion once, however often it is solved', () => {
    const opens = act({ kind: 'ticket.statusSet', status: 'open' }, 6)
    const asked = under({ csat: true }, first, solves(5), opens, solves(7))
    expect(asked).toEqual([`survey:${solves(5).id}`])
    expect(under({ csat: true }, first, opens)).toEqual([])
  })
})

describe('what is due', () => {
  it('is not once it is done', () => {
    const done = act(
      { kind: 'duty.done', duty: 'notice', sourceId: 'm2', mails: [], refused: null },
      6,
    )
    expect(keys([first, follows, second, done])).toEqual([])
  })

  it('is what is due first, first', () => {
    const third = aMail({ id: 'm3', at: 4, answers: idOf('m1') })
    expect(keys([first, follows, second, third])).toEqual(['notice:m3', 'notice:m2'])
  })

  it('is nothing from before the desk knew the mailbox, whenever it comes in', () => {
    expect(keys([first, follows, second], aDesk(), minute(6))).toEqual([])
    expect(keys([first, follows, second], aDesk(), minute(5))).toEqual(['notice:m2'])
    expect(keys([first, follows, solves(5)], aDesk(), minute(6))).toEqual([])
    const old = aMail({ id: 'm3', at: 2, from: outsider, answers: idOf('m1') })
    const accept = act(
      { kind: 'comment.accepted', messageId: idOf('m3'), mode: 'accept', aliasOf: null },
      9,
    )
    expect(keys([first, follows, old, accept], aDesk(), minute(6))).toEqual([])
  })

  it('is nothing for a fact that changes nothing', () => {
    const asBefore = act({ kind: 'ticket.statusSet', status: 'new' }, 5)
    expect(keys([first, follows, asBefore])).toEqual([])
  })
})

describe('since when a mailbox causes duties', () => {
  const other = 'billing@desk.example'
  const early = { at: dayStart + 400, desk: aDesk() }
  const both = [aMailbox(support), aMailbox(other)]
  const late = { at: minute(9) + 700, desk: aDesk({}, { mailboxes: both }) }
  const history = { created: null, states: [early, late], keys: [], ineffective: [], audit: [] }

  it('is the whole second in which the desk began, or came to know it', () => {
    expect(dutiesSince(history, support)).toBe(dayStart)
    expect(dutiesSince(history, null)).toBe(dayStart)
    expect(dutiesSince(history, other)).toBe(minute(9))
  })

  it('is never without a desk, or for a mailbox it does not know', () => {
    expect(dutiesSince({ ...history, states: [] }, null)).toBe(Infinity)
    expect(dutiesSince(history, requester)).toBe(Infinity)
  })
})
