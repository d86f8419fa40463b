// What a mail changes about the people of a ticket (participants.md §2 and §4.4), as decisions about
// named people; the fold carries them out.
import type { AuthorRole, MailFact } from '#shared/model/message'
import type { Policy } from '#shared/model/policy'
import { canonicalAddress, isValidAddress } from './address'

/** Somebody in To or Cc of a mail, canonical. */
export interface NamedPerson {
  readonly address: string
  readonly name: string
  readonly header: 'to' | 'cc'
}

/** Everybody in To, then Cc, once each, in the order of the mail (participants.md §4.4). */
export function namedIn(mail: Pick<MailFact, 'to' | 'cc'>): NamedPerson[] {
  const named = new Map<string, NamedPerson>()
  for (const header of ['to', 'cc'] as const) {
    for (const { name, address } of mail[header]) {
      const canonical = canonicalAddress(address)
      if (!named.has(canonical)) named.set(canonical, { address: canonical, name, header })
    }
  }
  return [...named.values()]
}

/** What somebody is at the moment they are named; the first that holds. */
export type Standing =
  'invalid-address' | 'support-address' | 'requester' | 'already-cc' | 'blocklisted' | 'free'

/** Why somebody is kept off the list although mail names them. */
export type KeptOff = 'removed-by-agent' | 'dismissed' | 'left' | 'removed-by-mail'

/** Somebody who might become CC. */
export interface Candidate {
  readonly standing: Standing
  readonly isInternal: boolean
}

type CcPolicy = Pick<Policy, 'ccsEnabled' | 'ccLimit' | 'agentCc'>

/** Why this person cannot be CC, or null (participants.md §2 "never", "limit", `agentCc`). */
export function ccRefusal(
  { standing, isInternal }: Candidate,
  policy: CcPolicy,
  ccCount: number,
): string | null {
  if (standing === 'requester') return 'already-participant'
  if (standing !== 'free') return standing
  if (!policy.ccsEnabled) return 'ccs-off'
  if (isInternal && policy.agentCc === 'refuse') return 'agent-cc-refused'
  return ccCount >= policy.ccLimit ? 'over-limit' : null
}

/** The author of a mail, as far as changing participants goes. */
export interface Sender {
  readonly role: AuthorRole
  readonly isVerified: boolean
  readonly isInternal: boolean
  /** The role in the directory allows it; true for everybody external. */
  readonly mayChangeCcs: boolean
}

/** Somebody whom a mail names, with all that §4.4 asks about them. */
export interface MailCandidate extends Candidate {
  readonly person: NamedPerson
  /** The author themselves, who needs no place on the list for writing. */
  readonly isAuthor: boolean
  /** Follower or assignee: hears of everything already. */
  readonly isListening: boolean
  readonly keptOff: KeptOff | null
  /** Named in the mail that this one answers: carried along rather than added. */
  readonly isCarried: boolean
}

/** A mail's naming of people (participants.md §4.4). */
export interface CcChangeInput {
  readonly isFirst: boolean
  readonly isPublic: boolean
  readonly sender: Sender
  readonly policy: CcPolicy &
    Pick<Policy, 'whoMayAddCcs' | 'approveCcsFromCcs' | 'autoFollowCcdAgent'>
  readonly ccCount: number
  readonly candidates: readonly MailCandidate[]
}

/** `followed`: an internal person made follower instead of CC, so that customers do not see them. */
export type CcOutcome = 'added' | 'followed' | 'suggested' | 'not-added' | 'ignored'

/** What becomes of one named person, and why. */
export interface CcDecision {
  readonly person: NamedPerson
  readonly outcome: CcOutcome
  readonly because: string
}

/** Why the sender of a later mail may not add anybody by it, or null (participants.md §4.4). */
function senderRefusal({ isPublic, sender, policy }: CcChangeInput): string | null {
  const { role, isVerified, isInternal, mayChangeCcs } = sender
  if (!isPublic) return 'private-mail'
  if (role === 'outsider' || role === 'system') return 'sender-role'
  if (!mayChangeCcs) return 'sender-role'
  if (!isVerified) return 'sender-not-verified'
  const isAllowed =
    policy.whoMayAddCcs === 'participants' ||
    (policy.whoMayAddCcs === 'requester' && role === 'requester')
  if (!isAllowed) return 'policy'
  return role === 'cc' && !isInternal && policy.approveCcsFromCcs ? 'needs-approval' : null
}

type Fate = Omit<CcDecision, 'person'>

const fate = (outcome: CcOutcome, because: string): Fate => ({ outcome, because })

const ignoredStandings: ReadonlySet<Standing> = new Set([
  'support-address',
  'requester',
  'already-cc',
])

/** An agent's word stands against every mail; a mail's only against those that carry it along. */
function keptOffFate({ keptOff, isCarried }: MailCandidate): Fate | null {
  if (keptOff === null) return null
  if (keptOff === 'dismissed') return fate('not-added', keptOff)
  return keptOff === 'removed-by-mail' && !isCarried ? null : fate('suggested', keptOff)
}

function fateOnFirst(candidate: MailCandidate, input: CcChangeInput, count: number): Fate {
  const refusal = ccRefusal(candidate, input.policy, count)
  if (refusal !== null) return fate('not-added', refusal)
  return keptOffFate(candidate) ?? fate('added', 'first-mail')
}

function fateOnLater(
  candidate: MailCandidate,
  input: CcChangeInput,
  count: number,
  senderProblem: string | null,
): Fate {
  const { policy, sender } = input
  const refusal = ccRefusal(candidate, policy, count)
  if (refusal !== null && refusal !== 'over-limit') return fate('not-added', refusal)
  const isOffer = candidate.isInternal && policy.agentCc === 'offer-follower'
  if (isOffer && candidate.isListening) return fate('ignored', 'already-listening')
  const kept = keptOffFate(candidate)
  if (kept !== null) return kept
  if (senderProblem !== null) return fate('suggested', senderProblem)
  if (isOffer) {
    return policy.autoFollowCcdAgent
      ? fate('followed', 'auto-follow-cc')
      : fate('suggested', 'offer-follower')
  }
  if (refusal !== null) return fate('not-added', refusal)
  return fate('added', sender.role === 'requester' ? 'added-by-requester' : 'added-by-participant')
}

/** What becomes of everybody a mail names, in the order of the mail (participants.md §4.4). */
export function decideCcChanges(input: CcChangeInput): CcDecision[] {
  const senderProblem = input.isFirst ? null : senderRefusal(input)
  let count = input.ccCount
  return input.candidates.map((candidate) => {
    const { person, standing, isAuthor } = candidate
    if (isAuthor) return { person, ...fate('ignored', 'author') }
    if (ignoredStandings.has(standing)) return { person, ...fate('ignored', standing) }
    const decided = input.isFirst
      ? fateOnFirst(candidate, input, count)
      : fateOnLater(candidate, input, count, senderProblem)
    if (decided.outcome === 'added') count += 1
    return { person, ...decided }
  })
}

/** What removal by mail looks at (participants.md §4.4). */
export interface RemovalInput {
  readonly policy: Pick<Policy, 'ccRemovalByMail'>
  readonly isPublic: boolean
  readonly sender: Sender
  /** Everybody but support addresses on the mail that is answered, its author too; null: unknown. */
  readonly answered: ReadonlySet<string> | null
  readonly author: string
  /** Everybody in To and Cc of this mail. */
  readonly named: ReadonlySet<string>
  readonly ccs: readonly string[]
}

/** CCs whom an edited reply-all takes off: it keeps somebody else of the mail it answers (§4.4). */
export function decideRemovals(input: RemovalInput): string[] {
  const { policy, isPublic, sender, answered, author, named, ccs } = input
  if (policy.ccRemovalByMail !== 'edited-reply-all' || !isPublic || answered === null) return []
  const isEntitled = sender.role !== 'outsider' && sender.role !== 'system' && sender.mayChangeCcs
  // Whoever claims to be somebody must not be able to silence others.
  if (!sender.isVerified) return []
  // What cannot be read may be anybody's address, that of a CC too.
  for (const address of named) if (!isValidAddress(address)) return []
  // Who did not get a mail cannot have replied to all of it.
  if (!isEntitled || !answered.has(author)) return []
  let keepsSomebody = false
  for (const address of answered) keepsSomebody ||= address !== author && named.has(address)
  if (!keepsSomebody) return []
  return ccs.filter((cc) => cc !== author && answered.has(cc) && !named.has(cc))
}

/** CCs whom a public mail does not name; they stay (participants.md §4.3 row 7). */
export function leftOutOf(
  ccs: readonly { readonly address: string; readonly isMuted: boolean }[],
  author: string,
  named: ReadonlySet<string>,
): string[] {
  return ccs
    .filter(({ address, isMuted }) => !isMuted && address !== author && !named.has(address))
    .map(({ address }) => address)
}
