// One loop per account: pull, then wait for news by IDLE, a poll, or somebody waking us; back off when the server fails.
import { setTimeout as delay } from 'node:timers/promises'
import type { AccountActivity } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import { failuresAfter } from '#shared/rules/reconnect'
import { say } from '#shared/rules/sayings'
import { findCursor } from '../db/cursors'
import { log } from '../log'
import { steadyNow, type Moment } from '../moment'
import type { ImapConnection } from '../mail/imap'
import type { ParsePool } from '../mail/parsePool'
import type { FolderInfo } from '../mail/types'
import type { Core } from '../tickets/core'
import { setbackOf } from './backoff'
import type { Source } from './importMail'
import { pullFolder } from './pull'
import { openImap, useImap } from './useImap'

const pollMs = 2 * 60_000
/** How often a connection that waits must show that it lives: a router forgets it without a word. */
const usualWatchdogMs = 45_000
/** A server that has not answered for so long is not there any more. */
const answerMs = 8_000

export interface WatchOptions {
  readonly account: Account
  readonly pool: ParsePool
  /** Null while the password is not known. */
  readonly imapSettings: () => Promise<ServerSettings | null>
  readonly onActivity: (activity: AccountActivity) => void
  readonly watchdogMs?: number
  /** After each complete pass, with when it began: what waited for news of the server may go on. */
  readonly onPulled: (accountId: string, since: Moment) => void
}

export interface Watch {
  readonly start: () => void
  /** One pass now. Throws what the connection threw. */
  readonly pullOnce: () => Promise<number>
  /** Something changed (network, resume, password): do not wait. */
  readonly wake: () => void
  readonly activity: () => AccountActivity
  readonly stop: () => Promise<void>
}

/** The Sent folder: by its special use (RFC 6154), by name only where the server names none. */
export function findSent(folders: readonly FolderInfo[]): string | undefined {
  const special = folders.find((f) => f.specialUse === '\\Sent' && f.canSelect)
  return (special ?? folders.find((f) => /^sent\b/iu.test(f.name) && f.canSelect))?.path
}

/** A bell that any number of waiters hear. */
function createBell(): { ring: () => void; heard: () => Promise<void> } {
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

type Bell = ReturnType<typeof createBell>

/** Whether the other side still speaks. */
async function answers(imap: ImapConnection): Promise<boolean> {
  const late = delay(answerMs, false, { ref: false })
  const spoken = imap.noop().then(
    () => true,
    () => false,
  )
  return Promise.race([spoken, late])
}

/** Resolves once the connection no longer answers, which ends it, or when `signal` aborts. */
async function silenceOf(imap: ImapConnection, everyMs: number, signal: AbortSignal) {
  const pause = (): Promise<unknown> =>
    delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
  for (await pause(); !signal.aborted; await pause()) {
    if (await answers(imap)) continue
    await imap.close()
    return
  }
}

/** Resolves on news in INBOX, on the bell, on the poll, or when the connection ends. */
async function newsOf(
  core: Core,
  imap: ImapConnection,
  { account: { id: accountId }, watchdogMs = usualWatchdogMs }: WatchOptions,
  bell: Bell,
): Promise<void> {
  const rung = bell.heard()
  const { uidNext } = await imap.openFolder('INBOX')
  const cursor = await findCursor(core.db.read, accountId, 'INBOX')
  // Mail that came while the pass was busy elsewhere: IDLE would not announce it again.
  if (uidNext !== null && cursor !== undefined && uidNext - 1 > cursor.topUid) return
  const timer = new AbortController()
  const watching = imap.idle(bell.ring)
  const poll = delay(pollMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined)
  try {
    await Promise.race([rung, poll, imap.whenClosed, silenceOf(imap, watchdogMs, timer.signal)])
  } finally {
    timer.abort()
    watching.stop()
  }
}

interface Session {
  readonly core: Core
  readonly options: WatchOptions
  readonly signal: AbortSignal
  readonly report: (change: Partial<AccountActivity>) => void
}

async function pullAll(session: Session, imap: ImapConnection): Promise<number> {
  const { core, options, signal, report } = session
  const { account, pool } = options
  const since = { wall: core.now(), steady: steadyNow() }
  report({ state: 'syncing', problem: '', retryAt: null })
  const onProgress = (done: number, total: number): void => {
    report({ progress: { done, total } })
  }
  let pulled = 0
  let setAside = 0
  const onSetAside = (count: number): void => {
    setAside += count
  }
  const pull = async (source: Pick<Source, 'folder' | 'kind'>): Promise<void> => {
    const deps = { core, imap, pool, signal, onProgress, onSetAside }
    pulled += await pullFolder(deps, { accountId: account.id, ...source })
  }
  await pull({ folder: 'INBOX', kind: 'inbox' })
  const sent = findSent(await imap.listFolders())
  if (sent !== undefined) await pull({ folder: sent, kind: 'sent' })
  const problem = setAside === 0 ? '' : say('mails-set-aside', { count: String(setAside) })
  report({ state: 'online', problem, progress: null, syncedAt: core.now() })
  options.onPulled(account.id, since)
  return pulled
}

export function createWatch(core: Core, options: WatchOptions): Watch {
  const { account } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const bell = createBell()
  let activity: AccountActivity = {
    accountId: account.id,
    address: account.address,
    state: 'offline',
    problem: '',
    progress: null,
    syncedAt: null,
    retryAt: null,
  }
  let loop: Promise<void> | undefined
  let passing: Promise<number> | undefined

  const report = (change: Partial<AccountActivity>): void => {
    activity = { ...activity, ...change }
    options.onActivity(activity)
  }
  const session = { core, options, signal, report }
  const access = { settings: options.imapSettings, signal }

  const pass = (imap: ImapConnection): Promise<number> => {
    passing ??= pullAll(session, imap).finally(() => {
      passing = undefined
    })
    return passing
  }

  const stay = async (): Promise<void> => {
    report({ state: 'connecting', problem: '', retryAt: null })
    const imap = await openImap(access)
    try {
      while (!signal.aborted && imap.isOpen()) {
        await pass(imap)
        await newsOf(core, imap, options, bell)
        // After sleep the connection may be dead without knowing it: waiting for it would take minutes.
        if (imap.isOpen() && !(await answers(imap))) await imap.close()
      }
    } finally {
      await imap.close()
    }
  }

  const waitAfter = async (error: unknown, failures: number): Promise<void> => {
    if (!(error instanceof AppError)) log.error('inbox', 'pass failed', { error })
    const { state, problem, retryInMs } = setbackOf(error, failures, Math.random())
    const retryAt = retryInMs === null ? null : core.now() + retryInMs
    report({ state, problem, progress: null, retryAt })
    const waits = retryInMs === null ? [] : [delay(retryInMs, undefined, { ref: false })]
    await Promise.race([bell.heard(), ...waits])
  }

  const isStopped = (): boolean => signal.aborted

  const run = async (): Promise<void> => {
    let failures = 0
    while (!isStopped()) {
      const startedAt = performance.now()
      const error = await stay().then(
        () => new AppError('offline', 'The mail server closed the connection.'),
        (reason: unknown) => reason,
      )
      if (isStopped()) return
      failures = failuresAfter(failures, performance.now() - startedAt)
      await waitAfter(error, failures)
    }
  }

  return {
    start: () => {
      loop ??= run()
    },
    pullOnce: () => useImap(access, (imap) => pass(imap)),
    wake: bell.ring,
    activity: () => activity,
    stop: async () => {
      stopped.abort()
      bell.ring()
      await loop
      report({ state: 'offline', progress: null })
    },
  }
}
