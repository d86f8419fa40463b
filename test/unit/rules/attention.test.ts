import { describe, expect, it } from 'vitest'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Preferences } from '#shared/model/preferences'
import { newsOf } from '#shared/rules/attention'
import { projectTicket } from '#shared/rules/projectTicket'
import {
  agentAda,
  agentMax,
  aDesk,
  aMail,
  anEvent,
  ccBob,
  facts,
  idOf,
  lightLea,
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
const copying = aMail({ id: 'm1', at: 0, cc: [agentAda] })
const copiedAnswer = aMail({ id: 'm2', at: 10, cc: [agentAda], answers: idOf('m1') })
const muted = anEvent({ kind: 'cc.muted', address: agentAda }, { at: 1 })

function newsFor(
  list: readonly (MailFact | TicketEvent)[],
  more: Partial<{ since: number; settings: Settings; me: string[] }> = {},
) {
  const projected = projectTicket(facts(list, aDesk({ agentCc: 'allow' })))
  return newsOf({ projected, me: [agentAda], since: minute(5), settings: mine, ...more })
}

describe('a desktop notification', () => {
  it.each([
    ['my ticket', [opening, assigned(agentAda, 1), answer], 'your-ticket', requester],
    ['a ticket I follow', [opening, followed('all'), answer], 'followed', requester],
    ['a note on a ticket I follow', [opening, followed('all'), noted], 'followed', 'max'],
    ['a ticket I am given', [opening, assigned(agentAda, 7)], 'assigned-to-you', agentMax],
    [
      'public talk, to one who follows that only',
      [opening, followed('public'), answer],
      'followed',
      requester,
    ],
    [
      'a note on my own ticket, though I follow public comments only',
      [opening, assigned(agentAda, 1), followed('public'), noted],
      'your-ticket',
      'max',
    ],
    ['a ticket on which I am a CC', [copying, copiedAnswer], 'copied', requester],
  ])('tells of %s', (_what, list, because, who) => {
    expect(newsFor(list)).toMatchObject({ because, who, subject: 'Printer on fire', text: '' })
  })

  it.each([
    ['somebody else’s ticket', [opening, assigned(agentMax, 1), answer]],
    ['a note, to one who follows public comments only', [opening, followed('public'), noted]],
    ['talk, to one who wants mentions only', [opening, followed('mentions'), answer]],
    [
      'a ticket that only somebody else follows',
      [
        opening,
        anEvent({ kind: 'follower.added', address: lightLea, level: 'all', because: '' }),
        answer,
      ],
    ],
    ['a note, to one who is a CC', [copying, noted]],
    ['talk, to a CC who is muted', [copying, muted, copiedAnswer]],
    [
      'a ticket of which I am made the requester',
      [opening, anEvent({ kind: 'requester.changed', address: agentAda, name: '' }, { at: 7 })],
    ],
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

  it('tells nothing a second time: what happened at the moment up to which all was told', () => {
    expect(newsFor([opening, assigned(agentAda, 7)], { since: minute(7) })).toBeNull()
    const list = [opening, assigned(agentAda, 1), answer]
    expect(newsFor(list, { since: minute(10) })).toBeNull()
    expect(newsFor(list, { since: minute(10) - 1 })?.because).toBe('your-ticket')
  })

  it('passes over a ticket I am given where that is switched off, and tells of what was said', () => {
    const settings: Settings = { ...mine, off: ['assigned-to-you'] }
    expect(newsFor([opening, assigned(agentAda, 7)], { settings })).toBeNull()
    const all = newsFor([opening, assigned(agentAda, 7), answer], { settings })
    expect(all?.because).toBe('your-ticket')
  })
})

describe('what a desktop notification shows', () => {
  const list = [opening, assigned(agentAda, 1), answer]

  it.each([
    ['nothing', '', ''],
    ['subject', 'Printer on fire', ''],
    ['preview', 'Printer on fire', 'preview of m2'],
  ] as const)('is no more than the person wants on a screen: %s', (shows, subject, text) => {
    expect(newsFor(list, { settings: { ...mine, shows } })).toMatchObject({ subject, text })
  })

  it('is no text where nobody has written', () => {
    const settings: Settings = { ...mine, shows: 'preview' }
    expect(newsFor([opening, assigned(agentAda, 7)], { settings })).toMatchObject({
      because: 'assigned-to-you',
      text: '',
    })
  })
})

describe('a ticket nobody has', () => {
  const settings: Settings = { ...mine, about: 'all' }
  const created = aMail({ id: 'm1', at: 6 })

  it('is new as long as one person has written, whatever machines answer', () => {
    const away = aMail({
      id: 'm2',
      at: 7,
      answers: idOf('m1'),
      headers: [['auto-submitted', 'auto-replied']],
    })
    expect(newsFor([created, away], { settings })?.because).toBe('new-ticket')
  })

  it('is new no more with the second thing that is said', () => {
    expect(newsFor([created, answer], { settings })).toBeNull()
  })
})
