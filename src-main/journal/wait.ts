// Waiting: for news in the journal folder, and between tries when the server fails.
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#shared/ipc/errors'
import { failuresAfter } from '#shared/rules/reconnect'
import { findCursor } from '../db/cursors'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import type { Bell } from './bell'
import { findJournal } from './folder'
import { journalCursor } from './pull'

const pollMs = 60_000
const longestRetryMs = 60_000

interface Waiting {
  readonly core: Core
  readonly imap: ImapConnection
  readonly bell: Bell
  readonly signal: AbortSignal
}

/** Resolves on news in the folder, on the bell, on the poll, or when the connection ends. */
export async function news(
  { core, imap, bell, signal }: Waiting,
  rung: Promise<void>,
): Promise<void> {
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
  const poll = delay(pollMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined)
  try {
    await Promise.race([rung, poll, imap.whenClosed])
  } finally {
    timer.abort()
    watching.stop()
  }
}

interface Staying {
  /** One connection, from its beginning to its end. */
  readonly stay: () => Promise<void>
  readonly bell: Bell
  readonly signal: AbortSignal
  readonly mayConnect: () => boolean
  readonly onFailure: (state: 'offline' | 'failing', problem: string) => void
}

/** Connects again and again until stopped, ever more slowly while the server fails. */
export async function stayConnected(staying: Staying): Promise<void> {
  const { stay, bell, signal, mayConnect, onFailure } = staying
  const isStopped = (): boolean => signal.aborted
  let failures = 0
  while (!isStopped()) {
    if (!mayConnect()) {
      await bell.heard()
      continue
    }
    const startedAt = performance.now()
    const error: unknown = await stay().then(
      () => null,
      (reason: unknown) => reason,
    )
    if (isStopped()) return
    failures = failuresAfter(failures, performance.now() - startedAt)
    const isOffline = error === null || (error instanceof AppError && error.code === 'offline')
    if (!(error instanceof AppError) && error !== null)
      log.error('journal', 'pass failed', { error })
    onFailure(isOffline ? 'offline' : 'failing', error instanceof AppError ? error.message : '')
    const isAuth = error instanceof AppError && error.code === 'auth'
    const wait = Math.random() * Math.min(500 * 2 ** failures, longestRetryMs) + 100
    const waits = isAuth ? [] : [delay(wait, undefined, { ref: false })]
    await Promise.race([bell.heard(), ...waits])
  }
}
