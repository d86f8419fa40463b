// Whose turn it is: a mail of a duty goes from the desktop that has the duty, and from nowhere else at the same time.
import type { DutyStanding } from '#shared/model/duty'
import { findItem, type OutboxItem } from '../db/outbox'
import type { SendingEvent } from '#shared/rules/sending'
import { say } from '#shared/rules/sayings'
import type { Core } from '../tickets/core'
import { takeStep } from './deliver'
import type { Receipts } from './receipts'
import type { Terms } from './terms'

export type AskStanding = (dutyKey: string, itemId: string) => Promise<DutyStanding>

const lookAgain = 20_000
const elsewhere = say('sent-elsewhere-decides')

/** Whether a mail may go from here now; one that another desktop may have sent waits for its receipt. */
export function createTurn(core: Core, receipts: Receipts, ask: AskStanding | undefined) {
  return async (item: OutboxItem, terms: Terms): Promise<boolean> => {
    if (item.dutyKey === null || ask === undefined) return true
    const standing = await ask(item.dutyKey, item.id)
    if (standing === 'mine') return true
    const { wantsReceipt, receiptWait } = terms
    const event: SendingEvent =
      standing === 'shared'
        ? { type: 'shared', wantsReceipt }
        : { type: 'put-off', until: core.now() + lookAgain, reply: elsewhere }
    await core.db.write(
      `outbox.${event.type}`,
      async (tx) => {
        const fresh = await findItem(tx, item.id)
        if (fresh !== undefined) await takeStep(core, tx, fresh, { event, receiptWait })
      },
      { isDurable: true },
    )
    if (standing === 'shared') receipts.doubt(item.id)
    return false
  }
}
