// What the desk's history says of each of its events.
import type { DeskEvent, DeskEventBody } from '#shared/model/event'
import type { AuditEntry } from '#shared/model/projection'
import { canonicalAddress, canonicalBlockEntry } from './address'
import { physicalOf } from './clock'
import { deviceDetail, isDeviceBody } from './devices'
import { formatPolicyValue } from './policyKeys'

/** Facts for the audit sentence: plain strings, and never the desk's key. */
function detailOf(body: DeskEventBody): Record<string, string> {
  if (isDeviceBody(body)) return deviceDetail(body)
  switch (body.kind) {
    case 'desk.created':
      return { name: body.name, creator: canonicalAddress(body.creator.address) }
    case 'policy.set':
      return Object.fromEntries(
        Object.entries(body.changes).map(([key, value]) => [key, formatPolicyValue(value)]),
      )
    case 'policy.presetChosen':
      return { preset: body.preset }
    case 'person.set': {
      const { address, role, groups } = body.person
      return { address: canonicalAddress(address), role, groups: groups.join(', ') }
    }
    case 'mailbox.set': {
      const { address, aliases, group } = body
      return {
        address: canonicalAddress(address),
        aliases: aliases.join(', '),
        group: group ?? '',
      }
    }
    case 'template.set':
      return { template: body.template.name }
    case 'template.removed':
      return { template: body.id }
    case 'person.removed':
    case 'person.signatureSet':
    case 'mailbox.removed':
      return { address: canonicalAddress(body.address) }
    case 'sender.blocked':
    case 'sender.unblocked':
      return { address: canonicalBlockEntry(body.entry) }
  }
}

/** What the desk's history says of one event; `refusal` when it changed nothing. */
export function auditOf(event: DeskEvent, refusal: string | null): AuditEntry {
  const { kind } = event.body
  return {
    at: physicalOf(event.hlc),
    by: canonicalAddress(event.by),
    what: refusal === null ? kind : 'event.ineffective',
    because: refusal ?? 'agent-chose',
    detail: refusal === null ? detailOf(event.body) : { ...detailOf(event.body), event: kind },
    source: event.id,
  }
}
