import { findByRfcIds } from '../db/messages'
import type { Writer } from '../db/write'
import { parseMail } from '../mail/parse'
import { loadDeskMarks, storeArrivals, toArrival } from '../tickets/arrival'
import type { Core } from '../tickets/core'

/** Stores a mail of ours as the fact it will be on every desktop once its copy comes back. */
export async function storeOwnMail(
  core: Core,
  tx: Writer,
  mail: { bytes: Buffer; accountId: string },
): Promise<void> {
  const parsed = parseMail(mail.bytes)
  const circumstances = {
    accountId: mail.accountId,
    source: 'local',
    receivedAt: core.now(),
    size: mail.bytes.length,
    isSeen: true,
    bytes: mail.bytes,
  } as const
  const arrival = toArrival(parsed, circumstances, await loadDeskMarks(core, tx))
  if ((await findByRfcIds(tx, [arrival.fact.rfcId])).length > 0) return
  await storeArrivals(core, tx, { arrivals: [arrival] })
}
