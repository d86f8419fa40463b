import { moveTicketRows } from '../db/threads'
import { markSeenTickets } from '../db/readMarkers'
import { deleteStale, listStale } from '../db/saveTickets'
import type { Core } from './core'
import { refreshTickets } from './refreshTickets'
import { threadBySubject } from './threadMails'

const batch = 200

/** Folds the tickets whose folding was put off, in small writes between which others get their turn. */
export async function refreshStale(core: Core): Promise<void> {
  const some = (): Promise<boolean> =>
    core.db.write(
      'tickets.refreshStale',
      async (tx) => {
        const ids = await listStale(tx, batch)
        if (ids.length === 0) return false
        await refreshTickets(core, tx, ids)
        // Mail that named one of them in its subject waited for its people.
        const bySubject = await threadBySubject(tx, [], ids)
        await moveTicketRows(tx, bySubject.moves)
        await refreshTickets(core, tx, bySubject.tickets)
        await markSeenTickets(tx, [...ids, ...bySubject.tickets])
        await deleteStale(tx, ids)
        return true
      },
      { origin: 'mail' },
    )
  while (await some()) continue
}
