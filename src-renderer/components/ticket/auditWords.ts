import type { TicketDetail } from '#shared/ipc/contract'
import { nameIn, type Names } from '../words'

type AuditEntry = TicketDetail['audit'][number]

/** "ticket.assigned" and its detail as a sentence without its subject. */
export function auditWords(entry: AuditEntry, names: Names): string {
  const what = entry.what.replace(/[._-]/g, ' ')
  const detail = Object.values(entry.detail).filter((value) => value !== '')
  const about = detail.map((value) => nameIn(names, value)).join(', ')
  return about === '' ? what : `${what}: ${about}`
}
