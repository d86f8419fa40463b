import type { Participant } from '#shared/model/participant'
import type { AuditEntry } from '#shared/model/projection'
import { colleaguesAmong, narrow, type NarrowContext, type WaitingMail } from '#shared/rules/narrow'
import { planDelivery } from '#shared/rules/delivery'
import { explainedCodes } from '#shared/rules/explain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  aMailbox,
  agentAda,
  agentMax,
  ccBob,
  ccCarl,
  lightLea,
  requester,
  support,
  who,
} from '../builders'
import { aParticipant, aPlanInput } from '../plans'
import { patient, runs } from '../runs'

const change = (what: string, address: string, because = 'removed-by-agent'): AuditEntry => ({
  at: 0,
  by: agentMax,
  what,
  because,
  detail: { address },
  source: 'e',
})

interface Words {
  participants?: readonly Participant[]
  audit?: readonly AuditEntry[]
  assignee?: string | null
  group?: string | null
  desk?: ReturnType<typeof aDesk>
  mentions?: readonly string[]
  colleagues?: NarrowContext['colleagues']
}

const people = [aParticipant('requester', requester), aParticipant('cc', ccBob)]

function context(words: Words = {}): NarrowContext {
  const { participants = people, audit = [], assignee = null, group = null } = words
  const { projected } = aPlanInput({ participants })
  const ticket = { ...projected.ticket, assignee, group }
  const { desk = aDesk(), mentions = [], colleagues = [] } = words
  return { desk, projected: { ticket, participants, audit }, mentions, colleagues }
}

const reply: WaitingMail = { kind: 'public', to: [who(requester)], cc: [who(ccBob), who(ccCarl)] }
const own = (address: string): WaitingMail => ({ kind: 'follower', to: [who(address)], cc: [] })
const skips = (mail: WaitingMail, words: Words) => narrow(mail, context(words))?.skipped ?? []

describe('a mail that waits', () => {
  it('stays as it is while nobody took anybody off', () => {
    // Carl is on no list, but nobody said that he should not get it: threads move, people do not.
    expect(narrow(reply, context())).toBeNull()
  })

  it('loses a CC whom somebody removed', () => {
    const left = narrow(reply, context({ audit: [change('cc.removed', ccCarl)] }))
    expect(left).toEqual({
      to: [who(requester)],
      cc: [who(ccBob)],
      skipped: [{ address: ccCarl, because: 'removed-by-agent' }],
    })
  })

  it.each<[string, Words, string | null]>([
    [
      'removed and added again',
      { audit: [change('cc.removed', ccCarl), change('cc.added', ccCarl)] },
      null,
    ],
    ['kept off', { audit: [change('cc.keptOff', ccCarl)] }, 'removed-by-agent'],
    ['left by mail', { audit: [change('cc.removed', ccCarl, 'left')] }, 'left'],
    [
      'made requester, then not',
      { audit: [change('cc.removed', ccCarl, 'became-requester')] },
      null,
    ],
    [
      'muted',
      { participants: [...people, aParticipant('cc', ccCarl, { isMuted: true })] },
      'muted',
    ],
    [
      'blocklisted',
      {
        participants: [...people, aParticipant('cc', ccCarl)],
        desk: aDesk({ ccBlocklist: ['partner.example'] }),
      },
      'blocklisted',
    ],
    [
      'made an address of the desk',
      { desk: aDesk({}, { mailboxes: [aMailbox(support, { aliases: [ccCarl] })] }) },
      'support-address',
    ],
    [
      'made requester',
      {
        participants: [aParticipant('requester', ccCarl), aParticipant('cc', ccBob)],
        audit: [change('cc.removed', ccCarl)],
      },
      null,
    ],
  ])('a CC who was %s', (_, words, because) => {
    expect(skips(reply, words)).toEqual(because === null ? [] : [{ address: ccCarl, because }])
  })

  it('loses all CCs when the desk has no CCs any more', () => {
    const participants = [...people, aParticipant('cc', ccCarl)]
    expect(skips(reply, { participants, desk: aDesk({ ccsEnabled: false }) })).toEqual([
      { address: ccBob, because: 'ccs-off' },
      { address: ccCarl, because: 'ccs-off' },
    ])
  })

  it.each([
    ['public', [ccCarl]],
    ['status', [ccCarl]],
    ['relay', [ccCarl]],
    ['acknowledgement', []],
    ['csat', []],
  ] as const)(
    'of the kind “%s” loses who was removed, unless it answers one person’s act',
    (kind, gone) => {
      const words = { audit: [change('cc.removed', ccCarl)] }
      expect(skips({ ...reply, kind }, words).map(({ address }) => address)).toEqual(gone)
    },
  )

  const set = (address: string, because: string) => change('requester.set', address, because)
  const nowBob = [aParticipant('requester', ccBob)]
  it.each<[string, Words, string | null]>([
    [
      'another in their place',
      { audit: [set(requester, 'first-mail'), set(ccBob, 'agent-chose')], participants: nowBob },
      'requester-changed',
    ],
    [
      'another in their place after a thread had moved, and then a CC came',
      {
        audit: [
          set(requester, 'first-mail'),
          set(ccCarl, 'first-mail'),
          set(ccBob, 'agent-chose'),
          change('cc.added', ccCarl, 'first-mail'),
        ],
        participants: nowBob,
      },
      'requester-changed',
    ],
    [
      'another in their place, and them among the CCs',
      {
        audit: [set(requester, 'first-mail'), set(ccBob, 'agent-chose')],
        participants: [...nowBob, aParticipant('cc', requester)],
      },
      null,
    ],
    [
      'another, and them again',
      {
        audit: [requester, ccBob, requester].map((each) => set(each, 'agent-chose')),
        participants: people,
      },
      null,
    ],
    [
      'nobody: another mail made another requester of a thread that moved',
      { audit: [set(requester, 'first-mail'), set(ccBob, 'first-mail')], participants: nowBob },
      null,
    ],
    [
      'another in the place of somebody else',
      { audit: [set(ccCarl, 'first-mail'), set(ccBob, 'agent-chose')], participants: nowBob },
      null,
    ],
  ])('a requester, when an agent put %s', (_, words, because) => {
    expect(skips({ ...reply, cc: [] }, words)).toEqual(
      because === null ? [] : [{ address: requester, because }],
    )
  })

  it('goes to the CCs when nobody remains in To, and nowhere when nobody remains', () => {
    const gone = [change('cc.removed', requester), change('cc.removed', ccCarl)]
    const participants = [aParticipant('cc', ccBob)]
    expect(narrow(reply, context({ participants, audit: gone }))).toMatchObject({
      to: [who(ccBob)],
      cc: [],
    })
    const all = [...gone, change('cc.removed', ccBob)]
    expect(narrow(reply, context({ participants: [], audit: all }))).toMatchObject({
      to: [],
      cc: [],
    })
  })

  it.each<[string, Words, string | null]>([
    ['follows', { participants: [...people, aParticipant('follower', agentMax)] }, null],
    ['no longer follows', { audit: [change('follower.removed', agentMax)] }, 'unfollowed'],
    [
      'no longer follows, while others do and much else has happened',
      {
        participants: [...people, aParticipant('follower', lightLea)],
        audit: ['added', 'removed', 'added'].map((what, index) =>
          change(`follower.${what}`, index < 2 ? agentMax : lightLea),
        ),
      },
      'unfollowed',
    ],
    [
      'follows again, as others do',
      {
        participants: [...people, ...[lightLea, agentMax].map((a) => aParticipant('follower', a))],
        audit: [change('follower.removed', agentMax)],
      },
      null,
    ],
    ['never left, though another has', { audit: [change('follower.removed', lightLea)] }, null],
    ['was added and never removed', { audit: [change('follower.added', agentMax)] }, null],
    [
      'no longer follows under a second address',
      { audit: [change('follower.removed', 'max@private.example')] },
      'unfollowed',
    ],
    ['is assigned', { audit: [change('follower.removed', agentMax)], assignee: agentMax }, null],
    ['is mentioned', { audit: [change('follower.removed', agentMax)], mentions: [agentMax] }, null],
    ['has left the desk', { desk: aDesk({}, { people: [] }) }, 'not-internal-any-more'],
    [
      'may not see the ticket any more',
      { group: 'vip', desk: aDesk({ restrictedGroups: ['vip'] }) },
      'restricted',
    ],
  ])('a colleague who %s', (_, words, because) => {
    expect(skips(own(agentMax), words)).toEqual(
      because === null ? [] : [{ address: agentMax, because }],
    )
  })

  it.each(['private', 'acknowledgement', 'csat'] as const)('%s stays as it is', (kind) => {
    const audit = [requester, ccBob, ccCarl].map((each) => change('cc.removed', each))
    expect(narrow({ ...reply, kind }, context({ participants: [], audit }))).toBeNull()
  })

  const chosen: WaitingMail = { kind: 'private', to: [who(agentMax), who(ccCarl)], cc: [] }
  const vip = { group: 'vip', desk: aDesk({ restrictedGroups: ['vip'] }) }
  const max = (couldSee: boolean) => [{ address: 'Max@desk.example', couldSee }]
  it.each<[string, Words, string | null]>([
    ['still is a colleague', { colleagues: max(true) }, null],
    [
      'has left the desk',
      { colleagues: max(true), desk: aDesk({}, { people: [] }) },
      'not-internal-any-more',
    ],
    [
      'could not see the ticket and has left the desk',
      { colleagues: max(false), desk: aDesk({}, { people: [] }) },
      'not-internal-any-more',
    ],
    ['was no colleague then', { desk: aDesk({}, { people: [] }) }, null],
    ['may not see the ticket any more', { colleagues: max(true), ...vip }, 'restricted'],
    ['could not see it then: an agent has chosen them', { colleagues: max(false), ...vip }, null],
    [
      'may see it because it is theirs',
      { colleagues: max(true), ...vip, assignee: agentMax },
      null,
    ],
  ])('a colleague chosen for a private reply who %s', (_, words, because) => {
    expect(skips(chosen, words)).toEqual(because === null ? [] : [{ address: agentMax, because }])
  })

  it('loses a chosen address that became one of the desk’s own', () => {
    const desk = aDesk({}, { mailboxes: [aMailbox(ccCarl)] })
    expect(skips(chosen, { desk })).toEqual([{ address: ccCarl, because: 'support-address' }])
  })

  it('knows the colleagues among the chosen people, and who of them could see the ticket', () => {
    const { projected, desk } = context({ ...vip })
    const list = [agentAda, 'MAX@private.example', requester, agentMax]
    expect(colleaguesAmong(desk, projected, list)).toEqual([
      { address: agentAda, couldSee: true },
      { address: 'max@private.example', couldSee: false },
      { address: agentMax, couldSee: false },
    ])
  })

  it(
    'never gains anybody, says of everybody why, and keeps what was planned from the same ticket',
    patient,
    () => {
      const address = fc.constantFrom(requester, ccBob, ccCarl, agentMax, agentAda, lightLea)
      const role = fc.constantFrom<Participant['role']>('cc', 'cc', 'follower')
      const given = fc.record({
        list: fc.uniqueArray(fc.tuple(role, address, fc.boolean()), {
          maxLength: 5,
          selector: ([each, text]) => `${each} ${text}`,
        }),
        later: fc.array(fc.tuple(fc.constantFrom('cc.added', 'cc.removed', 'cc.keptOff'), address)),
        assignee: fc.option(address),
      })
      fc.assert(
        fc.property(given, ({ list, later, assignee }) => {
          const participants = [
            aParticipant('requester', requester),
            ...list
              .filter(([each, text]) => each !== 'cc' || text !== requester)
              .map(([each, text, isMuted]) => aParticipant(each, text, { isMuted })),
          ]
          const audit = later.map(([what, text]) => change(what, text))
          const plan = planDelivery(aPlanInput({ participants, assignee, actor: null }))
          for (const mail of plan.mails) {
            expect(narrow(mail, context({ participants, assignee, audit }))).toBeNull()
            const left = narrow(mail, context({ participants: [], audit }))
            if (left === null) continue
            const before = [...mail.to, ...mail.cc].map((each) => each.address)
            const after = [...left.to, ...left.cc, ...left.skipped].map((each) => each.address)
            expect(after.toSorted()).toEqual(before.toSorted())
            expect(left.skipped.every(({ because }) => explainedCodes.includes(because))).toBe(true)
          }
        }),
        runs,
      )
    },
  )
})
