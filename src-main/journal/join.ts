// A further desktop of a desk: what the mailbox already holds decides whether setting up founds a desk or joins one.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '#shared/ipc/errors'
import type { ServerSettings } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import { openDatabase } from '../db/open'
import { log } from '../log'
import { connectImap } from '../mail/imap'
import { createCore, currentDesk, type Core } from '../tickets/core'
import { findJournal } from './folder'
import { pullEvents } from './pull'

async function readJournal(core: Core, settings: ServerSettings): Promise<void> {
  const imap = await connectImap(settings)
  try {
    const folder = await findJournal(imap)
    if (folder !== undefined) await pullEvents({ core, imap, folder })
  } finally {
    await imap.close()
  }
}

/**
 * Reads the journal of a mailbox that is being connected for the first time, so that `saveSetup` finds its desk.
 * A server that cannot be reached is no obstacle: two desks founded apart converge on the older one (`rules/desk`).
 */
export async function readExistingDesk(core: Core, settings: ServerSettings): Promise<void> {
  try {
    await readJournal(core, settings)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.warn('journal', 'not looked for a desk', { code: error.code })
  }
}

/**
 * The desk that a mailbox holds, or null. Only looks: it reads into a database that is gone afterwards, so that a
 * person may still choose another mailbox.
 * @throws AppError when the mailbox cannot be read
 */
export async function lookAtDesk(
  settings: ServerSettings,
  now: () => number,
): Promise<Desk | null> {
  const folder = await mkdtemp(join(tmpdir(), 'copydesk-look-'))
  try {
    const db = await openDatabase(folder)
    try {
      const core = createCore(db, now)
      await readJournal(core, settings)
      const isFounded = (await core.history(db.read)).created !== null
      return isFounded ? await currentDesk(core, db.read) : null
    } finally {
      await db.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
