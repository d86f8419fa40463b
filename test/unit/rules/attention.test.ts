import { describe, expect, it } from 'vitest'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Preferences } from '#shared/model/preferences'
import { newsOf } from '#shared/rules/attention'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  agentAda,
  agentMax,
  aMail,
  anEvent,
  ccBob,
  facts,
  minute,
  outsider,
  requester,
} from '../builders'

type Settings = Preferences['notifications']

const mine: Settings = { about: 'mine', shows: 'subject', off: [], isPaused: false }
const opening = aMail({ id: 'm1', at: 0 })
const answer = aMail({ id: 'm2', at: 10, answers: 'm1@mail.example' })
const assigned = (assignee: string, at: number, by = agentMax): TicketEvent =>
  anEvent({ kind: 'ticket.assigned', assignee }, { at, by })
const followed = (level: 'all' | 'public' | 'mentions'): TicketEvent =>
  anEvent({ kind: 'follower.added', address: agentAda, level, because: '' }, { at: 1 })
const noted = anEvent(
  { kind: 'note.written', commentId: 'n1', text: 'secret plan', mentions: [] },
  { at: 11 },
)

function newsFor(
  list: readonly (MailFact | TicketEvent)[],
  more: Partial<{ since: number; settings: Settings; me: string[] }> = {},
) {
  const projected = projectTicket(facts(list))
  return newsOf({ projected, me: [agentAda], since: minute(5), settings: mine, ...more })
}

describe('a desktop notification', () => {
  it.each([
    ['my ticket', [opening, assigned(agentAda, 1), answer], 'your-ticket', requester],
    ['a ticket I follow', [opening, followed('all'), answer], 'followed', requester],
    ['a note on a ticket I follow', [opening, followed('all'), noted], 'followed', 'max'],
    ['a ticket I am given', [opening, assigned(agentAda, 7)], 'assigned-to-you', agentMax],
  ])('tells of %s', (_what, list, because, who) => {
    expect(newsFor(list)).toMatchObject({ because, who, subject: 'Printer on fire', text: '' })
  })

  it.each([
    ['somebody else’s ticket', [opening, assigned(agentMax, 1), answer]],
    ['a note, to one who follows public comments only', [opening, followed('public'), noted]],
    ['talk, to one who wants mentions only', [opening, followed('mentions'), answer]],
    ['what was there before', [opening, assigned(agentAda, 1)]],
    ['a ticket I took myself', [opening, assigned(agentAda, 7, agentAda)]],
    ['a note of my own', [opening, assigned(agentAda, 1), { ...noted, by: agentAda }]],
    [
      'mail that is held',
      [
        opening,
        assigned(agentAda, 1),
        aMail({ id: 'm3', at: 9, from: outsider, answers: 'm1@mail.example' }),
      ],
    ],
    [
      'an automatic answer',
      [
        opening,
        assigned(agentAda, 1),
        aMail({
          id: 'm4',
          at: 9,
          answers: 'm1@mail.example',
          headers: [['auto-submitted', 'auto-replied']],
        }),
      ],
    ],
  ])('is silent about %s', (_what, list) => {
    expect(newsFor(list)).toBeNull()
  })

  it('tells of a new ticket only to one who asked for all', () => {
    const list = [aMail({ id: 'm1', at: 6, from: ccBob })]
    expect(newsFor(list)).toBeNull()
    expect(newsFor(list, { settings: { ...mine, about: 'all', shows: 'preview' } })).toEqual({
      ticketId: 't1',
      because: 'new-ticket',
      who: ccBob,
      subject: 'Printer on fire',
      text: 'preview of m1',
    })
  })

  it('tells nothing when switched off', () => {
    const list = [opening, assigned(agentAda, 1), answer]
    expect(newsFor(list, { settings: { ...mine, about: 'none' } })).toBeNull()
  })

  it('tells nothing while paused, and nothing of a kind that is switched off', () => {
    const list = [opening, assigned(agentAda, 1), answer]
    expect(newsFor(list, { settings: mine })?.because).toBe('your-ticket')
    expect(newsFor(list, { settings: { ...mine, isPaused: true } })).toBeNull()
    expect(newsFor(list, { settings: { ...mine, off: ['your-ticket'] } })).toBeNull()
    expect(newsFor(list, { settings: { ...mine, off: ['followed'] } })?.because).toBe('your-ticket')
  })
})
