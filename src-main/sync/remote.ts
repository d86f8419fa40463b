// The sync in a process of its own, seen from main: started when needed, started again when it dies.
import { join } from 'node:path'
import type { AccountActivity } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account } from '#shared/model/account'
import { atMost } from '../atMost'
import type { Database } from '../db/open'
import { getSetting } from '../db/settings'
import type { Child, Fork } from '../host'
import { reconnectDelay } from '#shared/rules/reconnect'
import { say } from '#shared/rules/sayings'
import { log } from '../log'
import type { createPrecedence } from './hold'
import { createPeer, type Peer } from './peer'
import type { Sync, SyncOptions } from './sync'
import type { MainVerbs, SyncVerbs } from './verbs'

const stopLimitMs = 5_000
/** A process that lived this long counts as having worked. */
const steadyMs = 60_000

export const syncProcessFile = 'syncProcess.cjs'

export interface RemoteOptions extends SyncOptions {
  readonly workers: string
  readonly profile: string
  readonly fork: Fork
  readonly precedence: ReturnType<typeof createPrecedence>
}

interface Running {
  readonly child: Child
  readonly peer: Peer<SyncVerbs>
  readonly startedAt: number
}

const ended = (): AppError => new AppError('internal', say('reading-stopped'))

function accountsOf(db: Database): Promise<Account[]> {
  return getSetting(db.read, 'accounts')
}

/** What is said of the accounts: by the process itself, or for all of them while there is none. */
function createStatus(db: Database, onActivity: SyncOptions['onActivity']) {
  let activities: readonly AccountActivity[] = []
  const report = (next: AccountActivity[]): void => {
    activities = next
    onActivity(next)
  }
  return {
    report,
    reportAll: async (
      change: Pick<AccountActivity, 'state' | 'problem' | 'retryAt'>,
    ): Promise<void> => {
      const all = await accountsOf(db)
      report(
        all.map(({ id, address }) => {
          const known = activities.find((activity) => activity.accountId === id)
          const syncedAt = known?.syncedAt ?? null
          return { accountId: id, address, syncedAt, progress: null, ...change }
        }),
      )
    },
  }
}

export function createRemoteSync(db: Database, options: RemoteOptions): Sync {
  const { precedence } = options
  const status = createStatus(db, options.onActivity)
  let running: Running | undefined
  let isWatching = false
  let failures = 0
  let retry: NodeJS.Timeout | undefined

  const own: MainVerbs = {
    imapSettings: async (accountId) => {
      const account = (await accountsOf(db)).find(({ id }) => id === accountId)
      return account === undefined ? null : options.imapSettings(account)
    },
    changed: (changes) => {
      db.announce(changes)
    },
    activity: status.report,
    pulled: ({ accountId, since }) => {
      options.onPulled(accountId, since)
    },
    log: ({ level, channel, event, fields }) => {
      log[level](channel, event, { ...fields })
    },
  }

  const fail = (dead: Running, error: AppError): void => {
    if (running !== dead) return
    running = undefined
    dead.peer.end(error)
    dead.child.kill()
    if (!isWatching) return
    failures = performance.now() - dead.startedAt < steadyMs ? failures + 1 : 1
    const retryInMs = reconnectDelay(failures, { random: Math.random() })
    retry = setTimeout(watch, retryInMs)
    const change = { problem: error.message, retryAt: Date.now() + retryInMs }
    status.reportAll({ state: 'waiting', ...change }).catch((reason: unknown) => {
      log.error('sync', 'end not reported', { error: reason })
    })
  }

  const get = (): Running => {
    if (running !== undefined) return running
    const file = join(options.workers, syncProcessFile)
    const child = options.fork(file, [options.profile, options.workers])
    const made = { child, peer: createPeer<SyncVerbs>(child, own), startedAt: performance.now() }
    running = made
    child.onExit((code) => {
      if (running === made) log.error('sync', 'process ended', { code })
      fail(made, ended())
    })
    if (precedence.isHeld()) made.peer.tell('hold', true)
    return made
  }

  const watch = (): void => {
    clearTimeout(retry)
    const started = get()
    started.peer.call('start', null).catch((error: unknown) => {
      fail(started, error instanceof AppError ? error : ended())
    })
  }

  precedence.onChange((isHeld) => {
    running?.peer.tell('hold', isHeld)
  })
  db.onChange((changes, by) => {
    if (by === 'here') running?.peer.tell('changed', changes)
  })

  return {
    start: async () => {
      if ((await accountsOf(db)).length === 0) return
      isWatching = true
      if (running === undefined) {
        await status.reportAll({ state: 'connecting', problem: '', retryAt: null })
      }
      watch()
    },
    pullAll: () => get().peer.call('pullAll', null),
    wake: () => {
      if (running === undefined && isWatching) watch()
      else running?.peer.tell('wake', null)
    },
    forget: async (accountId) => {
      await running?.peer.call('forget', accountId)
    },
    stop: async () => {
      isWatching = false
      clearTimeout(retry)
      const last = running
      if (last === undefined) return
      await atMost(stopLimitMs, last.peer.call('stop', null))
      running = undefined
      last.child.kill()
    },
  }
}
