import type { TicketAction, TicketDetail } from '#shared/ipc/contract'
import { explainCode } from '../explainCode'
import { hasText, t, type MessageKey } from '../../i18n'
import { nameIn, statusWords, type Names } from '../words'
import { ticketStatuses } from './statuses'

type AuditEntry = TicketDetail['audit'][number]

/** What was done, as the end of a sentence that begins with who did it. `{x}` is filled from the detail. */
const sentences: Readonly<Record<string, string>> = {
  'ticket.created': 'created the ticket',
  'ticket.opened': 'opened the ticket',
  'ticket.assigned': 'changed the assignee to {to|nobody}',
  'ticket.tagged': 'changed the tags to {to|none}',
  'ticket.grouped': 'changed the group to {to|none}',
  'ticket.merged': 'merged this ticket into another',
  'status.set': 'changed the status from {from} to {to}',
  'requester.set': 'made {address} the requester',
  'cc.added': 'added {address} as CC',
  'cc.removed': 'removed {address} from the CCs',
  'cc.muted': 'muted {address}',
  'cc.unmuted': 'unmuted {address}',
  'cc.keptOff': 'keeps {address} off the CCs',
  'cc.suggested': 'named {address}, who is suggested as CC',
  'cc.notAdded': 'named {address}, who was not added',
  'follower.added': 'made {address} a follower',
  'follower.removed': 'removed {address} from the followers',
  'follower.levelSet': 'set what {address} hears to {level}',
  'suggestion.dismissed': 'dismissed the suggestion of {address}',
  'comment.held': 'wrote a mail that is held',
  'comment.accepted': 'accepted the mail of {from}',
  'comment.discarded': 'discarded the mail of {from}',
  'comment.decisionUndone': 'took back what was decided about the mail of {from}',
  'alias.linked': 'linked {address} as another address of {aliasOf}',
  'address.undeliverable': 'cannot reach {address}: mail came back',
  'note.written': 'wrote a note',
  'reply.written': 'wrote a {visibility|public} reply',
  'reply.scheduled': 'scheduled a reply for {at}',
  'reply.unscheduled': 'ended a scheduled reply: {because}',
  'delivery.settled': 'saw a mail settled: {because}',
}

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
  const text = hasText(key) ? t(key, values) : entry.what.replace(/[._-]/g, ' ')
  const isSaid = silent.has(entry.because) || entry.what === 'delivery.settled'
  return isSaid ? text : `${text} (${explainCode(entry.because).label.toLowerCase()})`
}

function statusOf(value: string): string {
  const status = ticketStatuses.find((one) => one === value)
  return status === undefined ? '' : statusWords[status]
}
