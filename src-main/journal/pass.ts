// One pass over the journal folder: read, write what waits, read what was written.
import type { Account } from '#shared/model/account'
import { countLost, forgetPlaces } from '../db/journalFolder'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { announceDevice } from '../tickets/setup'
import { createJournal as createFolder, findJournal } from './folder'
import { pullEvents } from './pull'
import { pushEvents } from './push'
import type { DeviceKey } from './signing'

export interface JournalPass {
  /** New here. */
  readonly events: number
  readonly pushed: number
}

export const nothing: JournalPass = { events: 0, pushed: 0 }

interface PassDeps {
  readonly core: Core
  readonly key: DeviceKey
  readonly imap: ImapConnection
  readonly account: Account
  /** Write again what the folder has lost; else it waits for somebody's decision. */
  readonly isRebuild?: boolean
}

/** The journal folder, made on first use. Undefined where it has been deleted and nobody has decided yet. */
async function folderFor({
  core,
  imap,
  account,
  isRebuild,
}: PassDeps): Promise<string | undefined> {
  const found = await findJournal(imap)
  if (found !== undefined) return found
  await core.db.write('journal.missing', forgetPlaces)
  if (isRebuild !== true && (await countLost(core.db.read)) > 0) {
    log.warn('journal', 'the folder is gone', { accountId: account.id })
    return undefined
  }
  return createFolder(imap)
}

/** One pass: read, write what waits, read what was written, so that its time is the server's. */
export async function journalPass(deps: PassDeps): Promise<JournalPass> {
  const { core, imap, key, account } = deps
  if ((await core.history(core.db.read)).created === null) return nothing
  const folder = await folderFor(deps)
  if (folder === undefined) return nothing
  const reading = { core, imap, folder }
  const writing = { core, imap, key, folder, mailbox: account.address }
  let events = await pullEvents(reading)
  await announceDevice(core)
  let pushed = await pushEvents(writing)
  if (deps.isRebuild === true) pushed += await pushEvents(writing, true)
  if (pushed > 0) events += await pullEvents(reading)
  return { events, pushed }
}
