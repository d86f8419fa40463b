// Merging: a ticket leaves the lists and points to another. Neither its comments nor its people go there.
import type { TicketAction } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { TicketEventBody } from '#shared/model/event'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import { getVisibleTicket } from './detail'
import type { Viewer } from './views'

export type MergeAction = Extract<TicketAction, { do: 'merge' | 'unmerge' }>

export function isMerge(action: TicketAction): action is MergeAction {
  return action.do === 'merge' || action.do === 'unmerge'
}

/**
 * What merging a ticket, or taking that back, records. The target is one that this person sees and that is not itself
 * merged away: in a circle both would be lost.
 * @throws AppError `refused`, `not-found`
 */
export async function mergeEvents(
  db: Reader,
  viewer: Viewer,
  { ticket }: StoredTicket,
  action: MergeAction,
): Promise<TicketEventBody[]> {
  if (action.do === 'unmerge') {
    if (ticket.mergedInto !== null) return [{ kind: 'ticket.merged', into: null }]
    throw new AppError('refused', 'This ticket is not merged into another.', {
      because: 'not-merged',
    })
  }
  const target = (await getVisibleTicket(db, viewer, action.into)).ticket
  if (target.id === ticket.id) {
    throw new AppError('refused', 'A ticket cannot be merged into itself.', {
      because: 'merge-into-itself',
    })
  }
  if (target.mergedInto !== null) {
    throw new AppError(
      'refused',
      `Ticket ${target.key} has been merged itself: merge into the ticket it is in now, or bring it back first.`,
      { because: 'target-merged' },
    )
  }
  return [{ kind: 'ticket.merged', into: target.id }]
}
