// What nobody may bring about who has no right to it: by a mail nobody vouches for, by an event that does not count, by
// a decision of long ago.
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  outsider,
  requester,
  support,
} from '../builders'

const project = (all: readonly (MailFact | TicketEvent)[]) => projectTicket(facts(all, aDesk()))
const ccsOf = (all: readonly (MailFact | TicketEvent)[]) =>
  project(all)
    .participants.filter(({ role }) => role === 'cc')
    .map(({ address }) => address)
const opening = aMail({ id: 'm1', cc: [ccBob, ccCarl] })

describe('a mail nobody vouches for', () => {
  const begun = [opening, aReply('r1', 5)]

  it('takes nobody off by leaving them out', () => {
    const edited = (isVerified: boolean) =>
      aMail({ id: 'm2', at: 10, to: [support], cc: [ccBob], answers: idOf('r1'), isVerified })
    expect(ccsOf([...begun, edited(true)])).toEqual([ccBob])
    expect(ccsOf([...begun, edited(false)])).toEqual([ccBob, ccCarl])
  })

  it('cannot make the person it claims to be leave, and says so', () => {
    const leave = (isVerified: boolean) =>
      aMail({ id: 'm2', at: 10, from: ccBob, isVerified, more: { isLeave: true } })
    expect(ccsOf([...begun, leave(true)])).toEqual([ccCarl])
    const ticket = project([...begun, leave(false)])
    expect(ccsOf([...begun, leave(false)])).toEqual([ccBob, ccCarl])
    expect(ticket.comments.find(({ id }) => id === 'm2')?.flags).toEqual(['leave-not-verified'])
  })
})

describe('the token of a notification', () => {
  const max = (id: string, at: number, cc: readonly string[] = [], more: Partial<MailFact> = {}) =>
    aMail({
      ...{ id, at, from: agentMax, to: ['support+f.token@desk.example'], cc, answers: idOf('m1') },
      ...{ isVerified: false, more: { tokenOf: agentMax, ...more } },
    })
  const second = (all: readonly (MailFact | TicketEvent)[]) => {
    const { visibility, because } = project(all).comments.find(({ id }) => id === 'm3') ?? {}
    return [visibility, because]
  }
  const proven = ['public', 'answers-public']
  const unproven = ['held', 'not-authenticated']

  it.each<[string, MailFact, (string | undefined)[]]>([
    ['nobody', max('m2', 1), proven],
    ['its owner under another address', max('m2', 1, ['max@private.example']), proven],
    ['the desk', max('m2', 1, ['help@desk.example']), proven],
    ['somebody outside', max('m2', 1, [outsider]), unproven],
    [
      'somebody outside in To',
      max('m2', 1, [], { to: [{ name: '', address: outsider }] }),
      unproven,
    ],
    ['a colleague', max('m2', 1, [agentAda]), unproven],
    // Whose mail it was does not matter: it has been read.
    ['whoever got the mail of another', { ...max('m2', 1, [ccBob]), from: opening.from }, unproven],
  ])('that a mail has shown to %s', (_, mail, expected) => {
    expect(second([opening, mail, max('m3', 2)])).toEqual(expected)
  })

  it('still proves the mail itself that shows it, and those before', () => {
    expect(second([opening, max('m3', 1), max('m4', 2, [outsider])])).toEqual(proven)
    expect(second([opening, max('m3', 1, [outsider])])).toEqual(proven)
  })

  it('of one colleague says nothing about that of another', () => {
    const ada = {
      ...max('m3', 2, [], { tokenOf: agentAda }),
      from: { name: '', address: agentAda },
    }
    expect(second([opening, max('m2', 1, [outsider]), ada])).toEqual(proven)
  })
})

describe('the answer of somebody outside that does not say what it answers', () => {
  const privateTo = (address: string) =>
    aReply('r1', 5, { visibility: 'private', audience: [address], mails: [] })
  const chosen = privateTo(outsider)
  const stray = (more: Partial<MailFact> = {}) => aMail({ id: 'm2', at: 10, from: outsider, more })
  const accept = (mode: 'accept' | 'add-cc' | 'alias', aliasOf: string | null = null) =>
    anEvent({ kind: 'comment.accepted', messageId: idOf('m2'), mode, aliasOf }, { at: 11 })
  const of = (all: readonly (MailFact | TicketEvent)[]) => {
    const found = project(all).comments.find(({ id }) => id === 'm2')
    return [found?.visibility, found?.because]
  }

  it.each(['accept', 'add-cc'] as const)(
    'is private once let in by “%s”, if they were written to in private',
    (mode) => {
      expect(of([opening, stray(), accept(mode)])).toEqual(['public', 'accepted'])
      expect(of([opening, chosen, stray()])).toEqual(['held', 'not-a-participant'])
      expect(of([opening, chosen, stray(), accept(mode)])).toEqual(['private', 'answers-private'])
    },
  )

  it('is public where others were chosen, where it names a public mail, and as a participant’s', () => {
    const other = privateTo(ccBob)
    expect(of([opening, other, stray(), accept('accept')])).toEqual(['public', 'accepted'])
    const answer = stray({ inReplyTo: [idOf('m1')] })
    expect(of([opening, chosen, answer, accept('accept')])).toEqual(['public', 'accepted'])
    expect(of([opening, chosen, stray(), accept('alias', requester)])).toEqual([
      'public',
      'accepted',
    ])
    const mail = aMail({ id: 'm2', at: 10, from: ccBob, cc: [requester] })
    expect(of([opening, other, mail])).toEqual(['public', 'cc-reply-all'])
  })

  it('is private, too, where it names what is held', () => {
    const held = aMail({ id: 'm1b', at: 6, from: outsider })
    const answer = stray({ inReplyTo: [idOf('m1b')] })
    expect(of([opening, chosen, held, answer, accept('accept')])).toEqual([
      'private',
      'answers-private',
    ])
  })
})

describe('a mail held for its number or its way', () => {
  it.each([
    ['too-many-mails', { isSurplus: true }],
    ['suspected-loop', { hops: 60 }],
  ])('%s: is let in when an agent accepts it', (because, more) => {
    const mail = aMail({ id: 'm2', at: 10, answers: idOf('m1'), more })
    const accept = anEvent(
      { kind: 'comment.accepted', messageId: idOf('m2'), mode: 'accept', aliasOf: null },
      { at: 11 },
    )
    const of = (all: readonly (MailFact | TicketEvent)[]) =>
      project(all).comments.find(({ id }) => id === 'm2')
    expect(of([opening, mail])).toMatchObject({ visibility: 'held', because })
    expect(of([opening, mail, accept])).toMatchObject({ visibility: 'public', because: 'accepted' })
    expect(project([opening, mail, accept]).ticket.heldCount).toBe(0)
  })
})

describe('undoing what a mail did', () => {
  const without = aMail({ id: 'm2', at: 10, cc: [ccCarl], answers: idOf('r1') })
  const undo = anEvent({ kind: 'cc.mailChangeUndone', messageId: idOf('m2') }, { at: 30 })
  const begun = [opening, aReply('r1', 5), without]

  it('brings back whom the mail left out', () => {
    expect(ccsOf(begun)).toEqual([ccCarl])
    expect(ccsOf([...begun, undo])).toEqual([ccCarl, ccBob])
  })

  it('does not bring back whom an agent has removed since', () => {
    const removed = anEvent({ kind: 'cc.removed', address: ccBob }, { at: 20 })
    expect(ccsOf([...begun, removed, undo])).toEqual([ccCarl])
    expect(project([...begun, removed, undo]).audit.at(-1)).toMatchObject({
      what: 'event.ineffective',
      because: 'removed-by-agent',
    })
  })
})

describe('an event that does not count', () => {
  it('makes no public reply of a colleague a private one', () => {
    const cancel = (by: string) =>
      anEvent(
        { kind: 'delivery.settled', messageId: idOf('r1'), state: 'cancelled', refused: [] },
        { at: 9, by },
      )
    const visibility = (all: readonly (MailFact | TicketEvent)[]) =>
      project(all).comments.find(({ id }) => id === 'r1')?.visibility
    expect(visibility([opening, aReply('r1', 5), cancel(agentMax)])).toBe('private')
    expect(visibility([opening, aReply('r1', 5), cancel(outsider)])).toBe('public')
  })

  it('does not make a private thread of a public one', () => {
    const forged = aReply('r2', 6, {
      by: outsider,
      visibility: 'private',
      messageId: idOf('m1'),
      mails: [],
    })
    const answer = aMail({ id: 'm2', at: 10, from: requester, answers: idOf('m1') })
    expect(
      project([opening, forged, answer]).comments.find(({ id }) => id === 'm2')?.visibility,
    ).toBe('public')
  })
})
