// What this agent changed and what did not hold, because a colleague changed the same without knowing of it.
import type { ConflictView } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Conflict } from '#shared/model/conflict'
import { canonicalAddress } from '#shared/rules/address'
import { isLostBy } from '#shared/rules/causality'
import { findPerson } from '#shared/rules/desk'
import { getSetting, saveSetting } from '../db/settings'
import type { StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import type { Core } from './core'
import type { Viewer } from './views'

/** Dismissals that are remembered on this desktop. */
const MOST_REMEMBERED = 500

const idOf = ({ field, about, winner, loser }: Conflict): string =>
  [field, about, winner.source, loser.source].join(' ')

function ownAddresses({ desk, agent }: Viewer): Set<string> {
  const person = findPerson(desk, agent.address)
  const all = [agent.address, ...(person === undefined ? [] : [person.address, ...person.aliases])]
  return new Set(all.map(canonicalAddress))
}

/** The conflicts of a ticket that this agent lost and has not dismissed, newest first. */
export async function conflictsFor(
  db: Reader,
  viewer: Viewer,
  conflicts: readonly Conflict[],
): Promise<ConflictView[]> {
  if (conflicts.length === 0) return []
  const own = ownAddresses(viewer)
  const dismissed = new Set(await getSetting(db, 'dismissedConflicts'))
  return conflicts
    .filter((conflict) => isLostBy(conflict, own) && !dismissed.has(idOf(conflict)))
    .map((conflict) => {
      const { field, about, because, winner, loser } = conflict
      const { by, at, value } = winner
      const byName = findPerson(viewer.desk, by)?.name ?? ''
      const mine = { mineAt: loser.at, mineValue: loser.value }
      return { id: idOf(conflict), field, about, because, by, byName, at, value, ...mine }
    })
    .reverse()
}

/** The agent has seen it. @throws AppError `not-found` when there is no such conflict (any more) */
export async function dismissConflict(core: Core, stored: StoredTicket, id: string): Promise<void> {
  if (!stored.conflicts.some((conflict) => idOf(conflict) === id)) {
    throw new AppError('not-found', 'This conflict has been settled meanwhile.', {
      because: 'conflict-settled',
    })
  }
  await core.db.write('conflicts.dismiss', async (tx) => {
    const known = await getSetting(tx, 'dismissedConflicts')
    const next = [...known.filter((each) => each !== id), id].slice(-MOST_REMEMBERED)
    await saveSetting(tx, 'dismissedConflicts', next)
    tx.changed('ticket', stored.ticket.id)
  })
}
