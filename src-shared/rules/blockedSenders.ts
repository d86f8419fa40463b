// Senders whose mail the desk does not want. A block is about strangers: colleagues and the desk's own
// addresses cannot be blocked, and who is on a ticket is still heard there.
import type { Desk } from '#shared/model/desk'
import { canonicalBlockEntry, isBlocklisted, isValidAddress } from './address'

type Outcome = Desk | 'invalid-address' | 'sender-inside' | 'not-blocked'

const listed = (entry: string, address: string) => isBlocklisted({ ccBlocklist: [entry] }, address)

/** Whether a new mail of this address is discarded as it comes in. */
export function isBlockedSender(desk: Pick<Desk, 'blockedSenders'>, address: string): boolean {
  return desk.blockedSenders.some((entry) => listed(entry, address))
}

/** The desk with this address or bare domain blocked, or why not. */
export function blockSender(desk: Desk, text: string): Outcome {
  const entry = canonicalBlockEntry(text)
  if (!isValidAddress(entry.includes('@') ? entry : `x@${entry}`)) return 'invalid-address'
  const own = [...desk.people, ...desk.mailboxes].flatMap((one) => [one.address, ...one.aliases])
  if (own.some((address) => listed(entry, address))) return 'sender-inside'
  if (desk.blockedSenders.includes(entry)) return desk
  return { ...desk, blockedSenders: [...desk.blockedSenders, entry] }
}

/** The desk without this block. */
export function unblockSender(desk: Desk, text: string): Outcome {
  const entry = canonicalBlockEntry(text)
  const blockedSenders = desk.blockedSenders.filter((other) => other !== entry)
  if (blockedSenders.length === desk.blockedSenders.length) return 'not-blocked'
  return { ...desk, blockedSenders }
}
