import type { Desk } from '#shared/model/desk'
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  aMailbox,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  outsider,
  requester,
  support,
  type MailWords,
} from '../builders'

type Fact = MailFact | TicketEvent

const sales = 'sales@desk.example'
const project = (list: readonly Fact[], desk: Desk = aDesk()) => projectTicket(facts(list, desk))
const begun: readonly Fact[] = [aMail({ cc: [ccBob, ccCarl] }), aReply('r1', 1)]
const then = (...list: readonly Fact[]) => project([...begun, ...list])
const commentOf = (list: readonly Fact[], id: string, desk?: Desk) =>
  project(list, desk).comments.find((comment) => comment.id === id)
/** The lines of the audit trail that one fact left. */
const linesOf = (source: string, ...list: readonly Fact[]) =>
  then(...list)
    .audit.filter((line) => line.source === source)
    .map(({ what, because, detail }) => ({ what, because, detail }))

describe('the mailbox of a ticket', () => {
  const two = aDesk({}, { mailboxes: [...aDesk().mailboxes, aMailbox(sales)] })
  const mailbox = (words: MailWords, desk = two) => project([aMail(words)], desk).ticket.mailbox
  const hidden = ['undisclosed@y.example']

  it.each(['delivered-to', 'x-original-to', 'envelope-to'])('is the one that %s says', (name) => {
    expect(mailbox({ to: hidden, headers: [[name, `<${sales}>`]] })).toBe(sales)
    expect(mailbox({ to: hidden, headers: [[name, sales]] })).toBe(sales)
  })

  it('is not the one that some other field of the sender names', () => {
    const more = { mailbox: support }
    expect(mailbox({ to: hidden, headers: [['x-list', sales]], more })).toBe(support)
  })

  it('is the one a colleague wrote from with another program, not the one they wrote to', () => {
    const more: Partial<MailFact> = { source: 'sent' }
    expect(mailbox({ from: sales, to: [support, requester], more })).toBe(sales)
    expect(mailbox({ from: agentMax, to: [requester, sales], more })).toBe(sales)
  })

  it('is the only one for whatever came in, and none for what a colleague wrote elsewhere', () => {
    expect(mailbox({ to: hidden }, aDesk())).toBe(support)
    const more: Partial<MailFact> = { source: 'sent' }
    expect(mailbox({ from: agentMax, to: [requester], more }, aDesk())).toBeNull()
  })
})

describe('who a comment says wrote it', () => {
  it('is a colleague only when that is certain', () => {
    const words = { id: 'm2', at: 5, from: agentAda, to: [support], answers: idOf('r1') }
    expect(commentOf([...begun, aMail(words)], 'm2')?.isInternal).toBe(true)
    const unproven = commentOf([...begun, aMail({ ...words, isVerified: false })], 'm2')
    expect(unproven).toMatchObject({ isInternal: false, authorRole: 'outsider' })
    expect(commentOf(begun, 'm1')?.isInternal).toBe(false)
  })
})

describe('an automatic mail', () => {
  it('says by what it is known', () => {
    const away = aMail({ id: 'away', at: 5, from: ccBob, headers: [['x-vacation', 'yes']] })
    expect(commentOf([...begun, away], 'away')).toMatchObject({
      because: 'automatic',
      flags: ['vacation'],
    })
  })
})

describe('a bounce', () => {
  const bounce = (failed: string[], id = 'b1', at = 5) =>
    aMail({ id, at, more: { bounce: { failed, originalId: null } } })

  it('leaves a line for each address that failed, once', () => {
    const line = {
      what: 'address.undeliverable',
      because: 'bounce',
      detail: { address: ccBob },
    }
    expect(linesOf('b1', bounce([ccBob, ccBob.toUpperCase()]))).toEqual([line])
    expect(linesOf('b2', bounce([ccBob]), bounce([ccBob], 'b2', 6))).toEqual([])
  })

  it('says that an address nobody writes to from here was left alone', () => {
    expect(linesOf('b1', bounce([outsider]))).toEqual([
      {
        what: 'event.ineffective',
        because: 'no-change',
        detail: { event: 'bounce', address: outsider },
      },
    ])
    expect(linesOf('b1', bounce([]))).toEqual([])
  })
})

describe('a leave mail', () => {
  const leave = (from: string, more: MailWords = {}) =>
    aMail({
      id: 'bye',
      at: 10,
      from,
      to: ['support+leave-x@desk.example'],
      ...more,
      more: { isLeave: true },
    })
  const undo = anEvent({ kind: 'cc.mailChangeUndone', messageId: idOf('bye') }, { at: 20 })

  it('can be undone', () => {
    const ccs = (...list: readonly Fact[]) =>
      then(...list)
        .participants.filter(({ role }) => role === 'cc')
        .map(({ address }) => address)
    expect(ccs(leave(ccBob))).toEqual([ccCarl])
    expect(ccs(leave(ccBob), undo)).toEqual([ccCarl, ccBob])
  })

  it('of a follower ends following, says so, and leaves nothing to undo', () => {
    expect(linesOf('bye', leave(agentMax))).toEqual([
      { what: 'follower.removed', because: 'left', detail: { address: agentMax } },
    ])
    expect(then(leave(agentMax), undo).audit.at(-1)).toMatchObject({
      what: 'event.ineffective',
      because: 'unknown-mail',
    })
  })

  it('that is refused names who wanted to leave', () => {
    const refused = (because: string, address: string) => [
      { what: 'leave.refused', because, detail: { address } },
    ]
    expect(linesOf('bye', leave(outsider))).toEqual(refused('leave-refused', outsider))
    expect(linesOf('bye', leave(ccBob, { isVerified: false }))).toEqual(
      refused('leave-not-verified', ccBob),
    )
  })
})

describe('a mail that is put aside', () => {
  const stray = (id = 'm2', at = 5, more: Partial<MailFact> = {}) =>
    aMail({ id, at, from: outsider, more })
  const blocked = aDesk({}, { blockedSenders: [outsider] })

  it('is noted with its id and its sender', () => {
    const detail = { messageId: idOf('m2'), from: outsider }
    expect(linesOf('m2', stray())).toEqual([
      { what: 'comment.held', because: 'not-a-participant', detail },
    ])
    expect(project([...begun, stray()], blocked).audit.at(-1)).toMatchObject({
      what: 'comment.discarded',
      because: 'sender-blocked',
      detail,
    })
  })

  it('of a blocked sender is private and discarded, nothing is asked of anybody', () => {
    const { comments, ticket } = project([...begun, stray()], blocked)
    expect(comments.find(({ id }) => id === 'm2')).toMatchObject({
      kind: 'system',
      visibility: 'private',
      flags: expect.arrayContaining(['discarded']) as string[],
    })
    expect(ticket.heldCount).toBe(0)
  })

  it('is the one that its Message-ID means, though a later mail claims the same', () => {
    const twin = stray('m3', 6, { rfcId: idOf('m2') })
    const accepted = anEvent(
      { kind: 'comment.accepted', messageId: idOf('m2'), mode: 'accept', aliasOf: null },
      { at: 7 },
    )
    const { comments } = then(stray(), twin, accepted)
    expect(comments.map(({ id, visibility }) => `${id} ${visibility}`)).toEqual([
      'm1 public',
      'r1 public',
      'm2 public',
      'm3 held',
    ])
  })
})

describe('the answer to a survey', () => {
  const rating = (subject: string, words: MailWords = {}) =>
    aMail({ id: 'csat', at: 10, ...words, more: { isRating: true, subject } })
  const solved = anEvent({ kind: 'ticket.statusSet', status: 'solved' }, { at: 5 })

  it.each([
    ['Good', ['rating-good']],
    ['Re: I was served BAD', ['rating-bad']],
    ['goodness', []],
    ['', []],
  ])('“%s” is kept inside', (subject, flags) => {
    expect(commentOf([...begun, rating(subject)], 'csat')).toMatchObject({
      kind: 'system',
      visibility: 'private',
      because: 'rating',
      flags,
    })
  })

  it('does not open a solved ticket again, as another mail would', () => {
    expect(then(solved, rating('Good')).ticket.status).toBe('solved')
    const mail = aMail({ id: 'm2', at: 10 })
    expect(then(solved, mail).ticket.status).toBe('open')
  })

  it('counts only as the word of the requester, and only when they surely wrote it', () => {
    const byBob = rating('Good', { from: ccBob, to: [support, requester] })
    expect(commentOf([...begun, byBob], 'csat')).toMatchObject({
      kind: 'mail',
      because: 'cc-reply-all',
    })
    const unsound = aMail({ id: 'csat', at: 10, more: { isRating: true, isFromSound: false } })
    expect(commentOf([...begun, unsound], 'csat')).toMatchObject({
      visibility: 'held',
      because: 'not-authenticated',
    })
  })
})

describe('what a comment changes', () => {
  const secret = 'We will not charge for this because the fault was ours.'
  const quoting = aMail({ id: 'm3', at: 20, answers: idOf('r1'), more: { text: `> ${secret}` } })

  it('makes private words of a private mail, and none of a public one', () => {
    const text = { text: secret }
    const inside = aMail({ id: 'm2', at: 10, from: ccBob, to: [support], more: text })
    expect(commentOf([...begun, inside, quoting], 'm3')?.because).toBe('answers-private')
    const open = aMail({ id: 'm2', at: 10, from: ccBob, to: [support, requester], more: text })
    expect(commentOf([...begun, open, quoting], 'm3')?.because).toBe('requester')
  })

  it('opens a solved ticket by a public word only', () => {
    const solved = anEvent({ kind: 'ticket.statusSet', status: 'solved' }, { at: 5 })
    const inside = aMail({ id: 'm2', at: 10, from: ccBob, to: [support] })
    expect(then(solved, inside).ticket.status).toBe('solved')
  })

  it('lists nobody as left out of a private mail', () => {
    const inside = aMail({ id: 'm2', at: 10, from: ccBob, to: [support] })
    expect(commentOf([...begun, inside], 'm2')?.leftOut).toEqual([])
  })
})

it('names a ticket after its first mail, held or not', () => {
  const held = aMail({ more: { isFromSound: false, subject: 'First' } })
  const later = aMail({ id: 'm2', at: 5, more: { subject: 'Second' } })
  expect(project([held, later]).ticket.subject).toBe('First')
})
