// What happened on tickets since this app was started that its person should hear of.
import type { Change } from '#shared/ipc/contract'
import type { News } from '#shared/model/attention'
import { maySeeTicket } from '#shared/rules/access'
import { canonicalAddress } from '#shared/rules/address'
import { newsOf } from '#shared/rules/attention'
import { findPerson } from '#shared/rules/desk'
import { listUpdatedSince } from '../db/news'
import { getSetting } from '../db/settings'
import { getTicket } from '../db/tickets'
import { currentDesk, type Core } from './core'

/** Each thing once: `tell` hears of a ticket again only for something newer. Mail older than `startedAt` is never news. */
export function createNewsWatch(core: Core, tell: (news: News) => void) {
  const startedAt = core.now()
  const told = new Map<string, number>()

  const lookAt = async (id: string): Promise<void> => {
    const { read } = core.db
    const agent = await getSetting(read, 'agent')
    if (agent === null) return
    const stored = await getTicket(read, id)
    const desk = await currentDesk(core, read)
    if (!maySeeTicket(desk, agent.address, stored.ticket, stored.participants).may) return
    const person = findPerson(desk, agent.address)
    const me = [agent.address, ...(person?.aliases ?? [])].map(canonicalAddress)
    const since = told.get(id) ?? startedAt
    const settings = (await getSetting(read, 'preferences')).notifications
    const news = newsOf({ projected: stored, me, since, settings })
    const newest = Math.max(
      since,
      ...stored.comments.map((comment) => comment.at),
      ...stored.audit.map((entry) => entry.at),
    )
    if (newest > startedAt) told.set(id, newest)
    if (news !== null) tell(news)
  }

  return async (changes: readonly Change[]): Promise<void> => {
    const ids = changes
      .filter((change) => change.entity === 'ticket' && change.origin !== 'local')
      .flatMap((change) => change.ids)
    // A first sync changes thousands of tickets, none of them newer than the app: one question, no folding.
    for (const id of await listUpdatedSince(core.db.read, ids, startedAt)) await lookAt(id)
  }
}
