import type { Participant } from '#shared/model/participant'
import type { Plan, PlanInput } from '#shared/model/projection'
import { canonicalAddress, isSupportAddress, isValidAddress } from '#shared/rules/address'
import { customerView, planDelivery } from '#shared/rules/delivery'
import { isInternal } from '#shared/rules/desk'
import { explainedCodes } from '#shared/rules/explain'
import { humanKey } from '#shared/rules/linked'
import fc from 'fast-check'
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
import { aParticipant, aPlanInput, shown } from '../plans'
import { patient, processorTime, runs } from '../runs'

const address = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom(
      requester,
      ccBob,
      ccCarl,
      outsider,
      agentAda,
      agentMax,
      lightLea,
      'MAX@private.example',
      ' Ann@Customer.example',
      'former@desk.example',
      'jörg@bücher.example',
      'x@spam.example',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(support, 'Help@desk.example', 'support+t.K7M2QX@desk.example'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
)
const addresses = (maxLength: number) => fc.array(address, { maxLength })
const follower = fc.record({
  address,
  isMuted: fc.boolean(),
  level: fc.constantFrom('all', 'public', 'mentions', null),
})
const followers = fc
  .array(follower, { maxLength: 5 })
  .map((list) => list.map((each) => aParticipant('follower', each.address, each)))
const cc = fc
  .record({ address, isMuted: fc.boolean() })
  .map((each) => aParticipant('cc', each.address, each))
const requesters = fc
  .array(fc.record({ address, isMuted: fc.boolean() }), { maxLength: 2 })
  .map((list) => list.map((each) => aParticipant('requester', each.address, each)))
/** A requester who may be muted and is on the CC list as well: damaged data, or one human under two addresses. */
const secondPlace = fc.option(fc.record({ isMuted: fc.boolean(), other: fc.option(address) }))
const placesOf = (
  first: string,
  { isMuted, other }: { isMuted: boolean; other: string | null },
) => [aParticipant('requester', first, { isMuted }), aParticipant('cc', other ?? first)]
const desk = fc
  .record({
    ccsEnabled: fc.boolean(),
    followersEnabled: fc.boolean(),
    statusMailToRequester: fc.boolean(),
    statusMailToCcs: fc.boolean(),
    acknowledge: fc.boolean(),
    relayToCcs: fc.boolean(),
    csat: fc.boolean(),
    ccBlocklist: fc.constantFrom<string[][]>([], ['spam.example', lightLea]),
  })
  .map((policy) => aDesk(policy))

const kinds = [
  'public',
  'note',
  'private',
  'status',
  'acknowledgement',
  'customer-mail',
  'csat',
] as const
const kind = fc.constantFrom(...kinds)

const input: fc.Arbitrary<PlanInput> = fc
  .record({
    kind,
    desk,
    first: fc.option(address),
    people: fc
      .tuple(requesters, fc.array(cc, { maxLength: 5 }), followers)
      .map((lists) => lists.flat()),
    assignee: fc.option(address),
    actor: fc.option(address),
    chosen: addresses(4),
    mentions: addresses(2),
    alreadyOn: addresses(3),
    undeliverable: addresses(2),
    last: fc.option(addresses(4)),
    isPublic: fc.boolean(),
    isVerified: fc.boolean(),
    second: secondPlace,
    aliases: fc.constantFrom({}, { [outsider]: requester }, { [outsider]: agentMax }),
  })
  .map(({ first, people, second, aliases, ...words }) => {
    const again = second === null || first === null ? [] : placesOf(first, second)
    const given = aPlanInput({ ...words, requester: first, participants: [...people, ...again] })
    return { ...given, projected: { ...given.projected, aliases } }
  })

const recipients = (plan: Plan) =>
  plan.mails.flatMap((mail) => [...mail.to, ...mail.cc]).map((each) => each.address)

const withFollowers = (given: PlanInput, list: readonly Participant[]): PlanInput => ({
  ...given,
  projected: {
    ...given.projected,
    participants: [
      ...given.projected.participants.filter((each) => each.role !== 'follower'),
      ...list,
    ],
  },
})

const expected = { 'customer-mail': 'relay', note: 'none' } as Record<string, string>
type Check = (given: PlanInput, plan: Plan) => boolean

/** What holds for every plan. Checked together, so that a plan is made once for all of them. */
const promises: Record<string, Check> = {
  'goes to valid canonical addresses, never to one of the desk itself': (given, plan) =>
    recipients(plan).every(
      (each) =>
        isValidAddress(each) &&
        canonicalAddress(each) === each &&
        !isSupportAddress(given.desk, each),
    ),
  'reaches no person twice, over To, Cc and all mails': (given, plan) => {
    const keys = recipients(plan).map((each) => humanKey(given, each))
    return new Set(keys).size === keys.length
  },
  'never has the requester in Cc, nor a mail without anybody in To': (given, plan) => {
    const { participants, ticket } = given.projected
    const first = ticket.requester ?? participants.find((each) => each.role === 'requester')
    const own = first && canonicalAddress(first.address)
    return plan.mails.every(
      (mail) => mail.to.length > 0 && mail.cc.every((each) => each.address !== own),
    )
  },
  'sends the requester as much with a CC list as without one': (given, plan) => {
    const { participants, ticket } = given.projected
    const first = ticket.requester ?? participants.find((each) => each.role === 'requester')
    if (first === undefined) return true
    const own = humanKey(given, first.address)
    const shared = ({ mails }: Plan) =>
      mails
        .filter((mail) => mail.kind !== 'follower')
        .flatMap((mail) => [...mail.to, ...mail.cc])
        .filter((each) => humanKey(given, each.address) === own).length
    const others = participants.filter((each) => each.role !== 'cc')
    const alone = { ...given, projected: { ...given.projected, participants: others } }
    return shared(plan) === shared(planDelivery(alone))
  },
  'never reaches who caused it, but for the answer to their own mail': (given, plan) => {
    if (given.actor === null || given.kind === 'acknowledgement') return true
    const actor = humanKey(given, given.actor)
    return recipients(plan).every((each) => humanKey(given, each) !== actor)
  },
  'tells of everybody exactly once: mailed, or skipped with one reason': (given, plan) => {
    const mailed = new Set(recipients(plan))
    const skipped = new Map(plan.skipped.map((each) => [each.address, each.because]))
    const { participants, ticket } = given.projected
    const everybody = [
      ...participants.map((each) => each.address),
      ...(ticket.requester ? [ticket.requester.address] : []),
      ...(ticket.assignee === null ? [] : [ticket.assignee]),
    ].map(canonicalAddress)
    const isTold = everybody.every((each) => {
      const reason = skipped.get(each)
      // The second role of somebody on the one mail is told, too.
      const isSecond = reason?.startsWith('already-on-') === true
      return mailed.has(each) ? reason === undefined || isSecond : reason !== undefined
    })
    const isKnown = plan.skipped.every((each) => explainedCodes.includes(each.because))
    return isTold && isKnown && skipped.size === plan.skipped.length
  },
  'keeps notes inside, and colleagues’ own mails for one colleague each': (given, plan) =>
    plan.mails.every(({ kind: mail, to, cc: copied }) => {
      if (mail !== 'follower') return given.kind !== 'note'
      return to.length === 1 && copied.length === 0 && isInternal(given.desk, to[0]?.address ?? '')
    }),
  'keeps to the chosen, and surveys and acknowledgements to the requester': (given, plan) => {
    const chosen = new Set(given.chosen.map(canonicalAddress))
    return plan.mails.every(({ kind: mail, to, cc: copied }) => {
      if (mail === 'private')
        return copied.length === 0 && to.every((each) => chosen.has(each.address))
      if (mail !== 'csat' && mail !== 'acknowledgement') return true
      return to.length === 1 && copied.length === 0 && plan.mails.length === 1
    })
  },
  'has one mail beside the colleagues’ own, of the kind that was asked for': (given, plan) => {
    const shared = plan.mails.filter((mail) => mail.kind !== 'follower')
    const isAsked = shared.every((mail) => mail.kind === (expected[given.kind] ?? given.kind))
    return shared.length <= 1 && isAsked && plan.mails.indexOf(shared[0] ?? plan.mails[0]!) <= 0
  },
  'names only recipients as added and only others as removed': (given, plan) => {
    const mailed = new Set(recipients(plan))
    const { added, removed, newDomains } = plan.audienceChange
    return (
      added.every((each) => mailed.has(each)) &&
      removed.every((each) => !isSupportAddress(given.desk, each)) &&
      newDomains.every((each) => each !== 'desk.example' && each !== '')
    )
  },
}

describe('whatever is planned', () => {
  it(`keeps every promise: it ${Object.keys(promises).join('; it ')}`, patient, () => {
    fc.assert(
      fc.property(input, (given) => {
        const plan = planDelivery(given)
        const broken = Object.keys(promises).filter(
          (name) => promises[name]?.(given, plan) !== true,
        )
        if (broken.length > 0) expect.fail(broken.join('; '))
      }),
      runs,
    )
  })
})

describe('the customer’s mail', () => {
  it('is the same for any two sets of followers, mentions and assignees', patient, () => {
    const other = fc.tuple(input, followers, addresses(2), fc.option(address))
    fc.assert(
      fc.property(other, ([given, list, mentions, assignee]) => {
        const plain = withFollowers(given, [])
        const ticket = { ...given.projected.ticket, assignee }
        const changed = withFollowers({ ...given, mentions }, list)
        const one = planDelivery(plain)
        const two = planDelivery({ ...changed, projected: { ...changed.projected, ticket } })
        const shared = ({ mails, warnings, audienceChange }: Plan) =>
          JSON.stringify([
            mails.filter((mail) => mail.kind !== 'follower'),
            warnings,
            audienceChange,
          ])
        return (
          shared(one) === shared(two) &&
          JSON.stringify(customerView(one)) === JSON.stringify(customerView(two))
        )
      }),
      runs,
    )
  })

  it(
    'does not depend on the order in which followers are listed, nor do their mails',
    patient,
    () => {
      const shuffled = fc
        .tuple(input, followers)
        .chain(([given, list]) =>
          fc.tuple(
            fc.constant(given),
            fc.constant(list),
            fc.shuffledSubarray(list, { minLength: list.length }),
          ),
        )
      const addressesOf = (plan: Plan) => JSON.stringify(shown(plan).mails)
      fc.assert(
        fc.property(shuffled, ([given, list, mixed]) => {
          const unique = (people: typeof list) =>
            people.filter((each) => people.filter((p) => p.address === each.address).length === 1)
          const one = planDelivery(withFollowers(given, unique(list)))
          return addressesOf(one) === addressesOf(planDelivery(withFollowers(given, unique(mixed))))
        }),
        runs,
      )
    },
  )
})

describe('planDelivery', () => {
  it('is total on people who are pure garbage, a thousand of them', () => {
    const people = Array.from({ length: 1_000 }, (_, i) =>
      aParticipant(
        (['requester', 'cc', 'follower'] as const)[i % 3] ?? 'cc',
        '\ud800@'.repeat(i % 5),
      ),
    )
    const plans = kinds.map((each) =>
      planDelivery(aPlanInput({ kind: each, participants: people })),
    )
    expect(plans.flatMap(recipients).filter((each) => each !== requester)).toEqual([])
  })

  it('plans for a thousand CCs and followers in no time', () => {
    const people = Array.from({ length: 2_000 }, (_, i) =>
      aParticipant(i % 2 === 0 ? 'cc' : 'follower', `p${i}@customer.example`),
    )
    const from = processorTime()
    const plan = planDelivery(aPlanInput({ participants: people }))
    expect(recipients(plan)).toHaveLength(1_001)
    expect(processorTime() - from).toBeLessThan(2_000)
  })
})
