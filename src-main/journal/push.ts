// Appends to the journal folder what only this database has.
import { AppError } from '#shared/ipc/errors'
import type { SignedEvent } from '#shared/model/batch'
import { say } from '#shared/rules/sayings'
import { listUnpushed, markUnwritable, type UnpushedEvent } from '../db/journalFolder'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import type { Core } from '../tickets/core'
import { encodeBatch, splitBatches } from './codec'
import type { DeviceKey } from './signing'

const MAX_AT_ONCE = 5_000

export interface PushDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly key: DeviceKey
  /** Path of the folder. */
  readonly folder: string
  /** Address of the desk's mailbox. */
  readonly mailbox: string
}

function sign(key: DeviceKey, event: UnpushedEvent): SignedEvent {
  const { text, signature, publicKey, firstAt } = event
  if (text !== null && signature !== null && publicKey !== null) {
    return { text, signature, key: publicKey, ...(firstAt === null ? {} : { at: firstAt }) }
  }
  const { id, hlc, by, device, ticketId } = event
  const body: unknown = JSON.parse(event.body)
  const fresh = JSON.stringify({ id, hlc, by, device, ticketId, body })
  return { text: fresh, signature: key.sign(fresh), key: key.publicKey }
}

/** Events of a key this profile does not have any more (its file was removed): nobody would believe them. */
async function setAside(core: Core, key: DeviceKey, events: readonly UnpushedEvent[]) {
  const strange = events.filter(({ text, device }) => text === null && device !== key.device)
  if (strange.length === 0) return events
  log.warn('journal', 'events of another key stay here', { count: strange.length })
  await core.db.write('journal.unwritable', async (tx) => {
    for (const { id } of strange) await markUnwritable(tx, id, 'key-lost')
  })
  return events.filter((event) => !strange.includes(event))
}

/**
 * Writes what waits. Nothing is marked here: reading the folder again says what lies in it, so a lost answer is no
 * special case, and a batch that was written twice is the same events twice.
 * @param isLost writes again what the folder once had
 * @returns how many events were written
 * @throws AppError of the connection; `refused` when the server has no room
 */
export async function pushEvents(deps: PushDeps, isLost = false): Promise<number> {
  const { core, imap, key, folder, mailbox } = deps
  const waiting = await listUnpushed(core.db.read, { isLost, limit: MAX_AT_ONCE })
  const events = await setAside(core, key, waiting)
  let pushed = 0
  let from = 0
  for (const batch of splitBatches(events.map((event) => sign(key, event)))) {
    const head = { from: events[from]?.by ?? mailbox, mailbox, at: core.now() }
    from += batch.length
    try {
      // Without a date of ours the server says when: that is what bounds every clock (architecture.md §12).
      await imap.append(folder, encodeBatch(batch, head), ['\\Seen'])
    } catch (error) {
      const isFull =
        error instanceof AppError && /OVERQUOTA|LIMIT/u.test(String(error.detail['cause']))
      if (!isFull) throw error
      throw new AppError('refused', say('mailbox-full'), error.detail)
    }
    pushed += batch.length
  }
  return pushed
}
