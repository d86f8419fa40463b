// What reads the servers into the database: a watch per account, the folding of tickets that was put off, the full-text
// index. Runs in a process of its own beside a window (`process.ts`, reached through `remote.ts`), else where it is made.
import { join } from 'node:path'
import type { AccountActivity } from '#shared/ipc/contract'
import type { Account, ServerSettings } from '#shared/model/account'
import { updateSearchIndex } from '../db/search'
import { getSetting } from '../db/settings'
import { createWatch, type Watch } from '../inbox/watch'
import { log } from '../log'
import type { Moment } from '../moment'
import { createParsePool } from '../mail/parsePool'
import type { Core } from '../tickets/core'
import { refreshStale } from '../tickets/refreshStale'
import { single } from './single'

export interface Sync {
  /** Watches every account until stopped; an account that is watched already goes on as it is. */
  readonly start: () => Promise<void>
  /** One pass over every account. @returns how many mails were new. Throws what a server threw. */
  readonly pullAll: () => Promise<number>
  /** Something changed (network, resume, password): do not wait. */
  readonly wake: () => void
  /** After setup changed an account: what runs with the old settings ends. */
  readonly forget: (accountId: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface SyncOptions {
  /** Folder of the built workers; without it everything runs in this thread. */
  readonly workers?: string | undefined
  /** Null while the password is not known. */
  readonly imapSettings: (account: Account) => Promise<ServerSettings | null>
  readonly onActivity: (activities: AccountActivity[]) => void
  /** After each complete pass over an account, with when it began. */
  readonly onPulled: (accountId: string, since: Moment) => void
}

function inBackground(work: Promise<void>, event: string): void {
  work.catch((error: unknown) => {
    log.error('sync', event, { error })
  })
}

/** During a pass the first screen and then the tickets go before the index, but a long one is not without search. */
const indexInPassMs = 3_000

export function createSync(core: Core, options: SyncOptions): Sync {
  const { workers } = options
  const pool = createParsePool(
    workers === undefined ? {} : { workerFile: join(workers, 'parseWorker.cjs') },
  )
  const watches = new Map<string, Watch>()
  const activities = new Map<string, AccountActivity>()
  const index = single(() => updateSearchIndex(core.db.write))
  const stale = single(() => refreshStale(core))
  let isRunning = false
  let indexing: NodeJS.Timeout | undefined

  const report = (activity: AccountActivity): void => {
    activities.set(activity.accountId, activity)
    options.onActivity([...activities.values()])
  }

  const watchOf = (account: Account): Watch => {
    const known = watches.get(account.id)
    if (known !== undefined) return known
    const watch = createWatch(core, {
      account,
      pool,
      imapSettings: () => options.imapSettings(account),
      onActivity: report,
      onPulled: (pulled, since) => {
        options.onPulled(pulled, since)
        if (isRunning) indexNow()
      },
    })
    watches.set(account.id, watch)
    report(watch.activity())
    return watch
  }

  const accounts = (): Promise<Account[]> => getSetting(core.db.read, 'accounts')

  const indexNow = (): void => {
    clearTimeout(indexing)
    indexing = undefined
    inBackground(index.run(), 'search index stopped')
  }
  core.db.onChange((changes) => {
    if (!isRunning || !changes.some((change) => change.entity === 'ticket')) return
    const isInPass = [...activities.values()].some(({ state }) => state === 'syncing')
    if (isInPass) indexing ??= setTimeout(indexNow, indexInPassMs)
    else indexNow()
  })

  return {
    start: async () => {
      isRunning = true
      for (const account of await accounts()) watchOf(account).start()
      // What a killed run has left undone.
      inBackground(stale.run(), 'tickets not folded')
      indexNow()
    },
    pullAll: async () => {
      let pulled = 0
      for (const account of await accounts()) pulled += await watchOf(account).pullOnce()
      await index.run()
      return pulled
    },
    wake: () => {
      for (const watch of watches.values()) watch.wake()
    },
    forget: async (accountId) => {
      const known = watches.get(accountId)
      watches.delete(accountId)
      await known?.stop()
      activities.delete(accountId)
      options.onActivity([...activities.values()])
    },
    stop: async () => {
      isRunning = false
      clearTimeout(indexing)
      await Promise.all([...watches.values()].map((watch) => watch.stop()))
      await Promise.all([stale.idle(), index.idle()])
      await pool.stop()
    },
  }
}
