import type { AgentProfile } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import { deskNow, foldDesk, type DeskHistory } from '#shared/rules/desk'
import { AppError } from '#shared/ipc/errors'
import { listDeskEvents } from '../db/journal'
import type { Database } from '../db/open'
import { getSetting } from '../db/settings'
import type { Reader } from '../db/write'

/** What every flow needs: the database, the time, who works here and what the desk has decided. */
export interface Core {
  readonly db: Database
  /** Epoch ms; tests give their own. */
  readonly now: () => number
  /** The desk's history, folded anew only when one of its events is new. */
  readonly history: (db: Reader) => Promise<DeskHistory>
}

export function createCore(db: Database, now: () => number): Core {
  let known: { stamp: string; history: DeskHistory } | undefined
  const history = async (reader: Reader): Promise<DeskHistory> => {
    const row = await reader.first<{ stamp: string }>(
      `SELECT count(*) || ':' || count(firstAt) || ':' || total(firstAt) || ':' || coalesce(max(hlc), '') AS stamp
       FROM journal_event WHERE ticketId IS NULL AND kind <> 'duty.claimed'`,
    )
    const stamp = row?.stamp ?? ''
    if (known?.stamp !== stamp) known = { stamp, history: foldDesk(await listDeskEvents(reader)) }
    return known.history
  }
  return { db, now, history }
}

/** The desk as it is now. */
export async function currentDesk(core: Core, db: Reader): Promise<Desk> {
  return deskNow(await core.history(db))
}

/** @throws AppError `refused` before setup */
export async function getAgent(db: Reader): Promise<AgentProfile> {
  const agent = await getSetting(db, 'agent')
  if (agent === null) {
    throw new AppError('refused', 'This profile is not set up yet: connect a mailbox first.')
  }
  return agent
}

/** The secret under which this desk's Message-IDs and reply tokens are MACs; undefined before the desk exists. */
export async function findDeskKey(core: Core, db: Reader): Promise<string | undefined> {
  return (await core.history(db)).created?.key
}
