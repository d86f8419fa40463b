// What another policy would have done with the same facts: both are folded, and what they disagree on is told.
import type { Policy } from '../model/policy'
import type { ProjectedTicket, TicketFacts } from '../model/projection'
import type { PolicyDifference } from '../model/simulation'
import { projectTicket } from './projectTicket'

type Judged = Pick<ProjectedTicket, 'participants' | 'comments'>

function fold(facts: TicketFacts, policy: Policy): Judged {
  return projectTicket({ ...facts, deskAt: (at) => ({ ...facts.deskAt(at), policy }) })
}

const peopleOf = ({ participants }: Judged, role: 'cc' | 'follower'): Set<string> =>
  new Set(participants.filter((one) => one.role === role).map(({ address }) => address))

function people(before: Judged, after: Judged, role: 'cc' | 'follower'): PolicyDifference[] {
  const [was, is] = [peopleOf(before, role), peopleOf(after, role)]
  const onlyIn = (some: Set<string>, others: Set<string>): string[] =>
    [...some].filter((address) => !others.has(address))
  return [
    ...onlyIn(is, was).map((who) => ({ what: `${role}-added`, who }) as const),
    ...onlyIn(was, is).map((who) => ({ what: `${role}-missing`, who }) as const),
  ]
}

function visibilities(before: Judged, after: Judged): PolicyDifference[] {
  const was = new Map(before.comments.map(({ id, visibility }) => [id, visibility]))
  return after.comments.flatMap(({ id, visibility, author }) => {
    if (was.get(id) === visibility) return []
    return [{ what: `now-${visibility}`, who: author.address } as const]
  })
}

/** Everything about one ticket that would have come out differently if `proposed` had held instead of `current` all the time. */
export function differencesOf(
  facts: TicketFacts,
  current: Policy,
  proposed: Policy,
): PolicyDifference[] {
  const before = fold(facts, current)
  const after = fold(facts, proposed)
  return [
    ...people(before, after, 'cc'),
    ...people(before, after, 'follower'),
    ...visibilities(before, after),
  ]
}
