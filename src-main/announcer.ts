// What is going on in the mailboxes and the outbox, told to whoever listens.
import type { AccountActivity, Activity } from '#shared/ipc/contract'
import { countByState } from './db/outbox'
import type { Database } from './db/open'
import { log } from './log'

/** Says at most ten times a second what is going on. */
export function createAnnouncer(db: Database, onReadable: () => void) {
  let accounts: readonly AccountActivity[] = []
  const away = new Set<string>()
  const isReached = ({ state }: AccountActivity): boolean =>
    state === 'online' || state === 'syncing'
  const current = async (): Promise<Activity> => ({
    accounts: [...accounts],
    outbox: await countByState(db.read),
  })
  const canRead = (): boolean => accounts.some(isReached)
  const listeners = new Set<(activity: Activity) => void>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const say = async (): Promise<void> => {
    const activity = await current()
    for (const listener of listeners) listener(activity)
  }
  const soon = (): void => {
    if (isStopped) return
    timer ??= setTimeout(() => {
      timer = undefined
      say().catch((error: unknown) => {
        log.error('engine', 'activity not announced', { error })
      })
    }, 100)
  }
  return {
    current,
    accounts: (next: readonly AccountActivity[]): void => {
      const before = canRead()
      accounts = next
      for (const each of next) if (!isReached(each)) away.add(each.accountId)
      soon()
      if (!before && canRead()) onReadable()
    },
    canRead,
    /** Whether the server of an account was out of reach since this was asked before. */
    wasAway: (accountId: string): boolean => away.delete(accountId),
    listen: (listener: (activity: Activity) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    soon,
    /** Whether a mailbox can be read again at once. */
    isOnline: (): boolean => accounts.some((account) => account.state === 'online'),
    stop: (): void => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
