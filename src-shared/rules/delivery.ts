// Which mails one comment causes, and why everybody else gets none: the table of participants.md §5.
import type { MailAddress } from '#shared/model/address'
import type { CustomerRecipients } from '#shared/model/customerMail'
import type { DeliveryKind, Skipped } from '#shared/model/message'
import type { FollowLevel, Participant } from '#shared/model/participant'
import type { Plan, PlanInput, PlannedMail } from '#shared/model/projection'
import {
  canonicalAddress,
  isBlocklisted,
  isSupportAddress,
  isValidAddress,
  sameAddress,
} from './address'
import { audienceChange } from './audience'
import { findPerson, isInternal } from './desk'
import { humanKey } from './linked'

/** Why somebody gets no mail (participants.md §5 "Every skipped person gets a row"). */
export type SkipReason =
  | 'actor'
  | 'invalid-address'
  | 'support-address'
  | 'internal-note'
  | 'not-chosen'
  | 'not-the-requester'
  | 'policy-off'
  | 'not-verified'
  | 'not-the-author'
  | 'not-public'
  | 'not-relayed'
  | 'requester-only'
  | 'ccs-off'
  | 'followers-off'
  | 'blocklisted'
  | 'muted'
  | 'undeliverable'
  | 'not-internal-any-more'
  | 'not-internal'
  | 'level-public'
  | 'level-mentions'
  | 'already-on-that-mail'
  | 'acknowledged-lately'
  | 'already-on-customer-mail'
  | 'already-on-private-mail'
  | 'already-mailed'

/** What the agent should know before sending (participants.md §5 "with a warning"). */
export type PlanWarning =
  | 'no-recipient'
  | 'requester-missing'
  | 'requester-undeliverable'
  | 'requester-muted'
  | 'requester-is-author'
  | 'requester-unusable'

/** One row of §5: null lets a column through, a reason closes it. */
interface Row {
  readonly mail: DeliveryKind
  readonly requester: SkipReason | null
  readonly ccs: SkipReason | null
  readonly team: SkipReason | null
}

/** The answer to a mail goes to whoever wrote it, though the ticket has another requester by now. */
function authorReason(input: PlanInput): SkipReason | null {
  const [first] = requestersOf(input)
  if (first === undefined) return null
  const isAuthor =
    input.actor !== null && humanKey(input, input.actor) === humanKey(input, first[0].address)
  return isAuthor ? null : 'not-the-author'
}

function rowOf(input: PlanInput): Row {
  const { kind, isPublic, isVerified } = input
  const { policy } = input.desk
  const when = (isOn: boolean) => (isOn ? null : 'policy-off')
  switch (kind) {
    case 'public':
      return { mail: 'public', requester: null, ccs: null, team: null }
    case 'note':
      return { mail: 'public', requester: 'internal-note', ccs: 'internal-note', team: null }
    case 'private':
      return { mail: 'private', requester: 'not-chosen', ccs: 'not-chosen', team: null }
    case 'status': {
      const requester = when(policy.statusMailToRequester)
      return { mail: 'status', requester, ccs: when(policy.statusMailToCcs), team: null }
    }
    case 'acknowledgement': {
      const trust = !isVerified ? 'not-verified' : !isPublic ? 'not-public' : null
      const requester = when(policy.acknowledge) ?? trust ?? authorReason(input)
      return { mail: kind, requester, ccs: 'requester-only', team: 'requester-only' }
    }
    case 'customer-mail': {
      const ccs = isPublic ? when(policy.relayToCcs) : 'not-public'
      return { mail: 'relay', requester: 'not-relayed', ccs, team: null }
    }
    case 'csat': {
      const requester = when(policy.csat)
      return { mail: kind, requester, ccs: 'requester-only', team: 'requester-only' }
    }
  }
}

/** The plan while it is made: who is on the one mail, and who was skipped first for what. */
interface Draft {
  readonly input: PlanInput
  readonly row: Row
  /** The requester first; further ones only in damaged data. */
  readonly requesters: readonly (readonly [MailAddress, SkipReason | null])[]
  /** Person → address under which they are on the customer (or private) mail. */
  readonly onMail: Map<string, string>
  readonly skipped: Map<string, SkipReason>
  readonly actor: string | null
  readonly alreadyOn: ReadonlySet<string>
  readonly undeliverable: ReadonlySet<string>
}

function openDraft(input: PlanInput): Draft {
  // The answer to a customer's own mail goes to whoever caused it; nothing else does.
  const isAnswer = input.kind === 'acknowledgement'
  return {
    input,
    row: rowOf(input),
    requesters: requestersOf(input),
    onMail: new Map(),
    skipped: new Map(),
    actor: input.actor === null || isAnswer ? null : humanKey(input, input.actor),
    alreadyOn: new Set(isAnswer ? [] : input.alreadyOn.map((each) => humanKey(input, each))),
    undeliverable: new Set(input.undeliverable.map(canonicalAddress)),
  }
}

function skip(draft: Draft, address: string, because: SkipReason): void {
  if (!draft.skipped.has(address)) draft.skipped.set(address, because)
}

/** Reasons that hold for everybody, whatever their role. */
function commonReason(draft: Draft, address: string, key: string): SkipReason | null {
  if (!isValidAddress(address)) return 'invalid-address'
  if (isSupportAddress(draft.input.desk, address)) return 'support-address'
  if (key === draft.actor) return 'actor'
  return draft.alreadyOn.has(key) ? 'already-on-that-mail' : null
}

const twice = (draft: Draft): SkipReason =>
  draft.input.kind === 'private' ? 'already-on-private-mail' : 'already-on-customer-mail'

/** Puts a person on the one mail, or records why not. `closed` is what their role or row says. */
function admit(draft: Draft, person: MailAddress, closed: SkipReason | null): MailAddress[] {
  const address = canonicalAddress(person.address)
  const key = humanKey(draft.input, address)
  const known = draft.onMail.get(key)
  if (known === address) return []
  const unreachable = draft.undeliverable.has(address) ? 'undeliverable' : null
  const already = known === undefined ? null : twice(draft)
  const because = commonReason(draft, address, key) ?? already ?? closed ?? unreachable
  if (because !== null) {
    skip(draft, address, because)
    return []
  }
  draft.onMail.set(key, address)
  return [{ name: person.name, address }]
}

/** The requester as the ticket has it; a participant row adds whether they are muted. */
function requestersOf({ projected }: PlanInput): [MailAddress, SkipReason | null][] {
  const rows = projected.participants.filter((person) => person.role === 'requester')
  const first = projected.ticket.requester ?? rows[0]
  if (first === undefined) return []
  const isFirst = ({ address }: MailAddress) => sameAddress(address, first.address)
  const isMuted = rows.some((row) => row.isMuted && isFirst(row))
  const others = rows.filter((row) => !isFirst(row))
  return [
    [first, isMuted ? 'muted' : null],
    ...others.map((row): [MailAddress, SkipReason] => [row, 'not-the-requester']),
  ]
}

/** On the CC list, too, the requester is what they are as requester. */
function requesterReason(draft: Draft, address: string): SkipReason | null {
  const [first] = draft.requesters
  const isThem = first && humanKey(draft.input, first[0].address) === humanKey(draft.input, address)
  if (isThem !== true) return null
  return draft.skipped.get(canonicalAddress(first[0].address)) ?? null
}

function ccReason(draft: Draft, cc: Participant): SkipReason | null {
  const { row, input } = draft
  const { policy } = input.desk
  const closed = requesterReason(draft, cc.address) ?? row.ccs
  if (closed !== null) return closed
  if (!policy.ccsEnabled) return 'ccs-off'
  if (isBlocklisted(policy, cc.address)) return 'blocklisted'
  return cc.isMuted ? 'muted' : null
}

/** Never a follower's own spelling: the one mail may not depend on who follows. */
function nameFor({ desk, projected }: PlanInput, address: string): string {
  const shown = projected.participants.filter((each) => each.role !== 'follower')
  const same = shown.find((each) => sameAddress(each.address, address))
  return same?.name ?? findPerson(desk, address)?.name ?? ''
}

/** The one honest mail: requester in To and CCs in Cc, or the chosen people in To. */
function customerMail(draft: Draft): PlannedMail | null {
  const { input, row } = draft
  const chosen = input.kind === 'private' ? input.chosen.map(canonicalAddress) : []
  const to = chosen.flatMap((address) =>
    admit(draft, { name: nameFor(input, address), address }, null),
  )
  for (const [person, closed] of draft.requesters) {
    to.push(...admit(draft, person, row.requester ?? closed))
  }
  const ccs = input.projected.participants.filter((person) => person.role === 'cc')
  const cc = ccs.flatMap((person) => admit(draft, person, ccReason(draft, person)))
  // Without anybody in To the CCs are the addressees: a mail with Cc only looks like a mistake.
  if (to.length > 0) return { kind: row.mail, to, cc }
  return cc.length > 0 ? { kind: row.mail, to: cc, cc: [] } : null
}

interface TeamMember extends MailAddress {
  readonly role: 'assignee' | 'follower' | 'mentioned'
  readonly level: FollowLevel
  readonly isMuted: boolean
}

/** Assignee first, so that a quiet follow level does not silence the owner of the ticket. */
function teamOf(input: PlanInput): TeamMember[] {
  const { ticket, participants } = input.projected
  const byRole = (role: 'assignee' | 'mentioned') => (text: string) => {
    const address = canonicalAddress(text)
    return { role, address, name: nameFor(input, address), level: 'all', isMuted: false } as const
  }
  const followers = participants.flatMap(({ role, address, name, level, isMuted }) =>
    role === 'follower'
      ? [{ role, address: canonicalAddress(address), name, level: level ?? 'all', isMuted }]
      : [],
  )
  return [
    ...(ticket.assignee === null ? [] : [byRole('assignee')(ticket.assignee)]),
    ...followers.sort((a, b) => (a.address < b.address ? -1 : 1)),
    ...mentionsOf(input).map(byRole('mentioned')),
  ]
}

const mentionsOf = ({ kind, mentions }: PlanInput) =>
  kind === 'public' || kind === 'note' || kind === 'private' ? mentions : []

function levelReason({ kind, isPublic }: PlanInput, level: FollowLevel): SkipReason | null {
  if (level === 'all') return null
  if (level === 'mentions') return 'level-mentions'
  const isPublicNews =
    kind === 'public' || kind === 'status' || (kind === 'customer-mail' && isPublic)
  return isPublicNews ? null : 'level-public'
}

function followerReason({ desk }: PlanInput, member: TeamMember): SkipReason | null {
  if (member.role === 'assignee') return null
  if (!desk.policy.followersEnabled) return 'followers-off'
  if (isBlocklisted(desk.policy, member.address)) return 'blocklisted'
  return member.isMuted ? 'muted' : null
}

function teamReason(draft: Draft, member: TeamMember, isMentioned: boolean): SkipReason | null {
  const { input, row, undeliverable, onMail } = draft
  const key = humanKey(input, member.address)
  const common = commonReason(draft, member.address, key)
  if (common !== null) return common
  if (onMail.has(key)) return twice(draft)
  if (!isInternal(input.desk, member.address)) {
    return member.role === 'mentioned' ? 'not-internal' : 'not-internal-any-more'
  }
  if (row.team !== null) return row.team
  if (undeliverable.has(member.address)) return 'undeliverable'
  return followerReason(input, member) ?? (isMentioned ? null : levelReason(input, member.level))
}

/** Own mails of assignee, followers and mentioned colleagues, sorted by address. */
function teamMails(draft: Draft): PlannedMail[] {
  const { input } = draft
  const mentioned = new Set(mentionsOf(input).map((each) => humanKey(input, each)))
  const mailed = new Map<string, MailAddress>()
  for (const member of teamOf(input)) {
    const { address } = member
    const key = humanKey(input, address)
    const known = mailed.get(key)
    const isMentionOnly = member.role === 'mentioned' && draft.onMail.has(key)
    if (known?.address === address || isMentionOnly) continue
    const because =
      teamReason(draft, member, mentioned.has(key)) ?? (known ? 'already-mailed' : null)
    if (because === null) mailed.set(key, { name: member.name, address })
    else skip(draft, address, because)
  }
  const sorted = [...mailed.values()].sort((a, b) => (a.address < b.address ? -1 : 1))
  return sorted.map((person) => ({ kind: 'follower', to: [person], cc: [] }))
}

const requesterWarnings: Partial<Record<SkipReason, PlanWarning>> = {
  undeliverable: 'requester-undeliverable',
  muted: 'requester-muted',
  actor: 'requester-is-author',
  'invalid-address': 'requester-unusable',
  'support-address': 'requester-unusable',
}

function warningsOf(draft: Draft, mail: PlannedMail | null): PlanWarning[] {
  const { input, row, skipped } = draft
  const [first] = draft.requesters
  const isOwed = row.requester === null && (input.kind === 'public' || input.kind === 'status')
  const reason = first && skipped.get(canonicalAddress(first[0].address))
  const about = first ? reason && requesterWarnings[reason] : 'requester-missing'
  const isEmpty = mail === null && (input.kind === 'public' || input.kind === 'private')
  return [...(isOwed && about ? [about] : []), ...(isEmpty ? (['no-recipient'] as const) : [])]
}

/** Which mails this causes, who is skipped and why: every row of participants.md §5. Total, pure. */
export function planDelivery(input: PlanInput): Plan {
  const draft = openDraft(input)
  const mail = customerMail(draft)
  const warnings = warningsOf(draft, mail)
  const team = teamMails(draft)
  const mails = mail === null ? team : [mail, ...team]
  const mailed = new Set(mails.flatMap(({ to, cc }) => [...to, ...cc].map((each) => each.address)))
  // Who gets mail is not skipped, though one of their roles was; a second mail saved is told.
  const isTold = ({ address, because }: Skipped) =>
    !mailed.has(address) || because.startsWith('already-on-')
  const skipped = Array.from(draft.skipped, ([address, because]) => ({ address, because }))
  return {
    mails,
    skipped: skipped.filter(isTold),
    warnings,
    audienceChange: audienceChange(input, [...draft.onMail.values()]),
  }
}

/** The part of a plan that the builder of customer mail may see (participants.md §5, last but one). */
export function customerView(plan: Plan): CustomerRecipients | null {
  for (const { kind, to, cc } of plan.mails) {
    if (kind === 'public' || kind === 'status' || kind === 'acknowledgement' || kind === 'relay') {
      return { kind, to, cc }
    }
  }
  return null
}
