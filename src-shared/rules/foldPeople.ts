// The people of a ticket while it is folded: who an address is, and how lists change (participants.md §1-3).
import type { MailAddress } from '#shared/model/address'
import type { AuthorRole } from '#shared/model/message'
import type { FollowLevel, Origin, Participant } from '#shared/model/participant'
import { canonicalAddress, isBlocklisted, isValidAddress } from './address'
import { findPerson } from './desk'
import { followRefusal } from './hidden'
import { isSupport, record, recordRefusal, type Step } from './foldState'
import { ccRefusal, type KeptOff, type NamedPerson, type Standing } from './participants'

/** Whom an address stands for: itself, or the participant an agent linked it to. */
export function resolveAlias({ state }: Step, address: string): string {
  const canonical = canonicalAddress(address)
  return state.aliases.get(canonical) ?? canonical
}

/** One name for all addresses of one person: the main address in the directory, else their own. */
export function keyOf(step: Step, address: string): string {
  const resolved = resolveAlias(step, address)
  const person = findPerson(step.desk, resolved)
  return person === undefined ? resolved : canonicalAddress(person.address)
}

/** Whether an address, or whom it stands for, is internal (participants.md §1). */
export function isInternalNow(step: Step, address: string): boolean {
  return findPerson(step.desk, resolveAlias(step, address)) !== undefined
}

/** Whether this is the requester under any address (participants.md §1). */
export function isRequester(step: Step, address: string): boolean {
  const { requester } = step.state
  if (requester === null) return false
  if (requester.address === canonicalAddress(address)) return true
  return keyOf(step, requester.address) === keyOf(step, address)
}

function findIn(step: Step, list: ReadonlyMap<string, Participant>, address: string) {
  if (list.size === 0) return undefined
  const direct = list.get(canonicalAddress(address)) ?? list.get(resolveAlias(step, address))
  if (direct !== undefined || !isInternalNow(step, address)) return direct
  const key = keyOf(step, address)
  for (const participant of list.values()) {
    if (keyOf(step, participant.address) === key) return participant
  }
  return undefined
}

/** The entry of the CC list for this person, under whichever address (participants.md §2). */
export function findCc(step: Step, address: string): Participant | undefined {
  return findIn(step, step.state.ccs, address)
}

/** The entry among the followers for this person (participants.md §3). */
export function findFollower(step: Step, address: string): Participant | undefined {
  return findIn(step, step.state.followers, address)
}

/** Whether this person owns the ticket (participants.md §1 "assignee"). */
export function isAssignee(step: Step, address: string): boolean {
  const { assignee } = step.state
  return assignee !== null && keyOf(step, assignee) === keyOf(step, address)
}

/** The highest role of an author (participants.md §1); only internals follow or own. */
export function roleOf(step: Step, address: string): AuthorRole {
  if (isRequester(step, address)) return 'requester'
  const isCc = findCc(step, address) !== undefined
  if (!isInternalNow(step, address)) return isCc ? 'cc' : 'outsider'
  if (isAssignee(step, address)) return 'assignee'
  if (isCc) return 'cc'
  return findFollower(step, address) === undefined ? 'agent' : 'follower'
}

/** The address on the ticket under which this person takes part, or null (participants.md §1). */
export function participantOf(step: Step, address: string): string | null {
  const { requester, assignee } = step.state
  if (isRequester(step, address)) return requester?.address ?? null
  const entry = findCc(step, address) ?? findFollower(step, address)
  if (entry !== undefined) return entry.address
  return isAssignee(step, address) ? assignee : null
}

/** What somebody is when they are named (participants.md §2 "never"). */
export function standingOf(step: Step, address: string): Standing {
  if (!isValidAddress(address)) return 'invalid-address'
  if (isSupport(step, address)) return 'support-address'
  if (isRequester(step, address)) return 'requester'
  if (findCc(step, address) !== undefined) return 'already-cc'
  return isBlocklisted(step.desk.policy, address) ? 'blocklisted' : 'free'
}

/** The origin of what an agent did (participants.md §2 "chip"). */
export function byAgent(step: Step, because: string): Origin {
  return { kind: 'agent', by: step.by, at: step.at, messageId: null, header: null, because }
}

/** The origin of what a policy did on somebody's act. */
export function byPolicy(step: Step, because: string): Origin {
  return { ...byAgent(step, because), kind: 'policy' }
}

/** The origin of what a mail did by naming somebody. */
export function byMail(
  step: Step,
  messageId: string,
  header: Origin['header'],
  because: string,
): Origin {
  return { kind: 'mail', by: step.by, at: step.at, messageId, header, because }
}

/** Puts somebody on the CC list; the caller has asked `ccRefusal` (participants.md §2). */
export function putCc(step: Step, { name, address }: MailAddress, origin: Origin): void {
  const { state, desk } = step
  const canonical = canonicalAddress(address)
  const isInternal = isInternalNow(step, canonical)
  state.isOpened = true
  state.ccs.set(canonical, {
    address: canonical,
    name,
    role: 'cc',
    isInternal,
    isMuted: false,
    mutedBy: null,
    level: null,
    origin,
  })
  state.suggestions.delete(canonical)
  state.notAdded.delete(canonical)
  state.keptOff.delete(keyOf(step, canonical))
  record(step, 'cc.added', origin.because, { address: canonical })
  if (isInternal && desk.policy.autoFollowCcdAgent) {
    follow(step, canonical, 'all', byPolicy(step, 'auto-follow-cc'))
  }
}

/** Adds a CC on an agent's word, or says why not (participants.md §2). */
export function addCc(step: Step, person: MailAddress, because: string): string | null {
  const { state, desk } = step
  const candidate = {
    standing: standingOf(step, person.address),
    isInternal: isInternalNow(step, person.address),
  }
  const refusal = ccRefusal(candidate, desk.policy, state.ccs.size)
  if (refusal === null) {
    state.undeliverable.delete(canonicalAddress(person.address))
    putCc(step, person, byAgent(step, because))
  }
  return refusal
}

/** Adds several on an agent's word; each refusal is a line of its own. Null: at least one was added. */
export function addCcs(step: Step, people: readonly MailAddress[], because: string): string | null {
  let first: string | null = null
  let hasAdded = false
  for (const person of people) {
    const refusal = addCc(step, person, because)
    if (refusal === null) hasAdded = true
    else {
      first ??= refusal
      const address = canonicalAddress(person.address)
      recordRefusal(step, 'event.ineffective', refusal, { event: 'cc.added', address })
    }
  }
  return hasAdded ? null : first
}

/** Takes somebody off the CC list and remembers whose word that was (participants.md §2, §4.4). */
export function removeCc(step: Step, cc: Participant, because: KeptOff): void {
  step.state.ccs.delete(cc.address)
  step.state.keptOff.set(keyOf(step, cc.address), because)
  record(step, 'cc.removed', because, { address: cc.address })
}

/** Makes an internal person follower, or says why not (participants.md §3). */
export function follow(
  step: Step,
  address: string,
  level: FollowLevel,
  origin: Origin,
): string | null {
  const { state, desk } = step
  const person = findPerson(desk, resolveAlias(step, address))
  if (person === undefined) return 'not-internal'
  const main = canonicalAddress(person.address)
  const refusal = followRefusal(desk, main)
  if (refusal !== null) return refusal
  if (findFollower(step, main) !== undefined) return 'no-change'
  state.followers.set(main, {
    address: main,
    name: person.name,
    role: 'follower',
    isInternal: true,
    isMuted: false,
    mutedBy: null,
    level,
    origin,
  })
  record(step, 'follower.added', origin.because, { address: main })
  return null
}

/** Follows on a reply, unless requester or assignee anyway (participants.md §3, §4.4). */
export function followOnReply(step: Step, author: string): void {
  if (!step.desk.policy.autoFollowOnReply) return
  if (isRequester(step, author) || isAssignee(step, author)) return
  follow(step, author, 'all', byPolicy(step, 'auto-follow-reply'))
}

/** Makes somebody the requester; they leave the CC list, nobody takes their place (participants.md §1). */
export function putRequester(step: Step, { name, address }: MailAddress, origin: Origin): void {
  const { state } = step
  const canonical = canonicalAddress(address)
  const isInternal = isInternalNow(step, canonical)
  state.isOpened = true
  state.requester = {
    address: canonical,
    name,
    role: 'requester',
    isInternal,
    isMuted: false,
    mutedBy: null,
    level: null,
    origin,
  }
  const cc = findCc(step, canonical)
  if (cc !== undefined) {
    state.ccs.delete(cc.address)
    record(step, 'cc.removed', 'became-requester', { address: cc.address })
  }
  state.suggestions.delete(canonical)
  state.notAdded.delete(canonical)
  record(step, 'requester.set', origin.because, { address: canonical })
}

/** The addresses on the ticket's lists for whom a mail names: aliases and second addresses undone. */
export function namedOnTicket(step: Step, named: readonly NamedPerson[]): Set<string> {
  const { requester } = step.state
  const found = new Set<string>()
  for (const { address } of named) {
    found.add(address)
    const cc = findCc(step, address)
    if (cc !== undefined) found.add(cc.address)
    else if (requester !== null && isRequester(step, address)) found.add(requester.address)
  }
  return found
}
