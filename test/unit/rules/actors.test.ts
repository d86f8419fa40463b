import type { Desk } from '#shared/model/desk'
import type { TicketEventBody } from '#shared/model/event'
import { actionOf, actorRefusal } from '#shared/rules/actors'
import { describe, expect, it } from 'vitest'
import { aDesk, agentMax, anEvent, lightLea, minute, outsider } from '../builders'

const scheduled = (visibility: 'public' | 'private'): TicketEventBody => ({
  kind: 'reply.scheduled',
  commentId: 'c1',
  visibility,
  text: 'Hello',
  html: null,
  audience: [],
  status: null,
  sendAt: minute(60),
  onlyIfQuiet: false,
  seen: null,
  files: [],
})
const written = (visibility: 'public' | 'private'): TicketEventBody => ({
  kind: 'reply.written',
  commentId: 'c1',
  visibility,
  audience: [],
  messageId: 'c1@mail.example',
  mails: [],
  status: null,
  mentions: [],
})
const unscheduled = (because: 'cancelled' | 'held'): TicketEventBody => ({
  kind: 'reply.unscheduled',
  commentId: 'c1',
  because,
})
const note: TicketEventBody = { kind: 'note.written', commentId: 'n1', text: 'x', mentions: [] }

describe('participants.md §6: what an event needs the right for', () => {
  it.each([
    ['a public reply', written('public'), 'public-reply'],
    ['a private reply', written('private'), 'private-reply'],
    ['a public reply for later', scheduled('public'), 'public-reply'],
    ['a private reply for later', scheduled('private'), 'private-reply'],
    ['taking back a reply for later', unscheduled('cancelled'), 'public-reply'],
    ['telling that a reply for later was held', unscheduled('held'), 'read'],
    ['a note', note, 'note'],
  ] as const)('%s', (_, body, action) => {
    expect(actionOf(body)).toBe(action)
  })
})

describe('participants.md §6: whose event counts', () => {
  const refusal = (body: TicketEventBody, by: string, desk: Desk = aDesk()) =>
    actorRefusal(desk, anEvent(body, { by }))

  it.each([
    ['public reply', written('public'), 'role'],
    ['private reply', written('private'), 'role'],
    ['public reply for later', scheduled('public'), 'role'],
    ['cancelled reply', unscheduled('cancelled'), 'role'],
    ['report of a held reply', unscheduled('held'), null],
    ['note', note, null],
  ] as const)('a light agent’s %s: %s', (_, body, because) => {
    expect(refusal(body, lightLea)).toBe(because)
    expect(refusal(body, agentMax)).toBeNull()
    expect(refusal(body, outsider)).toBe('actor-unknown')
  })

  it('not of a kind that this version does not know', () => {
    for (const kind of ['ticket.painted', 'constructor']) {
      expect(refusal({ kind } as never, agentMax)).toBe('unknown-kind')
    }
  })

  it('not from a desktop that is another’s, or that nobody knows', () => {
    const owned = (id: string, owner: string) =>
      aDesk({}, { devices: [{ id, owner, name: '', isApproved: true, isRevoked: false }] })
    expect(refusal(note, agentMax, owned('device', agentMax))).toBeNull()
    expect(refusal(note, agentMax, owned('device', lightLea))).toBe('device-of-another')
    expect(refusal(note, agentMax, owned('other', agentMax))).toBe('device-unknown')
  })
})
