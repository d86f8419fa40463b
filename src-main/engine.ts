// The parts of the desk and how they are wired, without any door to them: app.ts opens one for the window, cli.ts uses
// them directly.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Activity, CheckResult } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, AccountInput } from '#shared/model/account'
import { lockProfile } from './db/lock'
import { openDatabase } from './db/open'
import { watchOthers } from './db/watchOthers'
import { countByState } from './db/outbox'
import { updateSearchIndex } from './db/search'
import { listConvergentState } from './db/tickets'
import type { Reader } from './db/write'
import type { Secrets } from './host'
import { log } from './log'
import { createMailboxes } from './mailboxes'
import { testImap } from './mail/imap'
import { createParsePool } from './mail/parsePool'
import { testSmtp } from './mail/smtp'
import { createOutbox, type Outbox } from './outbox/run'
import { hidePasswords, savePasswords } from './passwords'
import { createCore } from './tickets/core'
import { refreshStale } from './tickets/refreshStale'
import { saveSetup, type SetupInput } from './tickets/setup'

export interface EngineOptions {
  readonly profile: string
  readonly secrets: Secrets
  /** File of the parse worker; without one mail is parsed in this thread. */
  readonly workerFile?: string | undefined
  readonly now?: () => number
}

export type Engine = Awaited<ReturnType<typeof createEngine>>

/** What one full pass did, as `sync` prints it. */
export interface PassResult {
  readonly pulled: number
  readonly sent: number
  readonly failed: number
  readonly uncertain: number
}

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

/** The built parse worker beside this bundle; undefined when running from sources, where parsing stays in this thread. */
export function findParseWorker(): string | undefined {
  const file = join(import.meta.dirname, 'parseWorker.cjs')
  return existsSync(file) ? file : undefined
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
function createAnnouncer(current: () => Promise<Activity>) {
  const listeners = new Set<(activity: Activity) => void>()
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  const say = async (): Promise<void> => {
    const activity = await current()
    for (const listener of listeners) listener(activity)
  }
  return {
    listen: (listener: (activity: Activity) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    soon: (): void => {
      if (isStopped) return
      timer ??= setTimeout(() => {
        timer = undefined
        say().catch((error: unknown) => {
          log.error('engine', 'activity not announced', { error })
        })
      }, 100)
    },
    stop: (): void => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** Runs `work` one at a time; a call during a run joins it. */
function single<T>(work: () => Promise<T>): { run: () => Promise<T>; idle: () => Promise<void> } {
  let running: Promise<T> | undefined
  return {
    run: () => {
      running ??= work().finally(() => {
        running = undefined
      })
      return running
    },
    idle: async () => {
      await running?.catch(() => undefined)
    },
  }
}

function inBackground(work: Promise<void>): void {
  work.catch((error: unknown) => {
    log.error('engine', 'search index stopped', { error })
  })
}

/** Opens the profile and builds the parts. Nothing touches the network before `start` or `syncOnce`. */
export async function createEngine(options: EngineOptions) {
  const { secrets, profile, workerFile } = options
  const db = await openDatabase(profile)
  const core = createCore(db, options.now ?? Date.now)
  const pool = createParsePool(workerFile === undefined ? {} : { workerFile })
  const state: { unlock?: () => Promise<void>; isRunning: boolean; outbox?: Outbox } = {
    isRunning: false,
  }
  const wakeOutbox = (): void => {
    state.outbox?.wake()
  }
  const activity = async (): Promise<Activity> => {
    return { accounts: mailboxes.activities(), outbox: await countByState(db.read) }
  }
  const announcer = createAnnouncer(activity)
  const index = single(() => updateSearchIndex(db.write))
  const mailboxes = createMailboxes({
    core,
    secrets,
    pool,
    onActivity: announcer.soon,
    onPulled: wakeOutbox,
  })
  const outbox = (): Outbox => {
    state.outbox ??= createOutbox(core, {
      accountIds: async () => (await mailboxes.accounts()).map((account) => account.id),
      send: mailboxes.send,
      canSend: mailboxes.canSend,
      onSent: mailboxes.fileCopy,
    })
    return state.outbox
  }
  const lock = async (): Promise<void> => {
    state.unlock ??= await lockProfile(profile)
  }

  // The command line may write to the profile of a running desk.
  const others = watchOthers(db, wakeOutbox)
  db.onChange((changes) => {
    const isOutbox = changes.some((change) => change.entity === 'outbox')
    if (isOutbox) announcer.soon()
    if (!state.isRunning) return
    if (isOutbox) wakeOutbox()
    if (changes.some((change) => change.origin === 'mail')) inBackground(index.run())
  })

  return {
    core,
    secrets,
    accounts: mailboxes.accounts,
    activity,
    attachment: mailboxes.attachment,
    onActivity: announcer.listen,
    /** Syncs and sends until stopped. @throws AppError `refused` when another process has this profile */
    start: async (): Promise<void> => {
      await lock()
      state.isRunning = true
      await refreshStale(core)
      outbox().wake()
      others.start()
      await mailboxes.start()
      await index.run()
    },
    /** One full pass: pull everything, send everything due, file the copies. */
    syncOnce: async (): Promise<PassResult> => {
      await lock()
      const pulled = await mailboxes.pullAll()
      const sent = await outbox().flush()
      await index.run()
      return { pulled, ...sent }
    },
    wake: (): void => {
      mailboxes.wake()
      wakeOutbox()
    },
    check: checkServers,
    setUp: async (input: SetupInput): Promise<Account> => {
      const account = await saveSetup(core, input)
      await savePasswords(secrets, account.id, input.account)
      await mailboxes.forget(account.id)
      if (state.isRunning) await mailboxes.start()
      return account
    },
    /** The password for an account that asks for it; connects at once. */
    unlockAccount: async (accountId: string, password: string): Promise<void> => {
      await savePasswords(secrets, accountId, { imap: { password }, smtp: { password } })
      mailboxes.wake()
      wakeOutbox()
    },
    hash: async () => {
      await refreshStale(core)
      return digestOf(db.read)
    },
    stop: async (): Promise<void> => {
      state.isRunning = false
      await others.stop()
      announcer.stop()
      await mailboxes.stop()
      await state.outbox?.stop()
      await index.idle()
      await pool.stop()
      await db.close()
      await state.unlock?.()
    },
  }
}
