// One loop per account: pull, then wait for news by IDLE, a poll, or somebody waking us; back off when the server fails.
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountActivity } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import { connectImap, type ImapConnection } from '../mail/imap'
import type { ParsePool } from '../mail/parsePool'
import type { FolderInfo } from '../mail/types'
import { findCursor } from '../db/cursors'
import { log } from '../log'
import type { Core } from '../tickets/core'
import type { Source } from './importMail'
import { pullFolder } from './pull'

const pollMs = 2 * 60_000
const firstRetryMs = 1_000
const longestRetryMs = 15 * 60_000

/** Full jitter: anywhere up to 1 s · 2ⁿ, at most 15 min, so that twenty desktops do not knock together. */
export function reconnectDelay(failures: number, random: number): number {
  return Math.round(random * Math.min(firstRetryMs * 2 ** failures, longestRetryMs)) + 250
}

export interface WatchOptions {
  readonly account: Account
  readonly pool: ParsePool
  /** Null while the password is not known. */
  readonly imapSettings: () => Promise<ServerSettings | null>
  readonly onActivity: (activity: AccountActivity) => void
  /** After each pass: mail is here, so receipts, index and outbox may go on. */
  readonly onPulled: (pulled: number) => void
}

export interface Watch {
  readonly start: () => void
  /** One pass now. Throws what the connection threw. */
  readonly pullOnce: () => Promise<number>
  /** Something changed (network, resume, password): do not wait. */
  readonly wake: () => void
  readonly activity: () => AccountActivity
  /** Runs work on a connection of its own, e.g. to fetch an attachment or to file a sent mail. */
  readonly withImap: <T>(
    work: (imap: ImapConnection, folders: readonly FolderInfo[]) => Promise<T>,
  ) => Promise<T>
  readonly stop: () => Promise<void>
}

/** The Sent folder: by its special use (RFC 6154), by name only where the server names none. */
export function findSent(folders: readonly FolderInfo[]): string | undefined {
  const special = folders.find((f) => f.specialUse === '\\Sent' && f.canSelect)
  return (special ?? folders.find((f) => /^sent\b/iu.test(f.name) && f.canSelect))?.path
}

export function createWatch(core: Core, options: WatchOptions): Watch {
  const { account, pool } = options
  const stopped = new AbortController()
  let activity: AccountActivity = {
    accountId: account.id,
    address: account.address,
    state: 'offline',
    problem: '',
    progress: null,
    syncedAt: null,
    retryAt: null,
  }
  let wakeUp: () => void = () => undefined
  let loop: Promise<void> | undefined
  let passing: Promise<number> | undefined

  const report = (change: Partial<AccountActivity>): void => {
    activity = { ...activity, ...change }
    options.onActivity(activity)
  }

  const connect = async (): Promise<ImapConnection> => {
    const settings = await options.imapSettings()
    if (settings === null) throw new AppError('auth', 'Enter the password to connect.')
    return connectImap(settings, { signal: stopped.signal })
  }

  const pullAll = async (imap: ImapConnection): Promise<number> => {
    report({ state: 'syncing', problem: '', retryAt: null })
    const sources: Source[] = [{ accountId: account.id, folder: 'INBOX', kind: 'inbox' }]
    const sent = findSent(await imap.listFolders())
    if (sent !== undefined) sources.push({ accountId: account.id, folder: sent, kind: 'sent' })
    let pulled = 0
    for (const source of sources) {
      const onProgress = (done: number, total: number): void => {
        report({ progress: { done, total } })
      }
      const signal = stopped.signal
      pulled += await pullFolder({ core, imap, pool, signal, onProgress }, source)
    }
    report({ state: 'online', progress: null, syncedAt: core.now() })
    options.onPulled(pulled)
    return pulled
  }

  const pass = (imap: ImapConnection): Promise<number> => {
    passing ??= pullAll(imap).finally(() => {
      passing = undefined
    })
    return passing
  }

  /** Resolves on news, on waking, on the poll, or when the connection ends. */
  const news = async (imap: ImapConnection): Promise<void> => {
    const { uidNext } = await imap.openFolder('INBOX')
    const cursor = await findCursor(core.db.read, account.id, 'INBOX')
    // Mail that came while the pass was busy elsewhere: IDLE would not announce it again.
    if (uidNext !== null && cursor !== undefined && uidNext - 1 > cursor.topUid) return
    const woken = new Promise<void>((resolve) => (wakeUp = resolve))
    const timer = new AbortController()
    const watching = imap.idle(wakeUp)
    const poll = delay(pollMs, undefined, { signal: timer.signal, ref: false }).catch(
      () => undefined,
    )
    try {
      await Promise.race([woken, poll, imap.whenClosed])
    } finally {
      timer.abort()
      watching.stop()
    }
  }

  const stay = async (): Promise<void> => {
    report({ state: 'connecting', problem: '', retryAt: null })
    const imap = await connect()
    try {
      while (!stopped.signal.aborted && imap.isOpen()) {
        await pass(imap)
        await news(imap)
      }
    } finally {
      await imap.close()
    }
  }

  const pause = async (error: unknown, failures: number): Promise<void> => {
    const known = error instanceof AppError ? error : undefined
    if (known === undefined) log.error('inbox', 'pass failed', { error })
    // A wrong password tried again and again locks accounts: wait for a person.
    const isAuth = known?.code === 'auth' || known?.code === 'invalid-input'
    const ms = reconnectDelay(failures, Math.random())
    report({
      state: known?.code === 'auth' ? 'needs-password' : isAuth ? 'stopped' : 'waiting',
      problem: known?.message ?? 'Something went wrong while reading mail; the log has details.',
      progress: null,
      retryAt: isAuth ? null : core.now() + ms,
    })
    const woken = new Promise<void>((resolve) => (wakeUp = resolve))
    await (isAuth ? woken : Promise.race([woken, delay(ms, undefined, { ref: false })]))
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!stopped.signal.aborted) {
      const before = activity.syncedAt
      try {
        await stay()
        failures = 0
      } catch (error) {
        if (stopped.signal.aborted) break
        failures = activity.syncedAt === before ? failures + 1 : 1
        await pause(error, failures)
      }
    }
  }

  const withImap: Watch['withImap'] = async (work) => {
    const imap = await connect()
    try {
      return await work(imap, await imap.listFolders())
    } finally {
      await imap.close()
    }
  }

  return {
    start: () => {
      loop ??= run()
    },
    pullOnce: () => withImap((imap) => pass(imap)),
    wake: () => {
      wakeUp()
    },
    activity: () => activity,
    withImap,
    stop: async () => {
      stopped.abort()
      wakeUp()
      await loop
      report({ state: 'offline', progress: null })
    },
  }
}
