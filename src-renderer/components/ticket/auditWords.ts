import type { TicketAction, TicketDetail } from '#shared/ipc/contract'
import { fullMoment } from '../../format'
import { explainCode } from '../explainCode'
import { hasText, t, type MessageKey } from '../../i18n'
import { nameIn, statusWords, type Names } from '../words'
import { ticketStatuses } from './statuses'

type AuditEntry = TicketDetail['audit'][number]

/** Reasons that the sentence says already. */
const silent = new Set(['agent-chose', 'added-by-agent', 'self', 'bounce', 'refused'])

/** What a way back may look at: the line's facts, and how things stand now. */
interface Now {
  readonly from: string
  readonly to: string
  readonly address: string
  readonly ticket: TicketDetail['ticket']
  readonly isCc: boolean
  readonly isFollower: boolean
  readonly isMuted: boolean
}

const waysBack: Readonly<Record<string, (now: Now) => TicketAction | null>> = {
  'ticket.assigned': ({ ticket, from, to }) =>
    (ticket.assignee ?? '') === to ? { do: 'assign', assignee: from || null } : null,
  'ticket.grouped': ({ ticket, from, to }) =>
    (ticket.group ?? '') === to ? { do: 'setGroup', group: from || null } : null,
  'ticket.tagged': ({ ticket, from, to }) => {
    const tags = from.split(', ').filter((tag) => tag !== '')
    return ticket.tags.join(', ') === to ? { do: 'setTags', tags } : null
  },
  'status.set': ({ ticket, from, to }) => {
    const status = ticketStatuses.find((one) => one === from)
    return ticket.status === to && status ? { do: 'setStatus', status } : null
  },
  'cc.added': ({ isCc, address }) => (isCc ? { do: 'removeCc', address } : null),
  'cc.removed': ({ isCc, address }) =>
    isCc ? null : { do: 'addCcs', people: [{ name: '', address }] },
  'cc.muted': ({ isCc, isMuted, address }) =>
    isCc && isMuted ? { do: 'unmuteCc', address } : null,
  'cc.unmuted': ({ isCc, isMuted, address }) =>
    isCc && !isMuted ? { do: 'muteCc', address } : null,
  'follower.added': ({ isFollower, address }) => (isFollower ? { do: 'unfollow', address } : null),
  'follower.removed': ({ isFollower, address }) =>
    isFollower ? null : { do: 'follow', address, level: 'all' },
}

/** What puts back what this line tells of; null when there is no way back or it has been undone since. */
export function undoOf(entry: AuditEntry, detail: TicketDetail): TicketAction | null {
  const { from = '', to = '', address = '' } = entry.detail
  const roles = detail.participants.filter((one) => one.address === address)
  const wayBack = Object.hasOwn(waysBack, entry.what) ? waysBack[entry.what] : undefined
  if (wayBack === undefined) return null
  return wayBack({
    ...{ from, to, address, ticket: detail.ticket },
    isCc: roles.some((one) => one.role === 'cc'),
    isFollower: roles.some((one) => one.role === 'follower'),
    isMuted: roles.some((one) => one.isMuted),
  })
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
