// Keeps the journal up to date both ways: reads on IDLE or poll, writes what agents do at once, backs off when the server fails.
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#shared/ipc/errors'
import type { JournalStatus } from '#shared/ipc/contract'
import type { Account, ServerSettings } from '#shared/model/account'
import { findCursor } from '../db/cursors'
import { countLost, forgetPlaces, listUnpushed } from '../db/journalFolder'
import { log } from '../log'
import { connectImap, type ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { announceDevice } from '../tickets/setup'
import { claimDuties } from './claims'
import { createJournal as createFolder, findJournal } from './folder'
import { journalCursor, pullEvents } from './pull'
import { pushEvents } from './push'
import type { DeviceKey } from './signing'

const pollMs = 60_000
const longestRetryMs = 60_000

export interface JournalPass {
  /** New here. */
  readonly events: number
  readonly pushed: number
}

export interface JournalOptions {
  readonly key: DeviceKey
  /** The account whose mailbox holds the journal; undefined before setup. */
  readonly account: () => Promise<Account | undefined>
  /** Null while the password is not known. */
  readonly imapSettings: (account: Account) => Promise<ServerSettings | null>
  readonly onStatus?: (status: JournalStatus) => void
  /** After each pass while watching: a duty may have become ours. */
  readonly onPass?: () => void
  /** False until mail could be read: a wrong password must not be tried twice. `wake` says that it changed. */
  readonly mayConnect?: () => boolean
}

const nothing: JournalPass = { events: 0, pushed: 0 }

interface PassDeps {
  readonly core: Core
  readonly key: DeviceKey
  readonly imap: ImapConnection
  readonly account: Account
  /** Write again what the folder has lost; else it waits for somebody's decision. */
  readonly isRebuild?: boolean
}

/** The journal folder, made on first use. Undefined where it has been deleted and nobody has decided yet. */
async function folderFor({
  core,
  imap,
  account,
  isRebuild,
}: PassDeps): Promise<string | undefined> {
  const found = await findJournal(imap)
  if (found !== undefined) return found
  await core.db.write('journal.missing', forgetPlaces)
  if (isRebuild !== true && (await countLost(core.db.read)) > 0) {
    log.warn('journal', 'the folder is gone', { accountId: account.id })
    return undefined
  }
  return createFolder(imap)
}

/** One pass: read, write what waits, read what was written, so that its time is the server's. */
export async function journalPass(deps: PassDeps): Promise<JournalPass> {
  const { core, imap, key, account } = deps
  if ((await core.history(core.db.read)).created === null) return nothing
  const folder = await folderFor(deps)
  if (folder === undefined) return nothing
  const reading = { core, imap, folder }
  const writing = { core, imap, key, folder, mailbox: account.address }
  let events = await pullEvents(reading)
  await announceDevice(core)
  let pushed = await pushEvents(writing)
  if (deps.isRebuild === true) pushed += await pushEvents(writing, true)
  if (pushed > 0) events += await pullEvents(reading)
  return { events, pushed }
}

/** A bell that any number of waiters hear. */
export function createBell(): { ring: () => void; heard: () => Promise<void> } {
  let ring: () => void = () => undefined
  let heard = new Promise<void>((resolve) => (ring = resolve))
  return {
    ring: () => {
      ring()
      heard = new Promise<void>((resolve) => (ring = resolve))
    },
    heard: () => heard,
  }
}

export type Journal = ReturnType<typeof createJournal>

export function createJournal(core: Core, options: JournalOptions) {
  const stopped = new AbortController()
  const { signal } = stopped
  const bell = createBell()
  let status: JournalStatus = { state: 'offline', problem: '', lost: 0 }
  let loop: Promise<void> | undefined
  let passing: Promise<unknown> = Promise.resolve()

  const report = (next: JournalStatus): void => {
    const isSame = JSON.stringify(next) === JSON.stringify(status)
    status = next
    if (!isSame) options.onStatus?.(next)
  }

  const connect = async (): Promise<{ imap: ImapConnection; account: Account } | null> => {
    const account = await options.account()
    if (account === undefined) return null
    const settings = await options.imapSettings(account)
    if (settings === null) throw new AppError('auth', 'Enter the password to connect.')
    return { imap: await connectImap(settings, { signal }), account }
  }

  const pass = (
    imap: ImapConnection,
    account: Account,
    isRebuild = false,
  ): Promise<JournalPass> => {
    const turn = passing.then(async () => {
      const done = await journalPass({ core, imap, account, key: options.key, isRebuild })
      const lost = await countLost(core.db.read)
      report({ state: lost > 0 ? 'lost' : 'online', problem: '', lost })
      return done
    })
    passing = turn.catch(() => undefined)
    return turn
  }

  const once = async (isRebuild = false): Promise<JournalPass> => {
    const connection = await connect()
    if (connection === null) return nothing
    try {
      return await pass(connection.imap, connection.account, isRebuild)
    } finally {
      await connection.imap.close()
    }
  }

  /** Resolves on news in the folder, on the bell, on the poll, or when the connection ends. */
  const news = async (imap: ImapConnection, rung: Promise<void>) => {
    const path = await findJournal(imap)
    if (path === undefined) {
      await Promise.race([
        rung,
        delay(pollMs, undefined, { signal, ref: false }).catch(() => undefined),
      ])
      return
    }
    const { uidNext } = await imap.openFolder(path)
    const cursor = await findCursor(core.db.read, journalCursor.accountId, journalCursor.folder)
    // What came since the pass: IDLE would not announce it again.
    if (uidNext !== null && uidNext - 1 > (cursor?.topUid ?? 0)) return
    const timer = new AbortController()
    const watching = imap.idle(bell.ring)
    const poll = delay(pollMs, undefined, { signal: timer.signal, ref: false }).catch(
      () => undefined,
    )
    try {
      await Promise.race([rung, poll, imap.whenClosed])
    } finally {
      timer.abort()
      watching.stop()
    }
  }

  const isStopped = (): boolean => signal.aborted

  const stay = async (): Promise<void> => {
    const connection = await connect()
    if (connection === null) {
      await bell.heard()
      return
    }
    const { imap, account } = connection
    try {
      while (!isStopped() && imap.isOpen()) {
        const rung = bell.heard()
        await pass(imap, account)
        options.onPass?.()
        await news(imap, rung)
      }
    } finally {
      await imap.close()
    }
  }

  const run = async (): Promise<void> => {
    let failures = 0
    while (!isStopped()) {
      if (options.mayConnect?.() === false) {
        await bell.heard()
        continue
      }
      const startedAt = performance.now()
      const error: unknown = await stay().then(
        () => null,
        (reason: unknown) => reason,
      )
      if (isStopped()) return
      failures = performance.now() - startedAt > pollMs ? 1 : failures + 1
      const isOffline = error === null || (error instanceof AppError && error.code === 'offline')
      if (!(error instanceof AppError) && error !== null)
        log.error('journal', 'pass failed', { error })
      const problem = error instanceof AppError ? error.message : ''
      report({ ...status, state: isOffline ? 'offline' : 'failing', problem })
      const isAuth = error instanceof AppError && error.code === 'auth'
      const wait = Math.random() * Math.min(500 * 2 ** failures, longestRetryMs) + 100
      const waits = isAuth ? [] : [delay(wait, undefined, { ref: false })]
      await Promise.race([bell.heard(), ...waits])
    }
  }

  // What an agent does is written at once, not at the next poll.
  const forget = core.db.onChange((changes) => {
    if (loop === undefined || changes.every((change) => change.origin === 'remote')) return
    listUnpushed(core.db.read, { isLost: false, limit: 1 })
      .then((waiting) => {
        if (waiting.length > 0) bell.ring()
      })
      .catch((error: unknown) => {
        log.error('journal', 'not looked for news', { error })
      })
  })

  return {
    status: () => status,
    start: (): void => {
      loop ??= run()
    },
    /** One pass now. Throws what the connection threw. */
    passOnce: () => once(),
    /**
     * Which of these duties this desktop may do now; none while the folder cannot be reached or has been lost, because
     * then nobody can tell who else does them.
     */
    claim: async (keys: readonly string[], lease?: number): Promise<Map<string, number>> => {
      const connection = await connect()
      if (connection === null) return new Map()
      const { imap, account } = connection
      try {
        await pass(imap, account)
        const folder = status.state === 'online' ? await findJournal(imap) : undefined
        if (folder === undefined) return new Map()
        const base = { core, imap, key: options.key, folder, mailbox: account.address }
        const turn = passing.then(() =>
          claimDuties(lease === undefined ? base : { ...base, lease }, keys),
        )
        passing = turn.catch(() => undefined)
        return await turn
      } finally {
        await imap.close()
      }
    },
    /** Somebody has decided: write again what the folder has lost. */
    rebuild: () => once(true),
    wake: bell.ring,
    stop: async (): Promise<void> => {
      forget()
      stopped.abort()
      bell.ring()
      await loop
      await passing
    },
  }
}
