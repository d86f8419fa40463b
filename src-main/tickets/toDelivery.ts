import type { Delivery } from '#shared/ipc/contract'
import type { Skipped } from '#shared/model/message'
import { mayTakeBack } from '#shared/rules/sending'
import type { OutboxItem } from '../db/outbox'

/** An outbox item as people see it. `skipped` are those who got no mail of the same comment. */
export function toDelivery(item: OutboxItem, skipped: readonly Skipped[]): Delivery {
  const {
    accountId,
    envelope,
    refusedNow,
    doubted,
    hasReceipt,
    accepted,
    receipted,
    settledAt,
    isFiled,
    dutyKey,
    ...shown
  } = item
  const canEdit = (item.kind === 'public' || item.kind === 'private') && mayTakeBack(item)
  return { ...shown, waiting: [...envelope], skipped: [...skipped], canEdit }
}
