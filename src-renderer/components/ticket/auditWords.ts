import type { TicketAction, TicketDetail } from '#shared/ipc/contract'
import { fullMoment } from '../../format'
import { explainCode } from '../explainCode'
import { hasText, t, type MessageKey } from '../../i18n'
import { nameIn, statusWords, type Names } from '../words'
import { ticketStatuses } from './statuses'

type AuditEntry = TicketDetail['audit'][number]

/** Reasons that the sentence says already. */
const silent = new Set(['agent-chose', 'added-by-agent', 'self', 'bounce', 'refused'])

/** What puts back what this line tells of; null when there is no way back or it has been undone since. */
export function undoOf(entry: AuditEntry, detail: TicketDetail): TicketAction | null {
  const { ticket, participants } = detail
  const { from = '', to = '', address = '' } = entry.detail
  const has = (role: 'cc' | 'follower'): boolean =>
    participants.some((one) => one.role === role && one.address === address)
  const isMuted = participants.some((one) => one.address === address && one.isMuted)
  const person = { name: '', address }
  switch (entry.what) {
    case 'ticket.assigned':
      return (ticket.assignee ?? '') === to ? { do: 'assign', assignee: from || null } : null
    case 'ticket.grouped':
      return (ticket.group ?? '') === to ? { do: 'setGroup', group: from || null } : null
    case 'ticket.tagged': {
      const tags = from.split(', ').filter((tag) => tag !== '')
      return ticket.tags.join(', ') === to ? { do: 'setTags', tags } : null
    }
    case 'status.set': {
      const status = ticketStatuses.find((one) => one === from)
      return ticket.status === to && status ? { do: 'setStatus', status } : null
    }
    case 'cc.added':
      return has('cc') ? { do: 'removeCc', address } : null
    case 'cc.removed':
      return has('cc') ? null : { do: 'addCcs', people: [person] }
    case 'cc.muted':
      return has('cc') && isMuted ? { do: 'unmuteCc', address } : null
    case 'cc.unmuted':
      return has('cc') && !isMuted ? { do: 'muteCc', address } : null
    case 'follower.added':
      return has('follower') ? { do: 'unfollow', address } : null
    case 'follower.removed':
      return has('follower') ? null : { do: 'follow', address, level: 'all' }
    default:
      return null
  }
}

const fallbacks: Readonly<Record<string, MessageKey>> = {
  'ticket.assigned': 'common.nobody',
  'ticket.tagged': 'common.none',
  'ticket.grouped': 'common.none',
}

/** The line as the end of a sentence that begins with who did it. */
export function auditWords(entry: AuditEntry, names: Names): string {
  const key = `audit.${entry.what.replace('.', '_')}`
  const values: Record<string, string> = { because: explainCode(entry.because).label }
  for (const name of ['to', 'from', 'address', 'aliasOf', 'visibility', 'level']) {
    const value = entry.detail[name] ?? ''
    const known = name === 'to' || name === 'from' ? statusOf(value) : ''
    const other = fallbacks[entry.what]
    values[name] = known || (value !== '' ? nameIn(names, value) : t(other ?? 'common.somebody'))
  }
  const at = Number(entry.detail['at'] ?? NaN)
  values['at'] = Number.isFinite(at) ? fullMoment(at) : (entry.detail['at'] ?? '')
  const text = hasText(key) ? t(key, values) : entry.what.replace(/[._-]/g, ' ')
  const isSaid = silent.has(entry.because) || entry.what === 'delivery.settled'
  return isSaid ? text : `${text} (${explainCode(entry.because).label.toLowerCase()})`
}

function statusOf(value: string): string {
  const status = ticketStatuses.find((one) => one === value)
  return status === undefined ? '' : statusWords[status]
}
