// A mail that is broken on the server can end the connection each time it is fetched. It must not keep
// the others out: at the first suspicion it leaves the queue, is then tried alone, and after three
// tries it is set aside and tried again once a day.
import { AppError } from '#shared/ipc/errors'
import {
  addSuspect,
  listSuspects,
  removeSuspect,
  type FolderKey,
  type Suspect,
} from '../db/suspects'
import { log } from '../log'
import type { ImapConnection } from '../mail/imap'
import type { FetchSummary } from '../mail/imapFetch'
import type { Core } from '../tickets/core'

const mostTries = 3
const againMs = 24 * 3_600_000

export const isSetAside = ({ tries }: Suspect): boolean => tries >= mostTries

/** Whether it may be tried alone now; `now` is epoch ms. */
export const isDue = (suspect: Suspect, now: number): boolean =>
  !isSetAside(suspect) || now - suspect.triedAt >= againMs

/** Where a folder is read, and until when: a connection that we end ourselves casts no suspicion. */
export interface Reading extends FolderKey {
  readonly core: Core
  readonly signal: AbortSignal
  readonly imap: Pick<ImapConnection, 'listUids'>
}

async function suspect({ core, ...of }: Reading, uids: readonly number[]): Promise<void> {
  if (uids.length === 0 || of.signal.aborted) return
  await core.db.write('inbox.suspect', async (tx) => {
    for (const uid of uids) await addSuspect(tx, of, uid, core.now())
  })
  log.warn('inbox', 'mail not handed over', { folder: of.folder, uids: uids.length })
}

/** What was asked for, did not come, and is still there: the cursor will go past it, so it is owed. */
async function stillThere({ imap }: Reading, missing: readonly number[]): Promise<number[]> {
  const [from = 0, to = from] = [missing[0], missing.at(-1)]
  if (missing.length === 0) return []
  const left = new Set(await imap.listUids({ from, to }))
  return missing.filter((uid) => left.has(uid))
}

/** Fetches, and remembers which mail did not come or ended the connection. Throws what the fetch threw. */
export async function watchingSuspects(
  of: Reading,
  fetch: () => Promise<FetchSummary>,
): Promise<void> {
  try {
    const { missing } = await fetch()
    const owed = await stillThere(of, missing).catch(async (error: unknown) => {
      // The connection has ended behind them. What is gone from the server is found out when it is tried alone.
      await suspect(of, missing)
      throw error
    })
    await suspect(of, owed)
  } catch (error) {
    const uid = error instanceof AppError ? error.detail['suspectUid'] : undefined
    if (typeof uid === 'number') await suspect(of, [uid])
    throw error
  }
}

/**
 * Tries each suspect that is due, alone. `fetchOne` stores it when it comes, and counts it when it does not.
 * @returns how many mails of the folder are set aside now
 */
export async function retrySuspects(
  of: Reading,
  fetchOne: (uid: number) => Promise<void>,
): Promise<number> {
  const { core, signal } = of
  const before = await listSuspects(core.db.read, of)
  for (const one of before.filter((suspected) => isDue(suspected, core.now()))) {
    if (signal.aborted) break
    await fetchOne(one.uid)
    const now = (await listSuspects(core.db.read, of)).find(({ uid }) => uid === one.uid)
    if (now?.tries !== one.tries) continue
    await core.db.write('inbox.unsuspect', (tx) => removeSuspect(tx, of, one.uid))
  }
  return (await listSuspects(core.db.read, of)).filter(isSetAside).length
}
