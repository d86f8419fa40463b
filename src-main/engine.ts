// The parts of the desk and how they are wired, without any door to them: app.ts opens one for the window, cli.ts uses
// them directly.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountActivity, Activity, CheckResult, JournalStatus } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, AccountInput } from '#shared/model/account'
import { lockProfile } from './db/lock'
import { openDatabase, type Database } from './db/open'
import { watchOthers } from './db/watchOthers'
import { countByState } from './db/outbox'
import { getSetting, saveSetting } from './db/settings'
import { listConvergentState } from './db/tickets'
import type { Reader } from './db/write'
import type { Fork, Secrets } from './host'
import { log } from './log'
import { lookAtDesk, readExistingDesk } from './journal/join'
import { loadDeviceKey } from './journal/signing'
import { createJournal } from './journal/watch'
import { createMailboxes, type Mailboxes } from './mailboxes'
import { findServers } from './mail/findServers'
import { testImap } from './mail/imap'
import { testSmtp } from './mail/smtp'
import { createClaimedDuties } from './duties/claimed'
import { createDuties } from './duties/run'
import { createAwaited } from './inbox/awaited'
import type { PresenceTimes } from './presence/visit'
import { createPresence } from './presence/watch'
import { reconnectItems } from './outbox/reconnect'
import { createOutbox, type Outbox, type OutboxOptions } from './outbox/run'
import { hidePasswords, savePasswords, settingsWithPassword } from './passwords'
import { forkNode } from './sync/forkNode'
import { createPrecedence } from './sync/hold'
import { createRemoteSync, syncProcessFile } from './sync/remote'
import { createSync } from './sync/sync'
import { createFollower, passOnce, type PassResult, type Patience } from './pass'
import { forgetAccount } from './tickets/accounts'
import { createCore, type Core } from './tickets/core'
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

export type Engine = Awaited<ReturnType<typeof createEngine>>

async function checkServer(test: () => Promise<unknown>): Promise<CheckResult> {
  try {
    await test()
    return { isOk: true, field: 'none', message: '' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const fields = ['host', 'port', 'security', 'user', 'password', 'certificate'] as const
    const field = fields.find((name) => name === error.detail['field']) ?? 'none'
    return { isOk: false, field, message: error.message }
  }
}

async function checkServers(
  input: AccountInput,
): Promise<{ imap: CheckResult; smtp: CheckResult }> {
  hidePasswords(input)
  const [imap, smtp] = await Promise.all([
    checkServer(() => testImap(input.imap)),
    checkServer(() => testSmtp(input.smtp)),
  ])
  return { imap, smtp }
}

/** Where the built workers are: beside this bundle. Undefined when running from sources. */
export function findWorkers(): string | undefined {
  return existsSync(join(import.meta.dirname, syncProcessFile)) ? import.meta.dirname : undefined
}

/** Digest of everything that must be equal on every desktop that has seen the same facts. */
async function digestOf(read: Reader): Promise<{ tickets: number; digest: string }> {
  const digest = createHash('sha256')
  let tickets = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const page: { id: string; state: string }[] = await listConvergentState(read, after, 500)
    for (const { state } of page) digest.update(state).update('\n')
    tickets += page.length
    after = page.at(-1)?.id
  }
  return { tickets, digest: digest.digest('hex') }
}

/** Says at most ten times a second what is going on. */
function createAnnouncer(db: Database, onReadable: () => void) {
  let accounts: readonly AccountActivity[] = []
  const away = new Set<string>()
  const isReached = ({ state }: AccountActivity): boolean =>
    state === 'online' || state === 'syncing'
  const current = async (): Promise<Activity> => ({
    accounts: [...accounts],
    outbox: await countByState(db.read),
  })
  const canRead = (): boolean => accounts.some(isReached)
  const listeners = new Set<(activity: Activity) => void>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const say = async (): Promise<void> => {
    const activity = await current()
    for (const listener of listeners) listener(activity)
  }
  const soon = (): void => {
    if (isStopped) return
    timer ??= setTimeout(() => {
      timer = undefined
      say().catch((error: unknown) => {
        log.error('engine', 'activity not announced', { error })
      })
    }, 100)
  }
  return {
    current,
    accounts: (next: readonly AccountActivity[]): void => {
      const before = canRead()
      accounts = next
      for (const each of next) if (!isReached(each)) away.add(each.accountId)
      soon()
      if (!before && canRead()) onReadable()
    },
    canRead,
    /** Whether the server of an account was out of reach since this was asked before. */
    wasAway: (accountId: string): boolean => away.delete(accountId),
    listen: (listener: (activity: Activity) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    soon,
    /** Whether a mailbox can be read again at once. */
    isOnline: (): boolean => accounts.some((account) => account.state === 'online'),
    stop: (): void => {
      isStopped = true
      clearTimeout(timer)
    },
  }
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

/** Connections of this desktop after the first run: tried, given another password, forgotten. */
function accountCare(parts: {
  readonly core: Core
  readonly secrets: Secrets
  readonly mailboxes: Mailboxes
  readonly sync: Pick<ReturnType<typeof createSync>, 'forget'>
  readonly wake: () => void
}) {
  const { core, secrets, mailboxes, sync, wake } = parts
  return {
    findServers: (address: string) => findServers(address),
    lookAtDesk: (input: AccountInput) => {
      hidePasswords(input)
      return lookAtDesk(input.imap, core.now)
    },
    /** Tries an account of this desktop with the password it has. */
    checkAccount: async (accountId: string) => {
      const { account, imap, smtp } = await mailboxes.settings(accountId)
      return checkServers({ ...account, imap, smtp })
    },
    /** Tries the new password, and keeps it only if both servers take it. */
    changePassword: async (accountId: string, password: string) => {
      const account = await mailboxes.account(accountId)
      const imap = { ...account.imap, password }
      const smtp = { ...account.smtp, password }
      const results = await checkServers({ ...account, imap, smtp })
      if (!results.imap.isOk || !results.smtp.isOk) return results
      await savePasswords(secrets, accountId, { imap, smtp })
      wake()
      return results
    },
    removeAccount: async (accountId: string): Promise<void> => {
      await forgetAccount(core, accountId)
      await secrets.set(accountId, '')
      await sync.forget(accountId)
    },
  }
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
    (keys, lease) =>
      journal.claim(keys, lease).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        log.info('duties', 'not claimed', { code: error.code })
        return new Map<string, number>()
      }),
    options.leaseMs,
  )
  const duties = createDuties(core, {
    readFile: mailboxes.attachment,
    claim: async (open) => {
      const won = await claimed.claim(open.map((duty) => duty.key))
      return open.filter((duty) => won.has(duty.key))
    },
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
      await Promise.all([sync.stop(), duties.stop(), journal.stop()])
      mailboxes.stop()
      await state.outbox?.stop()
      await idle()
      await db.close()
      await state.unlock?.()
    },
  }
}
