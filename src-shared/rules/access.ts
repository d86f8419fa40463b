// Who may open a ticket (participants.md §2 "restricted ticket", §6 "Roles").
import type { Desk } from '#shared/model/desk'
import type { Participant } from '#shared/model/participant'
import type { Ticket } from '#shared/model/ticket'
import { canonicalAddress } from './address'
import { findPerson } from './desk'

/** Whether somebody may see a ticket, and by which right. */
export interface Access {
  readonly may: boolean
  readonly because:
    | 'not-internal'
    | 'unrestricted'
    | 'admin'
    | 'group-member'
    | 'is-assignee'
    | 'is-follower'
    | 'is-cc'
    | 'restricted'
}

// Case and composition are ignored, so that "vip" is not open because the policy says "VIP".
export const groupKey = (name: string) => name.trim().normalize('NFC').toLowerCase()

/** Whether a group is listed in `restrictedGroups` (participants.md §6). */
export function isRestrictedGroup(desk: Desk, group: string | null): boolean {
  if (group === null) return false
  return desk.policy.restrictedGroups.some((name) => groupKey(name) === groupKey(group))
}

/** Whether the person with this address may see a ticket (participants.md §2, §6). */
export function maySeeTicket(
  desk: Desk,
  address: string,
  ticket: Pick<Ticket, 'group' | 'assignee'>,
  participants: readonly Pick<Participant, 'address' | 'role'>[],
): Access {
  const person = findPerson(desk, address)
  if (person === undefined) return { may: false, because: 'not-internal' }
  const { group } = ticket
  if (group === null || !isRestrictedGroup(desk, group))
    return { may: true, because: 'unrestricted' }
  if (person.role === 'admin') return { may: true, because: 'admin' }
  if (person.groups.some((name) => groupKey(name) === groupKey(group))) {
    return { may: true, because: 'group-member' }
  }
  const own = new Set([person.address, ...person.aliases].map(canonicalAddress))
  const isMe = (text: string) => own.has(canonicalAddress(text))
  if (ticket.assignee !== null && isMe(ticket.assignee))
    return { may: true, because: 'is-assignee' }
  const roles = new Set(participants.filter((each) => isMe(each.address)).map((each) => each.role))
  if (roles.has('follower')) return { may: true, because: 'is-follower' }
  if (roles.has('cc')) return { may: true, because: 'is-cc' }
  return { may: false, because: 'restricted' }
}
