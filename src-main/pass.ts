// One full pass without a window: mail in, mail out, and a look for the receipts of what went out.
import { setTimeout as delay } from 'node:timers/promises'
import { listItemsIn } from './db/outbox'
import type { Duties } from './duties/run'
import type { Journal } from './journal/watch'
import { log } from './log'
import type { Moment } from './moment'
import type { Mailboxes } from './mailboxes'
import { isAwaitingCopy } from './outbox/fileCopies'
import { isAwaiting } from './outbox/receipts'
import type { Outbox } from './outbox/run'
import type { Sync } from './sync/sync'
import type { Core } from './tickets/core'

/** What one full pass did, as `sync` prints it. */
export interface PassResult {
  readonly pulled: number
  /** Journal events that were new here, and ours that were written to the folder. */
  readonly events: number
  readonly pushed: number
  readonly sent: number
  readonly failed: number
  /** Mails whose fate is not known at the end. */
  readonly uncertain: number
}

export interface Patience {
  /** ms to wait for the receipts of what was sent. */
  readonly receiptMs?: number
}

/** Runs what follows the passes over the folders, one at a time. */
export function createFollower(
  work: (accountId: string, since: Moment) => Promise<void>,
  done: () => void,
): { follow: (accountId: string, since: Moment) => void; idle: () => Promise<void> } {
  let following: Promise<void> = Promise.resolve()
  return {
    follow: (accountId, since) => {
      following = following
        .then(() => work(accountId, since))
        .catch((error: unknown) => {
          log.warn('outbox', 'receipts not read', { error })
        })
        .then(done)
    },
    idle: () => following,
  }
}

interface Parts {
  readonly core: Core
  readonly mailboxes: Mailboxes
  readonly sync: Sync
  readonly journal: Journal
  readonly outbox: Outbox
  readonly duties: Duties
  /** Resolves when what follows the passes so far is done. */
  readonly idle: () => Promise<void>
}

const usualPatience = 5_000
const betweenLooks = 150

async function isOpen({ core, mailboxes }: Parts): Promise<boolean> {
  for (const { id } of await mailboxes.accounts()) {
    if ((await isAwaiting(core, id)) || (await isAwaitingCopy(core, id))) return true
  }
  return false
}

export async function passOnce(parts: Parts, patience: Patience): Promise<PassResult> {
  const { core, sync, journal, outbox, duties, idle } = parts
  const before = outbox.totals()
  const tally = { pulled: 0, events: 0, pushed: 0 }
  const share = async (): Promise<void> => {
    const { events, pushed } = await journal.passOnce()
    tally.events += events
    tally.pushed += pushed
  }
  const once = async (): Promise<void> => {
    await share()
    tally.pulled += await sync.pullAll()
    await idle()
    await duties.flush()
    await outbox.flush()
  }
  await once()
  const end = performance.now() + (patience.receiptMs ?? usualPatience)
  while ((await isOpen(parts)) && performance.now() < end) {
    await delay(betweenLooks)
    await once()
  }
  await share()
  const uncertain = (await listItemsIn(core.db.read, 'uncertain')).length
  const { sent, failed } = outbox.totals()
  return { ...tally, sent: sent - before.sent, failed: failed - before.failed, uncertain }
}
