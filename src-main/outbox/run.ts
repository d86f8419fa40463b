import { AppError } from '#shared/ipc/errors'
import { advance, findDue, findItem, nextDueAt } from '../db/outbox'
import { log } from '../log'
import type { Core } from '../tickets/core'
import { deliver, parkInterrupted, settle, type Send } from './deliver'

export interface Outbox {
  /** Sends everything that is due, one mail at a time; resolves when nothing is. */
  readonly flush: () => Promise<{ sent: number; failed: number; uncertain: number }>
  /** Looks again now and whenever the next mail becomes due. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

export interface OutboxOptions {
  readonly accountIds: () => Promise<readonly string[]>
  readonly send: Send
  /** False while the account's password is not known: its mail waits and no attempt is counted. */
  readonly canSend: (accountId: string) => Promise<boolean>
  /** After a mail of ours was accepted: file the copy. Its failure never resends. */
  readonly onSent: (itemId: string) => Promise<void>
}

const longestTimer = 60_000

/** One runner per desktop. Before its first mail it parks what an earlier run left on the socket. */
export function createOutbox(core: Core, options: OutboxOptions): Outbox {
  let running: Promise<{ sent: number; failed: number; uncertain: number }> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  /** Something is due that cannot go now: the password is missing or was refused. */
  let isBlocked = false
  const parked = parkInterrupted(core)

  const sendAll = async (): Promise<{ sent: number; failed: number; uncertain: number }> => {
    await parked
    const tally = { sent: 0, failed: 0, uncertain: 0 }
    isBlocked = false
    for (const accountId of await options.accountIds()) {
      if (!(await options.canSend(accountId))) {
        isBlocked = true
        continue
      }
      while (!isStopped) {
        const item = await findDue(core.db.read, accountId, core.now())
        if (item === undefined) break
        const step = await deliver(core, item, options.send)
        const { state } = step
        if (state === 'sent' || state === 'partly') {
          tally.sent += 1
          await options.onSent(item.id).catch((error: unknown) => {
            log.warn('outbox', 'copy not filed', { itemId: item.id, error })
          })
        }
        if (state === 'failed') tally.failed += 1
        if (state === 'uncertain') tally.uncertain += 1
        // A wrong password tried for each waiting mail would lock the account.
        isBlocked ||= step.isBlocked
        if (step.isBlocked) break
      }
    }
    return tally
  }

  const flush: Outbox['flush'] = () => {
    running ??= sendAll().finally(() => {
      running = undefined
    })
    return running
  }

  const schedule = async (): Promise<void> => {
    clearTimeout(timer)
    const at = await nextDueAt(core.db.read)
    if (isStopped || at === undefined) return
    const soonest = isBlocked ? longestTimer : 250
    timer = setTimeout(wake, Math.min(Math.max(at - core.now(), soonest), longestTimer))
  }

  const wake = (): void => {
    flush()
      .then(schedule)
      .catch((error: unknown) => {
        log.error('outbox', 'run failed', { error })
      })
  }

  return {
    flush,
    wake,
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running?.catch(() => undefined)
    },
  }
}

/** An agent says: try again now. An uncertain mail keeps its Message-ID, so receivers can tell a repeat. */
export async function retryItem(core: Core, id: string): Promise<void> {
  await core.db.write(
    'outbox.retry',
    async (tx) => {
      const item = await findItem(tx, id)
      if (item === undefined)
        throw new AppError('not-found', 'There is no such mail in the outbox.')
      if (!['queued', 'failed', 'uncertain', 'partly'].includes(item.state)) {
        throw new AppError('refused', `This mail is ${item.state}: there is nothing to try again.`)
      }
      const again = item.state === 'partly' ? item.refused.map((r) => r.address) : item.envelope
      await advance(tx, item, { state: 'queued', nextAt: core.now(), envelope: again, refused: [] })
    },
    { isDurable: true },
  )
}

/** An agent says: do not send. Too late once the server has it. */
export async function cancelItem(core: Core, id: string): Promise<void> {
  await core.db.write(
    'outbox.cancel',
    async (tx) => {
      const item = await findItem(tx, id)
      if (item === undefined)
        throw new AppError('not-found', 'There is no such mail in the outbox.')
      if (!['queued', 'failed', 'uncertain'].includes(item.state)) {
        throw new AppError(
          'refused',
          `This mail is ${item.state}: it cannot be cancelled any more.`,
        )
      }
      await settle(core, tx, item, { state: 'cancelled', lastReply: 'Cancelled by an agent.' })
    },
    { isDurable: true },
  )
}
