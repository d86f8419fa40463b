import type { Policy } from '#shared/model/policy'
import type { MailFact } from '#shared/model/message'
import type { TicketEvent } from '#shared/model/event'
import type { ProjectedTicket } from '#shared/model/projection'
import {
  decideCcChanges,
  decideRemovals,
  namedIn,
  type CcChangeInput,
  type MailCandidate,
  type RemovalInput,
  type Sender,
} from '#shared/rules/participants'
import { projectTicket } from '#shared/rules/projectTicket'
import { describe, expect, it } from 'vitest'
import {
  agentAda,
  agentMax,
  aDesk,
  aMail,
  anEvent,
  aReply,
  ccBob,
  ccCarl,
  facts,
  idOf,
  lightLea,
  outsider,
  requester,
  support,
  who,
  type MailWords,
} from '../builders'

const dan = 'dan@new.example'
type Fact = MailFact | TicketEvent

const project = (list: readonly Fact[], policy: Partial<Policy> = {}): ProjectedTicket =>
  projectTicket(facts(list, aDesk(policy)))

/** The CC list, suggestions and people not added, in short. */
function people({ participants, suggestions, notAdded }: ProjectedTicket) {
  const of = (role: string) => participants.filter((p) => p.role === role).map((p) => p.address)
  return {
    requester: of('requester')[0] ?? null,
    ccs: of('cc'),
    followers: of('follower'),
    suggested: suggestions.map(({ address, because }) => `${address} ${because}`),
    notAdded: notAdded.map(({ address, because }) => `${address} ${because}`),
  }
}

const commentOf = (ticket: ProjectedTicket, id: string) =>
  ticket.comments.find((comment) => comment.id === id)

/** A ticket of Ann with Bob and Carl in copy, and Max's public reply to all three. */
const begun: readonly Fact[] = [aMail({ cc: [ccBob, ccCarl] }), aReply('r1', 1)]
/** Ann's answer to that reply, ten minutes later. */
const answer = (words: MailWords = {}) =>
  aMail({ id: 'm2', at: 10, answers: idOf('r1'), cc: [ccBob, ccCarl], ...words })
const afterAnswer = (words: MailWords, policy: Partial<Policy> = {}) =>
  people(project([...begun, answer(words)], policy))

describe('participants.md §4.4: a new ticket', () => {
  const first = (words: MailWords, policy: Partial<Policy> = {}) =>
    people(project([aMail(words)], policy))

  it('makes everyone in Cc and every further To a CC', () => {
    expect(first({ to: [support, ccBob], cc: [ccCarl] })).toEqual({
      requester,
      ccs: [ccBob, ccCarl],
      followers: [],
      suggested: [],
      notAdded: [],
    })
  })

  it('does so without a verdict on the sender too', () => {
    expect(first({ cc: [ccBob], isVerified: false }).ccs).toEqual([ccBob])
  })

  it('leaves out the requester, support addresses, the blocklist and what is no address', () => {
    const cc = [requester.toUpperCase(), 'Help+x@desk.example', ccBob, 'x@bad.example', 'a@', ccBob]
    expect(first({ cc }, { ccBlocklist: ['bad.example'] })).toMatchObject({
      ccs: [ccBob],
      notAdded: ['x@bad.example blocklisted', 'a@ invalid-address'],
    })
  })

  it('keeps what is over the limit as not added, in the order of the mail', () => {
    const many = Array.from({ length: 25 }, (_, n) => `p${String(n)}@many.example`)
    const { ccs, notAdded } = first({ cc: many })
    expect(ccs).toEqual(many.slice(0, 20))
    expect(notAdded).toEqual(many.slice(20).map((address) => `${address} over-limit`))
  })

  it.each([19, 20, 21, 10_000])(
    'has %i in Cc and keeps every one of them somewhere (D10)',
    (count) => {
      const cc = Array.from({ length: count }, (_, n) => `p${String(n)}@many.example`)
      const ticket = project([aMail({ cc })])
      expect(people(ticket).ccs).toEqual(cc.slice(0, 20))
      expect(ticket.notAdded.map(({ address }) => address)).toEqual(cc.slice(20))
    },
  )

  it('makes a colleague in Cc a CC, with a flag, unless the policy refuses', () => {
    const ticket = project([aMail({ cc: [agentMax] })])
    expect(people(ticket).ccs).toEqual([agentMax])
    expect(commentOf(ticket, 'm1')?.flags).toEqual(['cc-added', 'internal-cc'])
    expect(first({ cc: [agentMax] }, { agentCc: 'refuse' })).toMatchObject({
      ccs: [],
      notAdded: [`${agentMax} agent-cc-refused`],
    })
  })

  it('adds nobody while CCs are switched off', () => {
    expect(first({ cc: [ccBob] }, { ccsEnabled: false })).toMatchObject({
      ccs: [],
      notAdded: [`${ccBob} ccs-off`],
    })
  })

  it('says of each CC which mail and header brought them', () => {
    const [, bob] = project([aMail({ to: [support], cc: [ccBob] })]).participants
    expect(bob?.origin).toMatchObject({
      kind: 'mail',
      by: requester,
      messageId: idOf('m1'),
      header: 'cc',
      because: 'first-mail',
    })
  })
})

describe('participants.md §4.4: later mail adds', () => {
  const all = [ccBob, ccCarl]
  const withDan = { cc: [...all, dan] }

  it('whom the verified requester names', () => {
    expect(afterAnswer(withDan)).toMatchObject({ ccs: [...all, dan], suggested: [] })
  })

  it('whom a verified CC names in a reply to all', () => {
    const words = { from: ccBob, to: [support, requester], cc: [ccCarl, dan] }
    expect(afterAnswer(words).ccs).toEqual([...all, dan])
    expect(afterAnswer(words, { whoMayAddCcs: 'requester' })).toMatchObject({
      ccs: all,
      suggested: [`${dan} policy`],
    })
  })

  it('nobody when the sender is not verified: a suggestion', () => {
    expect(afterAnswer({ ...withDan, isVerified: false })).toMatchObject({
      ccs: all,
      suggested: [`${dan} sender-not-verified`],
    })
  })

  it('nobody when the policy says so: a suggestion', () => {
    expect(afterAnswer(withDan, { whoMayAddCcs: 'nobody' }).suggested).toEqual([`${dan} policy`])
  })

  it('whom a CC names only after approval, if the policy wants that', () => {
    const words = { from: ccBob, to: [support, requester], cc: [ccCarl, dan] }
    const policy = { approveCcsFromCcs: true }
    expect(afterAnswer(words, policy)).toMatchObject({
      ccs: all,
      suggested: [`${dan} needs-approval`],
    })
    expect(afterAnswer(withDan, policy).ccs).toEqual([...all, dan])
  })

  it('nobody by a mail that stays private', () => {
    expect(afterAnswer({ from: ccBob, to: [support], cc: [dan] })).toMatchObject({
      ccs: all,
      suggested: [`${dan} private-mail`],
    })
  })

  it('nobody by a held or an automatic mail', () => {
    const auto = { ...withDan, headers: [['auto-submitted', 'auto-replied']] as const }
    for (const words of [{ ...withDan, from: outsider }, auto]) {
      expect(afterAnswer(words)).toMatchObject({ ccs: all, suggested: [], notAdded: [] })
    }
  })

  it('nobody over the limit', () => {
    expect(afterAnswer(withDan, { ccLimit: 2 })).toMatchObject({
      ccs: all,
      notAdded: [`${dan} over-limit`],
    })
  })

  it('whom an agent names who answers by mail, but not whom a light agent names', () => {
    const words = { to: [support, requester], cc: [...all, dan] }
    expect(afterAnswer({ ...words, from: agentMax }).ccs).toEqual([...all, dan])
    expect(afterAnswer({ ...words, from: lightLea })).toMatchObject({
      ccs: all,
      suggested: [`${dan} private-mail`],
    })
  })

  describe('a colleague whom a customer names', () => {
    const words = { cc: [...all, agentAda] }

    it('is offered as follower, so that customers do not see them', () => {
      expect(afterAnswer(words)).toMatchObject({
        ccs: all,
        suggested: [`${agentAda} offer-follower`],
      })
    })

    it('becomes CC, or follower, or neither, as the policy says', () => {
      expect(afterAnswer(words, { agentCc: 'allow' }).ccs).toEqual([...all, agentAda])
      expect(afterAnswer(words, { agentCc: 'allow', autoFollowCcdAgent: true })).toMatchObject({
        ccs: [...all, agentAda],
        followers: [agentMax, agentAda],
      })
      expect(afterAnswer(words, { autoFollowCcdAgent: true })).toMatchObject({
        ccs: all,
        followers: [agentMax, agentAda],
        suggested: [],
      })
      expect(afterAnswer(words, { agentCc: 'refuse' }).notAdded).toEqual([
        `${agentAda} agent-cc-refused`,
      ])
    })

    it('is left in peace when they follow already', () => {
      expect(afterAnswer({ cc: [...all, agentMax] })).toMatchObject({ ccs: all, suggested: [] })
    })

    it('follows when an agent accepts the offer', () => {
      const accepted = anEvent({ kind: 'suggestion.accepted', address: agentAda }, { at: 20 })
      expect(people(project([...begun, answer(words), accepted]))).toMatchObject({
        ccs: all,
        followers: [agentMax, agentAda],
        suggested: [],
      })
    })
  })

  it('accepts and dismisses suggestions on an agent’s word', () => {
    const named = answer({ ...withDan, isVerified: false })
    const accepted = anEvent({ kind: 'suggestion.accepted', address: dan }, { at: 20 })
    const dismissed = anEvent({ kind: 'suggestion.dismissed', address: dan }, { at: 20 })
    expect(people(project([...begun, named, accepted]))).toMatchObject({
      ccs: [...all, dan],
      suggested: [],
    })
    const again = aMail({ id: 'm3', at: 30, answers: idOf('r1'), cc: [...all, dan] })
    expect(people(project([...begun, named, dismissed, again]))).toMatchObject({
      ccs: all,
      suggested: [],
      notAdded: [`${dan} dismissed`],
    })
  })
})

describe('participants.md §4.4: removal by mail', () => {
  it('an edited reply-all takes off whom it leaves out, with a banner', () => {
    const ticket = project([...begun, answer({ cc: [ccBob] })])
    expect(people(ticket)).toMatchObject({ ccs: [ccBob] })
    expect(commentOf(ticket, 'm2')).toMatchObject({ flags: ['cc-removed'], leftOut: [] })
  })

  it('a plain Reply removes nobody: they stay, banner "left out"', () => {
    const ticket = project([...begun, answer({ cc: [] })])
    expect(people(ticket).ccs).toEqual([ccBob, ccCarl])
    expect(commentOf(ticket, 'm2')).toMatchObject({
      visibility: 'public',
      flags: ['left-out'],
      leftOut: [ccBob, ccCarl],
    })
  })

  it('a CC may edit too, when they keep the requester', () => {
    expect(afterAnswer({ from: ccBob, to: [support, requester], cc: [] }).ccs).toEqual([ccBob])
    expect(afterAnswer({ from: ccBob, to: [support], cc: [] }).ccs).toEqual([ccBob, ccCarl])
  })

  it('does not remove who was not on the mail that is answered', () => {
    const added = anEvent({ kind: 'cc.added', people: [who(dan)] }, { at: 5 })
    const ticket = project([...begun, added, answer()])
    expect(people(ticket).ccs).toEqual([ccBob, ccCarl, dan])
    expect(commentOf(ticket, 'm2')?.leftOut).toEqual([dan])
  })

  it('does not remove by a mail that answers nothing we know', () => {
    const words = { answers: 'unknown@x', cc: [ccBob] }
    expect(afterAnswer(words).ccs).toEqual([ccBob, ccCarl])
  })

  it('removes nobody while an address of the mail cannot be read: it may be the one left out', () => {
    const ticket = project([...begun, answer({ cc: [ccBob, 'ca\ufffdrl@customer.example'] })])
    expect(people(ticket)).toMatchObject({
      ccs: [ccBob, ccCarl],
      notAdded: ['ca\ufffdrl@customer.example invalid-address'],
    })
    expect(commentOf(ticket, 'm2')).toMatchObject({
      flags: ['left-out', 'cc-not-added', 'cc-unreadable'],
      leftOut: [ccCarl],
    })
  })

  it.each(['self', 'off'] as const)('ccRemovalByMail=%s lets them stay', (ccRemovalByMail) => {
    expect(afterAnswer({ cc: [ccBob] }, { ccRemovalByMail }).ccs).toEqual([ccBob, ccCarl])
  })

  it('is carried along as a suggestion by a later answer to the older mail, but added anew by a fresh word', () => {
    const edited = answer({ cc: [ccBob] })
    const stale = aMail({
      id: 'm3',
      at: 20,
      from: ccBob,
      to: [support, requester],
      cc: [ccCarl],
      answers: idOf('r1'),
    })
    expect(people(project([...begun, edited, stale]))).toMatchObject({
      ccs: [ccBob],
      suggested: [`${ccCarl} removed-by-mail`],
    })
    const fresh = { ...stale, inReplyTo: [idOf('m2')], references: [] }
    expect(people(project([...begun, edited, fresh])).ccs).toEqual([ccBob, ccCarl])
  })

  describe('a leave mail', () => {
    const leave = (from: string, more: Partial<MailFact> = {}) =>
      aMail({
        id: 'bye',
        at: 10,
        from,
        to: ['support+leave-x@desk.example'],
        more: { isLeave: true, ...more },
      })

    it('removes its own sender and nobody else', () => {
      const ticket = project([...begun, leave(ccBob)])
      expect(people(ticket).ccs).toEqual([ccCarl])
      expect(commentOf(ticket, 'bye')).toMatchObject({
        kind: 'system',
        visibility: 'private',
        because: 'leave',
        flags: ['left'],
      })
    })

    it('works with policy self, not with policy off', () => {
      const list = [...begun, leave(ccBob)]
      expect(people(project(list, { ccRemovalByMail: 'self' })).ccs).toEqual([ccCarl])
      expect(people(project(list, { ccRemovalByMail: 'off' })).ccs).toEqual([ccBob, ccCarl])
    })

    it('cannot take the requester off, nor do a stranger any good', () => {
      for (const from of [requester, outsider]) {
        const ticket = project([...begun, leave(from)])
        expect(people(ticket)).toMatchObject({ requester, ccs: [ccBob, ccCarl] })
        expect(commentOf(ticket, 'bye')?.flags).toEqual(['leave-refused'])
      }
    })

    it('is held when it is not certain who wrote it', () => {
      expect(
        commentOf(project([...begun, leave(ccBob, { isFromSound: false })]), 'bye'),
      ).toMatchObject({ visibility: 'held', because: 'not-authenticated' })
    })

    it('ends following for a colleague with a token', () => {
      const mail = leave(agentMax, { tokenOf: agentMax, headers: [] })
      expect(people(project([...begun, mail])).followers).toEqual([])
    })

    it('is not undone by others who still name them', () => {
      const later = aMail({ id: 'm3', at: 20, answers: idOf('r1'), cc: [ccBob, ccCarl] })
      expect(people(project([...begun, leave(ccBob), later]))).toMatchObject({
        ccs: [ccCarl],
        suggested: [`${ccBob} left`],
      })
    })
  })

  it('every change by mail can be undone with one word', () => {
    const undo = anEvent({ kind: 'cc.mailChangeUndone', messageId: idOf('m2') }, { at: 20 })
    const changed = answer({ cc: [ccBob, dan] })
    expect(people(project([...begun, changed])).ccs).toEqual([ccBob, dan])
    const undone = project([...begun, changed, undo])
    expect(people(undone).ccs).toEqual([ccBob, ccCarl])
    const again = { ...undo, id: 'undo-again', hlc: undo.hlc.replace('-0000-', '-0001-') }
    expect(project([...begun, changed, undo, again]).audit.at(-1)).toMatchObject({
      what: 'event.ineffective',
      because: 'already-cc',
    })
  })
})

describe('participants.md §2: removed stays removed', () => {
  const removed = anEvent({ kind: 'cc.removed', address: ccBob }, { at: 5 })

  it('although a later mail still names them: a suggestion', () => {
    expect(people(project([...begun, removed, answer()]))).toMatchObject({
      ccs: [ccCarl],
      suggested: [`${ccBob} removed-by-agent`],
    })
  })

  it('although an older mail that named them arrives later', () => {
    const older = aMail({ id: 'm0', at: 3, answers: idOf('m1'), cc: [ccBob, ccCarl] })
    expect(people(project([...begun, removed, older])).ccs).toEqual([ccCarl])
  })

  it('although the mail that had brought them turns out to be held', () => {
    const unsound = aMail({ cc: [ccBob], more: { isFromSound: false } })
    const opening = aMail({ id: 'm2', at: 10, cc: [ccBob] })
    expect(people(project([unsound, removed, opening]))).toMatchObject({
      requester,
      ccs: [],
      suggested: [`${ccBob} removed-by-agent`],
    })
  })

  it('until an agent adds them again', () => {
    const again = anEvent({ kind: 'cc.added', people: [who(ccBob)] }, { at: 20 })
    expect(people(project([...begun, removed, answer(), again]))).toMatchObject({
      ccs: [ccCarl, ccBob],
      suggested: [],
    })
  })
})

describe('participants.md §4.4: an agent who answers by mail', () => {
  const words = { from: agentAda, to: [support] }

  it('becomes a follower', () => {
    expect(afterAnswer(words).followers).toEqual([agentMax, agentAda])
    expect(afterAnswer(words, { autoFollowOnReply: false }).followers).toEqual([])
  })

  it('does not when they own the ticket, opened it, or are held', () => {
    const owned = anEvent({ kind: 'ticket.assigned', assignee: agentAda }, { at: 5 })
    expect(people(project([...begun, owned, answer(words)])).followers).toEqual([agentMax])
    expect(people(project([aMail(words)]))).toMatchObject({ requester: agentAda, followers: [] })
    expect(afterAnswer({ ...words, isVerified: false }).followers).toEqual([agentMax])
  })
})

describe('participants.md §4.4: what else decides about somebody whom a later mail names', () => {
  const all = [ccBob, ccCarl]
  const withDan = { cc: [...all, dan] }
  const originOf = (words: MailWords) =>
    project([...begun, answer(words)]).participants.find(({ address }) => address === dan)?.origin

  it('lets the requester add while the policy lets nobody else', () => {
    expect(afterAnswer(withDan, { whoMayAddCcs: 'requester' }).ccs).toEqual([...all, dan])
  })

  it('says whose mail brought them: the requester’s or that of another participant', () => {
    expect(originOf(withDan)?.because).toBe('added-by-requester')
    const byBob = { from: ccBob, to: [support, requester], cc: [ccCarl, dan] }
    expect(originOf(byBob)?.because).toBe('added-by-participant')
  })

  it('suggests whom a light agent names on a ticket of their own: no CC change by that role', () => {
    const opened = aMail({ from: lightLea })
    const named = aMail({ id: 'm2', at: 10, from: lightLea, answers: opened.rfcId, cc: [dan] })
    const ticket = project([opened, named])
    expect(commentOf(ticket, 'm2')?.visibility).toBe('public')
    expect(people(ticket)).toMatchObject({ ccs: [], suggested: [`${dan} sender-role`] })
  })

  it('suggests although the list is full, since an agent may make room', () => {
    expect(afterAnswer({ ...withDan, isVerified: false }, { ccLimit: 2 })).toMatchObject({
      suggested: [`${dan} sender-not-verified`],
      notAdded: [],
    })
    expect(afterAnswer({ cc: [...all, agentAda] }, { ccLimit: 2 })).toMatchObject({
      suggested: [`${agentAda} offer-follower`],
      notAdded: [],
    })
  })

  it('takes no place on the list for those who were not added', () => {
    const cc = [...all, 'a@', 'x@bad.example', dan, 'eve@new.example']
    const policy = { ccLimit: 3, ccBlocklist: ['bad.example'] }
    expect(afterAnswer({ cc }, policy)).toMatchObject({
      ccs: [...all, dan],
      notAdded: ['a@ invalid-address', 'x@bad.example blocklisted', 'eve@new.example over-limit'],
    })
    expect(people(project([aMail({ cc })], policy)).ccs).toEqual([...all, dan])
  })

  it('does not offer an author who copies themselves', () => {
    const words = { from: agentAda, to: [support, requester], cc: [...all, agentAda] }
    const ticket = project([...begun, answer(words)])
    expect(people(ticket)).toMatchObject({ ccs: all, suggested: [], notAdded: [] })
    expect(commentOf(ticket, 'm2')?.flags).toEqual([])
  })
})

const ann: Sender = { role: 'requester', isVerified: true, isInternal: false, mayChangeCcs: true }

describe('decideCcChanges', () => {
  const candidate = (more: Partial<MailCandidate> = {}): MailCandidate => ({
    person: { address: dan, name: 'Dan', header: 'cc' },
    standing: 'free',
    isInternal: false,
    isAuthor: false,
    isListening: false,
    keptOff: null,
    isCarried: false,
    ...more,
  })
  const outcome = (more: Partial<MailCandidate>, input: Partial<CcChangeInput> = {}) => {
    const decisions = decideCcChanges({
      isFirst: false,
      isPublic: true,
      sender: ann,
      policy: aDesk().policy,
      ccCount: 0,
      candidates: [candidate(more)],
      ...input,
    })
    return decisions.map((decision) => `${decision.outcome} ${decision.because}`)
  }

  it.each([
    ['the author', { isAuthor: true }, 'ignored author'],
    ['a support address', { standing: 'support-address' }, 'ignored support-address'],
    ['the requester', { standing: 'requester' }, 'ignored requester'],
    ['who is CC already', { standing: 'already-cc' }, 'ignored already-cc'],
    ['a colleague', { isInternal: true }, 'suggested offer-follower'],
    [
      'a colleague who hears of it anyway',
      { isInternal: true, isListening: true },
      'ignored already-listening',
    ],
    ['whom an agent removed', { keptOff: 'removed-by-agent' }, 'suggested removed-by-agent'],
    ['who left by themselves', { keptOff: 'left' }, 'suggested left'],
    [
      'whom a mail left out, by a fresh word',
      { keptOff: 'removed-by-mail' },
      'added added-by-requester',
    ],
    [
      'whom a mail left out, carried along',
      { keptOff: 'removed-by-mail', isCarried: true },
      'suggested removed-by-mail',
    ],
    ['who was dismissed', { keptOff: 'dismissed' }, 'not-added dismissed'],
  ] as const)('a later mail that names %s', (_, more, words) => {
    expect(outcome(more)).toEqual([words])
  })

  it.each(['outsider', 'system'] as const)('lets no %s add anybody', (role) => {
    expect(outcome({}, { sender: { ...ann, role } })).toEqual(['suggested sender-role'])
  })

  it('makes a colleague follower because a mail names them, if the policy says so', () => {
    const policy = aDesk({ autoFollowCcdAgent: true }).policy
    expect(outcome({ isInternal: true }, { policy })).toEqual(['followed auto-follow-cc'])
  })
})

describe('decideRemovals', () => {
  const max = agentMax
  const removals = (more: Partial<RemovalInput>) =>
    decideRemovals({
      policy: aDesk().policy,
      isPublic: true,
      sender: ann,
      answered: new Set([max, requester, ccBob, ccCarl]),
      author: requester,
      named: new Set([support, ccBob]),
      ccs: [ccBob, ccCarl],
      ...more,
    })

  it('takes off whom an edited reply to all leaves out', () => {
    expect(removals({})).toEqual([ccCarl])
  })

  it('never takes off the author, who need not name themselves', () => {
    const author = ccBob
    const named = new Set([support, requester])
    expect(removals({ author, named, sender: { ...ann, role: 'cc' } })).toEqual([ccCarl])
  })

  const kept: readonly (readonly [string, Partial<RemovalInput>])[] = [
    ['it is not public', { isPublic: false }],
    ['what it answers is not known', { answered: null }],
    ['its sender is not verified', { sender: { ...ann, isVerified: false } }],
    ['its sender is no participant', { sender: { ...ann, role: 'outsider' } }],
    ['a machine wrote it', { sender: { ...ann, role: 'system' } }],
    ['its sender may not change CCs', { sender: { ...ann, mayChangeCcs: false } }],
    ['its author did not get the mail', { answered: new Set([max, ccBob, ccCarl]) }],
    ['it names support alone', { named: new Set([support]) }],
    ['the author keeps nobody but themselves', { named: new Set([support, requester]) }],
    ['an address cannot be read', { named: new Set([support, ccBob, 'a@']) }],
    ['the policy is off', { policy: { ccRemovalByMail: 'off' } }],
  ]
  it.each(kept)('takes nobody off when %s', (_, more) => {
    expect(removals(more)).toEqual([])
  })
})

describe('namedIn', () => {
  it('names everybody once, To before Cc, canonical', () => {
    const mail = { to: [who('B@x.example'), who('a@x.example')], cc: [who('b@X.example')] }
    expect(namedIn(mail)).toEqual([
      { address: 'b@x.example', name: '', header: 'to' },
      { address: 'a@x.example', name: '', header: 'to' },
    ])
  })
})
