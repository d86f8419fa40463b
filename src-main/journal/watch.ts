// Keeps the journal up to date both ways: reads on IDLE or poll, writes what agents do at once, backs off when the server fails.
import type { JournalStatus } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import { listUnpushed } from '../db/journalFolder'
import { log } from '../log'
import { connectImap } from '../mail/imap'
import type { Core } from '../tickets/core'
import { createBell } from './bell'
import { leaseMs, nothingClaimed, type Claimed } from './claims'
import type { Packed, PackOptions } from './pack'
import { nothing, type JournalPass } from './pass'
import type { DeviceKey } from './signing'
import { createTurns, nothingPacked, type Visit } from './turns'
import { news, stayConnected } from './wait'

export interface JournalOptions {
  readonly key: DeviceKey
  /** The account whose mailbox holds the journal; undefined before setup. */
  readonly account: () => Promise<Account | undefined>
  /** Null while the password is not known. */
  readonly imapSettings: (account: Account) => Promise<ServerSettings | null>
  /** When old batches are packed; by default as suits a team. */
  readonly packing?: PackOptions | undefined
  readonly onStatus?: (status: JournalStatus) => void
  /** After each pass while watching: a duty may have become ours. */
  readonly onPass?: () => void
  /** False until mail could be read: a wrong password must not be tried twice. `wake` says that it changed. */
  readonly mayConnect?: () => boolean
}

export type Journal = ReturnType<typeof createJournal>

/** Calls back when something was recorded here that no message of the folder holds yet. */
function onUnpushed(core: Core, call: () => void): () => void {
  return core.db.onChange((changes) => {
    if (changes.every((change) => change.origin === 'remote')) return
    listUnpushed(core.db.read, { isLost: false, limit: 1 })
      .then((waiting) => {
        if (waiting.length > 0) call()
      })
      .catch((error: unknown) => {
        log.error('journal', 'not looked for news', { error })
      })
  })
}

export function createJournal(core: Core, options: JournalOptions) {
  const stopped = new AbortController()
  const { signal } = stopped
  const bell = createBell()
  let status: JournalStatus = { state: 'offline', problem: '', lost: 0 }
  let loop: Promise<void> | undefined

  const report = (next: JournalStatus): void => {
    const isSame = JSON.stringify(next) === JSON.stringify(status)
    status = next
    if (!isSame) options.onStatus?.(next)
  }
  const { key, packing } = options
  const turns = createTurns(core, { key, packing, status: () => status, report })

  const connect = async (): Promise<Visit | null> => {
    const account = await options.account()
    if (account === undefined) return null
    const settings = await options.imapSettings(account)
    if (settings === null)
      throw new AppError('auth', 'Enter the password to connect.', { because: 'password-needed' })
    return { imap: await connectImap(settings, { signal }), account }
  }

  /** Does something over a connection of its own; `before` setup there is none. */
  const visiting = async <T>(before: T, work: (visit: Visit) => Promise<T>): Promise<T> => {
    const visit = await connect()
    if (visit === null) return before
    try {
      return await work(visit)
    } finally {
      await visit.imap.close()
    }
  }

  const isStopped = (): boolean => signal.aborted

  const stay = async (): Promise<void> => {
    const isSetUp = await visiting(false, async (visit) => {
      while (!isStopped() && visit.imap.isOpen()) {
        const rung = bell.heard()
        await turns.pass(visit)
        options.onPass?.()
        await turns.packWhenMany(visit)
        await news({ core, imap: visit.imap, bell, signal }, rung)
      }
      return true
    })
    if (!isSetUp) await bell.heard()
  }

  const run = (): Promise<void> =>
    stayConnected({
      stay,
      bell,
      signal,
      mayConnect: () => options.mayConnect?.() !== false,
      onFailure: (state, problem) => {
        report({ ...status, state, problem })
      },
    })

  // What an agent does is written at once, not at the next poll.
  const forget = onUnpushed(core, () => {
    if (loop !== undefined) bell.ring()
  })

  const once = (isRebuild: boolean): Promise<JournalPass> =>
    visiting(nothing, (visit) => turns.pass(visit, isRebuild))

  return {
    status: () => status,
    start: (): void => {
      loop ??= run()
    },
    /** One pass now. Throws what the connection threw. */
    passOnce: () => once(false),
    /** Who has these duties now, ours claimed if they were free; nothing of any while the folder has been lost. */
    claim: (keys: readonly string[], lease = leaseMs, most = Infinity): Promise<Claimed> =>
      visiting(nothingClaimed, (visit) => turns.claim(visit, keys, { lease, most })),
    /** Packs old batches now, if nobody else does (architecture.md §12 "Growth"). */
    pack: (how: PackOptions): Promise<Packed> =>
      visiting(nothingPacked, async (visit) => {
        await turns.pass(visit)
        return turns.pack(visit, how)
      }),
    /** Somebody has decided: write again what the folder has lost. */
    rebuild: () => once(true),
    wake: bell.ring,
    stop: async (): Promise<void> => {
      forget()
      stopped.abort()
      bell.ring()
      await loop
      await turns.idle()
    },
  }
}
