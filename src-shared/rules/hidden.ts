// Colleagues of whom customers must not read (participants.md §3, last rule): those who follow, and those whom a text would
// make followers by naming them with @. Who has answered in public, or is in Cc for all to see, is no secret.
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { Comment } from '#shared/model/message'
import type { Participant } from '#shared/model/participant'
import { canonicalAddress, isBlocklisted, isSupportAddress } from './address'
import { findPerson, personKey } from './desk'

/** As much of a ticket as says who is known on it; one that is being opened has no comments. */
interface Known {
  readonly comments: readonly Pick<Comment, 'visibility' | 'author'>[]
  readonly participants: readonly Pick<Participant, 'role' | 'name' | 'address'>[]
  /** Addresses that agents linked to participants. */
  readonly aliases?: Readonly<Record<string, string>>
}

/** As much of a desk as says who is a colleague and may follow. */
type Directory = Pick<Desk, 'people' | 'policy' | 'mailboxes'>

/** Keys of everybody whom a customer of this ticket has met, `writer` among them. */
function metOutside(
  desk: Pick<Desk, 'people'>,
  { comments, participants }: Known,
  writer: string,
): Set<string> {
  const addresses = [
    writer,
    ...comments.flatMap((c) => (c.visibility === 'public' ? [c.author.address] : [])),
    ...participants.flatMap((p) => (p.role === 'follower' ? [] : [p.address])),
  ]
  return new Set(addresses.map((address) => personKey(desk, address)))
}

/** Followers no customer has met, under every address and name they have in the directory or were linked to here. */
export function hiddenFollowers(
  desk: Pick<Desk, 'people'>,
  ticket: Known,
  writer: string,
): MailAddress[] {
  const met = metOutside(desk, ticket, writer)
  return ticket.participants.flatMap(({ role, name, address }) => {
    if (role !== 'follower' || met.has(personKey(desk, address))) return []
    const person = findPerson(desk, address)
    const linked = Object.entries(ticket.aliases ?? {}).flatMap(([one, stands]) =>
      personKey(desk, stands) === personKey(desk, address) ? [one] : [],
    )
    const others = [person?.address ?? address, ...(person?.aliases ?? []), ...linked]
    const all = new Set([address, ...others].map(canonicalAddress))
    return [...all].map((one) => ({
      name: one === address ? name : (person?.name ?? ''),
      address: one,
    }))
  })
}

/** Those of `recipients` who follow and whom the others among them must not read of. */
export function exposedFollowers(
  desk: Pick<Desk, 'people'>,
  ticket: Known,
  writer: string,
  recipients: readonly MailAddress[],
): MailAddress[] {
  const hidden = new Set(hiddenFollowers(desk, ticket, writer).map(({ address }) => address))
  return recipients.filter(({ address }) => hidden.has(canonicalAddress(address)))
}

/** Why somebody cannot follow whatever the ticket is, or null (participants.md §1-3). */
export function followRefusal(desk: Directory, address: string): string | null {
  const person = findPerson(desk, address)
  if (person === undefined) return 'not-internal'
  if (!desk.policy.followersEnabled) return 'followers-off'
  if (isBlocklisted(desk.policy, person.address)) return 'blocklisted'
  return isSupportAddress(desk, person.address) ? 'support-address' : null
}

/** A colleague whom a mail to customers must not name with @; without the @, who does not follow yet may be named. */
export interface HiddenMention extends MailAddress {
  readonly isFollower: boolean
}

/** Those of `mentions` whom the text would tell customers of: mail with it is not queued. */
export function hiddenMentions(
  desk: Directory,
  ticket: Known,
  { writer, mentions }: { writer: string; mentions: readonly string[] },
): HiddenMention[] {
  const met = metOutside(desk, ticket, writer)
  const following = new Set(
    ticket.participants.flatMap((p) => (p.role === 'follower' ? [personKey(desk, p.address)] : [])),
  )
  return mentions.flatMap((address) => {
    const key = personKey(desk, address)
    const isFollower = following.has(key)
    if (met.has(key) || (!isFollower && followRefusal(desk, address) !== null)) return []
    return [{ name: findPerson(desk, address)?.name ?? '', address: key, isFollower }]
  })
}
