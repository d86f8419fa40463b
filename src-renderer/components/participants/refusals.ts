import type { MailAddress } from '#shared/model/address'
import { canonicalAddress, parseAddressList } from '#shared/rules/address'
import { t } from '../../i18n'
import { untagged } from '../../composables/ownMailbox'
import { explainCode } from '../explainCode'
import { nameIn, type Names } from '../words'

export interface Refusal {
  /** What was typed; it stays in the field. */
  readonly text: string
  readonly reason: string
}

export interface ReadPeople {
  readonly people: MailAddress[]
  readonly refusals: Refusal[]
}

/** A typed or pasted list: who is named, and what cannot be read. `refuse` knows who may not be added. */
export function readPeople(
  text: string,
  refuse: (person: MailAddress, already: number) => string | null,
): ReadPeople {
  const { people, invalid } = parseAddressList(text)
  const welcome: MailAddress[] = []
  const refusals: Refusal[] = invalid.map((entry) => ({
    text: entry.text,
    reason: `“${entry.text}”: ${explainCode(entry.because).text}`,
  }))
  for (const person of people) {
    const reason = refuse(person, welcome.length)
    if (reason === null) welcome.push(person)
    else refusals.push({ text: person.address, reason })
  }
  return { people: welcome, refusals }
}

export interface CcRules {
  readonly ccs: readonly string[]
  readonly limit: number
  readonly requester: MailAddress | null
  /** The desk's own mailboxes. */
  readonly support: readonly string[]
  readonly names: Names
}

function isSupport(address: string, support: readonly string[]): boolean {
  return support.map(canonicalAddress).some((own) => own === address || own === untagged(address))
}

/** Why somebody may not become a CC, in a friendly sentence; null when they may. Main checks again. */
export function ccRefusal(rules: CcRules, person: MailAddress, already: number): string | null {
  const address = canonicalAddress(person.address)
  const name = person.name === '' ? nameIn(rules.names, address) : person.name
  if (rules.requester !== null && canonicalAddress(rules.requester.address) === address) {
    return t('refusal.requester', { name })
  }
  if (isSupport(address, rules.support)) {
    return t('refusal.support', { address })
  }
  if (rules.ccs.includes(address)) return t('refusal.already', { name })
  if (rules.ccs.length + already >= rules.limit) {
    return t('refusal.limit', { name, limit: rules.limit })
  }
  return null
}
