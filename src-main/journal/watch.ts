// Keeps the journal up to date both ways: reads on IDLE or poll, writes what agents do at once, backs off when the server fails.
import type { JournalStatus } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import { countLost, countMessages, listUnpushed } from '../db/journalFolder'
import { log } from '../log'
import { connectImap, type ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { createBell } from './bell'
import { claimDuties } from './claims'
import { findJournal } from './folder'
import { packJournal, usualPacking, type Packed, type PackOptions } from './pack'
import { journalPass, nothing, type JournalPass } from './pass'
import type { DeviceKey } from './signing'
import { news, stayConnected } from './wait'

const packEveryMs = 3 * 3_600_000

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

  const isStopped = (): boolean => signal.aborted
  let packedAt = -Infinity

  /** A folder of many messages is packed by one of the desktops, at most once in a while. */
  const packWhenMany = async (imap: ImapConnection, account: Account): Promise<void> => {
    const isDue = performance.now() > packedAt + packEveryMs && status.state === 'online'
    const { packing = usualPacking } = options
    if (!isDue || (await countMessages(core.db.read)) < packing.from) return
    packedAt = performance.now()
    await packHere(imap, account, packing)
  }

  const packHere = async (
    imap: ImapConnection,
    account: Account,
    packing: PackOptions,
  ): Promise<Packed> => {
    const folder = await findJournal(imap)
    if (folder === undefined) return { segments: 0, removed: 0 }
    const base = { core, imap, folder, mailbox: account.address }
    const duty = `pack:${String(Math.floor(core.now() / packEveryMs))}`
    const turn = passing.then(async () => {
      const won = await claimDuties({ ...base, key: options.key }, [duty])
      return won.has(duty)
        ? packJournal({ ...base, options: packing })
        : { segments: 0, removed: 0 }
    })
    passing = turn.catch(() => undefined)
    return turn
  }

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
        await packWhenMany(imap, account)
        await news({ core, imap, bell, signal }, rung)
      }
    } finally {
      await imap.close()
    }
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
    /** Packs old batches now, if nobody else does (architecture.md §12 "Growth"). */
    pack: async (packing: PackOptions): Promise<Packed> => {
      const connection = await connect()
      if (connection === null) return { segments: 0, removed: 0 }
      try {
        await pass(connection.imap, connection.account)
        return await packHere(connection.imap, connection.account, packing)
      } finally {
        await connection.imap.close()
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
