import { planDelivery, customerView } from '#shared/rules/delivery'
import type { Plan } from '#shared/model/projection'
import { describe, expect, it } from 'vitest'
import {
  agentAda,
  agentMax,
  aDesk,
  ccBob,
  ccCarl,
  lightLea,
  outsider,
  requester,
  support,
} from '../builders'
import { page, tableOf } from '../page'
import { aParticipant, aPlanInput, shown, type PlanWords } from '../plans'

/** What becomes of one person: `To of public`, `own mail`, `skipped: muted`, `nothing`. */
function fateOf(plan: Plan, address: string): string {
  const fates = plan.mails.flatMap(({ kind, to, cc }) => [
    ...to.map(
      (each) => [each.address, kind === 'follower' ? 'own mail' : `To of ${kind}`] as const,
    ),
    ...cc.map((each) => [each.address, `Cc of ${kind}`] as const),
  ])
  const skipped = plan.skipped.map((each) => [each.address, `skipped: ${each.because}`] as const)
  const found = [...fates, ...skipped].filter(([each]) => each === address).map(([, fate]) => fate)
  return found.length === 0 ? 'nothing' : found.join(', ')
}

const columns = ['requester', 'CCs', 'followers', 'assignee', 'private audience'] as const
type Column = (typeof columns)[number]
const personOf: Record<Column, string> = {
  requester,
  CCs: ccBob,
  followers: lightLea,
  assignee: agentAda,
  'private audience': outsider,
}

/** Everybody there is, so that each cell asks about one person and the others are in the way. */
const full: PlanWords = { followers: [lightLea], assignee: agentAda, chosen: [outsider] }

interface Cell {
  /** The cell as the page has it. */
  says: string
  /** What it means: a situation, and what becomes of the person of its column. */
  means: readonly (readonly [when: string, words: PlanWords, fate: string])[]
}

const on = (policy: Parameters<typeof aDesk>[0]) => ({ desk: aDesk(policy) })
const asPublic: PlanWords = { kind: 'public' }
const note: PlanWords = { kind: 'note' }
const privately: PlanWords = { kind: 'private' }
const status: PlanWords = { kind: 'status' }
const survey: PlanWords = { kind: 'csat', ...on({ csat: true }) }
const ack: PlanWords = { kind: 'acknowledgement', actor: requester, ...on({ acknowledge: true }) }
const mailIn: PlanWords = { kind: 'customer-mail', actor: requester, alreadyOn: [support] }
const relaying = on({ relayToCcs: true })

const page5: Record<string, Record<Column, Cell>> = {
  'public reply': {
    requester: { says: 'To', means: [['always', asPublic, 'To of public']] },
    CCs: {
      says: 'Cc, minus the author',
      means: [
        ['a customer', asPublic, 'Cc of public'],
        ['the author', { actor: ccBob }, 'skipped: actor'],
      ],
    },
    followers: { says: 'own mail', means: [['always', asPublic, 'own mail']] },
    assignee: {
      says: 'own mail if not author',
      means: [
        ['not author', asPublic, 'own mail'],
        ['author', { actor: agentAda }, 'skipped: actor'],
      ],
    },
    'private audience': { says: '–', means: [['there is none', asPublic, 'nothing']] },
  },
  'internal note': {
    requester: { says: 'no', means: [['never', note, 'skipped: internal-note']] },
    CCs: { says: 'no', means: [['never', note, 'skipped: internal-note']] },
    followers: { says: 'own mail', means: [['always', note, 'own mail']] },
    assignee: { says: 'own mail', means: [['always', note, 'own mail']] },
    'private audience': { says: '–', means: [['there is none', note, 'nothing']] },
  },
  'private reply to chosen people': {
    requester: {
      says: 'only if chosen',
      means: [
        ['not chosen', privately, 'skipped: not-chosen'],
        ['chosen', { ...privately, chosen: [requester, outsider] }, 'To of private'],
      ],
    },
    CCs: {
      says: 'only if chosen',
      means: [
        ['not chosen', privately, 'skipped: not-chosen'],
        ['chosen', { ...privately, chosen: [ccBob, outsider] }, 'To of private'],
      ],
    },
    followers: { says: 'own mail', means: [['always', privately, 'own mail']] },
    assignee: { says: 'own mail', means: [['always', privately, 'own mail']] },
    'private audience': { says: 'To', means: [['always', privately, 'To of private']] },
  },
  'bulk reply': {
    requester: {
      says: 'as public, per ticket',
      means: [
        ['one ticket', asPublic, 'To of public'],
        ['another ticket', { requester: outsider }, 'nothing'],
      ],
    },
    CCs: {
      says: 'as public, per ticket',
      means: [
        ['one ticket', asPublic, 'Cc of public'],
        ['another ticket', { ccs: [ccCarl] }, 'nothing'],
      ],
    },
    followers: { says: 'as public', means: [['always', asPublic, 'own mail']] },
    assignee: { says: 'as public', means: [['always', asPublic, 'own mail']] },
    'private audience': { says: '–', means: [['there is none', asPublic, 'nothing']] },
  },
  'scheduled reply': {
    requester: {
      says: 'as public, people as of delivery',
      means: [
        ['still requester', asPublic, 'To of public'],
        ['changed since', { requester: 'new@customer.example' }, 'nothing'],
      ],
    },
    CCs: {
      says: 'as of delivery',
      means: [
        ['still there', asPublic, 'Cc of public'],
        ['removed since', { ccs: [ccCarl] }, 'nothing'],
      ],
    },
    followers: {
      says: 'as of delivery',
      means: [
        ['still there', asPublic, 'own mail'],
        ['unfollowed since', { followers: [] }, 'nothing'],
      ],
    },
    assignee: {
      says: 'as of delivery',
      means: [
        ['still assigned', asPublic, 'own mail'],
        ['unassigned since', { assignee: null }, 'nothing'],
      ],
    },
    'private audience': { says: '–', means: [['there is none', asPublic, 'nothing']] },
  },
  'status change': {
    requester: {
      says: 'policy',
      means: [
        ['off', status, 'skipped: policy-off'],
        ['on', { ...status, ...on({ statusMailToRequester: true }) }, 'To of status'],
      ],
    },
    CCs: {
      says: 'policy statusMailToCcs (off)',
      means: [
        ['off', status, 'skipped: policy-off'],
        ['on alone', { ...status, ...on({ statusMailToCcs: true }) }, 'To of status'],
        [
          'on for both',
          { ...status, ...on({ statusMailToCcs: true, statusMailToRequester: true }) },
          'Cc of status',
        ],
      ],
    },
    followers: { says: 'own mail', means: [['always', status, 'own mail']] },
    assignee: { says: 'own mail', means: [['always', status, 'own mail']] },
    'private audience': { says: '–', means: [['there is none', status, 'nothing']] },
  },
  'CSAT survey': {
    requester: {
      says: 'To',
      means: [
        ['policy on', survey, 'To of csat'],
        ['policy off', { kind: 'csat' }, 'skipped: policy-off'],
      ],
    },
    CCs: { says: 'never', means: [['never', survey, 'skipped: requester-only']] },
    followers: { says: 'never', means: [['never', survey, 'skipped: requester-only']] },
    assignee: { says: 'never', means: [['never', survey, 'skipped: requester-only']] },
    'private audience': { says: '–', means: [['there is none', survey, 'nothing']] },
  },
  acknowledgement: {
    requester: {
      says: 'policy (off), verified only',
      means: [
        ['on and verified', ack, 'To of acknowledgement'],
        ['off', { ...ack, ...on({}) }, 'skipped: policy-off'],
        ['not verified', { ...ack, isVerified: false }, 'skipped: not-verified'],
        ['held', { ...ack, isPublic: false }, 'skipped: not-public'],
        ['another by now', { ...ack, actor: ccBob }, 'skipped: not-the-author'],
        ['nobody’s mail', { ...ack, actor: null }, 'skipped: not-the-author'],
      ],
    },
    CCs: { says: 'never', means: [['never', ack, 'skipped: requester-only']] },
    followers: { says: 'never', means: [['never', ack, 'skipped: requester-only']] },
    assignee: { says: '–', means: [['never', ack, 'skipped: requester-only']] },
    'private audience': { says: '–', means: [['there is none', ack, 'nothing']] },
  },
  "customer's mail came in": {
    requester: {
      says: '–',
      means: [
        ['wrote it', mailIn, 'skipped: actor'],
        ['was left out', { ...mailIn, actor: ccCarl }, 'skipped: not-relayed'],
      ],
    },
    CCs: {
      says: 'those not already on that mail: policy relayToCcs (off)',
      means: [
        ['off', mailIn, 'skipped: policy-off'],
        ['on', { ...mailIn, ...relaying }, 'To of relay'],
        [
          'on that mail',
          { ...mailIn, ...relaying, alreadyOn: [ccBob] },
          'skipped: already-on-that-mail',
        ],
        ['wrote it', { ...mailIn, ...relaying, actor: ccBob }, 'skipped: actor'],
        ['private', { ...mailIn, ...relaying, isPublic: false }, 'skipped: not-public'],
      ],
    },
    followers: {
      says: 'own mail',
      means: [
        ['public', mailIn, 'own mail'],
        ['held', { ...mailIn, isPublic: false }, 'own mail'],
      ],
    },
    assignee: { says: 'own mail', means: [['always', mailIn, 'own mail']] },
    'private audience': { says: '–', means: [['there is none', mailIn, 'nothing']] },
  },
}

const cells = Object.entries(page5).flatMap(([row, byColumn]) =>
  columns.map((column) => ({ row, column, ...byColumn[column] })),
)
const cases = cells.flatMap(({ row, column, says, means }) =>
  means.map(([when, words, fate]) => ({ row, column, says, when, words, fate })),
)

describe('the table of participants.md §5', () => {
  it.each(cases)('$row × $column ($says), $when: $fate', ({ column, words, fate }) => {
    expect(fateOf(planDelivery(aPlanInput({ ...full, ...words })), personOf[column])).toBe(fate)
  })

  it.skipIf(page === null)('has one case for each cell of the page, saying the same', () => {
    const [head = [], ...rows] = tableOf(5)
    expect(head.slice(1)).toEqual(columns)
    const onPage = rows.flatMap(([row = '', ...says]) =>
      says.map((text, index) => ({ row, column: columns[index], says: text })),
    )
    expect(onPage).toEqual(cells.map(({ row, column, says }) => ({ row, column, says })))
    expect(cells).toHaveLength(45)
  })
})

describe('the one mail to customers', () => {
  it('has the requester in To and the CCs in Cc, in the order of the list', () => {
    expect(shown(planDelivery(aPlanInput({ ccs: [ccCarl, ccBob] }))).mails).toEqual([
      `public To: ${requester} Cc: ${ccCarl} ${ccBob}`,
    ])
  })

  const without: [string, PlanWords, string][] = [
    ['missing', { requester: null }, 'requester-missing'],
    ['undeliverable', { undeliverable: [requester] }, 'requester-undeliverable'],
    ['the author', { requester: agentMax }, 'requester-is-author'],
    ['a support address', { requester: support }, 'requester-unusable'],
    ['no valid address', { requester: 'ann@' }, 'requester-unusable'],
    [
      'muted',
      {
        participants: [
          aParticipant('requester', requester, { isMuted: true }),
          aParticipant('cc', ccBob),
          aParticipant('cc', ccCarl),
        ],
      },
      'requester-muted',
    ],
  ]
  it.each(without)(
    'serves the CCs in To, with a warning, when the requester is %s',
    (_, words, code) => {
      const plan = planDelivery(aPlanInput(words))
      expect(shown(plan).mails).toEqual([`public To: ${ccBob} ${ccCarl}`])
      expect(plan.warnings).toEqual([code])
    },
  )

  it('warns when nobody is left to write to', () => {
    const plan = planDelivery(aPlanInput({ requester: null, ccs: [] }))
    expect(plan).toMatchObject({ mails: [], warnings: ['requester-missing', 'no-recipient'] })
    const unchosen = planDelivery(aPlanInput({ kind: 'private', chosen: [support] }))
    expect(unchosen.warnings).toEqual(['no-recipient'])
  })

  it('warns only where the requester should have got the mail', () => {
    const warnings = (words: PlanWords) =>
      planDelivery(aPlanInput({ requester: null, ...words })).warnings
    expect(warnings({ ...status, ...on({ statusMailToRequester: true }) })).toEqual([
      'requester-missing',
    ])
    expect([status, note, privately, survey, ack, mailIn].flatMap(warnings)).toEqual([
      'no-recipient',
    ])
    expect(warnings({ ...status, requester, undeliverable: [requester] })).toEqual([])
  })

  it('leaves out who was muted, blocked, unreachable, ours or invalid, and says why', () => {
    const plan = planDelivery(
      aPlanInput({
        desk: aDesk({ ccBlocklist: ['spam.example'] }),
        undeliverable: ['GONE@customer.example'],
        participants: [
          aParticipant('cc', 'quiet@customer.example', { isMuted: true }),
          aParticipant('cc', 'x@deep.spam.example'),
          aParticipant('cc', 'gone@customer.example'),
          aParticipant('cc', 'help+t1@desk.example'),
          aParticipant('cc', 'a..b@customer.example'),
          aParticipant('cc', ccBob),
        ],
      }),
    )
    expect(shown(plan)).toEqual({
      mails: [`public To: ${requester} Cc: ${ccBob}`],
      skipped: [
        'quiet@customer.example: muted',
        'x@deep.spam.example: blocklisted',
        'gone@customer.example: undeliverable',
        'help+t1@desk.example: support-address',
        'a..b@customer.example: invalid-address',
      ],
    })
  })

  it('goes to the requester alone while CCs are switched off', () => {
    expect(shown(planDelivery(aPlanInput({ desk: aDesk({ ccsEnabled: false }) })))).toEqual({
      mails: [`public To: ${requester}`],
      skipped: [`${ccBob}: ccs-off`, `${ccCarl}: ccs-off`],
    })
  })

  it('names nobody twice, under whatever address', () => {
    const words = { requester: agentAda, ccs: [agentAda, ccBob, ccBob, 'BOB@customer.example'] }
    expect(shown(planDelivery(aPlanInput(words)))).toEqual({
      mails: [`public To: ${agentAda} Cc: ${ccBob}`],
      skipped: [],
    })
    const alias = planDelivery(
      aPlanInput({ actor: null, requester: agentMax, ccs: ['max@private.example'] }),
    )
    expect(shown(alias)).toEqual({
      mails: [`public To: ${agentMax}`],
      skipped: ['max@private.example: already-on-customer-mail'],
    })
  })

  describe('an address that an agent linked to a participant', () => {
    const home = 'bob@home.example'
    const linked = (words: PlanWords) => {
      const input = aPlanInput(words)
      return shown(
        planDelivery({ ...input, projected: { ...input.projected, aliases: { [home]: ccBob } } }),
      )
    }

    it('gets no copy of its own mail under the other one', () => {
      expect(linked({ ...mailIn, ...relaying, actor: home })).toEqual({
        mails: [`relay To: ${ccCarl}`],
        skipped: [`${requester}: not-relayed`, `${ccBob}: actor`],
      })
    })

    it('has what was sent to it', () => {
      expect(linked({ ...mailIn, ...relaying, alreadyOn: ['Bob@HOME.example'] }).skipped).toContain(
        `${ccBob}: already-on-that-mail`,
      )
    })

    it('is one person with the other, also when both are chosen', () => {
      expect(linked({ ...privately, chosen: [home, ccBob] })).toEqual({
        mails: [`private To: ${home}`],
        skipped: [
          `${ccBob}: already-on-private-mail`,
          `${requester}: not-chosen`,
          `${ccCarl}: not-chosen`,
        ],
      })
    })

    it('is not said to have lost a mail that goes to the other', () => {
      const input = aPlanInput({ last: [requester, home, ccCarl] })
      const projected = { ...input.projected, aliases: { [home]: ccBob } }
      expect(planDelivery({ ...input, projected }).audienceChange.removed).toEqual([])
    })

    it('is nobody’s but what was linked: names that objects have by themselves are not', () => {
      const words = { requester: null, ccs: [], kind: 'private', chosen: ['constructor'] } as const
      expect(linked(words).skipped).toEqual(['constructor: invalid-address'])
    })
  })

  it('treats the requester as requester though the CC list has them too', () => {
    const words = { ...status, ...on({ statusMailToCcs: true }), ccs: [requester, ccBob] }
    expect(shown(planDelivery(aPlanInput(words)))).toEqual({
      mails: [`status To: ${ccBob}`],
      skipped: [`${requester}: policy-off`],
    })
    const alias = { ...words, actor: null, requester: agentMax, ccs: ['max@private.example'] }
    expect(shown(planDelivery(aPlanInput(alias))).skipped).toEqual([
      `${agentMax}: policy-off`,
      'max@private.example: policy-off',
    ])
  })

  it('knows one requester, however many rows the data has', () => {
    const participants = [requester, outsider, requester].map((each) =>
      aParticipant('requester', each),
    )
    expect(shown(planDelivery(aPlanInput({ participants })))).toEqual({
      mails: [`public To: ${requester}`],
      skipped: [`${outsider}: not-the-requester`],
    })
  })

  it('gives the first reason of several', () => {
    const muted = aParticipant('cc', ccBob, { isMuted: true })
    const words = { participants: [muted, aParticipant('follower', ccBob)] }
    expect(shown(planDelivery(aPlanInput(words))).skipped).toEqual([`${ccBob}: muted`])
  })

  it('does not relay an agent’s mail to people who were on it', () => {
    const plan = planDelivery(aPlanInput({ alreadyOn: [requester, support] }))
    expect(shown(plan).mails).toEqual([`public To: ${ccBob} ${ccCarl}`])
    expect(plan.warnings).toEqual([])
  })

  it('lets only the kinds meant for customers through to their builder', () => {
    const kindOf = (words: PlanWords) =>
      customerView(planDelivery(aPlanInput({ ...full, ...words })))
    expect(kindOf(asPublic)).toMatchObject({ kind: 'public', cc: [{ address: ccBob }, {}] })
    expect([kindOf(note), kindOf(privately), kindOf(survey)]).toEqual([null, null, null])
    expect(kindOf(ack)?.kind).toBe('acknowledgement')
    expect(kindOf({ ...mailIn, ...relaying })?.kind).toBe('relay')
    expect(kindOf({ ...status, ...on({ statusMailToCcs: true }) })?.kind).toBe('status')
  })
})

describe('private replies', () => {
  it('go to all the chosen people in one honest To, muted or not', () => {
    const participants = [
      aParticipant('requester', requester),
      aParticipant('cc', ccBob, { isMuted: true }),
      aParticipant('follower', agentAda),
    ]
    const chosen = [outsider, ccBob, agentAda, outsider, support, agentMax, 'bad']
    expect(shown(planDelivery(aPlanInput({ kind: 'private', chosen, participants })))).toEqual({
      mails: [`private To: ${outsider} ${ccBob} ${agentAda}`],
      skipped: [
        `${support}: support-address`,
        `${agentMax}: actor`,
        'bad: invalid-address',
        `${requester}: not-chosen`,
        `${agentAda}: already-on-private-mail`,
      ],
    })
  })

  it('use the name customers know, never a follower’s own spelling', () => {
    const follower = aParticipant('follower', agentAda, { name: 'Ada (secret team)' })
    const participants = [aParticipant('cc', ccBob, { name: 'Bob B.' }), follower]
    const plan = planDelivery(
      aPlanInput({ kind: 'private', chosen: [agentAda, ccBob, outsider], participants }),
    )
    expect(plan.mails[0]?.to.map((each) => each.name)).toEqual(['ada', 'Bob B.', ''])
  })
})

describe('followers, assignee and mentions', () => {
  const follow = (level: 'all' | 'public' | 'mentions') => ({
    participants: [aParticipant('follower', lightLea, { level })],
  })
  const levels: ['all' | 'public' | 'mentions', PlanWords, string][] = [
    ['all', asPublic, 'own mail'],
    ['all', note, 'own mail'],
    ['public', asPublic, 'own mail'],
    ['public', status, 'own mail'],
    ['public', mailIn, 'own mail'],
    ['public', { ...mailIn, isPublic: false }, 'skipped: level-public'],
    ['public', note, 'skipped: level-public'],
    ['public', privately, 'skipped: level-public'],
    ['public', { ...note, mentions: [lightLea] }, 'own mail'],
    ['mentions', asPublic, 'skipped: level-mentions'],
    ['mentions', status, 'skipped: level-mentions'],
    ['mentions', { ...note, mentions: [lightLea] }, 'own mail'],
    ['mentions', { ...status, mentions: [lightLea] }, 'skipped: level-mentions'],
  ]
  it.each(levels)('level %s, %j: %s', (level, words, fate) => {
    expect(fateOf(planDelivery(aPlanInput({ ...words, ...follow(level) })), lightLea)).toBe(fate)
  })

  it('get a mail each, sorted by address', () => {
    const words = { followers: [lightLea, agentAda], ccs: [] }
    expect(shown(planDelivery(aPlanInput(words))).mails).toEqual([
      `public To: ${requester}`,
      `follower To: ${agentAda}`,
      `follower To: ${lightLea}`,
    ])
  })

  it('get it in order of address, whoever is the assignee', () => {
    const words = { followers: [agentAda], assignee: lightLea, ccs: [], requester: null }
    expect(shown(planDelivery(aPlanInput(words))).mails).toEqual([
      `follower To: ${agentAda}`,
      `follower To: ${lightLea}`,
    ])
  })

  it('hear everything unless they said how much, and nothing when muted', () => {
    const participants = [
      aParticipant('follower', agentAda, { level: null }),
      aParticipant('follower', lightLea, { isMuted: true }),
    ]
    expect(shown(planDelivery(aPlanInput({ ...note, requester: null, participants })))).toEqual({
      mails: [`follower To: ${agentAda}`],
      skipped: [`${lightLea}: muted`],
    })
  })

  it.each([asPublic, note, privately])('are mentioned under any address: %j', (words) => {
    const participants = [aParticipant('follower', agentMax, { level: 'mentions' })]
    const plan = planDelivery(
      aPlanInput({ ...words, actor: agentAda, participants, mentions: ['max@private.example'] }),
    )
    expect(fateOf(plan, agentMax)).toBe('own mail')
  })

  it('get one mail as assignee and follower, without a remark', () => {
    const words = { followers: [agentAda], assignee: agentAda, ccs: [] }
    expect(shown(planDelivery(aPlanInput(words))).skipped).toEqual([])
  })

  it('get nothing beside the customer mail they are on', () => {
    const plan = planDelivery(aPlanInput({ ccs: [agentAda], followers: [agentAda] }))
    expect(shown(plan)).toEqual({
      mails: [`public To: ${requester} Cc: ${agentAda}`],
      skipped: [`${agentAda}: already-on-customer-mail`],
    })
  })

  it('get their own mail although they are muted as CC', () => {
    const participants = [
      aParticipant('cc', agentAda, { isMuted: true }),
      aParticipant('follower', agentAda),
    ]
    expect(shown(planDelivery(aPlanInput({ participants })))).toEqual({
      mails: [`public To: ${requester}`, `follower To: ${agentAda}`],
      skipped: [],
    })
  })

  it('get one mail when they hold several roles and addresses', () => {
    const followers = ['max@private.example', agentMax]
    const words = { actor: agentAda, assignee: agentMax, followers, mentions: [agentMax], ccs: [] }
    expect(shown(planDelivery(aPlanInput(words)))).toEqual({
      mails: [`public To: ${requester}`, `follower To: ${agentMax}`],
      skipped: ['max@private.example: already-mailed'],
    })
  })

  it('hear nothing of their own comment, under any of their addresses', () => {
    const words = { followers: ['max@private.example'], assignee: agentMax, ccs: [] }
    expect(shown(planDelivery(aPlanInput(words))).skipped).toEqual([
      `${agentMax}: actor`,
      'max@private.example: actor',
    ])
  })

  it('get nothing once they are out of the directory, muted, blocked or unreachable', () => {
    const plan = planDelivery(
      aPlanInput({
        ccs: [],
        desk: aDesk({ ccBlocklist: [lightLea] }),
        undeliverable: [agentAda],
        assignee: 'left@desk.example',
        participants: [
          aParticipant('follower', 'former@desk.example'),
          aParticipant('follower', lightLea),
          aParticipant('follower', agentAda),
        ],
      }),
    )
    expect(shown(plan)).toEqual({
      mails: [`public To: ${requester}`],
      skipped: [
        'left@desk.example: not-internal-any-more',
        `${agentAda}: undeliverable`,
        'former@desk.example: not-internal-any-more',
        `${lightLea}: blocklisted`,
      ],
    })
  })

  it('leaves only the assignee when followers are switched off', () => {
    const words = { followers: [lightLea], assignee: agentAda, ccs: [] }
    expect(
      shown(planDelivery(aPlanInput({ ...words, ...on({ followersEnabled: false }) }))),
    ).toEqual({
      mails: [`public To: ${requester}`, `follower To: ${agentAda}`],
      skipped: [`${lightLea}: followers-off`],
    })
  })

  it('mails a mentioned colleague who does not follow yet, and no customer who is mentioned', () => {
    const words = { kind: 'note' as const, mentions: [lightLea, outsider], ccs: [] }
    expect(shown(planDelivery(aPlanInput(words)))).toEqual({
      mails: [`follower To: ${lightLea}`],
      skipped: [`${requester}: internal-note`, `${outsider}: not-internal`],
    })
    const publicly = planDelivery(aPlanInput({ mentions: [requester] }))
    expect(shown(publicly).skipped).toEqual([])
  })

  it('does not tell followers what they were sent directly', () => {
    const words = { ...mailIn, followers: [lightLea], alreadyOn: [lightLea] }
    expect(fateOf(planDelivery(aPlanInput(words)), lightLea)).toBe('skipped: already-on-that-mail')
  })
})

describe('the audience compared with the last public mail', () => {
  const change = (words: PlanWords) => planDelivery(aPlanInput(words)).audienceChange
  const byAgent = {
    kind: 'agent',
    by: agentMax,
    at: 0,
    messageId: null,
    header: null,
    because: '',
  } as const

  it('is silent when the same people get it, the requester having opened the ticket by mail', () => {
    const none = { added: [], removed: [], newDomains: [] }
    expect(change({ last: [ccBob, ccCarl] })).toEqual(none)
    expect(change({ last: [requester, ccBob, ccCarl, agentMax, support] })).toEqual(none)
    expect(change({ kind: 'note', last: [ccBob] })).toEqual(none)
    const relay = { ...mailIn, ...relaying, last: [requester] }
    expect(change(relay)).toEqual(none)
  })

  it('names who is new, who is gone and whose domain is new', () => {
    const words = {
      last: [requester, ccBob, 'old@partner.example'],
      ccs: [ccBob, ccCarl, outsider],
    }
    expect(change(words)).toEqual({
      added: [ccCarl, outsider],
      removed: ['old@partner.example'],
      newDomains: ['elsewhere.example'],
    })
  })

  it('sorts new domains, and knows colleagues wherever they have their mail', () => {
    const ccs = ['z@z.example', 'y@a.example', 'x@a.example', 'max@private.example']
    expect(change({ actor: agentAda, last: [], ccs }).newDomains).toEqual([
      'a.example',
      'z.example',
    ])
  })

  it('never calls the desk’s own domains new', () => {
    expect(change({ last: [], ccs: [agentAda, 'other@desk.example'] }).newDomains).toEqual([])
  })

  it('has nothing to compare before the first public mail, but every outside domain is new', () => {
    const participants = [aParticipant('requester', requester, { origin: byAgent })]
    expect(change({ participants })).toEqual({
      added: [],
      removed: [],
      newDomains: ['customer.example'],
    })
  })

  it('names a requester whom an agent put there', () => {
    const participants = [aParticipant('requester', requester, { origin: byAgent })]
    expect(change({ participants, last: [ccBob] })).toEqual({
      added: [requester],
      removed: [ccBob],
      newDomains: [],
    })
  })

  it('warns of a new domain in a private reply, and calls nobody removed there', () => {
    expect(change({ kind: 'private', chosen: [outsider], last: [ccBob] })).toEqual({
      added: [outsider],
      removed: [],
      newDomains: ['elsewhere.example'],
    })
  })
})
