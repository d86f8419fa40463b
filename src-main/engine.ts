// The parts of the desk and how they are wired, without any door to them: app.ts opens one for the window, cli.ts uses
// them directly.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountActivity, Activity, CheckResult } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Account, AccountInput } from '#shared/model/account'
import { lockProfile } from './db/lock'
import {
  findAttachment,
  findLocation,
  saveAttachmentBytes,
  type StoredAttachment,
} from './db/messages'
import { openDatabase } from './db/open'
import { countByState, findItem, getBytes, type OutboxItem } from './db/outbox'
import { updateSearchIndex } from './db/search'
import { getSetting } from './db/settings'
import { listConvergentState } from './db/tickets'
import type { Secrets } from './host'
import { createWatch, findSent, type Watch } from './inbox/watch'
import { log } from './log'
import { testImap } from './mail/imap'
import { createParsePool } from './mail/parsePool'
import { sendMail, testSmtp } from './mail/smtp'
import type { SendOutcome } from './mail/types'
import { createOutbox } from './outbox/run'
import { savePasswords, settingsWithPassword } from './passwords'
import { createCore } from './tickets/core'
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

/** The built parse worker beside this bundle; undefined when running from sources, where parsing stays in this thread. */
export function findParseWorker(): string | undefined {
  const file = join(import.meta.dirname, 'parseWorker.cjs')
  return existsSync(file) ? file : undefined
}

/** Opens the profile and builds the parts. Nothing touches the network before `start` or `syncOnce`. */
export async function createEngine(options: EngineOptions) {
  const { secrets, profile } = options
  const db = await openDatabase(profile)
  const core = createCore(db, options.now ?? Date.now)
  const pool = createParsePool(
    options.workerFile === undefined ? {} : { workerFile: options.workerFile },
  )
  const watches = new Map<string, Watch>()
  const listeners = new Set<(activity: Activity) => void>()
  const activities = new Map<string, AccountActivity>()
  let unlock: (() => Promise<void>) | undefined
  let isRunning = false

  const activity = async (): Promise<Activity> => ({
    accounts: [...activities.values()],
    outbox: await countByState(db.read),
  })

  let announcing: NodeJS.Timeout | undefined
  const announce = (): void => {
    announcing ??= setTimeout(() => {
      announcing = undefined
      activity()
        .then((now) => {
          for (const listener of listeners) listener(now)
        })
        .catch((error: unknown) => {
          log.error('engine', 'activity not announced', { error })
        })
    }, 100)
  }

  let indexing: Promise<void> | undefined
  const index = (): Promise<void> => {
    indexing ??= updateSearchIndex(db.write).finally(() => {
      indexing = undefined
    })
    return indexing
  }

  const accounts = (): Promise<Account[]> => getSetting(db.read, 'accounts')

  const accountOf = async (id: string): Promise<Account> => {
    const account = (await accounts()).find((a) => a.id === id)
    if (account !== undefined) return account
    throw new AppError('not-found', 'This mailbox is not connected any more: set it up again.')
  }

  const watchOf = (account: Account): Watch => {
    const known = watches.get(account.id)
    if (known !== undefined) return known
    const watch = createWatch(core, {
      account,
      pool,
      imapSettings: () => settingsWithPassword(secrets, account, 'imap'),
      onActivity: (now) => {
        activities.set(account.id, now)
        announce()
      },
      onPulled: () => {
        outbox?.wake()
      },
    })
    watches.set(account.id, watch)
    activities.set(account.id, watch.activity())
    return watch
  }

  const send = async (item: OutboxItem, bytes: Buffer): Promise<SendOutcome> => {
    const account = await accountOf(item.accountId)
    const settings = await settingsWithPassword(secrets, account, 'smtp')
    if (settings === null) {
      return { outcome: 'retry', reply: 'Waiting for the password.', refused: [] }
    }
    return sendMail(settings, {
      envelope: { from: account.address, to: [...item.envelope] },
      bytes,
    })
  }

  /** Other mail programs should see what was sent, so the copy goes to Sent unless the server has put one there. */
  const fileCopy = async (itemId: string): Promise<void> => {
    const item = await findItem(db.read, itemId)
    if (item === undefined || (item.kind !== 'public' && item.kind !== 'private')) return
    const bytes = await getBytes(db.read, itemId)
    await watchOf(await accountOf(item.accountId)).withImap(async (imap, folders) => {
      const sent = findSent(folders)
      if (sent === undefined) return
      await imap.openFolder(sent)
      if ((await imap.searchMessageId(item.messageId)).length > 0) return
      await imap.append(sent, bytes, ['\\Seen'], new Date(item.queuedAt))
    })
  }

  let outbox: ReturnType<typeof createOutbox> | undefined
  const runningOutbox = (): ReturnType<typeof createOutbox> => {
    outbox ??= createOutbox(core, {
      accountIds: async () => (await accounts()).map((account) => account.id),
      send,
      onSent: fileCopy,
    })
    return outbox
  }

  db.onChange((changes) => {
    if (changes.some((change) => change.entity === 'outbox')) {
      announce()
      if (isRunning) outbox?.wake()
    }
    if (isRunning && changes.some((change) => change.origin === 'mail')) {
      index().catch((error: unknown) => {
        log.error('engine', 'search index stopped', { error })
      })
    }
  })

  const lock = async (): Promise<void> => {
    unlock ??= await lockProfile(profile)
  }

  const startWatches = async (): Promise<void> => {
    for (const account of await accounts()) watchOf(account).start()
  }

  return {
    core,
    secrets,
    accounts,
    activity,
    onActivity: (listener: (activity: Activity) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Syncs and sends until stopped. @throws AppError `refused` when another process has this profile */
    start: async () => {
      await lock()
      isRunning = true
      runningOutbox().wake()
      await startWatches()
      await index()
    },
    /** One full pass: pull everything, send everything due, file the copies. */
    syncOnce: async (): Promise<PassResult> => {
      await lock()
      let pulled = 0
      for (const account of await accounts()) pulled += await watchOf(account).pullOnce()
      const sent = await runningOutbox().flush()
      await index()
      return { pulled, ...sent }
    },
    wake: () => {
      for (const watch of watches.values()) watch.wake()
      outbox?.wake()
    },
    check: async (input: AccountInput) => ({
      imap: await checkServer(() => testImap(input.imap)),
      smtp: await checkServer(() => testSmtp(input.smtp)),
    }),
    setUp: async (input: SetupInput): Promise<Account> => {
      const account = await saveSetup(core, input)
      await savePasswords(secrets, account.id, input.account)
      const known = watches.get(account.id)
      watches.delete(account.id)
      await known?.stop()
      if (isRunning) await startWatches()
      return account
    },
    unlockAccount: async (accountId: string, password: string) => {
      const account = await accountOf(accountId)
      const server = {
        ...account,
        imap: { ...account.imap, password },
        smtp: { ...account.smtp, password },
      }
      await savePasswords(secrets, accountId, server)
      watchOf(account).wake()
      outbox?.wake()
    },
    /** An attachment with its bytes: from here, else from the server, once. */
    attachment: async (id: string): Promise<StoredAttachment & { bytes: Buffer }> => {
      const found = await findAttachment(db.read, id)
      if (found === undefined) throw new AppError('not-found', 'There is no such attachment.')
      if (found.bytes !== null) return { ...found, bytes: found.bytes }
      const place = await findLocation(db.read, found.messageId)
      if (place === undefined)
        throw new AppError('not-found', 'This attachment is not on the server any more.')
      const bytes = await watchOf(await accountOf(place.accountId)).withImap(async (imap) => {
        const folder = await imap.openFolder(place.folder)
        if ((folder.uidValidity ?? '0') !== place.uidValidity) {
          throw new AppError(
            'not-found',
            'The server has renumbered this folder: sync, then try again.',
          )
        }
        return imap.fetchPart(place.uid, found.partId, found.encoding)
      })
      await db.write('attachments.keep', (tx) => saveAttachmentBytes(tx, id, bytes))
      return { ...found, bytes }
    },
    hash: async (): Promise<{ tickets: number; digest: string }> => {
      const digest = createHash('sha256')
      let tickets = 0
      for (let after = ''; ;) {
        const page = await listConvergentState(db.read, after, 500)
        for (const { state } of page) digest.update(state).update('\n')
        tickets += page.length
        const last = page.at(-1)
        if (last === undefined) return { tickets, digest: digest.digest('hex') }
        after = last.id
      }
    },
    stop: async () => {
      isRunning = false
      clearTimeout(announcing)
      await Promise.all([...watches.values()].map((watch) => watch.stop()))
      await outbox?.stop()
      await indexing?.catch(() => undefined)
      await pool.stop()
      await db.close()
      await unlock?.()
    },
  }
}
