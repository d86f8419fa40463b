// Two agents who change one thing without knowing of each other, where one of them closes the ticket to some of the
// desk (architecture.md §12).
import { describe, expect, it } from 'vitest'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { TicketProjection } from '#shared/model/projection'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  ccBob,
  ccCarl,
  does,
  facts,
  idOf,
  lightLea,
  outsider,
  thePeople,
  who,
} from '../builders'

const zoe = 'zoe@desk.example'
const kim = 'kim@desk.example'
const agent = { ...thePeople[1]!, aliases: [], name: '' }
/** Zoe is not in the restricted group, Kim is, Ada reads everything. */
const desk = aDesk(
  { restrictedGroups: ['Legal'], agentCc: 'allow' },
  {
    people: [
      ...thePeople,
      { ...agent, address: zoe },
      { ...agent, address: kim, groups: ['Legal'] },
    ],
  },
)
const opening = aMail({ id: 'first', cc: [ccBob], at: 0 })

const fold = (...events: TicketEvent[]): TicketProjection =>
  projectTicket(facts([opening, ...events], desk))
const isOn = ({ participants, ticket }: TicketProjection, address: string): boolean =>
  ticket.assignee === address || participants.some((one) => one.address === address)
const lost = ({ conflicts }: TicketProjection) =>
  conflicts.map(({ because, field, winner, loser }) =>
    [because, field, winner.source, loser.source].join(' '),
  )
const lineOf = ({ audit }: TicketProjection, source: string) =>
  audit
    .filter((line) => line.source === source)
    .map(({ what, because, detail }) => ({ what, because, detail }))

const restrict = { kind: 'ticket.grouped', group: 'Legal' } as const
const solve = { kind: 'ticket.statusSet', status: 'solved' } as const
const pend = { kind: 'ticket.statusSet', status: 'pending' } as const
const removeBob = { kind: 'cc.removed', address: ccBob } as const
const follow = (address: string) =>
  ({ kind: 'follower.added', address, level: 'all', because: 'agent-added' }) as const
const assign = (assignee: string | null) => ({ kind: 'ticket.assigned', assignee }) as const
const addCc = (...addresses: string[]) => ({
  kind: 'cc.added' as const,
  people: addresses.map(who),
})
const ways = [
  ['follower', follow],
  ['assignee', assign],
  ['cc', addCc],
] as const

describe('a ticket that becomes restricted while somebody else puts a colleague on it', () => {
  it.each(ways)('does not let in a colleague as %s, even on the word of an admin', (field, put) => {
    const closed = does('closed', zoe, 20, restrict)
    const projected = fold(closed, does('put', agentAda, 30, put(agentMax)))
    expect(isOn(projected, agentMax)).toBe(false)
    expect(lost(projected)).toEqual([`narrower ${field} closed put`])
  })

  it.each(ways)('lets in the colleague as %s when it was known to be restricted', (_, put) => {
    const closed = does('closed', zoe, 20, restrict)
    const projected = fold(closed, does('put', agentAda, 30, put(agentMax), [closed]))
    expect(isOn(projected, agentMax)).toBe(true)
    expect(lost(projected)).toEqual([])
  })

  it.each(ways)('lets in as %s whoever may read it anyway', (_, put) => {
    const closed = does('closed', zoe, 20, restrict)
    expect(isOn(fold(closed, does('put', agentAda, 30, put(kim))), kim)).toBe(true)
  })

  it('lets in customers, and takes the others of the same act', () => {
    const closed = does('closed', zoe, 20, restrict)
    const projected = fold(closed, does('put', agentAda, 30, addCc(ccCarl, agentMax)))
    expect(isOn(projected, ccCarl)).toBe(true)
    expect(isOn(projected, agentMax)).toBe(false)
  })

  it('lets its assignee be taken off', () => {
    const kims = does('kims', agentAda, 10, assign(kim))
    const closed = does('closed', zoe, 20, restrict, [kims])
    expect(fold(kims, closed, does('off', agentAda, 30, assign(null), [kims]))).toMatchObject({
      ticket: { assignee: null },
      conflicts: [],
    })
  })
})

describe('colleagues who are on a ticket when it becomes restricted', () => {
  it.each([
    ['follower', follow, 'follower.removed'],
    ['assignee', assign, 'ticket.assigned'],
    ['cc', addCc, 'cc.removed'],
  ] as const)('leave it as %s when nobody knew of them, and the trail says why', (...row) => {
    const [field, put, what] = row
    const before = does('before', zoe, 10, put(agentMax))
    const projected = fold(before, does('closed', agentAda, 20, restrict))
    expect(isOn(projected, agentMax)).toBe(false)
    expect(lost(projected)).toEqual([`narrower ${field} closed before`])
    expect(lineOf(projected, 'closed')).toContainEqual({
      what,
      because: 'narrower-wins',
      detail: { address: agentMax },
    })
  })

  it.each(ways)('stay as %s when they were known, or read it anyway', (_, put) => {
    const before = does('before', zoe, 10, put(agentMax))
    expect(isOn(fold(before, does('closed', agentAda, 20, restrict, [before])), agentMax)).toBe(
      true,
    )
    const kims = does('kims', zoe, 10, put(kim))
    expect(isOn(fold(kims, does('closed', agentAda, 20, restrict)), kim)).toBe(true)
  })

  it('leave customers on it', () => {
    const before = does('before', zoe, 10, addCc(ccCarl))
    expect(isOn(fold(before, does('closed', agentAda, 20, restrict)), ccCarl)).toBe(true)
  })

  it('stay when something else is narrowed, or the group is no restricted one', () => {
    const before = does('before', zoe, 10, follow(agentMax))
    const sales = { kind: 'ticket.grouped', group: 'Sales' } as const
    for (const body of [removeBob, sales]) {
      expect(isOn(fold(before, does('other', agentAda, 20, body)), agentMax)).toBe(true)
    }
  })
})

describe('whoever does not know yet that a ticket is closed to them', () => {
  const closed = does('closed', agentAda, 20, restrict)

  it('may still take somebody off', () => {
    expect(isOn(fold(closed, does('off', zoe, 30, removeBob)), ccBob)).toBe(false)
  })

  it.each<[string, TicketEventBody]>([
    ['a status', solve],
    ['a note', { kind: 'note.written', commentId: 'n', text: 'hi', mentions: [] }],
    ['a further CC', addCc(ccCarl)],
  ])('is refused %s', (_, body) => {
    expect(lineOf(fold(closed, does('late', zoe, 30, body)), 'late')).toMatchObject([
      { what: 'event.ineffective', because: 'restricted' },
    ])
  })

  it('has no say once they know', () => {
    const projected = fold(closed, does('off', zoe, 30, removeBob, [closed]))
    expect(isOn(projected, ccBob)).toBe(true)
  })

  it('has no say where their role is what forbids it', () => {
    expect(isOn(fold(does('off', lightLea, 30, removeBob)), ccBob)).toBe(true)
  })
})

describe('a conflict', () => {
  const mine = does('mine', agentMax, 10, pend)
  const theirs = does('theirs', agentAda, 60, solve)

  it('stays until somebody who knew both sides changes the same thing', () => {
    const tags: TicketEventBody = { kind: 'ticket.tagged', tags: ['x'] }
    const both = [mine, theirs]
    expect(lost(fold(mine, theirs, does('tags', zoe, 90, tags, both)))).toEqual([
      'newer status theirs mine',
    ])
    const again = does('again', zoe, 90, pend, [theirs])
    expect(lost(fold(mine, theirs, again))).toEqual(['newer status theirs mine'])
    expect(lost(fold(mine, theirs, does('again', zoe, 90, pend, both)))).toEqual([])
  })

  it('about one CC stays when another CC is decided about', () => {
    const off = does('off', agentAda, 20, removeBob)
    const on = does('on', agentMax, 30, addCc(ccBob))
    const carl = does('carl', zoe, 40, addCc(ccCarl), [off, on])
    expect(lost(fold(off, on, carl))).toEqual(['narrower cc off on'])
  })
})

describe('a held comment that was let in', () => {
  it('stays when whoever discards it knew that', () => {
    const held = aMail({ id: 'held', from: outsider, answers: 'first', at: 5 })
    const messageId = idOf('held')
    const accepts = does('accepts', agentMax, 20, {
      ...{ kind: 'comment.accepted', messageId, mode: 'accept', aliasOf: null },
    })
    const discards = does(
      'discards',
      agentAda,
      30,
      { kind: 'comment.discarded', messageId, because: 'agent-chose' },
      [accepts],
    )
    const { comments } = projectTicket(facts([opening, held, accepts, discards], desk))
    expect(comments.find(({ id }) => id === 'held')).toMatchObject({ visibility: 'public' })
  })
})
