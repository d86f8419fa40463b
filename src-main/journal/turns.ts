// What a desktop does in the journal folder over an open connection, one thing at a time: pass, claim, pack.
import type { JournalStatus } from '#shared/ipc/contract'
import type { Account } from '#shared/model/account'
import { countLost, countMessages } from '../db/journalFolder'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { claimDuties, nothingClaimed, type ClaimDeps, type Claimed } from './claims'
import { findJournal } from './folder'
import { packJournal, usualPacking, type Packed, type PackOptions } from './pack'
import { journalPass, type JournalPass } from './pass'
import { createServerClock } from './serverClock'
import type { DeviceKey } from './signing'

const packEveryMs = 3 * 3_600_000
export const nothingPacked: Packed = { segments: 0, removed: 0 }

/** An open connection to the desk's mailbox. */
export interface Visit {
  readonly imap: ImapConnection
  readonly account: Account
}

interface TurnsOptions {
  readonly key: DeviceKey
  readonly packing?: PackOptions | undefined
  readonly status: () => JournalStatus
  readonly report: (status: JournalStatus) => void
}

export function createTurns(core: Core, { key, packing, status, report }: TurnsOptions) {
  let last: Promise<unknown> = Promise.resolve()
  let packedAt = -Infinity
  const clock = createServerClock(core.now)

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn
  }

  const pass = ({ imap, account }: Visit, isRebuild = false): Promise<JournalPass> =>
    inTurn(async () => {
      const done = await journalPass({ core, imap, account, key, isRebuild })
      const lost = await countLost(core.db.read)
      report({ state: lost > 0 ? 'lost' : 'online', problem: '', lost })
      return done
    })

  /** None while the folder has been lost: then nobody can tell who else does them. */
  const claim = async (
    visit: Visit,
    keys: readonly string[],
    terms: Pick<ClaimDeps, 'lease' | 'most'>,
  ): Promise<Claimed> => {
    const { imap, account } = visit
    await pass(visit)
    const folder = status().state === 'online' ? await findJournal(imap) : undefined
    if (folder === undefined) return nothingClaimed
    const deps = { core, imap, key, folder, mailbox: account.address, clock, ...terms }
    return inTurn(() => claimDuties(deps, keys))
  }

  const pack = async ({ imap, account }: Visit, options: PackOptions): Promise<Packed> => {
    const folder = await findJournal(imap)
    if (folder === undefined) return nothingPacked
    const base = { core, imap, folder, mailbox: account.address }
    const duty = `pack:${String(Math.floor(core.now() / packEveryMs))}`
    return inTurn(async () => {
      const { mine } = await claimDuties({ ...base, key, clock }, [duty])
      return mine.has(duty) ? packJournal({ ...base, options }) : nothingPacked
    })
  }

  return {
    pass,
    claim,
    pack,
    /** A folder of many messages is packed by one of the desktops, at most once in a while. */
    packWhenMany: async (visit: Visit): Promise<void> => {
      const isDue = performance.now() > packedAt + packEveryMs && status().state === 'online'
      const options = packing ?? usualPacking
      if (!isDue || (await countMessages(core.db.read)) < options.from) return
      packedAt = performance.now()
      await pack(visit, options)
    },
    idle: async (): Promise<void> => {
      await last
    },
  }
}
