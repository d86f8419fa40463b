// The receipt of a mail becomes its copy in Sent, so that other mail programs see what was sent; only where no receipt
// came is a copy stored. Whatever fails here is tried again and never sends a mail anew.
import { findCursor } from '../db/cursors'
import { getBytes, type OutboxItem } from '../db/outbox'
import { listReceiptUids, listUnfiled, markFiled } from '../db/receipts'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { findTerms } from './terms'

/** Runs work on a connection of its own; `sent` is the path of the Sent folder, if the server has one. */
export type WithMailbox = (
  work: (imap: ImapConnection, sent: string | undefined) => Promise<void>,
) => Promise<void>

interface Copy {
  readonly item: OutboxItem
  /** UIDs of its receipts in INBOX. */
  readonly uids: readonly number[]
}

/** Takes the receipts out of INBOX, or stores a copy where the wait for one is over. */
async function file(
  core: Core,
  { item, uids }: Copy,
  place: { imap: ImapConnection; sent: string; uidValidity: string },
): Promise<void> {
  const { imap, sent, uidValidity } = place
  await imap.openFolder(sent)
  const isThere = (await imap.searchMessageId(item.messageId)).length > 0
  const [first, ...others] = uids
  if (first !== undefined) {
    const inbox = await imap.openFolder('INBOX')
    // Numbered anew: the next pass tells where the receipts are now.
    if ((inbox.uidValidity ?? '0') !== uidValidity) return
    await imap.addFlags(uids, ['\\Seen'])
    if (isThere) await imap.remove(uids)
    else {
      await imap.move([first], sent)
      if (others.length > 0) await imap.remove(others)
    }
  } else if (!isThere) {
    const bytes = await getBytes(core.db.read, item.id)
    await imap.append(sent, bytes, ['\\Seen'], new Date(item.queuedAt))
  }
  await core.db.write('outbox.filed', (tx) => markFiled(tx, item, { uidValidity, uids }))
}

/** Files what can be filed now of an account's sent mails. */
export async function fileCopies(
  core: Core,
  accountId: string,
  withMailbox: WithMailbox,
): Promise<void> {
  const { read } = core.db
  const unfiled = await listUnfiled(read, accountId)
  if (unfiled.length === 0) return
  const { receiptWait } = await findTerms(read, accountId)
  const uidValidity = (await findCursor(read, accountId, 'INBOX'))?.uidValidity ?? '0'
  const ready: Copy[] = []
  for (const item of unfiled) {
    const uids = await listReceiptUids(read, item, uidValidity)
    const isLate = !item.hasReceipt || core.now() - (item.settledAt ?? 0) > receiptWait
    if (uids.length > 0 || isLate) ready.push({ item, uids })
  }
  if (ready.length === 0) return
  await withMailbox(async (imap, sent) => {
    for (const copy of ready) {
      if (sent !== undefined) await file(core, copy, { imap, sent, uidValidity })
    }
  })
}

/** Whether a receipt is still expected of a mail that was sent a moment ago. */
export async function isAwaitingCopy(core: Core, accountId: string): Promise<boolean> {
  const { receiptWait } = await findTerms(core.db.read, accountId)
  const unfiled = await listUnfiled(core.db.read, accountId)
  return unfiled.some(
    (item) => item.hasReceipt && core.now() - (item.settledAt ?? 0) <= receiptWait,
  )
}
