import type { Desk } from '#shared/model/desk'
import type { DeskEvent, DeskEventBody, TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { blockSender, isBlockedSender } from '#shared/rules/blockedSenders'
import { deskAt, foldDesk } from '#shared/rules/desk'
import { projectTicket } from '#shared/rules/projectTicket'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  ccBob,
  facts,
  idOf,
  lightLea,
  minute,
  outsider,
  requester,
  support,
} from '../builders'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 120_000 })

const opening = aMail({ id: 'm1', at: 0 })
const strange = aMail({ id: 'm2', at: 5, from: outsider, answers: idOf('m1') })

type Mode = 'accept' | 'add-cc' | 'alias'
const accept = (at: number, mode: Mode = 'accept', by = agentMax, id = 'm2'): TicketEvent =>
  anEvent(
    {
      kind: 'comment.accepted',
      messageId: idOf(id),
      mode,
      aliasOf: mode === 'alias' ? requester : null,
    },
    { at, by },
  )
const discard = (at: number, by = agentMax, id = 'm2'): TicketEvent =>
  anEvent({ kind: 'comment.discarded', messageId: idOf(id), because: 'agent-chose' }, { at, by })
const undo = (at: number, by = agentMax, id = 'm2'): TicketEvent =>
  anEvent({ kind: 'comment.decisionUndone', messageId: idOf(id) }, { at, by })

const project = (all: readonly (MailFact | TicketEvent)[], desk: Desk = aDesk()) =>
  projectTicket(facts(all, desk))
const commentOf = (all: readonly (MailFact | TicketEvent)[], id = 'm2', desk?: Desk) =>
  project(all, desk).comments.find((comment) => comment.id === id)

describe('a held comment that is discarded', () => {
  it('stays readable, is nobody’s word and no longer waits', () => {
    const after = project([opening, strange, discard(6)])
    const comment = after.comments.find(({ id }) => id === 'm2')
    expect(comment).toMatchObject({ kind: 'system', visibility: 'private', because: 'discarded' })
    expect(comment?.flags).toContain('discarded')
    expect(after.ticket.heldCount).toBe(0)
    expect(after.ticket.preview).toBe('preview of m1')
    expect(after.participants).toEqual(project([opening, strange]).participants)
  })

  it('closes a ticket that has nothing else, and opens it again with the undo', () => {
    const forged = aMail({ id: 'm2', at: 5, isVerified: false, from: agentAda })
    expect(project([forged]).comments[0]?.visibility).toBe('held')
    expect(project([forged, discard(6)]).ticket.status).toBe('closed')
    expect(project([forged, discard(6), undo(7)]).ticket).toMatchObject({
      status: 'new',
      heldCount: 1,
    })
  })

  it('cannot be accepted before the discard is taken back', () => {
    const all = [opening, strange, discard(6), accept(7)]
    expect(commentOf(all)?.because).toBe('discarded')
    expect(project(all).audit.at(-1)).toMatchObject({ because: 'not-held' })
    expect(commentOf([...all, undo(8), accept(9)])?.visibility).toBe('public')
  })
})

describe('an acceptance that is taken back', () => {
  it.each(['accept', 'add-cc', 'alias'] as const)('leaves nothing of “%s” behind', (mode) => {
    const before = project([opening, strange])
    const after = project([opening, strange, accept(6, mode), undo(7)])
    expect(after.comments).toEqual(before.comments)
    expect(after.participants).toEqual(before.participants)
    expect(after.ticket.status).toBe(before.ticket.status)
    expect(after.audit.map(({ what }) => what)).toContain('comment.decisionUndone')
  })

  it('takes back what two agents accepted at the same time', () => {
    const all = [opening, strange, accept(6), accept(7, 'add-cc', agentAda), undo(8)]
    expect(commentOf(all)?.visibility).toBe('held')
    expect(project(all).participants.map(({ address }) => address)).not.toContain(outsider)
  })

  it('can be accepted again, and taken back again', () => {
    const again = [opening, strange, accept(6), undo(7), accept(8, 'add-cc')]
    expect(commentOf(again)?.visibility).toBe('public')
    expect(commentOf([...again, undo(9)])?.visibility).toBe('held')
  })

  it('is refused where nothing was decided, and to a light agent', () => {
    expect(project([opening, strange, undo(6)]).audit.at(-1)?.because).toBe('not-decided')
    const byLight = [opening, strange, accept(6), undo(7, lightLea)]
    expect(commentOf(byLight)?.visibility).toBe('public')
    expect(commentOf([opening, strange, discard(6, lightLea)])?.visibility).toBe('held')
    expect(commentOf([opening, strange, discard(6, outsider)])?.visibility).toBe('held')
  })
})

describe('a blocked sender', () => {
  const blocked = aDesk({}, { blockedSenders: ['elsewhere.example', ccBob] })

  it('is discarded as a stranger and opens no ticket', () => {
    expect(commentOf([opening, strange], 'm2', blocked)?.because).toBe('sender-blocked')
    const first = project([aMail({ id: 'm2', from: outsider })], blocked)
    expect(first.ticket).toMatchObject({ status: 'closed', requester: null, heldCount: 0 })
    expect(first.comments).toHaveLength(1)
  })

  it('is heard where an agent put them on the ticket', () => {
    const added = anEvent({ kind: 'cc.added', people: [{ name: '', address: ccBob }] }, { at: 1 })
    const word = aMail({
      id: 'm2',
      at: 5,
      from: ccBob,
      to: [support, requester],
      answers: idOf('m1'),
    })
    expect(commentOf([opening, word], 'm2', blocked)?.because).toBe('sender-blocked')
    expect(commentOf([opening, added, word], 'm2', blocked)?.visibility).toBe('public')
  })

  it('is read all the same when an agent says so', () => {
    expect(commentOf([opening, strange, undo(6)], 'm2', blocked)?.visibility).toBe('held')
    const first = project([aMail({ id: 'm2', from: outsider }), undo(6)], blocked)
    expect(first.ticket).toMatchObject({ status: 'new', requester: { address: outsider } })
    expect(first.audit.at(-1)?.what).toBe('comment.decisionUndone')
  })

  it('is never a colleague or the desk itself', () => {
    for (const entry of [agentMax, support, 'desk.example', 'max@private.example']) {
      expect(blockSender(aDesk(), entry)).toBe('sender-inside')
    }
    expect(blockSender(aDesk(), 'not an address')).toBe('invalid-address')
  })
})

const deskEvent = (body: DeskEventBody, at: number, by: string): DeskEvent => ({
  id: `desk-event-${String(at)}`,
  hlc: `${String(minute(at)).padStart(15, '0')}-0000-device`,
  by,
  device: 'device',
  ticketId: null,
  body,
})
const person = (address: string, role: 'admin' | 'agent' | 'light') => ({
  name: '',
  address,
  aliases: [],
  role,
  groups: [],
})
const founding = [
  deskEvent(
    {
      kind: 'desk.created',
      deskId: 'd',
      name: 'Desk',
      key: 'k'.repeat(22),
      creator: person(agentAda, 'admin'),
    },
    0,
    agentAda,
  ),
  deskEvent({ kind: 'person.set', person: person(agentMax, 'agent') }, 1, agentAda),
  deskEvent({ kind: 'person.set', person: person(lightLea, 'light') }, 2, agentAda),
]

describe('blocking as a desk event', () => {
  const block = (at: number, by: string, entry = outsider) =>
    deskEvent({ kind: 'sender.blocked', entry }, at, by)

  it('is for agents and admins, holds from its own time on and ends with the unblocking', () => {
    const history = foldDesk([
      ...founding,
      block(3, lightLea),
      block(4, agentMax),
      deskEvent({ kind: 'sender.unblocked', entry: outsider.toUpperCase() }, 6, agentAda),
      deskEvent({ kind: 'sender.unblocked', entry: outsider }, 7, agentAda),
    ])
    const isBlockedAt = (at: number) => isBlockedSender(deskAt(history, minute(at)), outsider)
    expect([3, 4, 5, 6].map(isBlockedAt)).toEqual([false, true, true, false])
    expect(history.ineffective.map(({ because }) => because)).toEqual(['not-admin', 'not-blocked'])
  })

  it('makes the same list in every order of arrival', () => {
    const entries = ['a@x.example', 'x.example', '@y.example', requester, agentAda]
    const events = fc.array(
      fc.record({
        isBlock: fc.boolean(),
        entry: fc.constantFrom(...entries),
        by: fc.constantFrom(agentAda, agentMax, lightLea),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (list, order) => {
        const all = list.map(({ isBlock, entry, by }, index) =>
          deskEvent(
            { kind: isBlock ? 'sender.blocked' : 'sender.unblocked', entry },
            3 + index,
            by,
          ),
        )
        const shuffled = [...founding, ...all]
          .map((event) => [order.next().value, event] as const)
          .sort(([one], [other]) => one - other)
          .map(([, event]) => event)
        const at = minute(1_000)
        expect(deskAt(foldDesk(shuffled), at).blockedSenders).toEqual(
          deskAt(foldDesk([...founding, ...all]), at).blockedSenders,
        )
      }),
      runs,
    )
  })
})

describe('whatever agents decide, in every order', () => {
  const actors = [agentMax, agentAda, lightLea, outsider]
  const decision = fc
    .record({
      what: fc.constantFrom('accept', 'add-cc', 'alias', 'discard', 'undo'),
      at: fc.integer({ min: 6, max: 30 }),
      by: fc.constantFrom(...actors),
      about: fc.constantFrom('m2', 'm3'),
    })
    .map(({ what, at, by, about }): TicketEvent => {
      if (what === 'discard') return discard(at, by, about)
      if (what === 'undo') return undo(at, by, about)
      return accept(at, what, by, about)
    })
  const decisions = fc
    .array(decision, { maxLength: 8 })
    .map((list) => list.map((event, index) => ({ ...event, id: `${event.id}-${String(index)}` })))
  const second = aMail({ id: 'm3', at: 5, from: 'mallory@evil.example', answers: idOf('m1') })
  const mails = [opening, strange, second]

  it('an outsider’s mail is public only by an acceptance nobody has taken back', () => {
    fc.assert(
      fc.property(decisions, fc.boolean(), (events, isBlocked) => {
        const desk = aDesk({}, { blockedSenders: isBlocked ? [outsider] : [] })
        const { comments } = project([...mails, ...events], desk)
        for (const { id, visibility } of comments) {
          if (id === 'm1' || visibility === 'held') continue
          const mine = events
            .filter(({ body }) => 'messageId' in body && body.messageId === idOf(id))
            .filter(({ by }) => by === agentMax || by === agentAda)
            .sort((one, other) => (one.hlc < other.hlc ? -1 : 1))
          const isAccepted = mine.some(({ body, hlc }) => {
            if (body.kind !== 'comment.accepted') return false
            return !mine.some((e) => e.body.kind === 'comment.decisionUndone' && e.hlc > hlc)
          })
          if (visibility === 'public') expect(isAccepted).toBe(true)
        }
      }),
      runs,
    )
  })

  it('the ticket is the same', () => {
    fc.assert(
      fc.property(decisions, (events) => {
        const all = [...mails, ...events]
        expect(JSON.stringify(project([...all, ...all].reverse()))).toBe(
          JSON.stringify(project(all)),
        )
      }),
      runs,
    )
  })
})
