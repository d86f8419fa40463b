// Who is one human on a ticket: second addresses in the directory, and those that an agent linked there.
import type { PlanInput } from '#shared/model/projection'
import { canonicalAddress } from './address'
import { personKey } from './desk'

/** One name for all addresses of one human, as this ticket knows them (participants.md §1, §4.3 row 5). */
export function humanKey(
  { desk, projected: { aliases = {} } }: Pick<PlanInput, 'desk' | 'projected'>,
  address: string,
): string {
  const canonical = canonicalAddress(address)
  const linked = Object.hasOwn(aliases, canonical) ? aliases[canonical] : undefined
  return personKey(desk, linked ?? canonical)
}
