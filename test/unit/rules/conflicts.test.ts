// Two agents who change one thing without knowing of each other (architecture.md §12, reliability.md P9, F20).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { TicketProjection } from '#shared/model/projection'
import { hasSeen, isLostBy, topicsOf } from '#shared/rules/causality'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  ccBob,
  does,
  facts,
  idOf,
  outsider,
  requester,
  thePeople,
  who,
} from '../builders'
import { patient, runs } from '../runs'

const opening = aMail({ id: 'first', from: requester, cc: [ccBob], at: 0 })
const leadZoe = { ...thePeople[1]!, address: 'zoe@desk.example', aliases: [], name: 'zoe' }
const desk = aDesk({ restrictedGroups: ['Legal'] }, { people: [...thePeople, leadZoe] })

const fold = (...events: TicketEvent[]): TicketProjection =>
  projectTicket(facts([opening, ...events], desk))

const ccsOf = ({ participants }: TicketProjection) =>
  participants.filter(({ role }) => role === 'cc').map(({ address }) => address)
const followersOf = ({ participants }: TicketProjection) =>
  participants.filter(({ role }) => role === 'follower').map(({ address }) => address)

const solve = { kind: 'ticket.statusSet', status: 'solved' } as const
const pend = { kind: 'ticket.statusSet', status: 'pending' } as const
const addBob = { kind: 'cc.added' as const, people: [who(ccBob)] }
const removeBob = { kind: 'cc.removed', address: ccBob } as const
const muteBob = { kind: 'cc.muted', address: ccBob } as const
const unmuteBob = { kind: 'cc.unmuted', address: ccBob } as const
const followMax = {
  kind: 'follower.added',
  address: agentMax,
  level: 'all',
  because: 'agent-added',
} as const
const unfollowMax = { kind: 'follower.removed', address: agentMax } as const
const restrict = { kind: 'ticket.grouped', group: 'Legal' } as const
const open = { kind: 'ticket.grouped', group: 'Sales' } as const
const assignMax = { kind: 'ticket.assigned', assignee: agentMax } as const

describe('a newer change', () => {
  it('holds, and the older one is told to whoever made it', () => {
    const mine = does('mine', agentMax, 10, pend)
    const theirs = does('theirs', agentAda, 60, solve)
    const { ticket, conflicts } = fold(mine, theirs)
    expect(ticket.status).toBe('solved')
    expect(conflicts).toEqual([
      {
        field: 'status',
        about: '',
        because: 'newer',
        winner: { by: agentAda, at: expect.any(Number), value: 'solved', source: 'theirs' },
        loser: { by: agentMax, at: expect.any(Number), value: 'pending', source: 'mine' },
      },
    ])
    expect(isLostBy(conflicts[0]!, new Set([agentMax]))).toBe(true)
    expect(isLostBy(conflicts[0]!, new Set([agentAda]))).toBe(false)
  })

  it('is no conflict when its author had seen the older one, or set the same', () => {
    const mine = does('mine', agentMax, 10, pend)
    expect(fold(mine, does('theirs', agentAda, 60, solve, [mine])).conflicts).toEqual([])
    expect(fold(mine, does('theirs', agentAda, 60, pend)).conflicts).toEqual([])
  })

  it('is no conflict between two desktops of one person', () => {
    const mine = does('mine', agentMax, 10, pend)
    const again = { ...does('again', agentMax, 60, solve), device: 'phone' }
    expect(fold(mine, again).conflicts).toEqual([])
  })

  it('is settled by whoever knew both', () => {
    const mine = does('mine', agentMax, 10, pend)
    const theirs = does('theirs', agentAda, 60, solve)
    const again = does('again', agentMax, 90, pend, [mine, theirs])
    const { ticket, conflicts } = fold(mine, theirs, again)
    expect(ticket.status).toBe('pending')
    expect(conflicts).toEqual([])
  })

  it('says of assignee, group, tags and requester who won', () => {
    const other = { kind: 'ticket.assigned', assignee: agentAda } as const
    const events = [
      does('a1', agentMax, 10, assignMax),
      does('a2', agentAda, 20, other),
      does('t1', agentMax, 11, { kind: 'ticket.tagged', tags: ['x'] }),
      does('t2', agentAda, 21, { kind: 'ticket.tagged', tags: ['y'] }),
      does('r1', agentMax, 12, { kind: 'requester.changed', address: 'r1@x.example', name: '' }),
      does('r2', agentAda, 22, { kind: 'requester.changed', address: 'r2@x.example', name: '' }),
      does('g1', agentMax, 13, { kind: 'ticket.grouped', group: 'Sales' }),
      does('g2', agentAda, 23, { kind: 'ticket.grouped', group: 'Help' }),
    ]
    expect(fold(...events).conflicts.map(({ field, loser }) => `${field} ${loser.source}`)).toEqual(
      ['assignee a1', 'tags t1', 'requester r1', 'group g1'],
    )
  })
})

describe('the narrower audience', () => {
  const mute = does('mute', agentAda, 5, muteBob)
  const removed = does('removed', agentAda, 5, removeBob)
  const followed = does('followed', agentAda, 5, followMax)

  it.each([
    ['CC', [], removeBob, addBob, (p: TicketProjection) => ccsOf(p).includes(ccBob)],
    [
      'CC who comes back',
      [removed],
      removeBob,
      addBob,
      (p: TicketProjection) => ccsOf(p).includes(ccBob),
    ],
    [
      'muted CC',
      [mute],
      muteBob,
      unmuteBob,
      (p: TicketProjection) =>
        p.participants.some(({ address, isMuted }) => address === ccBob && !isMuted),
    ],
    [
      'follower',
      [followed],
      unfollowMax,
      { ...followMax, level: 'public' as const },
      (p: TicketProjection) => followersOf(p).includes(agentMax),
    ],
    ['group', [], restrict, open, (p: TicketProjection) => p.ticket.group !== 'Legal'],
  ] as const)('wins for a %s, whichever clock is later', (_, before, narrow, wide, isWide) => {
    for (const [first, second] of [
      [20, 30],
      [30, 20],
    ] as const) {
      const narrower = does('narrower', agentAda, first, narrow, before)
      const wider = does('wider', leadZoe.address, second, wide, before)
      expect(isWide(fold(...before, narrower, wider))).toBe(false)
    }
    const narrower = does('narrower', agentAda, 20, narrow, before)
    const knowing = does('wider', agentAda, 30, wide, [...before, narrower])
    expect(isWide(fold(...before, narrower, { ...knowing, device: 'elsewhere' }))).toBe(true)
  })

  it('is told to whoever tried to widen it', () => {
    const narrower = does('narrower', agentAda, 20, removeBob)
    const wider = does('wider', agentMax, 30, addBob)
    const { conflicts, audit } = fold(narrower, wider)
    expect(conflicts).toMatchObject([
      { field: 'cc', about: ccBob, because: 'narrower', loser: { source: 'wider' } },
    ])
    expect(audit.at(-1)).toMatchObject({ what: 'event.ineffective', because: 'narrower-wins' })
  })

  it('keeps out one of several people and lets the others in', () => {
    const narrower = does('narrower', agentAda, 20, removeBob)
    const both = { kind: 'cc.added' as const, people: [who(ccBob), who('new@x.example')] }
    expect(ccsOf(fold(narrower, does('wider', agentMax, 30, both)))).toEqual(['new@x.example'])
  })

  it('keeps colleagues off a ticket that somebody restricts meanwhile', () => {
    for (const [first, second] of [
      [20, 30],
      [30, 20],
    ] as const) {
      const narrower = does('narrower', agentAda, first, restrict)
      const follows = does('follows', leadZoe.address, second, followMax)
      const assigns = does('assigns', leadZoe.address, second + 1, assignMax)
      const { ticket, participants } = fold(narrower, follows, assigns)
      expect(participants.some(({ role }) => role === 'follower')).toBe(false)
      expect(ticket.assignee).toBeNull()
      const knowing = does('narrower', agentAda, 40, restrict, [follows, assigns])
      expect(followersOf(fold(follows, assigns, knowing))).toEqual([agentMax])
      expect(fold(follows, assigns, knowing).ticket.assignee).toBe(agentMax)
    }
  })

  it('discards a held comment that somebody lets in meanwhile', () => {
    const held = aMail({ id: 'held', from: outsider, answers: 'first', at: 5 })
    const accept = {
      kind: 'comment.accepted',
      messageId: idOf('held'),
      mode: 'accept',
      aliasOf: null,
    } as const
    const discard = {
      kind: 'comment.discarded',
      messageId: idOf('held'),
      because: 'agent-chose',
    } as const
    for (const [first, second] of [
      [20, 30],
      [30, 20],
    ] as const) {
      const events = [
        does('discards', agentAda, first, discard),
        does('accepts', agentMax, second, accept),
      ]
      const { comments } = projectTicket(facts([opening, held, ...events], desk))
      expect(comments.find(({ id }) => id === 'held')).toMatchObject({
        visibility: 'private',
        flags: expect.arrayContaining(['discarded']),
      })
    }
  })
})

const people = [agentAda, agentMax, leadZoe.address]
const bodies = fc.constantFrom<TicketEventBody>(
  addBob,
  removeBob,
  muteBob,
  unmuteBob,
  followMax,
  unfollowMax,
  restrict,
  open,
  { kind: 'ticket.grouped', group: null },
  assignMax,
  { kind: 'ticket.assigned', assignee: null },
  solve,
  pend,
)
const step = fc.record({
  body: bodies,
  who: fc.nat(2),
  at: fc.integer({ min: 1, max: 50 }),
  sees: fc.nat(7),
})

/** A history of three desktops that have each seen some of what the others did before. */
function history(
  steps: readonly { body: TicketEventBody; who: number; at: number; sees: number }[],
) {
  const seen: TicketEvent[][] = [[], [], []]
  const clocks = [0, 0, 0]
  return steps.map(({ body, who: n, at, sees }, index) => {
    for (const other of [0, 1, 2]) {
      if (other === n || (sees & (1 << other)) === 0) continue
      for (const event of seen[other]!) if (!seen[n]!.includes(event)) seen[n]!.push(event)
      clocks[n] = Math.max(clocks[n]!, clocks[other]!)
    }
    clocks[n] = Math.max(clocks[n]! + 1, at)
    const event = does(`e${String(index)}`, people[n]!, clocks[n], body, seen[n])
    seen[n]!.push(event)
    return event
  })
}

describe('histories of three desktops', () => {
  it('never widen an audience against a narrowing that the author had not seen', patient, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 10 }), (steps) => {
        const events = history(steps)
        const byId = new Map(events.map((event) => [event.id, event]))
        const projected = fold(...events)
        const bob = projected.participants.find(({ address }) => address === ccBob)
        // Whoever knew that the ticket is closed to them has no say.
        const outside = new Set(
          projected.audit
            .filter((line) => line.because === 'restricted')
            .map((line) => line.source),
        )
        const removals = events.filter(
          ({ id, body }) => body.kind === 'cc.removed' && !outside.has(id),
        )
        const isBack = (origin: string) => {
          const adder = events.find(({ id, body }) => body.kind === 'cc.added' && id === origin)
          return removals.every(
            (removal) =>
              adder !== undefined &&
              (hasSeen(adder, removal, byId) || hasSeen(removal, adder, byId)),
          )
        }
        if (bob !== undefined && removals.length > 0) {
          const line = projected.audit.findLast(
            ({ what, detail }) => what === 'cc.added' && detail['address'] === ccBob,
          )
          expect(isBack(line?.source ?? '')).toBe(true)
        }
        const restrictions = events.filter(
          ({ id, body }) =>
            body.kind === 'ticket.grouped' && body.group === 'Legal' && !outside.has(id),
        )
        const group = projected.audit.findLast(({ what }) => what === 'ticket.grouped')
        const grouping = byId.get(group?.source ?? '')
        if (projected.ticket.group !== 'Legal' && grouping !== undefined) {
          for (const restriction of restrictions) {
            expect(
              hasSeen(grouping, restriction, byId) || hasSeen(restriction, grouping, byId),
            ).toBe(true)
          }
        }
      }),
      runs,
    )
  })

  it('fold alike in any order, with repetitions', patient, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), fc.nat(), (steps, seed) => {
        const events = history(steps)
        const shuffled = [...events, ...events.slice(0, seed % 4)].sort(
          (a, b) =>
            ((a.id.charCodeAt(1) * (seed + 7)) % 13) - ((b.id.charCodeAt(1) * (seed + 7)) % 13),
        )
        expect(fold(...shuffled)).toEqual(fold(...events))
      }),
      runs,
    )
  })

  it('name only the latest of what they know', patient, () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        const events = history(steps)
        const byId = new Map(events.map((event) => [event.id, event]))
        for (const { body } of events) {
          const named = (body.knows ?? []).flatMap((id) => byId.get(id) ?? [])
          for (const one of named) {
            for (const other of named) {
              if (one === other || one.device === other.device) continue
              expect(hasSeen(one, other, byId)).toBe(false)
            }
          }
          expect(named.length).toBeLessThanOrEqual(events.length)
        }
        expect(topicsOf({ kind: 'note.written', commentId: 'n', text: '', mentions: [] })).toEqual(
          [],
        )
      }),
      runs,
    )
  })
})
