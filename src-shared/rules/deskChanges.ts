// What one event changes about the desk, or why it may not: people, mailboxes, policy, templates, blocked senders.
import type { Person } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import type { DeskEventBody } from '#shared/model/event'
import { defaultPolicy, type Policy } from '#shared/model/policy'
import type { Template } from '#shared/model/template'
import { canonicalAddress, canonicalBlockEntry, isValidAddress } from './address'
import { blockSender, unblockSender } from './blockedSenders'
import { compareText } from './deskOrder'
import type { DeviceBody, DeviceRefusal } from './devices'
import { policyPresets } from './policyPresets'

/** Why a desk event changes nothing (architecture.md §12 "Permission is part of the fold"). */
export type DeskRefusal =
  | 'clock-unreadable'
  | 'no-desk-yet'
  | 'desk-exists'
  | 'not-the-creator'
  | 'not-admin'
  | 'invalid-address'
  | 'address-taken'
  | 'mailbox-taken'
  | 'last-admin'
  | 'unknown-person'
  | 'unknown-mailbox'
  | 'template-taken'
  | 'unknown-template'
  | 'sender-inside'
  | 'not-blocked'
  | DeviceRefusal

/** The desk after a change, or why it stays. */
export type Outcome = Desk | DeskRefusal

/** A person with all addresses in the form in which they are compared. */
export function canonicalPerson(person: Person): Person {
  const address = canonicalAddress(person.address)
  const aliases = new Set(person.aliases.map(canonicalAddress))
  aliases.delete(address)
  return { ...person, address, aliases: [...aliases] }
}

/** Main address first, then the others. */
export const addressesOf = (person: Pick<Person, 'address' | 'aliases'>) => [
  person.address,
  ...person.aliases,
]

function replaceOrAppend<T extends { address: string }>(list: readonly T[], item: T): T[] {
  const isKnown = list.some((other) => other.address === item.address)
  if (!isKnown) return [...list, item]
  return list.map((other) => (other.address === item.address ? item : other))
}

function setPerson(desk: Desk, input: Person): Outcome {
  const person = canonicalPerson(input)
  if (!addressesOf(person).every(isValidAddress)) return 'invalid-address'
  const others = desk.people.filter((other) => other.address !== person.address)
  const taken = new Set(others.flatMap(addressesOf))
  if (addressesOf(person).some((address) => taken.has(address))) return 'address-taken'
  if (![...others, person].some((each) => each.role === 'admin')) return 'last-admin'
  return { ...desk, people: replaceOrAppend(desk.people, person) }
}

function removePerson(desk: Desk, address: string): Outcome {
  const wanted = canonicalAddress(address)
  const gone = desk.people.find((person) => addressesOf(canonicalPerson(person)).includes(wanted))
  if (gone === undefined) return 'unknown-person'
  const people = desk.people.filter((person) => person !== gone)
  return people.some((person) => person.role === 'admin') ? { ...desk, people } : 'last-admin'
}

function setSignature(desk: Desk, address: string, signature: string): Outcome {
  const owner = desk.people.find((person) =>
    addressesOf(canonicalPerson(person)).includes(canonicalAddress(address)),
  )
  if (owner === undefined) return 'unknown-person'
  return { ...desk, signatures: { ...desk.signatures, [owner.address]: signature.trim() } }
}

function setMailbox(desk: Desk, body: DeskEventBody & { kind: 'mailbox.set' }): Outcome {
  const address = canonicalAddress(body.address)
  const aliases = [...new Set(body.aliases.map(canonicalAddress))].filter((a) => a !== address)
  if (![address, ...aliases].every(isValidAddress)) return 'invalid-address'
  const account = body.account === null ? null : canonicalAddress(body.account)
  if (account !== null && !isValidAddress(account)) return 'invalid-address'
  const others = desk.mailboxes.filter((other) => other.address !== address)
  const taken = new Set(others.flatMap(addressesOf))
  if ([address, ...aliases].some((each) => taken.has(each))) return 'mailbox-taken'
  const { name, signature, group } = body
  const mailbox = {
    address,
    aliases,
    name,
    signature,
    group,
    account: account === address ? null : account,
  }
  return { ...desk, mailboxes: replaceOrAppend(desk.mailboxes, mailbox) }
}

function removeMailbox(desk: Desk, text: string): Outcome {
  const address = canonicalAddress(text)
  const mailboxes = desk.mailboxes.filter((mailbox) => mailbox.address !== address)
  return mailboxes.length < desk.mailboxes.length ? { ...desk, mailboxes } : 'unknown-mailbox'
}

function setTemplate(desk: Desk, template: Template): Outcome {
  const others = (desk.templates ?? []).filter(({ id }) => id !== template.id)
  const isTaken = others.some(({ name }) => name.toLowerCase() === template.name.toLowerCase())
  if (isTaken) return 'template-taken'
  const byName = (a: Template, b: Template): number => compareText(a.name, b.name)
  return { ...desk, templates: [...others, template].sort(byName) }
}

function removeTemplate(desk: Desk, id: string): Outcome {
  const templates = (desk.templates ?? []).filter((template) => template.id !== id)
  return templates.length < (desk.templates ?? []).length
    ? { ...desk, templates }
    : 'unknown-template'
}

function setPolicy(desk: Desk, changes: Readonly<Record<string, unknown>>): Desk {
  const given = Object.entries(changes).filter(
    ([key, value]) => Object.hasOwn(defaultPolicy, key) && value !== undefined,
  )
  const policy: Policy = { ...desk.policy, ...Object.fromEntries(given) }
  return {
    ...desk,
    policy: { ...policy, ccBlocklist: policy.ccBlocklist.map(canonicalBlockEntry) },
  }
}

/** The desk with this change, or the code of what forbids it. */
export function applyTo(desk: Desk, body: Exclude<DeskEventBody, DeviceBody>): Outcome {
  switch (body.kind) {
    case 'desk.created':
      return 'desk-exists'
    case 'policy.set':
      return setPolicy(desk, body.changes)
    case 'policy.presetChosen':
      return setPolicy(desk, policyPresets[body.preset])
    case 'person.set':
      return setPerson(desk, body.person)
    case 'person.removed':
      return removePerson(desk, body.address)
    case 'person.signatureSet':
      return setSignature(desk, body.address, body.signature)
    case 'mailbox.set':
      return setMailbox(desk, body)
    case 'mailbox.removed':
      return removeMailbox(desk, body.address)
    case 'template.set':
      return setTemplate(desk, body.template)
    case 'template.removed':
      return removeTemplate(desk, body.id)
    case 'sender.blocked':
      return blockSender(desk, body.entry)
    case 'sender.unblocked':
      return unblockSender(desk, body.entry)
  }
}
