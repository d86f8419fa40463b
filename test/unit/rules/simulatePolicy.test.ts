// What another policy would have made of the same facts: whom it adds, whom it leaves out, who may see what.
import type { TicketEvent } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import { differencesOf } from '#shared/rules/simulatePolicy'
import { describe, expect, it } from 'vitest'
import {
  aDesk,
  agentAda,
  agentMax,
  aMail,
  anEvent,
  ccBob,
  ccCarl,
  facts,
  idOf,
  lightLea,
  minute,
} from '../builders'

const opening = aMail({ cc: [ccBob, ccCarl, agentMax] })
const byBob = aMail({ id: 'm2', at: 5, from: ccBob, answers: idOf('m1') })
const byLea = aMail({ id: 'm3', at: 6, from: lightLea, answers: idOf('m1') })
const follows = anEvent(
  { kind: 'follower.added', address: lightLea, level: 'all', because: '' },
  { at: 1, by: agentAda },
)
const conversation = [opening, follows, byBob, byLea]

/** What the first policy did, and the second would have done instead. */
function told(
  current: Partial<Policy>,
  proposed: Partial<Policy>,
  list: readonly (MailFact | TicketEvent)[] = conversation,
): string[] {
  const policies = [aDesk(current).policy, aDesk(proposed).policy] as const
  return differencesOf(facts(list), ...policies).map(({ what, who }) => `${what} ${who}`)
}

describe('another policy', () => {
  it.each<[string, Partial<Policy>, Partial<Policy>, string[]]>([
    ['that is the same', {}, {}, []],
    ['that only sends other mail', {}, { acknowledge: true, relayToCcs: true }, []],
    ['with a lower limit', {}, { ccLimit: 1 }, [`cc-missing ${ccCarl}`, `cc-missing ${agentMax}`]],
    ['with a higher limit', { ccLimit: 1 }, {}, [`cc-added ${ccCarl}`, `cc-added ${agentMax}`]],
    [
      'under which colleagues in Cc follow',
      {},
      { autoFollowCcdAgent: true },
      [`follower-added ${agentMax}`],
    ],
    [
      'under which colleagues in Cc do not follow',
      { autoFollowCcdAgent: true },
      {},
      [`follower-missing ${agentMax}`],
    ],
    [
      'that trusts a CC who writes to support alone',
      {},
      { supportOnlyCcReply: 'public' },
      [`now-public ${ccBob}`],
    ],
    [
      'that does not trust a CC who writes to support alone',
      { supportOnlyCcReply: 'public' },
      {},
      [`now-private ${ccBob}`],
    ],
    [
      'that believes no server, so that a colleague’s mail proves nothing',
      {},
      { trustedAuthservIds: [] },
      [`now-held ${lightLea}`],
    ],
    [
      'of which several things come: CCs first, then followers, then who may see what',
      { ccLimit: 2 },
      { autoFollowCcdAgent: true, supportOnlyCcReply: 'public' },
      [`cc-added ${agentMax}`, `follower-added ${agentMax}`, `now-public ${ccBob}`],
    ],
  ])('%s', (_what, current, proposed, expected) => {
    expect(told(current, proposed)).toEqual(expected)
  })

  it('takes people for what they were then, not for what they have become', () => {
    const before = aDesk({}, { people: aDesk().people.slice(0, 1) })
    const joinsLater = (at: number) => (at < minute(3) ? before : aDesk())
    const list = facts([aMail({ cc: [agentMax] })], joinsLater)
    const proposed = { ...before.policy, autoFollowCcdAgent: true }
    expect(differencesOf(list, before.policy, proposed)).toEqual([])
  })
})
