import type { ThreadEntry, TicketDetail } from '#shared/ipc/contract'

/** What a mail did to the CC list, as far as it still stands. */
export interface MailChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export const noChange: MailChange = { added: [], removed: [] }

type People = Pick<TicketDetail, 'participants' | 'audit'>

/** The first mail makes the list rather than changing it: nothing to tell, nothing to undo. */
export function mailChangeOf(entry: ThreadEntry, isFirst: boolean, people: People): MailChange {
  const isChange = entry.flags.some((flag) => flag === 'cc-added' || flag === 'cc-removed')
  if (isFirst || !isChange) return noChange
  const ccs = people.participants.filter((one) => one.role === 'cc')
  const present = new Set(ccs.map((one) => one.address))
  const added = ccs.filter((one) => one.origin.messageId === entry.messageId)
  const removed = people.audit.filter(
    (one) => one.what === 'cc.removed' && one.because === 'removed-by-mail' && one.at === entry.at,
  )
  return {
    added: added.map((one) => one.address),
    removed: removed
      .map((one) => one.detail.address ?? '')
      .filter((address) => address !== '' && !present.has(address)),
  }
}
