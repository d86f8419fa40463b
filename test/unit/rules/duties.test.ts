// Which mails a fact makes due that nobody writes by hand (participants.md §5): each once, by the people and the policy of
// the moment it counts, and nothing for what is older than the desk.
import type { Desk } from '#shared/model/desk'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import { planDelivery } from '#shared/rules/delivery'
import { dutiesSince, isMailDuty, planDutyInput } from '#shared/rules/duties'
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
  ccCarl,
  dayStart,
  facts,
  idOf,
  lightLea,
  minute,
  outsider,
  requester,
  support,
} from '../builders'
import { shown } from '../plans'

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

  it('reaches the customers it left out, and names nobody beside those who are there', () => {
    const words = { id: 'm4', at: 5, from: agentMax, to: [support, requester] }
    const byMax = aMail({ ...words, answers: idOf('m1') })
    const desk = aDesk({ ccRemovalByMail: 'off' })
    const projected = projectTicket(facts([first, byMax], desk))
    const plans = projected.comments
      .filter(({ id }) => id === 'm4')
      .map((comment) =>
        planDelivery(
          planDutyInput('relay', { comment, mail: byMax }, { projected, desk, undeliverable: [] }),
        ),
      )
    expect(plans.map(shown)).toEqual([
      {
        mails: ['public To: bob@customer.example'],
        skipped: [`${requester}: already-on-that-mail`, `${agentMax}: actor`],
      },
    ])
  })

  it('that is private is told to colleagues and never goes on to customers', () => {
    const byLea = aMail({ id: 'm4', at: 5, from: lightLea, answers: idOf('m1') })
    expect(keys([first, follows, byLea])).toEqual(['notice:m4'])
  })

  it('that went to customers from another program is not passed on to them again', () => {
    const sent = aMail({
      id: 'm4',
      at: 5,
      from: support,
      to: [requester],
      answers: idOf('m1'),
      more: { source: 'sent' },
    })
    expect(keys([first, follows, sent])).toEqual(['notice:m4'])
  })

  it('is a customer’s where the colleague is the requester', () => {
    const asks = aMail({ from: agentMax, cc: [ccBob] })
    const adaFollows = act(
      { kind: 'follower.added', address: agentAda, level: 'all', because: '' },
      1,
    )
    const asksAgain = aMail({ id: 'm2', at: 5, from: agentMax, answers: idOf('m1') })
    expect(keys([asks, adaFollows, asksAgain])).toEqual(['notice:m2'])
  })
})

describe('an acknowledgement', () => {
  const asked = (...list: readonly Fact[]) => under({ acknowledge: true }, ...list)

  it('is not sent to an address that may be forged', () => {
    expect(asked(aMail({ isVerified: false }))).toEqual([])
  })

  it('is sent once, though a second mail bears the Message-ID of the first', () => {
    const copy = aMail({ id: 'm9', at: 3, more: { rfcId: idOf('m1') } })
    expect(asked(first, copy)).toEqual(['acknowledgement:m1'])
  })

  it('goes to nobody on a ticket without requester, whoever writes there first', () => {
    const created = act(
      {
        kind: 'ticket.created',
        subject: 'Printer on fire',
        requester: null,
        mailbox: support,
        ccs: [{ name: '', address: ccBob }],
        rootId: idOf('root'),
      },
      0,
    )
    const byBob = aMail({ id: 'm2', at: 5, from: ccBob })
    expect(asked(created, follows, byBob)).toEqual(['notice:m2'])
  })

  it('and the notice are both owed for the opening mail when it was held and is let in', () => {
    const surplus = aMail({ more: { isSurplus: true } })
    const accept = act(
      { kind: 'comment.accepted', messageId: idOf('m1'), mode: 'accept', aliasOf: null },
      3,
    )
    expect(asked(surplus, follows)).toEqual([])
    expect(asked(surplus, follows, accept)).toEqual(['acknowledgement:m1', 'notice:m1'])
  })
})

describe('nobody is told', () => {
  it('of what a machine wrote', () => {
    const away = aMail({
      id: 'm2',
      at: 5,
      answers: idOf('m1'),
      headers: [['auto-submitted', 'auto-replied']],
    })
    expect(keys([first, follows, away])).toEqual([])
  })

  it('at an address that mail has bounced from', () => {
    const bounced = act(
      {
        kind: 'delivery.settled',
        messageId: idOf('r0'),
        state: 'failed',
        refused: [agentMax],
      },
      2,
    )
    expect(keys([first, follows, bounced, second])).toEqual([])
  })

  it('among CCs of a mail that left the requester out', () => {
    const both = aMail({ cc: [ccBob, ccCarl] })
    const byBob = aMail({ id: 'm2', at: 5, from: ccBob, answers: idOf('m1') })
    const toAll = aMail({
      id: 'm3',
      at: 6,
      from: ccBob,
      to: [support, requester],
      answers: idOf('m1'),
    })
    expect(under({ relayToCcs: true, ccRemovalByMail: 'off' }, both, byBob, toAll)).toEqual([
      'notice:m3',
    ])
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

  it('that comes after a reply is news, though the reply is on the ticket', () => {
    const reply = aReply('r1', 3, { by: agentAda })
    expect(keys([first, follows, reply, solves(5)])).toEqual([`status:${solves(5).id}`])
  })

  it('that changes because a held mail is let in is no agent’s', () => {
    const byEve = aMail({ id: 'm3', at: 6, from: outsider, answers: idOf('m1') })
    const accept = act(
      { kind: 'comment.accepted', messageId: idOf('m3'), mode: 'accept', aliasOf: null },
      7,
    )
    const all = keys([first, follows, solves(5), byEve, accept])
    expect(all).toEqual([`status:${solves(5).id}`, 'notice:m3'])
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

  it('solved asks for an opinion whatever else is owed', () => {
    const all = under({ csat: true }, first, follows, second, solves(7))
    expect(all).toEqual(['notice:m2', `status:${solves(7).id}`, `survey:${solves(7).id}`])
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

  it('is a reply for later before what came in after its hour', () => {
    const later = act(
      {
        kind: 'reply.scheduled',
        commentId: 'r1',
        visibility: 'public',
        text: 'Soon.',
        html: null,
        audience: [],
        status: null,
        sendAt: minute(3),
        onlyIfQuiet: false,
        seen: null,
        files: [],
      },
      2,
    )
    expect(keys([first, follows, later, second])).toEqual([`scheduled:${later.id}`, 'notice:m2'])
  })

  it('stays due since its own moment, whatever happens on the ticket later', () => {
    const byEve = aMail({ id: 'm3', at: 6, from: outsider, answers: idOf('m1') })
    const accept = act(
      { kind: 'comment.accepted', messageId: idOf('m3'), mode: 'accept', aliasOf: null },
      7,
    )
    const after = [
      act({ kind: 'ticket.tagged', tags: ['vip'] }, 8),
      act({ kind: 'delivery.settled', messageId: idOf('m3'), state: 'failed', refused: [] }, 9),
    ]
    const due = duties([first, follows, solves(5), byEve, accept, ...after])
    expect(due.map(({ dueAt }) => dueAt)).toEqual([minute(5), minute(7)])
  })

  it('is nothing for old mail that answers newer mail by its own word', () => {
    const old = aMail({ id: 'm3', at: 2, answers: idOf('m2') })
    expect(keys([first, follows, second, old], aDesk(), minute(4))).toEqual(['notice:m2'])
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

describe('a duty', () => {
  it.each([
    ['notice', true],
    ['relay', true],
    ['acknowledgement', true],
    ['status', true],
    ['survey', true],
    ['scheduled', false],
    ['pack', false],
  ] as const)('of the kind %s has its mails planned from its fact alone: %s', (kind, isPlanned) => {
    expect(isMailDuty(kind)).toBe(isPlanned)
  })
})
