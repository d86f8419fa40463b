// Settles what is unclear by what lies in the mailbox: the support mailbox is a recipient of each transaction, so its
// copy in INBOX proves that the server took the mail, and its absence after the wait that it did not (architecture.md §13).
import { isReceiptOverdue, listItemsIn } from '../db/outbox'
import { findEvidence, listDoubted, noteReceipts } from '../db/receipts'
import type { SendingEvent } from '#shared/rules/sending'
import type { OutboxItem } from '../db/outbox'
import type { Writer } from '../db/write'
import type { Core } from '../tickets/core'
import { log } from '../log'
import { steadyNow, type Moment } from '../moment'
import { takeStep } from './deliver'
import { findTerms } from './terms'

export interface Receipts {
  /** A mail has just become uncertain. */
  readonly doubt: (itemId: string) => void
  /** Asks for the folders to be read where a receipt is overdue, at most once a second. @returns whether one is */
  readonly lookIfOverdue: () => Promise<boolean>
  /**
   * A pass over INBOX and Sent of this account that began at `since` has ended; one that began before a wait was over
   * proves no absence, however late it ended. Returns how many mails it has shown to be sent.
   */
  readonly afterPass: (accountId: string, since: Moment) => Promise<number>
}

/** ms from the start in which nothing of an earlier run is taken for absent. */
const firstLook = 3_000
/** ms between looks. */
const lookEvery = 1_000

export function createReceipts(core: Core, look: () => void): Receipts {
  const startedAt = steadyNow()
  let lookedAt = -Infinity
  /** When mails became uncertain in this run: their wait does not follow a clock that jumps. */
  const doubts = new Map<string, number>()

  const absence = (item: OutboxItem, pass: Moment, wait: number): SendingEvent[] => {
    const doubtedAt = doubts.get(item.id)
    if (doubtedAt === undefined) {
      // When it was is known by the wall clock alone, which may have been set since.
      return pass.steady < startedAt + Math.min(wait, firstLook)
        ? []
        : [{ type: 'unseen', since: pass.wall }]
    }
    return pass.steady < doubtedAt + wait
      ? []
      : [{ type: 'unseen', since: Number.MAX_SAFE_INTEGER }]
  }

  const settle = async (accountId: string, pass: Moment): Promise<number> => {
    const { receiptWait } = await findTerms(core.db.read, accountId)
    const settleOne = async (tx: Writer, item: OutboxItem): Promise<boolean> => {
      const evidence = await findEvidence(tx, item)
      const events = [{ type: 'seen', ...evidence } as const, ...absence(item, pass, receiptWait)]
      for (const event of events) {
        const next = await takeStep(core, tx, item, { event, receiptWait })
        if (next === undefined) continue
        log.info('outbox', 'settled', { itemId: item.id, by: event.type, state: next.state })
        doubts.delete(item.id)
        return event.type === 'seen'
      }
      return false
    }
    return core.db.write(
      'outbox.receipts',
      async (tx) => {
        await noteReceipts(tx, accountId)
        let sent = 0
        for (const item of await listDoubted(tx, accountId))
          if (await settleOne(tx, item)) sent += 1
        return sent
      },
      { isDurable: true },
    )
  }

  return {
    doubt: (itemId) => {
      doubts.set(itemId, steadyNow())
    },
    lookIfOverdue: async () => {
      const isOverdue = await isReceiptOverdue(core.db.read, core.now())
      if (!isOverdue || steadyNow() - lookedAt < lookEvery) return isOverdue
      lookedAt = steadyNow()
      look()
      return true
    },
    afterPass: settle,
  }
}

/** Whether mail of this account waits for its receipt. */
export async function isAwaiting(core: Core, accountId: string): Promise<boolean> {
  const items = await listItemsIn(core.db.read, 'uncertain')
  return items.some((item) => item.accountId === accountId && item.nextAt !== null)
}
