import type { Policy } from '#shared/model/policy'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  ccBob,
  ccCarl,
  facts,
  idOf,
  outsider,
  requester,
  support,
  type MailWords,
} from '../builders'

type Fact = MailFact | TicketEvent

const dan = 'dan@new.example'
const project = (list: readonly Fact[], policy: Partial<Policy> = {}) =>
  projectTicket(facts(list, aDesk(policy)))
const ccsOf = (list: readonly Fact[], policy: Partial<Policy> = {}) =>
  project(list, policy)
    .participants.filter(({ role }) => role === 'cc')
    .map(({ address }) => address)
const flagsOf = (list: readonly Fact[], id: string) =>
  project(list).comments.find((comment) => comment.id === id)?.flags

const opening = aMail({ cc: [ccBob, ccCarl] })
const later = (words: MailWords = {}) =>
  aMail({ id: 'm2', at: 10, answers: idOf('m1'), cc: [ccBob, ccCarl], ...words })
const undo = anEvent({ kind: 'cc.mailChangeUndone', messageId: idOf('m2') }, { at: 20 })
const accept = anEvent(
  { kind: 'comment.accepted', messageId: idOf('m2'), mode: 'accept', aliasOf: null },
  { at: 15 },
)

describe('whom a mail names', () => {
  it('is one CC when it names a colleague under two addresses', () => {
    expect(ccsOf([aMail({ cc: [agentMax, 'max@private.example'] })])).toEqual([agentMax])
  })

  it('follows everything when the policy makes colleagues followers', () => {
    const ticket = project([opening, later({ cc: [agentAda] })], {
      autoFollowCcdAgent: true,
      ccRemovalByMail: 'off',
    })
    expect(ticket.participants.at(-1)).toMatchObject({
      address: agentAda,
      role: 'follower',
      level: 'all',
      origin: { kind: 'policy', because: 'auto-follow-cc' },
    })
  })

  it('has a line in the trail when suggested or not added', () => {
    const { audit } = project([opening, later({ cc: [dan, agentAda, 'a@'] })], {
      whoMayAddCcs: 'nobody',
    })
    expect(audit).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: 'cc.suggested', detail: { address: dan } }),
        expect.objectContaining({ what: 'cc.notAdded', detail: { address: 'a@' } }),
      ]),
    )
  })

  it('is no warning that customers see a colleague who was only offered', () => {
    expect(flagsOf([opening, later({ cc: [ccBob, ccCarl, agentAda] })], 'm2')).toEqual([
      'cc-suggested',
    ])
    expect(flagsOf([opening, later({ cc: [ccBob, ccCarl, dan] })], 'm2')).toEqual(['cc-added'])
  })
})

describe('whom a mail leaves out', () => {
  const all = [ccBob, ccCarl, dan]

  it('stays when the mail is private', () => {
    const list = [aMail({ cc: all }), later({ from: ccBob, to: [support], cc: [ccCarl] })]
    expect(project(list).comments[1]?.visibility).toBe('private')
    expect(ccsOf(list)).toEqual(all)
  })

  it('stays when an agent let the mail in: the text was accepted, not what it changes', () => {
    const list = [opening, later({ cc: [ccBob], more: { hops: 60 } }), accept]
    expect(project(list).comments[1]).toMatchObject({ because: 'accepted', leftOut: [ccCarl] })
    expect(ccsOf(list)).toEqual([ccBob, ccCarl])
  })
})

describe('undoing what a mail did', () => {
  const last = (list: readonly Fact[], policy: Partial<Policy> = {}) => {
    const line = project(list, policy).audit.at(-1)
    return `${line?.what ?? ''}: ${line?.because ?? ''}`
  }

  it('is refused where it changed nothing', () => {
    expect(last([opening, later(), undo])).toBe('event.ineffective: unknown-mail')
  })

  it('is refused where it only made suggestions', () => {
    const mail = later({ cc: [ccBob, ccCarl, dan] })
    expect(last([opening, mail, undo], { whoMayAddCcs: 'nobody' })).toBe(
      'event.ineffective: unknown-mail',
    )
  })

  it('means the first of two mails that claim the same Message-ID', () => {
    const twin = later({ id: 'm3', at: 11, cc: [ccBob], more: { rfcId: idOf('m2') } })
    const adding = later({ cc: [ccBob, ccCarl, dan] })
    expect(ccsOf([opening, adding, twin])).toEqual([ccBob, dan])
    expect(ccsOf([opening, adding, twin, undo])).toEqual([ccBob])
  })
})

describe('who is the requester of a ticket that a mail opens', () => {
  const sent = (from: string, to: string[]) => aMail({ from, to, more: { source: 'sent' } })

  it('is nobody when a colleague wrote to the desk itself with another program', () => {
    expect(project([sent(agentMax, [support])]).ticket.requester).toBeNull()
  })

  it('is nobody who writes later, once the ticket is open', () => {
    const stranger = aMail({ id: 'm2', at: 5, from: outsider, answers: idOf('m1') })
    const { ticket, comments } = project([sent(support, []), stranger])
    expect(ticket.requester).toBeNull()
    expect(comments[1]).toMatchObject({ visibility: 'held', because: 'not-a-participant' })
  })

  it('is nobody when the author has no address that could be answered', () => {
    const broken = aMail({ id: 'm2', from: 'a@', cc: [ccBob] })
    const { ticket, participants, comments } = project([broken, accept])
    expect(comments[0]?.visibility).toBe('public')
    expect(ticket.requester).toBeNull()
    expect(participants.map(({ address }) => address)).not.toContain('a@')
  })

  it('is the author else', () => {
    expect(project([opening]).ticket.requester?.address).toBe(requester)
  })
})
