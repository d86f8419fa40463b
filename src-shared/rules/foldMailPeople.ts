// Carries out what a mail changes about people (participants.md §4.4).
import { isValidAddress } from './address'
import {
  byMail,
  byPolicy,
  findCc,
  findFollower,
  follow,
  isAssignee,
  isInternalNow,
  keyOf,
  putCc,
  putRequester,
  removeCc,
  standingOf,
} from './foldPeople'
import { isSupport, record, type MailChange, type Step } from './foldState'
import type { MailView } from './mailView'
import {
  decideCcChanges,
  decideRemovals,
  type CcDecision,
  type MailCandidate,
  type NamedPerson,
} from './participants'

function candidateOf(step: Step, view: MailView, person: NamedPerson): MailCandidate {
  const { address } = person
  const { onMail } = view.answered
  return {
    person,
    standing: standingOf(step, address),
    isInternal: isInternalNow(step, address),
    isAuthor: keyOf(step, address) === keyOf(step, view.author),
    isListening: isAssignee(step, address) || findFollower(step, address) !== undefined,
    keptOff: step.state.keptOff.get(keyOf(step, address)) ?? null,
    isCarried: onMail === null || onMail.has(address),
  }
}

function carryOut(step: Step, view: MailView, decision: CcDecision): void {
  const { state } = step
  const { person, outcome, because } = decision
  const { address, name, header } = person
  const origin = byMail(step, view.mail.rfcId, header, because)
  if (outcome === 'added') {
    // One mail may name a colleague under two addresses.
    if (findCc(step, address) === undefined) putCc(step, person, origin)
  } else if (outcome === 'followed') {
    follow(step, address, 'all', byPolicy(step, because))
  } else if (outcome === 'suggested' && !state.suggestions.has(address)) {
    state.suggestions.set(address, { address, name, because, origin })
    record(step, 'cc.suggested', because, { address })
  } else if (outcome === 'not-added' && !state.notAdded.has(address)) {
    state.notAdded.set(address, { address, name, because, origin })
    record(step, 'cc.notAdded', because, { address })
  }
}

/** Remembers what a mail did, under its own id and its Message-ID, for undoing (§4.4). */
export function rememberChange(
  step: Step,
  view: MailView,
  change: Omit<MailChange, 'messageId'>,
): void {
  if (change.added.length + change.removed.length === 0) return
  const { mailChanges } = step.state
  const { id, rfcId } = view.mail
  const entry = { ...change, messageId: rfcId }
  mailChanges.set(id, entry)
  if (!mailChanges.has(rfcId)) mailChanges.set(rfcId, entry)
}

const flagOf: Readonly<Record<CcDecision['outcome'], string | null>> = {
  added: 'cc-added',
  followed: null,
  suggested: 'cc-suggested',
  'not-added': 'cc-not-added',
  ignored: null,
}

/** `first`: opens the ticket; `public`: may add and remove; the others only suggest. */
export type PeopleMode = 'first' | 'public' | 'private' | 'accepted'

/** Adds, suggests and removes as the mail says; returns flags and whom it removed (§4.4). */
export function applyPeople(
  step: Step,
  view: MailView,
  mode: PeopleMode,
): { flags: Set<string>; removed: ReadonlySet<string> } {
  const { state, desk } = step
  const flags = new Set<string>()
  const gone = mode === 'public' ? removalsOf(step, view) : []
  const removed = gone.flatMap((address) => state.ccs.get(address) ?? [])
  for (const cc of removed) removeCc(step, cc, 'removed-by-mail')
  if (removed.length > 0) flags.add('cc-removed')
  const decisions = decideCcChanges({
    isFirst: mode === 'first',
    isPublic: mode !== 'private',
    // An agent let the text in; whom it names is another question.
    sender: mode === 'accepted' ? { ...view.sender, isVerified: false } : view.sender,
    policy: desk.policy,
    ccCount: state.ccs.size,
    candidates: view.named.map((person) => candidateOf(step, view, person)),
  })
  for (const decision of decisions) {
    carryOut(step, view, decision)
    const flag = flagOf[decision.outcome]
    if (flag !== null) flags.add(flag)
    if (decision.because === 'invalid-address') flags.add('cc-unreadable')
    if (flag === 'cc-added' && isInternalNow(step, decision.person.address)) {
      flags.add('internal-cc')
    }
  }
  const isNew = (address: string) => state.ccs.get(address)?.origin.messageId === view.mail.rfcId
  const added = decisions
    .filter(({ outcome, person }) => outcome === 'added' && isNew(person.address))
    .map(({ person }) => person.address)
  rememberChange(step, view, { added, removed })
  return { flags, removed: new Set(gone) }
}

function removalsOf(step: Step, view: MailView): string[] {
  return decideRemovals({
    policy: step.desk.policy,
    isPublic: true,
    sender: view.sender,
    answered: view.answered.onMail,
    author: view.authorOnTicket,
    named: view.namedOnTicket,
    ccs: [...step.state.ccs.keys()],
  })
}

/** Makes a ticket of a mail: its author is the requester, or whom the desk wrote to (§4.3, §4.4). */
export function openTicket(step: Step, view: MailView): void {
  const { state } = step
  const { mail, author, named, input } = view
  state.isOpened = true
  const isFit = (address: string) => isValidAddress(address) && !isSupport(step, address)
  const first = input.isSentElsewhere ? named.find(({ address }) => isFit(address)) : undefined
  if (first !== undefined) {
    putRequester(step, first, byMail(step, mail.rfcId, first.header, 'first-mail'))
  } else if (!input.isSentElsewhere && isFit(author)) {
    const origin = byMail(step, mail.rfcId, 'from', 'first-mail')
    putRequester(step, mail.from, { ...origin, by: author })
  }
}
