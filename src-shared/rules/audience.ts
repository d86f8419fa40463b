// What differs from the last public mail: shown before sending (participants.md §5, last rule).
import type { Plan, PlanInput } from '#shared/model/projection'
import { canonicalAddress, domainOf, isSupportAddress, supportAddresses } from './address'
import { isInternal } from './desk'
import { humanKey } from './linked'

/** Domains of the desk itself: never "outside". Aliases do not count: they may be at a free mailer. */
function ownDomains({ desk }: Pick<PlanInput, 'desk'>): string[] {
  const addresses = [...supportAddresses(desk), ...desk.people.map((person) => person.address)]
  return addresses.map(domainOf)
}

/** Who gets this but not the last public mail, who no longer does, and which domains are new. */
export function audienceChange(
  input: PlanInput,
  recipients: readonly string[],
): Plan['audienceChange'] {
  const { kind, desk, projected, actor } = input
  if (kind !== 'public' && kind !== 'private') return { added: [], removed: [], newDomains: [] }
  const last = projected.lastPublicAudience?.map(canonicalAddress) ?? null
  // Whoever opened the ticket by mail has seen it, though From is in nobody's To or Cc.
  const openers = projected.participants.filter(
    (each) => each.role === 'requester' && each.origin.kind === 'mail',
  )
  const known = new Set([...(last ?? []), ...openers.map((each) => canonicalAddress(each.address))])
  const old = new Set([...ownDomains({ desk }), ...Array.from(known, domainOf)])
  const outside = recipients.filter((address) => !isInternal(desk, address)).map(domainOf)
  const keyOf = (address: string) => humanKey(input, address)
  const present = new Set([...recipients, ...(actor === null ? [] : [actor])].map(keyOf))
  const isGone = (address: string) =>
    !present.has(keyOf(address)) && !isSupportAddress(desk, address)
  return {
    added: last === null ? [] : recipients.filter((address) => !known.has(address)),
    removed: kind === 'public' ? [...new Set(last ?? [])].filter(isGone) : [],
    newDomains: [...new Set(outside)].filter((domain) => !old.has(domain)).sort(),
  }
}
