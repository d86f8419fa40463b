import type { Desk } from '#shared/model/desk'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import type { ProjectedTicket } from '#shared/model/projection'
import { COMMENT_HEADER } from '#shared/rules/factIndex'
import { projectTicket } from '#shared/rules/projectTicket'
import { bareSubject } from '#shared/rules/subject'
import { describe, expect, it } from 'vitest'
import {
  agentAda,
  agentMax,
  aDesk,
  aMail,
  aMailbox,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  lightLea,
  minute,
  outsider,
  requester,
  support,
  thePeople,
  who,
  type EventWords,
  type MailWords,
} from '../builders'

type Fact = MailFact | TicketEvent
const dan = 'dan@new.example'

const project = (list: readonly Fact[], desk: Desk | ((at: number) => Desk) = aDesk()) =>
  projectTicket(facts(list, desk))
const under = (policy: Partial<Policy>, list: readonly Fact[]) => project(list, aDesk(policy))

const withRole = ({ participants }: ProjectedTicket, role: string) =>
  participants.filter((each) => each.role === role).map((each) => each.address)
const commentOf = (ticket: ProjectedTicket, id: string) =>
  ticket.comments.find((comment) => comment.id === id)
const lastAudit = ({ audit }: ProjectedTicket) => {
  const entry = audit.at(-1)
  return entry === undefined ? '' : `${entry.what}: ${entry.because}`
}

/** Ann opens a ticket with Bob and Carl in copy; Max answers all three. */
const begun: readonly Fact[] = [aMail({ cc: [ccBob, ccCarl] }), aReply('r1', 1)]
const then = (...list: readonly Fact[]) => project([...begun, ...list])
const act = (body: TicketEventBody, words: EventWords = {}) => anEvent(body, { at: 20, ...words })

/** Our own mail as it comes back: the receipt. */
const ownMail = (id: string, at: number, more: Partial<MailFact> = {}) =>
  aMail({
    id: `copy-${id}`,
    at,
    from: support,
    to: [requester],
    cc: [ccBob, ccCarl],
    more: { rfcId: idOf(id), isOwnId: true, preview: `text of ${id}`, ...more },
  })

const created = (
  more: Partial<Extract<TicketEventBody, { kind: 'ticket.created' }>> = {},
  at = 0,
) =>
  anEvent(
    {
      kind: 'ticket.created',
      subject: 'Contract',
      requester: who(requester),
      mailbox: support,
      ccs: [who(ccBob)],
      rootId: idOf('r0'),
      ...more,
    },
    { at },
  )

describe('a ticket opened by mail', () => {
  it('has its author as requester, and knows whence everybody came', () => {
    const { ticket, participants, comments } = project([aMail({ cc: [ccBob] })])
    expect(ticket).toEqual({
      id: 't1',
      key: 'K7M2QX',
      subject: 'Printer on fire',
      status: 'new',
      requester: who(requester),
      assignee: null,
      group: null,
      tags: [],
      mailbox: support,
      mergedInto: null,
      createdAt: minute(0),
      updatedAt: minute(0),
      revision: 1,
      commentCount: 1,
      heldCount: 0,
      preview: 'preview of m1',
      lastAuthor: requester,
    })
    expect(participants.map(({ address, origin }) => [address, origin.header])).toEqual([
      [requester, 'from'],
      [ccBob, 'cc'],
    ])
    expect(comments).toMatchObject([
      { id: 'm1', kind: 'mail', authorRole: 'requester', visibility: 'public', trust: 'verified' },
    ])
  })

  it('keeps the first subject without stacked prefixes', () => {
    const subjects = (subject: string) => aMail({ more: { subject } })
    expect(project([subjects('Re: AW: Fwd: Printer')]).ticket.subject).toBe('Printer')
    expect(then(aMail({ id: 'm2', at: 5, more: { subject: 'Other' } })).ticket.subject).toBe(
      'Printer on fire',
    )
  })

  it.each([
    ['Re: Re: Hello', 'Hello'],
    ['RE[2]: AW : WG: Hello', 'Hello'],
    ['Fw: hello: world', 'hello: world'],
    ['Regarding: x', 'Regarding: x'],
    ['re', 're'],
    ['Re:', 'Re:'],
    ['  Hello ', 'Hello'],
    ['回复:Hello', 'Hello'],
    ['', ''],
  ])('subject %j becomes %j', (subject, bare) => {
    expect(bareSubject(subject)).toBe(bare)
  })

  it('knows the mailbox by alias and tag, among several', () => {
    const sales = aMailbox('sales@desk.example', { name: 'Sales' })
    const desk = aDesk({}, { mailboxes: [...aDesk().mailboxes, sales] })
    const to = (...list: string[]) => project([aMail({ to: list })], desk).ticket.mailbox
    expect(to('x@y.example', 'Help+abc@desk.example')).toBe(support)
    expect(to('sales+1@desk.example')).toBe('sales@desk.example')
    expect(to('undisclosed@y.example')).toBeNull()
    expect(project([aMail({ to: [] })]).ticket.mailbox).toBe(support)
  })

  it('belongs to the mailbox that got it without being named, and starts in its group', () => {
    const sales = aMailbox('sales@desk.example', { group: 'Sales' })
    const desk = aDesk({}, { mailboxes: [...aDesk().mailboxes, sales] })
    const hidden = { to: ['undisclosed@y.example'] }
    const delivered = [['delivered-to', 'sales@desk.example']] as const
    const byHeader = project([aMail({ ...hidden, headers: delivered })], desk)
    const byFolder = project([aMail({ ...hidden, more: { mailbox: 'sales@desk.example' } })], desk)
    for (const { ticket, audit } of [byHeader, byFolder]) {
      expect(ticket).toMatchObject({ mailbox: 'sales@desk.example', group: 'Sales' })
      expect(audit).toContainEqual(
        expect.objectContaining({ what: 'ticket.grouped', because: 'mailbox' }),
      )
    }
    // What a mail names comes first, and a later mail to another mailbox moves nothing.
    const named = aMail({ more: { mailbox: 'sales@desk.example' } })
    const later = aMail({ id: 'm2', at: 1, to: ['sales@desk.example'], answers: 'm1' })
    expect(project([named, later], desk).ticket).toMatchObject({ mailbox: support, group: null })
  })

  it('has no requester while its first mail is held, and gets one when that is let in', () => {
    const held = aMail({ cc: [ccBob], more: { isFromSound: false } })
    const before = project([held])
    expect(before.ticket).toMatchObject({ requester: null, heldCount: 1, preview: '' })
    expect(before.participants).toEqual([])
    expect(before.comments).toMatchObject([
      { authorRole: 'outsider', because: 'not-authenticated' },
    ])
    const word = act({
      kind: 'comment.accepted',
      messageId: idOf('m1'),
      mode: 'accept',
      aliasOf: null,
    })
    const after = project([held, word])
    expect(after.ticket).toMatchObject({ requester: who(requester), heldCount: 0 })
    expect(after.comments).toMatchObject([
      { visibility: 'public', because: 'accepted', authorRole: 'requester' },
    ])
    expect(after.suggestions).toMatchObject([{ address: ccBob, because: 'sender-not-verified' }])
  })

  it('has no requester by an automatic mail, but by the first person who writes', () => {
    const auto = aMail({ headers: [['auto-submitted', 'auto-generated']], from: 'robot@x.example' })
    expect(project([auto]).ticket).toMatchObject({ requester: null, commentCount: 1 })
    const { ticket } = project([auto, aMail({ id: 'm2', at: 1, answers: idOf('m1') })])
    expect(ticket.requester).toEqual(who(requester))
  })

  it('may be opened by a colleague, who is then its requester', () => {
    const { ticket, comments } = project([aMail({ from: lightLea })])
    expect(ticket.requester?.address).toBe(lightLea)
    expect(comments).toMatchObject([
      { visibility: 'public', because: 'requester', isInternal: true },
    ])
  })
})

describe('a ticket opened by an agent', () => {
  it('has the people of the event, and refuses who cannot be on it', () => {
    const ccs = [who(ccBob), who(requester), who(support), who('a@'), who(ccBob)]
    const ticket = project([created({ ccs })])
    expect(ticket.ticket).toMatchObject({ subject: 'Contract', status: 'new', mailbox: support })
    expect(withRole(ticket, 'cc')).toEqual([ccBob])
    const refused = ticket.audit.filter((entry) => entry.what === 'event.ineffective')
    expect(refused.map((entry) => entry.because)).toEqual([
      'already-participant',
      'support-address',
      'invalid-address',
      'already-cc',
    ])
  })

  it('may be between colleagues, without a requester', () => {
    const ticket = project([created({ requester: null, ccs: [] }), aMail({ at: 5 })])
    expect(ticket.ticket.requester).toBeNull()
    expect(ticket.comments).toMatchObject([{ visibility: 'held', because: 'not-a-participant' }])
  })

  it('takes no unusable requester', () => {
    for (const address of [support, 'nobody']) {
      expect(project([created({ requester: who(address) })]).ticket.requester).toBeNull()
    }
  })

  it('counts as created before the answers to it, even by a clock that is ahead', () => {
    const answer = aMail({ at: 5, answers: idOf('r0'), from: ccBob, to: [support, requester] })
    const ticket = project([answer, created({}, 60)])
    expect(ticket.ticket.requester?.address).toBe(requester)
    expect(commentOf(ticket, 'm1')?.because).toBe('cc-reply-all')
  })

  it('is created once', () => {
    const second = { ...created({ subject: 'Other', requester: who(dan) }, 3), id: 'second-one' }
    const ticket = project([created(), second])
    expect(ticket.ticket).toMatchObject({ subject: 'Contract', requester: who(requester) })
    expect(lastAudit(ticket)).toBe('event.ineffective: already-created')
  })
})

describe('order and repetition', () => {
  it('puts facts in the order of their time and counts each once', () => {
    const m2 = aMail({ id: 'm2', at: 5, answers: idOf('r1') })
    const sorted = then(m2)
    expect(project([m2, ...begun.toReversed(), m2, { ...m2 }])).toEqual(sorted)
    expect(sorted.comments.map((each) => each.id)).toEqual(['m1', 'r1', 'm2'])
  })

  it('takes the same one of two copies that differ', () => {
    const copies = [aMail({ at: 3 }), aMail({ at: 1, more: { subject: 'x' } }), aMail({ at: 2 })]
    const one = project(copies)
    expect(one.ticket).toMatchObject({ subject: 'x', commentCount: 1 })
    expect(project(copies.toReversed())).toEqual(one)
    const differing = ['open', 'solved'] as const
    const twice = differing.map((status) =>
      act({ kind: 'ticket.statusSet', status }, { id: 'one-event' }),
    )
    expect(then(...twice)).toEqual(then(...twice.toReversed()))
  })

  it('keeps events of one millisecond in the order of their clock', () => {
    const add = act({ kind: 'cc.added', people: [who(dan)] }, { id: 'z-first-event' })
    const remove = act({ kind: 'cc.removed', address: dan }, { id: 'a-second-event' })
    const later = { ...remove, hlc: remove.hlc.replace('-0000-', '-0001-') }
    expect(withRole(then(add, later), 'cc')).toEqual([ccBob, ccCarl])
  })

  it('puts a word about a mail after that mail, however slow the clock', () => {
    const mail = aMail({ id: 'm2', at: 5, from: outsider, answers: idOf('r1') })
    const word = anEvent(
      { kind: 'comment.accepted', messageId: idOf('m2'), mode: 'accept', aliasOf: null },
      { at: 2 },
    )
    expect(commentOf(then(mail, word), 'm2')?.visibility).toBe('public')
  })

  it('survives times that are none', () => {
    const odd = aMail({ id: 'odd', more: { receivedAt: Number.NaN } })
    expect(project([odd]).ticket.createdAt).toBe(0)
    expect(project([]).ticket).toMatchObject({ createdAt: 0, subject: '', requester: null })
  })
})

describe('our own mail', () => {
  it('is one comment with its event, whichever comes first, however often it comes back', () => {
    const copies = [ownMail('r1', 2), ownMail('r1', 3, { id: 'other-copy', source: 'sent' })]
    const ticket = project([...copies, ...begun])
    expect(ticket.comments.map((each) => each.id)).toEqual(['m1', 'r1'])
    expect(commentOf(ticket, 'r1')).toMatchObject({
      kind: 'reply',
      visibility: 'public',
      because: 'agent-chose',
      author: { name: 'max', address: agentMax },
      trust: 'own',
      at: minute(1),
      mailId: 'other-copy',
      messageId: idOf('r1'),
      audience: [requester, ccBob, ccCarl],
    })
    expect(ticket.ticket).toMatchObject({ preview: 'text of r1', revision: then().ticket.revision })
  })

  it('is no comment without its event, but gives the ticket a name', () => {
    const { ticket, comments } = project([ownMail('r1', 2)])
    expect(comments).toEqual([])
    expect(ticket).toMatchObject({
      ...{ subject: 'Printer on fire', createdAt: minute(2), updatedAt: minute(2), revision: 0 },
    })
  })

  it('takes its people from the mail when the event does not name them', () => {
    const reply = aReply('r1', 1, { mails: [] })
    expect(commentOf(project([aMail(), reply, ownMail('r1', 2)]), 'r1')?.audience).toEqual([
      requester,
      ccBob,
      ccCarl,
    ])
    expect(commentOf(project([aMail(), reply]), 'r1')?.audience).toEqual([])
  })
})

describe('a colleague who writes with another mail program', () => {
  const sent = (to: string[], more: Partial<MailFact> = {}, at = 5) =>
    aMail({
      id: 'web',
      at,
      from: support,
      to,
      isVerified: false,
      more: { source: 'sent', ...more },
    })

  it('is shown publicly when customers got it, and counts as the answer of an agent', () => {
    const ticket = project([aMail({ cc: [ccBob] }), sent([requester])])
    expect(commentOf(ticket, 'web')).toMatchObject({
      kind: 'mail',
      visibility: 'public',
      because: 'sent-elsewhere',
      authorRole: 'agent',
      isInternal: true,
      trust: 'own',
      flags: ['left-out'],
      leftOut: [ccBob],
    })
    expect(ticket.ticket.status).toBe('open')
  })

  it('stays private when it went to others', () => {
    expect(commentOf(then(sent([dan])), 'web')).toMatchObject({ visibility: 'private' })
  })

  it('adds whom it names, as an agent may', () => {
    expect(withRole(then(sent([requester, dan])), 'cc')).toEqual([ccBob, ccCarl, dan])
    const strict = under({ whoMayAddCcs: 'nobody' }, [...begun, sent([requester, dan])])
    expect(strict.suggestions).toMatchObject([{ address: dan, because: 'policy' }])
  })

  it('opens a ticket with whom it went to', () => {
    const ticket = project([sent([support, dan, ccBob], {}, 0)])
    expect(ticket.ticket).toMatchObject({ requester: who(dan), status: 'open', mailbox: support })
    expect(withRole(ticket, 'cc')).toEqual([ccBob])
    expect(project([sent([], {}, 0)]).ticket.requester).toBeNull()
  })

  it('is held when it only claims the support address', () => {
    const forged = aMail({ id: 'm2', at: 5, from: 'Support+x@desk.example', to: [requester] })
    expect(commentOf(then(forged), 'm2')).toMatchObject({
      visibility: 'held',
      because: 'not-authenticated',
      isInternal: false,
    })
  })
})

describe('what a mail answers', () => {
  const told = (id: string, comment: string) =>
    ownMail(id, 3, { rfcId: idOf(id), headers: [{ name: COMMENT_HEADER, value: ` ${comment} ` }] })
  const byAgent = (answers: string) =>
    aMail({ id: 'm2', at: 30, from: agentAda, to: [support], answers: idOf(answers) })
  const note = act(
    { kind: 'note.written', commentId: 'n1', text: 'inside', mentions: [] },
    { at: 2 },
  )

  it('is known for notifications that say so', () => {
    const list = [note, told('f-m1', 'm1'), told('f-n1', 'n1')]
    expect(commentOf(then(...list, byAgent('f-m1')), 'm2')?.because).toBe('answers-public')
    expect(commentOf(then(...list, byAgent('f-n1')), 'm2')).toMatchObject({
      because: 'answers-private',
      audience: [],
    })
  })

  it('is known for the mails a reply planned', () => {
    const mails = [{ messageId: idOf('f1'), kind: 'follower', to: [agentAda], cc: [] }]
    const priv = aReply('r2', 4, { visibility: 'private', audience: [ccBob], mails })
    const ticket = then(priv, byAgent('f1'))
    expect(commentOf(ticket, 'm2')).toMatchObject({
      because: 'answers-private',
      audience: [ccBob, agentMax],
    })
  })

  it('is private when the private reply sorts after its answer, by a wrong clock', () => {
    const priv = aReply('r2', 59, { visibility: 'private', audience: [ccBob] })
    const ticket = then(
      priv,
      aMail({ id: 'm2', at: 30, from: ccBob, to: [support, requester], answers: idOf('r2') }),
    )
    expect(commentOf(ticket, 'm2')).toMatchObject({
      because: 'answers-private',
      audience: [agentMax],
    })
  })

  it('is private when anything in the thread was', () => {
    const priv = aReply('r2', 4, { visibility: 'private', audience: [ccBob] })
    const mail = aMail({ id: 'm2', at: 30, more: { references: [idOf('r2'), idOf('r1')] } })
    expect(commentOf(then(priv, mail), 'm2')?.because).toBe('answers-private')
  })

  it('is unknown for a colleague who answers a held mail or nothing, and stays inside', () => {
    const held = aMail({ id: 'm3', at: 4, from: outsider })
    expect(commentOf(then(held, byAgent('m3')), 'm2')?.because).toBe('answers-unknown')
    expect(commentOf(then(byAgent('nothing')), 'm2')?.because).toBe('answers-unknown')
  })

  it('is private when it quotes a note, or an own line of a private reply, even wrapped again', () => {
    const secret = 'We will not charge for this because the fault was ours.'
    const long = act(
      { kind: 'note.written', commentId: 'n1', text: `short\n${secret}`, mentions: [] },
      { at: 2 },
    )
    const quoting = (text: string) =>
      aMail({ id: 'm2', at: 30, answers: idOf('r1'), more: { text } })
    const because = (text: string) => commentOf(then(long, quoting(text)), 'm2')?.because
    expect(because(`ok\n> > ${secret.toUpperCase()}`)).toBe('answers-private')
    expect(because(`ok\n> ${secret.replace(' because', '\n> because')}`)).toBe('answers-private')
    expect(because('ok\n> short')).toBe('requester')
  })

  it('does not take for private what a private reply itself had quoted or signed', () => {
    const text =
      '> The printer in room four is on fire again.\nno\n-- \nMax of the very helpful desk team'
    const priv = aReply('r2', 4, { visibility: 'private', audience: [ccBob] })
    const own = ownMail('r2', 5, { text })
    const mail = aMail({
      id: 'm2',
      at: 30,
      answers: idOf('r1'),
      more: { text: text.replaceAll('no\n', '') },
    })
    expect(commentOf(then(priv, own, mail), 'm2')?.because).toBe('requester')
  })
})

describe('replies and notes', () => {
  it('a public reply opens a new ticket, unless the agent chose a status', () => {
    expect(then().ticket.status).toBe('open')
    expect(project([aMail(), aReply('r1', 1, { status: 'solved' })]).ticket.status).toBe('solved')
    expect(project([aMail(), aReply('r1', 1, { visibility: 'private' })]).ticket.status).toBe('new')
  })

  it('a private reply is seen by the chosen people only', () => {
    const ticket = then(aReply('r2', 5, { visibility: 'private', audience: [ccBob] }))
    expect(commentOf(ticket, 'r2')).toMatchObject({
      kind: 'private-reply',
      visibility: 'private',
      audience: [ccBob],
    })
    expect(ticket.publicMessageIds).toEqual([idOf('m1'), idOf('r1')])
  })

  it('whoever replies follows, unless assignee or requester, or the policy is off', () => {
    expect(withRole(then(), 'follower')).toEqual([agentMax])
    expect(withRole(under({ autoFollowOnReply: false }, begun), 'follower')).toEqual([])
    const owned = anEvent({ kind: 'ticket.assigned', assignee: agentMax }, { at: 0.5 })
    expect(withRole(project([owned, ...begun]), 'follower')).toEqual([])
  })

  it('a note is private and its mentions follow; strangers cannot be mentioned', () => {
    const mentions = [lightLea, outsider]
    const ticket = then(act({ kind: 'note.written', commentId: 'n1', text: 'a\nb', mentions }))
    expect(commentOf(ticket, 'n1')).toMatchObject({
      kind: 'note',
      visibility: 'private',
      text: 'a\nb',
      authorRole: 'follower',
    })
    expect(ticket.ticket.preview).toBe('a b')
    expect(withRole(ticket, 'follower')).toEqual([agentMax, lightLea])
  })

  it('the same comment twice is one', () => {
    const again = { ...aReply('r1', 5), id: 'event-again' }
    const ticket = then(again)
    expect(ticket.comments.length).toBe(2)
    expect(lastAudit(ticket)).toBe('event.ineffective: no-change')
  })

  it('what was taken back before it was sent is seen by nobody outside', () => {
    const settled = (state: 'cancelled' | 'failed' | 'sent', at: number) =>
      act({ kind: 'delivery.settled', messageId: idOf('r2'), state, refused: [] }, { at })
    const reply = aReply('r2', 5, { status: 'solved' })
    const ticket = then(reply, settled('cancelled', 6))
    expect(commentOf(ticket, 'r2')).toMatchObject({
      visibility: 'private',
      flags: ['delivery-cancelled'],
    })
    expect(ticket.ticket.status).toBe('open')
    expect(ticket.publicMessageIds).toEqual([idOf('m1'), idOf('r1')])
    const failed = then(reply, settled('failed', 6))
    expect(commentOf(failed, 'r2')).toMatchObject({
      visibility: 'public',
      flags: ['delivery-failed'],
    })
    expect(commentOf(then(reply, settled('failed', 6), settled('sent', 7)), 'r2')?.flags).toEqual(
      [],
    )
  })

  it('the last public audience is everybody in our last public mail and in public mail since', () => {
    expect(project([]).lastPublicAudience).toBeNull()
    expect(then().lastPublicAudience).toEqual([requester, ccBob, ccCarl])
    const byBob = aMail({
      id: 'm2',
      at: 5,
      from: ccBob,
      to: [support, requester],
      answers: idOf('r1'),
    })
    // Bob left Carl out, who is no newcomer because of that.
    expect(then(byBob).lastPublicAudience).toEqual([requester, ccBob, ccCarl])
    const byEve = aMail({ id: 'm3', at: 6, from: outsider, answers: idOf('r1') })
    const accepted = anEvent(
      { kind: 'comment.accepted', messageId: idOf('m3'), mode: 'accept', aliasOf: null },
      { at: 7 },
    )
    expect(then(byEve, accepted).lastPublicAudience).toEqual([requester, ccBob, ccCarl, outsider])
  })

  it('the last public audience forgets who was left out since, and knows nobody of a private word', () => {
    const mails = (cc: string[]) => [{ messageId: idOf('r2'), kind: 'public', to: [requester], cc }]
    const narrower = aReply('r2', 5, { mails: mails([]) })
    expect(then(narrower).lastPublicAudience).toEqual([requester])
    const byMail = aMail({
      id: 'm2',
      at: 6,
      from: agentMax,
      to: [requester],
      cc: [support],
      more: { source: 'sent' },
    })
    expect(commentOf(then(byMail), 'm2')).toMatchObject({ kind: 'mail', visibility: 'public' })
    // Neither the colleague who wrote it nor the desk itself is among them.
    expect(then(byMail).lastPublicAudience).toEqual([requester])
    const privately = aReply('r3', 7, {
      visibility: 'private',
      audience: [outsider],
      mails: [{ messageId: idOf('r3'), kind: 'private', to: [outsider], cc: [] }],
    })
    expect(then(privately).lastPublicAudience).toEqual([requester, ccBob, ccCarl])
    expect(then(privately).publicMessageIds).toEqual([idOf('m1'), idOf('r1')])
    const held = aMail({ id: 'm3', at: 8, from: outsider, answers: idOf('r1') })
    expect(then(held).lastPublicAudience).toEqual([requester, ccBob, ccCarl])
    expect(then(held).publicMessageIds).toEqual([idOf('m1'), idOf('r1')])
  })

  it('was created with its first fact and changed with its last, and shows who wrote last by name', () => {
    const last = aMail({
      id: 'm2',
      at: 9,
      answers: idOf('r1'),
      more: { from: { name: 'Ann Archer', address: requester } },
    })
    expect(then(last).ticket).toMatchObject({
      createdAt: minute(0),
      updatedAt: minute(9),
      lastAuthor: 'Ann Archer',
      preview: 'preview of m2',
    })
    const held = aMail({ id: 'm3', at: 10, from: outsider, answers: idOf('r1') })
    expect(then(last, held).ticket).toMatchObject({ lastAuthor: 'Ann Archer' })
    const alone = aMail({ more: { isFromSound: false } })
    expect(project([alone]).ticket).toMatchObject({ lastAuthor: requester, preview: '' })
  })
})

describe('a colleague’s mailed answer that was passed on to customers', () => {
  const byAda = (more: MailWords = {}) =>
    aMail({ id: 'm2', at: 5, from: agentAda, answers: idOf('r1'), ...more })
  const done = (duty: 'relay' | 'notice', kind = 'public') =>
    anEvent(
      {
        ...{ kind: 'duty.done', duty, sourceId: 'm2', refused: null },
        mails: [{ messageId: idOf('passed-on'), kind, to: [requester], cc: [ccBob, ccCarl] }],
      },
      { at: 6 },
    )
  const known = (...more: Fact[]) => then(...more).publicMessageIds.slice(2)

  it('is known to them under its own id and under that of the mail which passed it on', () => {
    expect(known(byAda(), done('relay'))).toEqual([idOf('m2'), idOf('passed-on')])
    expect(known(byAda())).toEqual([idOf('m2')])
  })

  it('is not by a mail to colleagues, nor when it stayed inside', () => {
    expect(known(byAda(), done('relay', 'follower'))).toEqual([idOf('m2')])
    expect(known(byAda(), done('notice'))).toEqual([idOf('m2')])
    expect(known(byAda({ from: lightLea }), done('relay'))).toEqual([])
  })
})

describe('status', () => {
  it.each(['pending', 'solved', 'closed'] as const)(
    'a customer’s public mail wakes a %s ticket',
    (status) => {
      const set = act({ kind: 'ticket.statusSet', status }, { at: 5 })
      const answer = (words = {}) => aMail({ id: 'm2', at: 10, answers: idOf('r1'), ...words })
      expect(then(set, answer()).ticket.status).toBe('open')
      const headers = [['auto-submitted', 'auto-replied']] as const
      expect(then(set, answer({ headers })).ticket.status).toBe(status)
      expect(then(set, answer({ from: outsider })).ticket.status).toBe(status)
      expect(then(set, answer({ from: agentAda })).ticket.status).toBe(status)
      const bounce = { failed: [requester], originalId: null }
      expect(then(set, answer({ from: 'daemon@x.example', more: { bounce } })).ticket.status).toBe(
        status,
      )
    },
  )

  it('a new ticket stays new until an agent’s public word, by mail too', () => {
    const again = aMail({ id: 'm2', at: 1, answers: idOf('m1') })
    expect(project([aMail(), again]).ticket.status).toBe('new')
    const byAda = aMail({ id: 'm3', at: 2, from: agentAda, answers: idOf('m1') })
    expect(project([aMail(), byAda]).ticket.status).toBe('open')
  })
})

describe('bounces', () => {
  const bounce = (failed: string[], originalId: string | null) =>
    aMail({ id: 'b1', at: 5, from: 'daemon@mx.example', more: { bounce: { failed, originalId } } })

  it('mark the failed people of this ticket, and nobody else', () => {
    const ticket = then(bounce(['BOB@customer.example', outsider], idOf('r1')))
    expect(ticket.undeliverable).toEqual([ccBob])
    expect(commentOf(ticket, 'b1')).toMatchObject({
      kind: 'system',
      visibility: 'private',
      because: 'bounce',
      authorRole: 'system',
    })
    expect(then(bounce([agentMax], null)).undeliverable).toEqual([agentMax])
  })

  it('mark who was on the mail, though they are off the ticket by now', () => {
    const gone = act({ kind: 'cc.removed', address: ccBob }, { at: 3 })
    expect(then(gone, bounce([ccBob], idOf('r1'))).undeliverable).toEqual([ccBob])
    expect(then(gone, bounce([ccBob], null)).undeliverable).toEqual([])
  })

  it('are forgotten when the person writes or an agent adds them again', () => {
    const writes = aMail({
      id: 'm2',
      at: 9,
      from: ccBob,
      to: [support, requester],
      answers: idOf('r1'),
    })
    expect(then(bounce([ccBob], null), writes).undeliverable).toEqual([])
    const refused = act(
      { kind: 'delivery.settled', messageId: idOf('r1'), state: 'partly', refused: [dan, 'a@'] },
      { at: 3 },
    )
    const added = act({ kind: 'cc.added', people: [who(dan)] })
    expect(then(refused).undeliverable).toEqual([dan])
    expect(then(refused, added).undeliverable).toEqual([])
  })
})

describe('held comments', () => {
  const fromEve = aMail({ id: 'm2', at: 5, from: outsider, cc: [dan], answers: idOf('r1') })
  const word = (
    mode: 'accept' | 'add-cc' | 'alias',
    aliasOf: string | null = null,
    id = idOf('m2'),
  ) => act({ kind: 'comment.accepted', messageId: id, mode, aliasOf })
  const later = aMail({
    id: 'm3',
    at: 30,
    from: outsider,
    to: [support, requester],
    answers: idOf('r1'),
  })

  it('accept: public from now on, its author is still nobody', () => {
    const ticket = then(fromEve, word('accept'), later)
    expect(commentOf(ticket, 'm2')).toMatchObject({
      visibility: 'public',
      because: 'accepted',
      authorRole: 'outsider',
      flags: ['accepted', 'cc-suggested'],
    })
    expect(withRole(ticket, 'cc')).toEqual([ccBob, ccCarl])
    expect(ticket.suggestions).toMatchObject([{ address: dan, because: 'sender-role' }])
    expect(commentOf(ticket, 'm3')?.visibility).toBe('held')
    expect(ticket.ticket.heldCount).toBe(1)
  })

  it('add-cc: their next mail is a CC’s', () => {
    const ticket = then(fromEve, word('add-cc', null, 'm2'), later)
    expect(withRole(ticket, 'cc')).toEqual([ccBob, ccCarl, outsider])
    expect(commentOf(ticket, 'm3')?.because).toBe('cc-reply-all')
  })

  it('alias: the address stands for the participant from then on', () => {
    const ticket = then(fromEve, word('alias', ccBob), { ...later, cc: [who(ccCarl)] })
    expect(withRole(ticket, 'cc')).toEqual([ccBob, ccCarl])
    expect(ticket.aliases).toEqual({ [outsider]: ccBob })
    expect(commentOf(ticket, 'm2')).toMatchObject({
      authorRole: 'cc',
      because: 'requester-left-out',
    })
    expect(commentOf(ticket, 'm3')).toMatchObject({
      authorRole: 'cc',
      visibility: 'public',
      leftOut: [],
      author: who(outsider),
    })
    const gone = act({ kind: 'cc.removed', address: ccBob }, { at: 25 })
    expect(commentOf(then(fromEve, word('alias', ccBob), gone, later), 'm3')?.visibility).toBe(
      'held',
    )
  })

  it('alias of the requester, and of an agent who writes from home', () => {
    expect(commentOf(then(fromEve, word('alias', requester)), 'm2')).toMatchObject({
      authorRole: 'requester',
      visibility: 'public',
    })
    const ticket = then(fromEve, word('alias', agentMax), later)
    expect(commentOf(ticket, 'm3')).toMatchObject({ authorRole: 'follower', isInternal: true })
    expect(withRole(ticket, 'follower')).toEqual([agentMax])
  })

  it('alias only of somebody on the ticket, and only for somebody outside', () => {
    expect(lastAudit(then(fromEve, word('alias', dan)))).toBe(
      'event.ineffective: alias-target-unknown',
    )
    expect(lastAudit(then(fromEve, word('alias')))).toBe('event.ineffective: alias-target-unknown')
    const byAda = { ...fromEve, from: who(agentAda), headers: [] }
    expect(lastAudit(then(byAda, word('alias', ccBob)))).toBe('event.ineffective: address-taken')
    const byAnn = { ...fromEve, from: who(requester), isFromSound: false }
    expect(lastAudit(then(byAnn, word('alias', ccBob)))).toBe(
      'event.ineffective: already-participant',
    )
    const bySupport = { ...fromEve, from: who(support) }
    expect(lastAudit(then(bySupport, word('alias', ccBob)))).toBe(
      'event.ineffective: support-address',
    )
  })

  it('a private thread stays private though its answer is let in', () => {
    const priv = aReply('r2', 4, { visibility: 'private', audience: [ccBob] })
    const leaked = { ...fromEve, inReplyTo: [idOf('r2')] }
    expect(commentOf(then(priv, leaked, word('accept')), 'm2')).toMatchObject({
      visibility: 'private',
      because: 'answers-private',
    })
  })

  it('a colleague without proof is let in by the table, and follows', () => {
    const byAda = { ...fromEve, from: who(agentAda), headers: [], cc: [] }
    const ticket = then(byAda, word('accept'))
    expect(commentOf(ticket, 'm2')).toMatchObject({ visibility: 'public', isInternal: true })
    expect(withRole(ticket, 'follower')).toEqual([agentMax, agentAda])
  })

  it('what is not held cannot be let in, nor twice', () => {
    expect(lastAudit(then(word('accept', null, idOf('m1'))))).toBe('event.ineffective: not-held')
    const twice = { ...word('accept'), id: 'event-twice' }
    expect(lastAudit(then(fromEve, word('accept'), twice))).toBe('event.ineffective: not-held')
  })
})

describe('participants by agents', () => {
  const add = (...people: string[]) => act({ kind: 'cc.added', people: people.map(who) })

  it('cc.added is idempotent and says who refused', () => {
    const ticket = then(add(dan, 'DAN@new.example', requester, support, 'a@'))
    expect(withRole(ticket, 'cc')).toEqual([ccBob, ccCarl, dan])
    expect(ticket.participants.at(3)).toMatchObject({
      address: dan,
      origin: { kind: 'agent', by: agentMax, because: 'agent-added', messageId: null },
    })
    const reasons = ticket.audit.filter((e) => e.what === 'event.ineffective').map((e) => e.because)
    expect(reasons).toEqual([
      'already-cc',
      'already-participant',
      'support-address',
      'invalid-address',
    ])
  })

  it('cc.added keeps limit, blocklist and policy', () => {
    const reason = (policy: Partial<Policy>, address = dan) =>
      lastAudit(under(policy, [...begun, add(address)]))
    expect(reason({ ccLimit: 2 })).toBe('event.ineffective: over-limit')
    expect(reason({ ccBlocklist: ['new.example'] })).toBe('event.ineffective: blocklisted')
    expect(reason({ ccsEnabled: false })).toBe('event.ineffective: ccs-off')
    expect(reason({ agentCc: 'refuse' }, agentAda)).toBe('event.ineffective: agent-cc-refused')
  })

  it('an internal CC follows when the policy says so, and is one person under all addresses', () => {
    const home = 'max@private.example'
    const ticket = under({ autoFollowCcdAgent: true }, [aMail(), add(home, agentMax)])
    expect(withRole(ticket, 'cc')).toEqual([home])
    expect(withRole(ticket, 'follower')).toEqual([agentMax])
  })

  it.each([
    ['the sidebar', [aMail(), add(agentMax, agentAda)]],
    ['a new ticket of an agent', [created({ ccs: [who(agentMax)] })]],
    ['a first mail', [aMail({ cc: [agentMax] })]],
    [
      'a held comment that is let in',
      [
        ...begun,
        aMail({ id: 'h1', at: 2, from: agentMax, answers: idOf('m1'), isVerified: false }),
        act({ kind: 'comment.accepted', messageId: idOf('h1'), mode: 'add-cc', aliasOf: null }),
      ],
    ],
  ] as [string, Fact[]][])('an internal CC follows whatever brought them: %s', (_, list) => {
    const ticket = under({ agentCc: 'allow', autoFollowCcdAgent: true }, list)
    expect(withRole(ticket, 'cc')).toContain(agentMax)
    expect(withRole(ticket, 'follower')).toContain(agentMax)
  })

  it('mutes and unmutes, and removes', () => {
    const on = (kind: 'cc.muted' | 'cc.unmuted' | 'cc.removed', at: number, address = ccBob) =>
      act({ kind, address }, { at })
    const bob = (...list: Fact[]) => then(...list).participants.find((p) => p.address === ccBob)
    expect(bob(on('cc.muted', 5))).toMatchObject({ isMuted: true, mutedBy: agentMax })
    expect(bob(on('cc.muted', 5), on('cc.unmuted', 6))).toMatchObject({
      isMuted: false,
      mutedBy: null,
    })
    expect(bob(on('cc.removed', 5))).toBeUndefined()
    expect(lastAudit(then(on('cc.muted', 5, dan)))).toBe('event.ineffective: not-a-cc')
    expect(lastAudit(then(on('cc.unmuted', 5)))).toBe('event.ineffective: no-change')
    const answer = aMail({ id: 'm2', at: 9, answers: idOf('r1') })
    expect(commentOf(then(on('cc.muted', 5), answer), 'm2')?.leftOut).toEqual([ccCarl])
  })

  it('a new requester leaves the CC list and the old one is not kept', () => {
    const change = (address: string) => act({ kind: 'requester.changed', address, name: 'Bob' })
    const ticket = then(change(ccBob))
    expect(ticket.ticket.requester).toEqual({ name: 'Bob', address: ccBob })
    expect(withRole(ticket, 'cc')).toEqual([ccCarl])
    expect(lastAudit(then(change(requester)))).toBe('event.ineffective: no-change')
    expect(lastAudit(then(change(support)))).toBe('event.ineffective: support-address')
    expect(lastAudit(then(change('a@')))).toBe('event.ineffective: invalid-address')
    const mail = aMail({ id: 'm2', at: 30, answers: idOf('r1') })
    expect(commentOf(then(change(ccBob), mail), 'm2')?.visibility).toBe('held')
  })

  it('followers are internal, have a level, and go when removed', () => {
    const follow = (address: string, level: 'all' | 'mentions' = 'all', at = 20, by = agentMax) =>
      anEvent({ kind: 'follower.added', address, level, because: 'agent-added' }, { at, by })
    const lea = (...list: Fact[]) => then(...list).participants.find((p) => p.address === lightLea)
    expect(lea(follow(lightLea))).toMatchObject({ level: 'all', origin: { kind: 'agent' } })
    expect(lea(follow(lightLea, 'mentions', 20, lightLea))?.origin.kind).toBe('self')
    expect(lea(follow(lightLea), follow(lightLea, 'mentions', 21))?.level).toBe('mentions')
    const gone = act({ kind: 'follower.removed', address: lightLea }, { at: 22 })
    expect(lea(follow(lightLea), gone)).toBeUndefined()
    expect(lastAudit(then(gone))).toBe('event.ineffective: not-a-follower')
    expect(lastAudit(then(follow(outsider)))).toBe('event.ineffective: not-internal')
    expect(lastAudit(then(follow(agentMax)))).toBe('event.ineffective: no-change')
    expect(lastAudit(under({ followersEnabled: false }, [...begun, follow(lightLea)]))).toBe(
      'event.ineffective: followers-off',
    )
    expect(lastAudit(under({ ccBlocklist: [lightLea] }, [...begun, follow(lightLea)]))).toBe(
      'event.ineffective: blocklisted',
    )
  })

  it('suggestions that are none cannot be accepted or dismissed', () => {
    for (const kind of ['suggestion.accepted', 'suggestion.dismissed'] as const) {
      expect(lastAudit(then(act({ kind, address: dan })))).toBe('event.ineffective: not-suggested')
    }
    const undo = act({ kind: 'cc.mailChangeUndone', messageId: idOf('m9') })
    expect(lastAudit(then(undo))).toBe('event.ineffective: unknown-mail')
  })
})

describe('the ticket’s own properties', () => {
  it('assigns to internals only; the previous assignee may follow', () => {
    const assign = (assignee: string | null, at: number) =>
      anEvent({ kind: 'ticket.assigned', assignee }, { at })
    expect(then(assign('MAX@private.example', 5)).ticket.assignee).toBe(agentMax)
    expect(lastAudit(then(assign(outsider, 5)))).toBe('event.ineffective: not-internal')
    expect(lastAudit(then(assign(null, 5)))).toBe('event.ineffective: no-change')
    const list = [...begun, assign(agentAda, 5), assign(null, 6)]
    expect(withRole(project(list), 'follower')).toEqual([agentMax])
    expect(withRole(under({ followPreviousAssignee: true }, list), 'follower')).toEqual([
      agentMax,
      agentAda,
    ])
  })

  it('groups, tags, status and merging', () => {
    const list = [
      act({ kind: 'ticket.grouped', group: ' VIP ' }, { at: 5 }),
      act({ kind: 'ticket.tagged', tags: ['a', ' a', '', 'b'] }, { at: 6 }),
      act({ kind: 'ticket.statusSet', status: 'pending' }, { at: 7 }),
      act({ kind: 'ticket.merged', into: 't2' }, { at: 8 }),
    ]
    expect(then(...list).ticket).toMatchObject({
      group: 'VIP',
      tags: ['a', 'b'],
      status: 'pending',
      mergedInto: 't2',
      updatedAt: minute(8),
      revision: then().ticket.revision + 4,
    })
    const again = list.map((event) => ({
      ...event,
      id: `again-${event.id}`,
      hlc: event.hlc.replace('-0000-', '-0001-'),
    }))
    expect(then(...list, ...again).ticket.revision).toBe(then().ticket.revision + 4)
    expect(lastAudit(then(act({ kind: 'ticket.merged', into: 't1' })))).toBe(
      'event.ineffective: merge-into-itself',
    )
  })
})

describe('a ticket that was merged into another', () => {
  const merged = act({ kind: 'ticket.merged', into: 't2' }, { at: 8 })
  const mail = (from: string, more = {}) =>
    aMail({ id: 'm9', at: 9, from, answers: idOf('m1'), ...more })

  it.each([
    ['its requester', mail(requester)],
    ['a CC who leaves the requester out', mail(ccBob)],
    ['a colleague', mail(agentMax, { to: [support, requester] })],
    ['an outsider, whose mail is held', mail(outsider)],
  ])('is in the lists again with its own people when mail of %s comes in', (_, late) => {
    const again = then(merged, late)
    expect(again.ticket.mergedInto).toBeNull()
    expect(again.audit.map(({ what, because }) => [what, because])).toContainEqual([
      'ticket.unmerged',
      'mail-after-merge',
    ])
    expect(withRole(again, 'cc')).toEqual(withRole(then(), 'cc'))
  })

  it('is in the lists again when an agent brings it back, and only once', () => {
    const back = act({ kind: 'ticket.merged', into: null }, { at: 9 })
    const again = then(merged, back)
    expect(again.ticket.mergedInto).toBeNull()
    expect(again.audit.map(({ what, because }) => [what, because])).toContainEqual([
      'ticket.unmerged',
      'agent-chose',
    ])
    expect(lastAudit(then(back))).toBe('event.ineffective: no-change')
  })

  it('stays where it is for a machine, a receipt and a mail from before', () => {
    const machine = mail(requester, { headers: [['auto-submitted', 'auto-replied']] })
    const before = aMail({ id: 'm7', at: 7, answers: idOf('m1') })
    for (const fact of [machine, before, ownMail('r1', 9)]) {
      expect(then(merged, fact).ticket.mergedInto).toBe('t2')
    }
  })
})

describe('architecture.md §12: permission is part of the fold', () => {
  const reply = (visibility: 'public' | 'private') =>
    aReply('r2', 20, { visibility, by: lightLea, audience: [ccBob] })
  const byLea = (body: TicketEventBody) => act(body, { by: lightLea })

  it.each([
    ['reply in public', reply('public')],
    ['reply in private', reply('private')],
    ['add a CC', byLea({ kind: 'cc.added', people: [who(dan)] })],
    ['remove a CC', byLea({ kind: 'cc.removed', address: ccBob })],
    ['mute a CC', byLea({ kind: 'cc.muted', address: ccBob })],
    ['set the status', byLea({ kind: 'ticket.statusSet', status: 'solved' })],
    ['change the requester', byLea({ kind: 'requester.changed', address: dan, name: '' })],
    ['accept a suggestion', byLea({ kind: 'suggestion.accepted', address: dan })],
  ])('a light agent may not %s', (_, event) => {
    const ticket = then(event)
    const { audit, ...rest } = ticket
    expect(rest).toEqual((({ audit: _audit, ...others }) => others)(then()))
    expect(audit.at(-1)).toMatchObject({ what: 'event.ineffective', because: 'role', by: lightLea })
  })

  it('a light agent may write notes and follow', () => {
    const ticket = then(
      byLea({ kind: 'note.written', commentId: 'n1', text: 'x', mentions: [] }),
      byLea({ kind: 'follower.added', address: lightLea, level: 'all', because: '' }),
    )
    expect(commentOf(ticket, 'n1')?.author.address).toBe(lightLea)
    expect(withRole(ticket, 'follower')).toEqual([agentMax, lightLea])
  })

  it('who is not in the directory may nothing', () => {
    const ticket = then(act({ kind: 'ticket.statusSet', status: 'solved' }, { by: outsider }))
    expect(ticket.ticket.status).toBe('open')
    expect(lastAudit(ticket)).toBe('event.ineffective: actor-unknown')
  })

  it('an event without a readable clock changes nothing', () => {
    const event = { ...act({ kind: 'ticket.statusSet', status: 'solved' }), hlc: 'soon' }
    const ticket = then(event)
    expect(ticket.ticket.status).toBe('open')
    expect(ticket.audit[0]).toMatchObject({ because: 'clock-unreadable' })
  })

  it('on a restricted ticket only those act who may see it', () => {
    const people = thePeople.map((p) => (p.address === agentMax ? { ...p, groups: ['vip'] } : p))
    const other = { ...thePeople[1]!, address: 'zoe@desk.example', aliases: [] }
    const desk = aDesk({ restrictedGroups: ['VIP'] }, { people: [...people, other] })
    const grouped = act({ kind: 'ticket.grouped', group: 'vip' }, { at: 5 })
    const by = (who: string) => act({ kind: 'ticket.statusSet', status: 'solved' }, { by: who })
    const after = (event: Fact) => project([...begun, grouped, event], desk)
    expect(after(by(agentMax)).ticket.status).toBe('solved')
    expect(lastAudit(after(by(other.address)))).toBe('event.ineffective: restricted')
    const self = {
      kind: 'follower.added',
      address: other.address,
      level: 'all',
      because: '',
    } as const
    expect(lastAudit(after(act(self, { by: other.address })))).toBe('event.ineffective: restricted')
    expect(lastAudit(after(act(self)))).toBe('follower.added: agent-chose')
  })

  it('judges each fact by the desk of its own time', () => {
    const later = aDesk({ ccLimit: 1 }, { people: thePeople.slice(0, 1) })
    const deskAt = (at: number) => (at < minute(10) ? aDesk() : later)
    const early = anEvent({ kind: 'cc.added', people: [who(dan)] }, { at: 5 })
    const late = anEvent({ kind: 'ticket.statusSet', status: 'solved' }, { at: 15 })
    const ticket = project([...begun, early, late], deskAt)
    expect(withRole(ticket, 'cc')).toEqual([ccBob, ccCarl, dan])
    expect(lastAudit(ticket)).toBe('event.ineffective: actor-unknown')
  })
})

describe('what deserves a second look', () => {
  const flags = (words: Parameters<typeof aMail>[0]) =>
    commentOf(project([aMail(words)]), 'm1')?.flags

  it('is flagged', () => {
    expect(flags({ more: { replyTo: [who('ann@evil.example')] } })).toEqual(['reply-to-differs'])
    expect(flags({ more: { replyTo: [who('office@customer.example')] } })).toEqual([])
    // Reply-To speaks for nobody and is answered by nobody (D16).
    for (const address of [agentAda, support, outsider]) {
      const ticket = project([aMail({ more: { replyTo: [who(address)] } })])
      expect(ticket.participants.map((each) => each.address)).toEqual([requester])
    }
    const named = (name: string) => flags({ more: { from: { name, address: requester } } })
    expect(named('support@desk.example')).toEqual(['name-has-address'])
    expect(named(requester.toUpperCase())).toEqual([])
    expect(named('max')).toEqual(['name-like-agent'])
    expect(flags({ more: { problem: 'charset' } })).toEqual(['has-problem'])
    expect(flags({ isVerified: false })).toEqual(['sender-not-verified'])
  })

  it('is a blind copy to the desk: an answer shows the others that it got one', () => {
    const blind = (words: Parameters<typeof aMail>[0]) =>
      flags(words)?.filter((code) => code !== 'cc-added')
    expect(blind({ to: [dan] })).toEqual(['desk-not-named'])
    expect(blind({ to: [], cc: [dan] })).toEqual(['desk-not-named'])
    expect(blind({ to: [dan], cc: [support.toUpperCase()] })).toEqual([])
    expect(blind({ to: [support.replace('@', '+tag@'), dan] })).toEqual([])
    // To nobody at all: there is nobody to whom an answer would show it.
    expect(blind({ to: [] })).toEqual([])
  })
})
