// Replies for later: their order, and what the trail says of them (participants.md §5).
import { describe, expect, it } from 'vitest'
import type { TicketEvent } from '#shared/model/event'
import { projectTicket } from '#shared/rules/projectTicket'
import { aMail, anEvent, aReply, facts, minute } from '../builders'

const later = (commentId: string, sendAt: number, at = 1) =>
  anEvent(
    {
      kind: 'reply.scheduled',
      ...{ commentId, visibility: 'public', text: 'Soon.', html: null, audience: [] },
      ...{ status: null, sendAt: minute(sendAt), onlyIfQuiet: true, seen: [], files: [] },
    },
    { id: `event-${commentId}`, at },
  )
const held = (at: number, why?: string) =>
  anEvent(
    {
      kind: 'reply.unscheduled',
      commentId: 'a',
      because: 'held',
      ...(why === undefined ? {} : { why }),
    },
    { at },
  )
const fold = (...events: TicketEvent[]) => projectTicket(facts([aMail(), ...events]))
const order = (...events: TicketEvent[]) => fold(...events).scheduled.map((one) => one.commentId)

describe('replies for later', () => {
  it('are listed by their hour, and by name within one hour, whichever was written first', () => {
    expect(order(later('a', 90, 1), later('b', 30, 2), later('c', 60, 3))).toEqual(['b', 'c', 'a'])
    expect(order(later('b', 30, 1), later('a', 30, 2))).toEqual(['a', 'b'])
    expect(order(later('a', 30, 1), later('b', 30, 2))).toEqual(['a', 'b'])
  })

  it('say in the trail when they go', () => {
    expect(fold(later('a', 60)).audit.at(-1)).toMatchObject({
      what: 'reply.scheduled',
      detail: { commentId: 'a', at: new Date(minute(60)).toISOString() },
    })
  })

  it('cannot take the name of a reply or of a mail that is there', () => {
    expect(order(aReply('a', 1), later('a', 60, 2))).toEqual([])
    expect(order(later('m1', 60))).toEqual([])
  })

  it('say why they are held, once', () => {
    const { scheduled, audit } = fold(later('a', 60), held(2, 'customer-replied'), held(3))
    expect(scheduled).toMatchObject([{ state: 'held', why: 'customer-replied' }])
    expect(audit.slice(-2)).toMatchObject([
      { what: 'reply.unscheduled', detail: { commentId: 'a', why: 'customer-replied' } },
      { what: 'event.ineffective', because: 'no-change' },
    ])
    const plain = fold(later('a', 60), held(2))
    expect(plain.audit.at(-1)?.detail).toEqual({ commentId: 'a' })
    expect(plain.scheduled[0]?.why).toBe('')
  })
})
