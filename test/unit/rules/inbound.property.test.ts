import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import type { ProjectedTicket } from '#shared/model/projection'
import { isSupportAddress } from '#shared/rules/address'
import { findPerson } from '#shared/rules/desk'
import { projectTicket } from '#shared/rules/projectTicket'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import {
  agentAda,
  agentMax,
  aDesk,
  aMail,
  anEvent,
  ccBob,
  ccCarl,
  facts,
  idOf,
  lightLea,
  minute,
  outsider,
  requester,
  support,
  who,
  type MailWords,
} from '../builders'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 120_000 })

const maxAtHome = 'max@private.example'
const externals = [requester, ccBob, ccCarl, 'dan@new.example']
const internals = [agentMax, maxAtHome, agentAda, lightLea]
const everybody = [
  ...externals,
  ...internals,
  outsider,
  'BOB@customer.example',
  support,
  'support+t0k3n@desk.example',
  'Help@desk.example',
  'x@blocked.example',
  'no address',
]
const mailIds = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6']
const replyIds = ['r1', 'r2', 'r3']
const notice = 'The invoice will be waived because we broke it.'

/** Draws from a seed: a fact made from one number is made fast, and shrinks by leaving facts out. */
function drawer(seed: number) {
  let state = (seed ^ 0x9e3779b9) >>> 0
  const below = (n: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 2 ** 32) * n)
  }
  const one = <T>(from: readonly T[]): T => from[below(from.length)]!
  const some = <T>(from: readonly T[], most = 3): T[] =>
    Array.from({ length: below(most + 1) }, () => one(from))
  const rarely = <T>(value: () => T, usual: T): T => (below(8) === 0 ? value() : usual)
  return { below, one, some, rarely }
}
type Drawer = ReturnType<typeof drawer>

const participants = [...externals, ...internals]
const messageIds = [...mailIds, ...replyIds, 'f1'].map(idOf)

function mailOf({ below, one, some, rarely }: Drawer): MailFact {
  return aMail({
    id: one([...mailIds, ...mailIds, ...replyIds]),
    at: below(40),
    from: one(below(2) === 0 ? participants : everybody),
    to: below(2) === 0 ? [support] : some(everybody),
    cc: some(everybody, 4),
    isVerified: below(2) === 0,
    headers: rarely<MailWords['headers'] & object>(() => [['auto-submitted', 'auto-replied']], []),
    more: {
      source: rarely<MailFact['source']>(() => one(['sent', 'local']), 'inbox'),
      isFromSound: rarely(() => false, true),
      inReplyTo: some(messageIds, 2),
      references: some(messageIds),
      bounce: rarely<MailFact['bounce']>(
        () => ({
          failed: some(everybody),
          originalId: rarely<string | null>(() => null, one(messageIds)),
        }),
        null,
      ),
      tokenOf: rarely<string | null>(() => one(participants), null),
      isOwnId: rarely(() => true, false),
      isLeave: rarely(() => true, false),
      text: rarely<string | null>(() => `> ${notice}\nfine`, null),
    },
  })
}

type Kind = TicketEventBody['kind']
type Bodies = { [K in Kind]: (draw: Drawer) => Omit<Extract<TicketEventBody, { kind: K }>, 'kind'> }

const anAddress = ({ one }: Drawer) => ({ address: one(everybody) })
const bodies: Bodies = {
  'ticket.created': ({ one, some, below }) => ({
    subject: one(['Re: Hello', '']),
    requester: below(3) === 0 ? null : who(one(everybody)),
    mailbox: support,
    ccs: some(everybody).map(who),
    rootId: 'root',
  }),
  'ticket.assigned': ({ one }) => ({ assignee: one([null, ...everybody]) }),
  'ticket.statusSet': ({ one }) => ({
    status: one(['new', 'open', 'pending', 'solved', 'closed']),
  }),
  'ticket.grouped': ({ one }) => ({ group: one([null, 'vip']) }),
  'ticket.tagged': ({ some }) => ({ tags: some(['a', ' b ', '']) }),
  'ticket.merged': ({ one }) => ({ into: one(['t1', 't2']) }),
  'requester.changed': ({ one }) => ({ address: one(everybody), name: 'N' }),
  'cc.added': ({ one, some }) => ({ people: [one(everybody), ...some(everybody)].map(who) }),
  'cc.removed': anAddress,
  'comment.discarded': ({ one }) => ({
    messageId: one(messageIds),
    because: one(['agent-chose', 'sender-blocked']),
  }),
  'comment.decisionUndone': ({ one }) => ({ messageId: one(messageIds) }),
  'cc.muted': anAddress,
  'cc.unmuted': anAddress,
  'cc.mailChangeUndone': ({ one }) => ({ messageId: one(messageIds) }),
  'follower.added': ({ one }) => ({
    address: one(everybody),
    level: one(['all', 'public', 'mentions']),
    because: one(['', 'agent-added']),
  }),
  'follower.removed': anAddress,
  'duty.done': ({ one }) => ({
    duty: one(['notice', 'relay']),
    sourceId: one([...mailIds, ...replyIds]),
    mails: [{ messageId: one(messageIds), kind: 'public', to: [one(everybody)], cc: [] }],
    refused: one([null, 'follower-name']),
  }),
  'reply.scheduled': ({ one }) => ({
    commentId: one(replyIds),
    visibility: one(['public', 'private']),
    text: notice,
    audience: [],
    status: null,
    sendAt: 1_000,
    html: null,
    onlyIfQuiet: true,
    seen: null,
    files: [],
  }),
  'reply.unscheduled': ({ one }) => ({
    commentId: one(replyIds),
    because: one(['cancelled', 'held']),
  }),
  'note.written': ({ one, some }) => ({
    commentId: one(['n1', 'n2']),
    text: notice,
    mentions: some(everybody, 1),
  }),
  'reply.written': ({ one, some }) => {
    const commentId = one(replyIds)
    const to = some(everybody)
    return {
      commentId,
      visibility: one(['public', 'private']),
      audience: to,
      messageId: idOf(commentId),
      mails: [
        { messageId: idOf(commentId), kind: 'public', to, cc: [ccBob] },
        { messageId: idOf('f1'), kind: 'follower', to: [agentMax], cc: [] },
      ],
      status: one([null, 'pending', 'solved']),
      mentions: some(everybody, 1),
    }
  },
  'delivery.settled': ({ one, some }) => ({
    messageId: one(messageIds),
    state: one(['sent', 'partly', 'failed', 'cancelled']),
    refused: some(everybody, 1),
  }),
  'delivery.narrowed': ({ one, some }) => ({
    commentId: one(replyIds),
    messageId: one(messageIds),
    skipped: some(everybody, 2).map((address) => ({ address, because: 'muted' })),
  }),
  'comment.accepted': ({ one }) => ({
    messageId: one(messageIds),
    mode: one(['accept', 'add-cc', 'alias']),
    aliasOf: one([null, ...everybody]),
  }),
  'suggestion.accepted': anAddress,
  'suggestion.dismissed': anAddress,
}
const kinds = Object.keys(bodies) as Kind[]

function eventOf(draw: Drawer): TicketEvent {
  const kind = draw.one(kinds)
  const body = { kind, ...bodies[kind](draw) } as TicketEventBody
  const id = `event-${String(draw.below(40))}`
  return anEvent(body, {
    id,
    at: draw.below(40),
    by: draw.rarely(() => draw.one(everybody), agentMax),
  })
}

function factOf(seed: number): MailFact | TicketEvent {
  const draw = drawer(seed)
  return draw.below(2) === 0 ? mailOf(draw) : eventOf(draw)
}

function policyOf(seed: number): Partial<Policy> {
  const { one, below } = drawer(seed)
  return {
    ccLimit: one([1, 2, 20]),
    ccBlocklist: ['blocked.example'],
    agentCc: one(['offer-follower', 'allow', 'refuse']),
    autoFollowCcdAgent: below(2) === 0,
    whoMayAddCcs: one(['participants', 'participants', 'requester', 'nobody']),
    approveCcsFromCcs: below(2) === 0,
    ccRemovalByMail: one(['edited-reply-all', 'self', 'off']),
    supportOnlyCcReply: one(['private', 'public']),
    followPreviousAssignee: below(2) === 0,
    restrictedGroups: one([[], ['vip']]),
  }
}

const seed = fc.nat({ max: 0x7fffffff })
const someMail = seed.map((n) => mailOf(drawer(n)))
const someEvent = seed.map((n) => eventOf(drawer(n)))
const somePolicy = seed.map(policyOf)
const someFacts = fc.array(seed, { maxLength: 12 }).map((seeds) => seeds.map(factOf))
const project = (all: readonly (MailFact | TicketEvent)[], policy: Partial<Policy>) =>
  projectTicket(facts(all, aDesk(policy)))

const canonical = (text: string) => text.toLowerCase()

/** As `toEqual`, which is slow and therefore asked only for the difference. */
function expectSame(one: unknown, other: unknown): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one).toEqual(other)
}
const withRole = ({ participants }: ProjectedTicket, role: string) =>
  participants.filter((each) => each.role === role).map((each) => each.address)

/** The desk for all time, or one that loses people and policy while the facts go on. */
function deskOf(policy: Partial<Policy>, isChanging: boolean) {
  const desk = aDesk(policy)
  const later = aDesk({ agentCc: 'allow', ccLimit: 20 }, { people: desk.people.slice(0, 1) })
  return isChanging ? (at: number) => (at < minute(20) ? desk : later) : desk
}

describe('architecture.md §12: the same ticket', () => {
  it('for every order and repetition of its facts, whatever becomes of the desk', () => {
    const order = fc.array(fc.nat(), { maxLength: 30 })
    fc.assert(
      fc.property(
        someFacts,
        order,
        somePolicy,
        fc.boolean(),
        (all, numbers, policy, isChanging) => {
          const desk = deskOf(policy, isChanging)
          const other = numbers.flatMap((n) => all[n % all.length] ?? [])
          const copies = [...other.map((fact) => ({ ...fact })), ...all.toReversed()]
          expectSame(projectTicket(facts(copies, desk)), projectTicket(facts(all, desk)))
        },
      ),
      runs,
    )
  })
})

/** participants.md §1-3: who may be on which list. */
function expectSoundLists(ticket: ProjectedTicket, policy: Partial<Policy>): void {
  const desk = aDesk(policy)
  const ccs = withRole(ticket, 'cc')
  const followers = withRole(ticket, 'follower')
  const keyOf = (address: string) => findPerson(desk, address)?.address ?? address
  const keys = new Set(ccs.map(keyOf))
  const { requester: asked } = ticket.ticket
  expectSame(
    {
      support: ticket.participants.filter((each) => isSupportAddress(desk, each.address)),
      twice: ccs.length - keys.size + followers.length - new Set(followers).size,
      requesters: withRole(ticket, 'requester'),
      isRequesterCc: asked !== null && keys.has(keyOf(asked.address)),
      isOverLimit: ccs.length > (policy.ccLimit ?? 20),
      isBlockedCc: keys.has('x@blocked.example'),
      outside: followers.filter((each) => findPerson(desk, each) === undefined),
      suggestedCcs: ticket.suggestions.filter((each) => ccs.includes(each.address)),
    },
    {
      support: [],
      twice: 0,
      requesters: asked === null ? [] : [asked.address],
      isRequesterCc: false,
      isOverLimit: false,
      isBlockedCc: false,
      outside: [],
      suggestedCcs: [],
    },
  )
}

/** Message-IDs under which a colleague's mailed answer was passed on to customers: public, but no comment of its own. */
function passedOn(all: readonly (MailFact | TicketEvent)[]): Set<string> {
  return new Set(
    all.flatMap((fact) =>
      'body' in fact && fact.body.kind === 'duty.done'
        ? fact.body.mails.map((mail) => mail.messageId)
        : [],
    ),
  )
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort()

function expectSoundCounts(
  { ticket, comments, publicMessageIds, audit }: ProjectedTicket,
  all: readonly (MailFact | TicketEvent)[],
): void {
  const relayed = passedOn(all)
  const ofVisibility = (visibility: string) => comments.filter((c) => c.visibility === visibility)
  const spoken = new Set(ofVisibility('public').flatMap(({ messageId }) => messageId ?? []))
  expectSame(
    {
      comments: ticket.commentCount,
      held: ticket.heldCount,
      ids: new Set(comments.map((each) => each.id)).size,
      publicMessageIds: sorted(
        new Set(publicMessageIds.filter((id) => spoken.has(id) || !relayed.has(id))),
      ),
      // One that was passed on as well stands where that was done.
      inOrder: [...new Set(publicMessageIds.filter((id) => !relayed.has(id)))],
      silent: audit.filter((entry) => entry.what === '' || entry.because === ''),
    },
    {
      comments: comments.length,
      held: ofVisibility('held').length,
      ids: comments.length,
      publicMessageIds: sorted(spoken),
      inOrder: [...spoken].filter((id) => !relayed.has(id)),
      silent: [],
    },
  )
}

describe('participants.md §1, §2, §3', () => {
  it('whatever the facts: no support address, nobody twice, requester not CC, limit kept, followers internal', () => {
    fc.assert(
      fc.property(someFacts, somePolicy, (all, policy) => {
        const ticket = project(all, policy)
        expectSoundLists(ticket, policy)
        expectSoundCounts(ticket, all)
      }),
      runs,
    )
  })
})

describe('participants.md §4: one more mail', () => {
  const opening = aMail({ id: 'open', at: -10, cc: [ccBob] })
  const strange = fc
    .record({ mail: someMail, from: fc.constantFrom('mallory@evil.example', ...internals) })
    .map(({ mail, from }): MailFact => {
      const isInside = internals.includes(from)
      const headers = isInside ? [] : mail.headers
      const more = {
        id: 'strange',
        rfcId: idOf('strange'),
        source: 'inbox',
        isOwnId: false,
      } as const
      return { ...mail, ...more, from: who(from), headers, tokenOf: null, bounce: null }
    })

  it('of an outsider or of a colleague not proven is never public and changes nobody', () => {
    fc.assert(
      fc.property(someFacts, somePolicy, strange, (some, policy, mail) => {
        // Nobody gave Mallory a part in the ticket; a colleague has one without being proven.
        const all = [opening, ...some]
        const before = project(all, policy)
        const after = project([...all, mail], policy)
        const mine = after.comments.find((each) => each.id === 'strange')
        expect(mine?.visibility).not.toBe('public')
        expectSame(after.participants, before.participants)
        expectSame(after.suggestions, before.suggestions)
        expect(after.ticket.status).toBe(before.ticket.status)
        expectSame(after.publicMessageIds, before.publicMessageIds)
      }),
      runs,
    )
  })

  it('of anybody nobody vouches for neither adds nor removes a participant', () => {
    const unproven = fc
      .record({ mail: someMail, from: fc.constantFrom(...externals, outsider) })
      .map(({ mail, from }): MailFact => {
        const more = { id: 'strange', rfcId: idOf('strange'), isOwnId: false } as const
        return { ...mail, ...more, source: 'inbox', from: who(from), headers: [], tokenOf: null }
      })
    fc.assert(
      fc.property(someFacts, somePolicy, unproven, (some, policy, mail) => {
        const before = project([opening, ...some], policy)
        // Later than all others, so that none of them answers it.
        const last = { ...mail, receivedAt: minute(90) }
        expectSame(project([opening, ...some, last], policy).participants, before.participants)
      }),
      runs,
    )
  })

  it('leaves the requester who they are: the requester is changed by an agent alone', () => {
    fc.assert(
      fc.property(someFacts, somePolicy, someMail, (some, policy, mail) => {
        const before = project([opening, ...some], policy)
        const last = { ...mail, id: 'strange', rfcId: idOf('strange'), receivedAt: minute(90) }
        const after = project([opening, ...some, last], policy)
        expectSame(after.ticket.requester, before.ticket.requester)
      }),
      runs,
    )
  })

  it('that answers or quotes private words is never public', () => {
    const secret = [
      anEvent(
        { kind: 'note.written', commentId: 'n0', text: notice, mentions: [] },
        { id: 'e-n0', at: -5 },
      ),
      anEvent(
        {
          kind: 'reply.written',
          commentId: 'r0',
          visibility: 'private',
          audience: [ccBob],
          messageId: idOf('r0'),
          mails: [{ messageId: idOf('f0'), kind: 'follower', to: [agentMax], cc: [] }],
          status: null,
          mentions: [],
        },
        { id: 'e-r0', at: 50 },
      ),
    ]
    const answering = fc
      .record({ mail: someMail, how: fc.constantFrom('reply', 'notification', 'thread', 'quote') })
      .map(({ mail, how }): MailFact => {
        const own = { id: 'back', rfcId: idOf('back'), isOwnId: false }
        if (how === 'quote') return { ...mail, ...own, text: `hello\n>> ${notice}` }
        if (how === 'thread')
          return { ...mail, ...own, references: [idOf('r0'), ...mail.references] }
        return { ...mail, ...own, inReplyTo: [idOf(how === 'reply' ? 'r0' : 'f0')] }
      })
    const quiet = someFacts.map((all) =>
      all.filter((fact) => !('hlc' in fact) || fact.body.kind !== 'comment.accepted'),
    )
    fc.assert(
      fc.property(quiet, somePolicy, answering, (some, policy, mail) => {
        const { comments } = project([opening, ...secret, ...some, mail], policy)
        expect(comments.find((each) => each.id === 'back')?.visibility).not.toBe('public')
      }),
      runs,
    )
  })

  it('does not bring back whom an agent removed, in whatever order mail arrives', () => {
    const agentsWord = new Set([
      'cc.added',
      'suggestion.accepted',
      'comment.accepted',
      'cc.mailChangeUndone',
      'ticket.created',
    ])
    const others = someFacts.map((all) =>
      all.filter((fact) => !('hlc' in fact) || !agentsWord.has(fact.body.kind)),
    )
    fc.assert(
      fc.property(others, somePolicy, fc.nat({ max: 40 }), (some, policy, at) => {
        const removed = anEvent({ kind: 'cc.removed', address: ccBob }, { id: 'e-gone', at })
        const unrestricted = { ...policy, restrictedGroups: [] }
        const late = some.filter((fact) => 'hlc' in fact || fact.receivedAt > minute(at))
        const early = some.filter((fact) => !late.includes(fact))
        const before = project([opening, ...early], unrestricted)
        const after = project([opening, ...late, removed, ...early], unrestricted)
        expect(before.ticket.id).toBe('t1')
        expect(withRole(after, 'cc').map(canonical)).not.toContain(ccBob)
      }),
      runs,
    )
  })
})

describe('every rule is total', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  const number = fc.oneof(fc.double(), fc.maxSafeInteger())
  const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })
  const people = list(fc.record({ name: text, address: text }))
  const garbage: fc.Arbitrary<MailFact> = fc.record({
    id: text,
    rfcId: text,
    source: fc.constantFrom('inbox', 'sent', 'local'),
    from: fc.record({ name: text, address: text }),
    isFromSound: fc.boolean(),
    replyTo: people,
    to: people,
    cc: people,
    subject: text,
    sentAt: fc.option(number),
    receivedAt: number,
    inReplyTo: list(text),
    references: list(text),
    headers: list(fc.record({ name: text, value: text })),
    bounce: fc.option(fc.record({ failed: list(text), originalId: fc.option(text) })),
    tokenOf: fc.option(text),
    isOwnId: fc.boolean(),
    isLeave: fc.boolean(),
    preview: text,
    text: fc.option(text),
    attachmentCount: number,
    problem: fc.option(text),
  })
  const garbled = fc
    .record({ event: someEvent, hlc: text, by: text, kind: fc.option(text) })
    .map(({ event, hlc, by, kind }): TicketEvent => {
      const body = kind === null ? event.body : ({ ...event.body, kind } as TicketEventBody)
      return { ...event, hlc, by, body }
    })

  it('for garbage of every kind, in every order', () => {
    const all = fc.array(fc.oneof(garbage, garbled, someMail, someEvent), { maxLength: 8 })
    fc.assert(
      fc.property(all, somePolicy, (some, policy) => {
        const one = project(some, policy)
        expectSame(project(some.toReversed(), policy), one)
      }),
      runs,
    )
  })
})
