// A further desktop of a desk: what the mailbox already holds decides whether setting up founds a desk or joins one.
import { AppError } from '#shared/ipc/errors'
import type { ServerSettings } from '#shared/model/account'
import { log } from '../log'
import { connectImap } from '../mail/imap'
import type { Core } from '../tickets/core'
import { findJournal } from './folder'
import { pullEvents } from './pull'

/**
 * Reads the journal of a mailbox that is being connected for the first time, so that `saveSetup` finds its desk.
 * A server that cannot be reached is no obstacle: two desks founded apart converge on the older one (`rules/desk`).
 */
export async function readExistingDesk(core: Core, settings: ServerSettings): Promise<void> {
  try {
    const imap = await connectImap(settings)
    try {
      const folder = await findJournal(imap)
      if (folder !== undefined) await pullEvents({ core, imap, folder })
    } finally {
      await imap.close()
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.warn('journal', 'not looked for a desk', { code: error.code })
  }
}
