import type { AgentProfile } from '#shared/model/account'
import type { Ticket } from '#shared/model/ticket'
import { nameIn, type Names } from '../words'

interface Facts {
  readonly ticket: Pick<Ticket, 'key' | 'subject' | 'requester'>
  readonly agent: AgentProfile | null
  readonly names: Names
}

/** What may stand between {{ and }}. */
export const placeholders = [
  'requester.name',
  'requester.firstName',
  'requester.address',
  'ticket.key',
  'ticket.subject',
  'agent.name',
  'agent.firstName',
] as const

const pattern = /\{\{\s*([\w.]{1,60})\s*\}\}/g

function valuesOf({
  ticket,
  agent,
  names,
}: Facts): Readonly<Record<(typeof placeholders)[number], string>> {
  const address = ticket.requester?.address ?? ''
  const requester = ticket.requester?.name || (address === '' ? '' : nameIn(names, address))
  const first = (name: string): string => (name.includes('@') ? name : (name.split(' ')[0] ?? ''))
  return {
    'requester.name': requester,
    'requester.firstName': first(requester),
    'requester.address': address,
    'ticket.key': ticket.key,
    'ticket.subject': ticket.subject,
    'agent.name': agent?.name ?? '',
    'agent.firstName': first(agent?.name ?? ''),
  }
}

/** The template's words for this ticket; what is unknown or empty stays as it is, for the agent to see. */
export function fillTemplate(text: string, facts: Facts): string {
  const values: Readonly<Record<string, string>> = valuesOf(facts)
  return text.replace(pattern, (whole, name: string) => values[name] || whole)
}

/** Placeholders that are still in a text. */
export function unfilledIn(text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([whole]) => whole))]
}
