// What an agent decides about a held comment, and what the trail says of it (participants.md §4.3 rows 4 and 5).
import { describe, expect, it } from 'vitest'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { projectTicket } from '#shared/rules/projectTicket'
import { aMail, agentMax, anEvent, ccBob, facts, idOf, outsider, requester } from '../builders'

type Mode = Extract<TicketEventBody, { kind: 'comment.accepted' }>['mode']

const messageId = idOf('held')
const first = aMail({ id: 'first', cc: [ccBob] })
const held = aMail({ id: 'held', from: outsider, answers: 'first', at: 5 })
const accept = (mode: Mode = 'accept', aliasOf: string | null = null, at = 10) =>
  anEvent({ kind: 'comment.accepted', messageId, mode, aliasOf }, { at })
const discard = (at = 10) =>
  anEvent({ kind: 'comment.discarded', messageId, because: 'agent-chose' }, { at })
const undo = (at = 20) => anEvent({ kind: 'comment.decisionUndone', messageId }, { at })
const fold = (...list: (MailFact | TicketEvent)[]) => projectTicket(facts([first, held, ...list]))
const lines = (...list: (MailFact | TicketEvent)[]) =>
  fold(...list).audit.map(({ what, because, detail }) => ({ what, because, detail }))

describe('the trail of a decision', () => {
  it('says who is let in, and how', () => {
    expect(lines(accept())).toContainEqual({
      what: 'comment.accepted',
      because: 'agent-chose',
      detail: { messageId, from: outsider, mode: 'accept' },
    })
  })

  it('says for whom an address stands from now on', () => {
    expect(lines(accept('alias', ccBob))).toContainEqual({
      what: 'alias.linked',
      because: 'agent-chose',
      detail: { address: outsider, aliasOf: ccBob },
    })
  })

  it('says why the sender is on the list', () => {
    const { participants } = fold(accept('add-cc'))
    expect(participants.find(({ address }) => address === outsider)).toMatchObject({
      role: 'cc',
      origin: { by: agentMax, because: 'accepted' },
    })
  })

  it('says what is discarded', () => {
    expect(lines(discard())).toContainEqual({
      what: 'comment.discarded',
      because: 'discarded',
      detail: { messageId, from: outsider },
    })
  })

  it('keeps a decision that is taken back, and says so', () => {
    const detail = { messageId, from: outsider }
    const undone = { what: 'comment.decisionUndone', because: 'agent-chose', detail }
    for (const [decision, what] of [
      [accept(), 'comment.accepted'],
      [discard(), 'comment.discarded'],
    ] as const) {
      expect(lines(decision, undo())).toContainEqual({ what, because: 'taken-back', detail })
      expect(lines(decision, undo())).toContainEqual(undone)
    }
  })
})

describe('a second decision', () => {
  it('is refused where there is nothing held any more', () => {
    for (const [one, two] of [
      [accept(), discard(11)],
      [discard(), discard(11)],
      [discard(), accept('accept', null, 11)],
    ] as const) {
      expect(lines(one, two).at(-1)).toMatchObject({
        what: 'event.ineffective',
        because: 'not-held',
      })
    }
  })
})

describe('a comment that is let in', () => {
  it('counts as a public word: a solved ticket is open again', () => {
    const solved = anEvent({ kind: 'ticket.statusSet', status: 'solved' }, { at: 8 })
    expect(fold(solved, accept()).ticket.status).toBe('open')
    expect(fold(solved).ticket.status).toBe('solved')
  })

  it('of a participant shows whom it left out', () => {
    const forged = aMail({
      ...{ id: 'held', from: requester, answers: 'first', at: 5 },
      ...{ isVerified: false, more: { isFromSound: false } },
    })
    const { comments } = projectTicket(facts([first, forged, accept()]))
    expect(comments.at(-1)).toMatchObject({ visibility: 'public', leftOut: [ccBob] })
    expect(comments.at(-1)?.flags).toEqual(expect.arrayContaining(['accepted', 'left-out']))
  })
})

describe('a discarded comment', () => {
  it('leaves a ticket alone that has others', () => {
    expect(fold(discard()).ticket.status).toBe('new')
  })
})
