// The parts of the desk and how they are wired, without any door to them: app.ts opens one for the window, cli.ts uses
// them directly.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { JournalStatus } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account } from '#shared/model/account'
import { accountCare, checkServers } from './accountCare'
import { createAnnouncer } from './announcer'
import { atMost } from './atMost'
import { lockProfile } from './db/lock'
import { openDatabase } from './db/open'
import { watchOthers } from './db/watchOthers'
import { getSetting, saveSetting } from './db/settings'
import { deleteTakenBack } from './db/stagedFiles'
import type { Fork, Secrets } from './host'
import { log } from './log'
import { nothingClaimed } from './journal/claims'
import { readExistingDesk } from './journal/join'
import { loadDeviceKey } from './journal/signing'
import { createJournal } from './journal/watch'
import { createMailboxes, type Mailboxes } from './mailboxes'
import { createClaimedDuties } from './duties/claimed'
import { createDuties } from './duties/run'
import { createAwaited } from './inbox/awaited'
import type { PresenceTimes } from './presence/visit'
import { createPresence } from './presence/watch'
import { reconnectItems } from './outbox/reconnect'
import { createOutbox, type Outbox, type OutboxOptions } from './outbox/run'
import { roomForDuties } from './outbox/share'
import { savePasswords, settingsWithPassword } from './passwords'
import { forkNode } from './sync/forkNode'
import { createPrecedence } from './sync/hold'
import { createRemoteSync, syncProcessFile } from './sync/remote'
import { createSync } from './sync/sync'
import { createFollower, passOnce, type PassResult, type Patience } from './pass'
import { createCore, type Core } from './tickets/core'
import { digestOf } from './tickets/digest'
import { refreshStale } from './tickets/refreshStale'
import { announceDevice, mustMean, saveSetup, type SetupInput } from './tickets/setup'

export interface EngineOptions {
  readonly profile: string
  readonly secrets: Secrets
  /** Folder of the built sync process and parse worker; without it mail is read in this thread. */
  readonly workers?: string | undefined
  readonly fork?: Fork | undefined
  readonly now?: () => number
  /** How long who is where is believed and how often it is said; by default as people need it. */
  readonly presence?: Partial<PresenceTimes>
  /** ms for which a claimed duty is this desktop's; by default the journal's usual lease. */
  readonly leaseMs?: number
}

/** What is on its way when the desk ends may take so long, then its connection is cut: a server may have fallen silent. */
const graceMs = 2_000

export type Engine = Awaited<ReturnType<typeof createEngine>>

/** Where the built workers are: beside this bundle. Undefined when running from sources. */
export function findWorkers(): string | undefined {
  return existsSync(join(import.meta.dirname, syncProcessFile)) ? import.meta.dirname : undefined
}

function outboxOf(
  core: Core,
  mailboxes: Mailboxes,
  more: Pick<OutboxOptions, 'lookForReceipts' | 'standing'>,
): Outbox {
  return createOutbox(core, {
    ...more,
    accountIds: async () => (await mailboxes.accounts()).map((account) => account.id),
    send: mailboxes.send,
    canSend: mailboxes.canSend,
  })
}

/** Opens the profile and builds the parts. Nothing touches the network before `start` or `syncOnce`. */
export async function createEngine(options: EngineOptions) {
  const { secrets, profile, workers } = options
  const precedence = createPrecedence()
  const db = await openDatabase(profile, workers === undefined ? {} : { turn: precedence })
  const core = createCore(db, options.now ?? Date.now)
  const key = loadDeviceKey(profile)
  if ((await getSetting(db.read, 'device')) !== key.device) {
    await db.write('device', (tx) => saveSetting(tx, 'device', key.device))
  }
  await announceDevice(core)
  const state: { unlock?: () => Promise<void>; isRunning: boolean; outbox?: Outbox } = {
    isRunning: false,
  }
  const wakeOutbox = (): void => {
    state.outbox?.wake()
  }
  const announcer = createAnnouncer(db, () => {
    journal.wake()
    presence.wake()
  })
  const { follow, idle } = createFollower(async (accountId, since) => {
    if (announcer.wasAway(accountId)) await reconnectItems(core, accountId)
    await outbox().afterPass(accountId, since)
    await mailboxes.fileCopies(accountId)
  }, wakeOutbox)
  const syncOptions = {
    imapSettings: (account: Account) => settingsWithPassword(secrets, account, 'imap'),
    onActivity: announcer.accounts,
    onPulled: follow,
  }
  const fork = options.fork ?? forkNode
  const sync =
    workers === undefined
      ? createSync(core, syncOptions)
      : createRemoteSync(db, { ...syncOptions, workers, profile, fork, precedence })
  const mailboxes = createMailboxes({ core, secrets })
  const lookForReceipts = (): void => {
    if (announcer.isOnline()) sync.wake()
  }
  const awaited = createAwaited(core, lookForReceipts)
  const journalListeners = new Set<(status: JournalStatus) => void>()
  const reach = {
    key,
    account: async () => (await mailboxes.accounts())[0],
    imapSettings: syncOptions.imapSettings,
    mayConnect: announcer.canRead,
  }
  const presence = createPresence(core, { ...reach, times: options.presence })
  const journal = createJournal(core, {
    ...reach,
    onStatus: (status) => {
      for (const listener of journalListeners) listener(status)
    },
    onPass: () => {
      duties.wake()
    },
  })
  const outbox = (): Outbox => {
    state.outbox ??= outboxOf(core, mailboxes, { standing: claimed.standing, lookForReceipts })
    return state.outbox
  }
  const claimed = createClaimedDuties(
    core,
    (...wanted) =>
      journal.claim(...wanted).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        log.info('duties', 'not claimed', { code: error.code })
        return nothingClaimed
      }),
    options.leaseMs,
  )
  const duties = createDuties(core, {
    readFile: mailboxes.attachment,
    canSend: async (accountId) =>
      (await mailboxes.canSend(accountId)) && (await outbox().isWayOpen(accountId)),
    room: (accountId) => roomForDuties(core, accountId),
    claim: claimed.win,
  })
  const lock = async (): Promise<void> => {
    state.unlock ??= await lockProfile(profile)
  }

  const wakeAll = (): void => {
    sync.wake()
    journal.wake()
    wakeOutbox()
  }

  // The command line may write to the profile of a running desk.
  const others = watchOthers(db, wakeOutbox)
  db.onChange((changes) => {
    const isOutbox = changes.some((change) => change.entity === 'outbox')
    if (isOutbox) announcer.soon()
    if (!state.isRunning) return
    if (isOutbox) wakeOutbox()
    if (changes.some((change) => change.entity === 'ticket')) duties.wake()
  })

  return {
    core,
    secrets,
    accounts: mailboxes.accounts,
    activity: announcer.current,
    attachment: mailboxes.attachment,
    selfTest: mailboxes.selfTest,
    onActivity: announcer.listen,
    onJournal: (listener: (status: JournalStatus) => void) => {
      journalListeners.add(listener)
      return () => journalListeners.delete(listener)
    },
    /** Syncs and sends until stopped. @throws AppError `refused` when another process has this profile */
    start: async (): Promise<void> => {
      await lock()
      state.isRunning = true
      await db.write('staged.tidy', deleteTakenBack)
      outbox().wake()
      duties.wake()
      others.start()
      await sync.start()
      journal.start()
    },
    /** One full pass: pull everything, send everything due, read the receipts of what was sent. */
    syncOnce: async (patience: Patience = {}): Promise<PassResult> => {
      await lock()
      return passOnce({ core, sync, journal, mailboxes, duties, outbox: outbox(), idle }, patience)
    },
    wake: wakeAll,
    journal,
    presence,
    check: checkServers,
    ...accountCare({ core, secrets, mailboxes, sync, wake: wakeAll }),
    setUp: async (input: SetupInput): Promise<Account> => {
      if ((await getSetting(db.read, 'agent')) === null) {
        await readExistingDesk(core, input.account.imap)
      }
      if (input.intent !== undefined) await mustMean(core, input.intent)
      const account = await saveSetup(core, input)
      await savePasswords(secrets, account.id, input.account)
      await sync.forget(account.id)
      if (state.isRunning) await sync.start()
      journal.wake()
      return account
    },
    /** The password for an account that asks for it; connects at once. */
    unlockAccount: async (accountId: string, password: string): Promise<void> => {
      await savePasswords(secrets, accountId, { imap: { password }, smtp: { password } })
      sync.wake()
      journal.wake()
      wakeOutbox()
    },
    hash: async () => {
      await refreshStale(core)
      return digestOf(db.read)
    },
    stop: async (): Promise<void> => {
      state.isRunning = false
      awaited.stop()
      await Promise.all([others.stop(), presence.stop()])
      announcer.stop()
      // Together: a duty may wait for the journal at a server that says nothing.
      const mails = state.outbox?.stop() ?? Promise.resolve()
      const ending = [sync.stop(), duties.stop(), journal.stop(), mails]
      await atMost(graceMs, Promise.all([...ending, idle()]))
      mailboxes.stop()
      await Promise.all(ending)
      await idle()
      await db.close()
      await state.unlock?.()
    },
  }
}
