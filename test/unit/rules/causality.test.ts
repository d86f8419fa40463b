// What an event says it knows, and who is told that their change did not hold (architecture.md §12).
import { describe, expect, it } from 'vitest'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import { hasSeen, isLostBy, knownTo, topicsOf } from '#shared/rules/causality'
import { agentAda, agentMax, anEvent, ccBob, ccCarl, who } from '../builders'

const event = (id: string, at: number, body: TicketEventBody): TicketEvent =>
  anEvent(body, { id, at })
const solve = { kind: 'ticket.statusSet', status: 'solved' } as const
const assign = { kind: 'ticket.assigned', assignee: agentMax } as const
const group = { kind: 'ticket.grouped', group: 'Legal' } as const
const tag: TicketEventBody = { kind: 'ticket.tagged', tags: ['x', 'y'] }
const removeBob = { kind: 'cc.removed', address: ccBob } as const
const note: TicketEventBody = { kind: 'note.written', commentId: 'n', text: '', mentions: [] }
const all = [
  event('solve', 1, solve),
  event('assign', 2, assign),
  event('group', 3, group),
  event('tag', 4, tag),
  event('bob', 5, removeBob),
]

describe('what an event says it knows', () => {
  it.each<[string, TicketEventBody, string[] | undefined]>([
    ['the same thing', solve, ['solve']],
    ['nothing else', tag, ['tag']],
    ['the group, for an assignee', assign, ['group', 'assign']],
    ['the group, for this CC', removeBob, ['bob', 'group']],
    ['the group, for another CC', { ...removeBob, address: ccCarl }, ['group']],
    ['all readers, for a group', group, ['bob', 'group', 'assign']],
    [
      'whichever of several people it is about',
      { kind: 'cc.added', people: [who(ccCarl), who(ccBob)] },
      ['bob', 'group'],
    ],
    ['nothing, for a note', note, undefined],
  ])('is the latest of %s first', (_, body, named) => {
    expect(knownTo(body, all)).toEqual(named)
    expect(knownTo(body, [...all].reverse())).toEqual(named)
  })
})

describe('whether an author had seen a change', () => {
  const first = event('first', 1, solve)
  const other = { ...event('other', 2, { ...solve, knows: [] }), device: 'phone' }
  const none = new Map<string, TicketEvent>()

  it('is sure on one desktop, and where an event does not say', () => {
    expect(hasSeen(other, first, none)).toBe(false)
    expect(hasSeen({ ...other, device: first.device }, first, none)).toBe(true)
    expect(hasSeen({ ...other, body: solve }, first, none)).toBe(true)
  })

  it('goes by what it names, also where that is not here or names in a circle', () => {
    const knows = (...ids: string[]) => ({ ...other, body: { ...solve, knows: ids } })
    expect(hasSeen(knows('missing', 'first'), first, none)).toBe(true)
    expect(hasSeen(knows('missing'), first, none)).toBe(false)
    const circle = { ...knows('other'), id: 'circle' }
    const byId = new Map([
      ['circle', circle],
      ['other', knows('circle')],
    ])
    expect(hasSeen(circle, first, byId)).toBe(false)
  })
})

describe('what an event changes', () => {
  it.each<[TicketEventBody, string, string]>([
    [tag, 'tags', 'x, y'],
    [{ kind: 'ticket.merged', into: 't2' }, 'merge', 't2'],
    [{ kind: 'ticket.merged', into: null }, 'merge', ''],
    [{ kind: 'ticket.assigned', assignee: null }, 'assignee', ''],
    [{ kind: 'ticket.grouped', group: ' Legal ' }, 'group', 'Legal'],
    [{ kind: 'ticket.grouped', group: null }, 'group', ''],
    [{ kind: 'cc.muted', address: ccBob }, 'cc', 'muted'],
    [{ kind: 'cc.unmuted', address: ccBob }, 'cc', 'unmuted'],
    [removeBob, 'cc', 'removed'],
    [{ kind: 'suggestion.accepted', address: ccBob }, 'cc', 'added'],
    [{ kind: 'suggestion.dismissed', address: ccBob }, 'cc', 'dismissed'],
    [{ kind: 'follower.removed', address: agentMax }, 'follower', 'removed'],
  ])('is told as a person reads it: %j', (body, field, value) => {
    expect(topicsOf(body)).toMatchObject([{ field, value }])
  })
})

describe('a conflict', () => {
  const side = (by: string) => ({ by, at: 0, value: '', source: by })
  const conflict = {
    ...({ field: 'status', about: '', because: 'newer' } as const),
    winner: side(agentAda),
    loser: side(agentMax),
  }

  it('is lost by its loser only, and by nobody who was on both sides', () => {
    expect(isLostBy(conflict, new Set([agentMax]))).toBe(true)
    expect(isLostBy(conflict, new Set([agentAda]))).toBe(false)
    expect(isLostBy(conflict, new Set([agentAda, agentMax]))).toBe(false)
    expect(isLostBy(conflict, new Set([ccBob]))).toBe(false)
  })
})
