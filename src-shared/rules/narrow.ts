// Who is taken off a mail that waits: "queued mail is recomputed" (participants.md §2 "removed"). Nobody is put on it:
// they were not shown to the agent who sent it.
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { ChosenColleague } from '#shared/model/event'
import type { DeliveryKind, Skipped } from '#shared/model/message'
import type { AuditEntry, ProjectedTicket } from '#shared/model/projection'
import { maySeeTicket } from './access'
import { canonicalAddress, isBlocklisted, isSupportAddress } from './address'
import { findPerson, personKey } from './desk'

/** A mail that no server has taken yet. */
export interface WaitingMail {
  readonly kind: DeliveryKind
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
}

/** Ticket and desk as they are now, whom the comment mentions, and which colleagues it was written to. */
export interface NarrowContext {
  readonly desk: Desk
  readonly projected: Pick<ProjectedTicket, 'ticket' | 'participants' | 'audit'>
  readonly mentions: readonly string[]
  readonly colleagues: readonly ChosenColleague[]
}

/** Which of the chosen people are colleagues, as the reply is written. */
export function colleaguesAmong(
  desk: Desk,
  { ticket, participants }: Pick<ProjectedTicket, 'ticket' | 'participants'>,
  chosen: readonly string[],
): ChosenColleague[] {
  return chosen.map(canonicalAddress).flatMap((address) => {
    const { may: couldSee, because } = maySeeTicket(desk, address, ticket, participants)
    return because === 'not-internal' ? [] : [{ address, couldSee }]
  })
}

/** What remains of a mail; without anybody it is not to be sent. */
export interface Narrowed {
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  readonly skipped: readonly Skipped[]
}

const listChanges = new Set(['cc.added', 'cc.removed', 'cc.keptOff'])

/** Why somebody is no CC any more, or null when nobody took them off. */
function removalOf({ desk, projected }: NarrowContext, key: string): string | null {
  const last = projected.audit.findLast(
    ({ what, detail }) => listChanges.has(what) && personKey(desk, detail.address ?? '') === key,
  )
  const isGone = last?.what === 'cc.removed' && last.because !== 'became-requester'
  return isGone || last?.what === 'cc.keptOff' ? last.because : null
}

/** Whether an agent has put somebody else in their place as requester. */
function isReplaced({ desk, projected }: NarrowContext, key: string): boolean {
  const set = projected.audit.filter(({ what }) => what === 'requester.set')
  const last = set.at(-1)
  const isThem = ({ detail }: AuditEntry) => personKey(desk, detail.address ?? '') === key
  return last?.because === 'agent-chose' && !isThem(last) && set.some(isThem)
}

function customerReason(context: NarrowContext, address: string): string | null {
  const { desk, projected } = context
  if (isSupportAddress(desk, address)) return 'support-address'
  const key = personKey(desk, address)
  const roles = projected.participants.filter((each) => personKey(desk, each.address) === key)
  if (roles.some(({ role }) => role === 'requester')) return null
  const cc = roles.find(({ role }) => role === 'cc')
  if (cc === undefined) {
    return removalOf(context, key) ?? (isReplaced(context, key) ? 'requester-changed' : null)
  }
  if (!desk.policy.ccsEnabled) return 'ccs-off'
  if (isBlocklisted(desk.policy, cc.address)) return 'blocklisted'
  return cc.isMuted ? 'muted' : null
}

function colleagueReason({ desk, projected, mentions }: NarrowContext, address: string) {
  const { ticket, participants, audit } = projected
  if (findPerson(desk, address) === undefined) return 'not-internal-any-more'
  if (!maySeeTicket(desk, address, ticket, participants).may) return 'restricted'
  const key = personKey(desk, address)
  const isThem = (other: string | null | undefined) => personKey(desk, other ?? '') === key
  if (isThem(ticket.assignee) || mentions.some(isThem)) return null
  const follows = participants.some((each) => each.role === 'follower' && isThem(each.address))
  const hasLeft = audit.some(
    ({ what, detail }) => what === 'follower.removed' && isThem(detail.address),
  )
  return !follows && hasLeft ? 'unfollowed' : null
}

/** Chosen one by one: only what makes a stranger of a colleague takes them off. */
function chosenReason({ desk, projected, colleagues }: NarrowContext, address: string) {
  if (isSupportAddress(desk, address)) return 'support-address'
  const then = colleagues.find((each) => canonicalAddress(each.address) === address)
  if (then === undefined) return null
  const { ticket, participants } = projected
  const { may, because } = maySeeTicket(desk, address, ticket, participants)
  if (because === 'not-internal') return 'not-internal-any-more'
  return then.couldSee && !may ? because : null
}

function reasonFor(kind: DeliveryKind, context: NarrowContext, address: string): string | null {
  switch (kind) {
    case 'public':
    case 'status':
    case 'relay':
      return customerReason(context, address)
    case 'follower':
      return colleagueReason(context, address)
    case 'private':
      return chosenReason(context, address)
    // The answer to one person's own act.
    case 'acknowledgement':
    case 'csat':
      return null
  }
}

/** What remains of a waiting mail now, or null when it is as it was (participants.md §2 "removed", "muted"). */
export function narrow(mail: WaitingMail, context: NarrowContext): Narrowed | null {
  const skipped: Skipped[] = []
  const stays = ({ address }: MailAddress): boolean => {
    const canonical = canonicalAddress(address)
    const because = reasonFor(mail.kind, context, canonical)
    if (because !== null) skipped.push({ address: canonical, because })
    return because === null
  }
  const to = mail.to.filter(stays)
  const cc = mail.cc.filter(stays)
  if (skipped.length === 0) return null
  // As when it is planned: with nobody in To the CCs are the addressees.
  return to.length > 0 ? { to, cc, skipped } : { to: cc, cc: [], skipped }
}
