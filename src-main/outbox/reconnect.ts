// The network is back: what has waited for it alone goes at once.
import { listItemsIn } from '../db/outbox'
import type { Core } from '../tickets/core'
import { takeStep } from './deliver'
import { findTerms } from './terms'

/** To be called when a pass has read the mailbox of an account again: then a reply that has crossed with others is known. */
export async function reconnectItems(core: Core, accountId: string): Promise<void> {
  const { receiptWait } = await findTerms(core.db.read, accountId)
  await core.db.write('outbox.reconnected', async (tx) => {
    for (const item of await listItemsIn(tx, 'queued')) {
      if (item.accountId !== accountId) continue
      await takeStep(core, tx, item, { event: { type: 'reconnected' }, receiptWait })
    }
  })
}
