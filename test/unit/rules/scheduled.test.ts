// A reply for later (participants.md §5): what ends it, what does not, and whose word it is.
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { ticketEventBody, type TicketEvent, type TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  facts,
  lightLea,
  minute,
  outsider,
  requester,
} from '../builders'

type Body<K extends TicketEventBody['kind']> = Extract<TicketEventBody, { kind: K }>

const scheduled = (more: Partial<Body<'reply.scheduled'>> & { by?: string; at?: number } = {}) => {
  const { by = agentMax, at = 1, ...body } = more
  return anEvent(
    {
      kind: 'reply.scheduled',
      ...{ commentId: 'later', visibility: 'public', text: 'Soon.', html: null, audience: [] },
      ...{ status: null, sendAt: minute(60), onlyIfQuiet: true, seen: [], files: [] },
      ...body,
    },
    { at, by },
  )
}
const ended = (
  because: Body<'reply.unscheduled'>['because'],
  words: { by?: string; at?: number; id?: string } = {},
) => anEvent({ kind: 'reply.unscheduled', commentId: 'later', because }, { at: 5, ...words })
type Facts = readonly (TicketEvent | MailFact)[]
const fold = (...list: Facts) => projectTicket(facts([aMail(), ...list]))
const states = (...list: Facts) => fold(...list).scheduled.map((one) => one.state)
const dutyKeys = (...list: Facts) => fold(...list).duties.map((one) => one.key)

describe('a scheduled reply', () => {
  it('has an hour that a calendar has, or is not read at all: one event must not stop every fold', () => {
    fc.assert(
      fc.property(fc.double(), (sendAt) => {
        const { body } = scheduled({ sendAt })
        if (ticketEventBody.safeParse(body).success) fold({ ...scheduled({ sendAt }), body })
      }),
      { numRuns: 2_000, seed: 1 },
    )
    for (const [sendAt, isRead] of [
      [8.64e15, true],
      [8.64e15 + 2, false],
      [4.2e289, false],
      [-1, false],
      [Number.NaN, false],
    ] as const) {
      expect(ticketEventBody.safeParse(scheduled({ sendAt }).body).success).toBe(isRead)
    }
  })

  it('is a duty at its hour, named by its event', () => {
    const event = scheduled()
    const { scheduled: list, duties } = fold(event)
    expect(list).toEqual([
      { commentId: 'later', eventId: event.id, state: 'waiting', why: '', sendAt: minute(60) },
    ])
    expect(duties).toEqual([
      {
        key: `scheduled:${event.id}`,
        kind: 'scheduled',
        ticketId: 't1',
        sourceId: event.id,
        dueAt: minute(60),
      },
    ])
  })

  it.each([
    ['an outsider', outsider],
    ['a light agent', lightLea],
  ])('is not taken back by %s', (_who, by) => {
    expect(states(scheduled(), ended('cancelled', { by }))).toEqual(['waiting'])
    expect(dutyKeys(scheduled(), ended('cancelled', { by }))).toHaveLength(1)
  })

  it('is taken back by a colleague who may reply, for good', () => {
    const cancel = ended('cancelled', { by: agentAda })
    expect(states(scheduled(), cancel)).toEqual([])
    expect(states(scheduled(), cancel, ended('held', { at: 6 }))).toEqual([])
    expect(dutyKeys(scheduled(), cancel)).toEqual([])
  })

  it('stays taken back where a wrong clock sorts that first', () => {
    expect(states(scheduled({ at: 10 }), ended('cancelled'))).toEqual([])
  })

  it('is held, and can then be taken back', () => {
    expect(states(scheduled(), ended('held'))).toEqual(['held'])
    expect(dutyKeys(scheduled(), ended('held'))).toEqual([])
    expect(states(scheduled(), ended('held'), ended('cancelled', { at: 6 }))).toEqual([])
  })

  it('ends with its reply, which is the word of its author whichever desktop sent it', () => {
    const sent = aReply('later', 61, { by: agentAda })
    const ticket = fold(scheduled(), sent)
    expect(ticket.scheduled).toEqual([])
    expect(ticket.duties).toEqual([])
    expect(ticket.comments.at(-1)).toMatchObject({ id: 'later', author: { address: agentMax } })
    expect(ticket.participants.filter((p) => p.role === 'follower').map((p) => p.address)).toEqual([
      agentMax,
    ])
  })

  it('does not end with a reply that its sender may not give', () => {
    expect(states(scheduled(), aReply('later', 61, { by: outsider }))).toEqual(['waiting'])
    expect(states(scheduled(), aReply('later', 61, { by: lightLea }))).toEqual(['waiting'])
  })

  it('by a light agent is none', () => {
    expect(states(scheduled({ by: lightLea }))).toEqual([])
    expect(dutyKeys(scheduled({ by: lightLea }))).toEqual([])
  })

  it('cannot be replaced by another of the same name', () => {
    const other = scheduled({ by: agentAda, at: 3, text: 'Something else.', sendAt: minute(2) })
    expect(fold(scheduled(), other).scheduled.map((s) => s.sendAt)).toEqual([minute(60)])
  })

  it('is lost by no event that does not count, in any order', () => {
    const strangers = fc.constantFrom(outsider, lightLea, requester)
    const noise = fc.oneof(
      fc
        .record({ by: strangers, at: fc.nat(90) })
        .map((w) => ended('cancelled', { ...w, id: `x${w.by}${w.at}` })),
      fc.record({ by: strangers, at: fc.nat(90) }).map(({ by, at }) => aReply('later', at, { by })),
      fc.record({ by: strangers, at: fc.nat(90) }).map(({ by, at }) =>
        anEvent(
          {
            kind: 'duty.done',
            duty: 'scheduled',
            sourceId: scheduled().id,
            mails: [],
            refused: null,
          },
          { by: by === lightLea ? outsider : by, at },
        ),
      ),
    )
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 8 }), (list) => {
        expect(states(...list, scheduled())).toEqual(['waiting'])
        expect(states(scheduled(), ...[...list].reverse())).toEqual(['waiting'])
      }),
    )
  })

  it('does not end because a desktop says that its duty is done', () => {
    const done = anEvent(
      { kind: 'duty.done', duty: 'scheduled', sourceId: scheduled().id, mails: [], refused: null },
      { by: agentAda, at: 61 },
    )
    expect(states(scheduled(), done)).toEqual(['waiting'])
    expect(dutyKeys(scheduled(), done)).toHaveLength(1)
  })
})
