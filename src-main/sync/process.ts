// The sync process: reads mail into the profile's database with a connection of its own, so that main only answers.
// Started and ended by `remote.ts`; it never outlives the process that started it.
import { constants, setPriority } from 'node:os'
import type { AccountActivity } from '#shared/ipc/contract'
import { openDatabase, type Database } from '../db/open'
import { forwardLogging, log } from '../log'
import { hidePasswords } from '../passwords'
import { createCore } from '../tickets/core'
import { createHold } from './hold'
import { createPeer, type Line } from './peer'
import { createSync, type Sync } from './sync'
import type { MainVerbs, SyncVerbs } from './verbs'

interface ElectronPort {
  readonly postMessage: (message: unknown) => void
  readonly on: (event: 'message', listener: (event: { data: unknown }) => void) => void
}

/** Electron's utility process has a port, Node's child process a channel. */
function lineToMain(): Line {
  const port = (process as { parentPort?: ElectronPort }).parentPort
  if (port !== undefined) {
    return {
      send: (message) => {
        port.postMessage(message)
      },
      onMessage: (listener) => {
        port.on('message', (event) => {
          listener(event.data)
        })
      },
    }
  }
  process.once('disconnect', () => process.exit(0))
  return {
    send: (message) => {
      if (process.connected) process.send?.(message)
    },
    onMessage: (listener) => {
      process.on('message', listener)
    },
  }
}

interface Running {
  readonly db: Database
  readonly sync: Sync
}

function run(profile: string, workers: string): void {
  const hold = createHold()
  let opening: Promise<Running> | undefined

  const open = async (): Promise<Running> => {
    const db = await openDatabase(profile, { turn: hold, isHelper: true })
    db.onChange((changes, by) => {
      if (by === 'here') main.tell('changed', changes)
    })
    const sync = createSync(createCore(db, Date.now), {
      workers,
      imapSettings: async ({ id }) => {
        const settings = await main.call('imapSettings', id)
        if (settings !== null) hidePasswords({ imap: settings, smtp: settings })
        return settings
      },
      onActivity: (activities: AccountActivity[]) => {
        main.tell('activity', activities)
      },
      onPulled: (accountId, since) => {
        main.tell('pulled', { accountId, since })
      },
    })
    return { db, sync }
  }
  const running = (): Promise<Running> => (opening ??= open())

  const own: SyncVerbs = {
    start: async () => (await running()).sync.start(),
    pullAll: async () => (await running()).sync.pullAll(),
    wake: () =>
      void opening?.then(({ sync }) => {
        sync.wake()
      }),
    forget: async (accountId) => (await running()).sync.forget(accountId),
    changed: (changes) =>
      void opening?.then(({ db }) => {
        db.announce(changes)
      }),
    hold: hold.set,
    stop: async () => {
      if (opening === undefined) return
      const { db, sync } = await opening
      await sync.stop()
      await db.close()
    },
  }
  const main = createPeer<MainVerbs>(lineToMain(), own)
  forwardLogging((level, channel, event, fields) => {
    main.tell('log', { level, channel, event, fields })
  })
}

// Ctrl+C and a service's stop reach the whole group: main ends this process in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
// The window and what it asks go first; where the system refuses, they share. One more, and Windows would let it starve.
try {
  setPriority(constants.priority.PRIORITY_LOW - 1)
} catch (error) {
  log.info('sync', 'priority not lowered', { error })
}
const [profile = '', workers = ''] = process.argv.slice(2)
run(profile, workers)
