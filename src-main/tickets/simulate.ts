// "What would last month's mail have done differently?": stored facts under another policy. Nothing is written.
import type { Policy } from '#shared/model/policy'
import type { Simulation } from '#shared/model/simulation'
import { maySeeTicket } from '#shared/rules/access'
import { deskAt } from '#shared/rules/desk'
import { differencesOf } from '#shared/rules/simulatePolicy'
import { ticketKey } from '../db/ids'
import { listTicketEvents, ticketsWithPrivateText } from '../db/journal'
import { listMailFacts } from '../db/mailFacts'
import { listRecentIds } from '../db/news'
import { getTicket } from '../db/tickets'
import { currentDesk, getAgent, type Core } from './core'

const batch = 100
const mostTickets = 5_000
const mostExamples = 12
const dayMs = 86_400_000

/** Folds the tickets of the last `days` under both policies; only tickets this agent may see count. */
export async function simulate(
  core: Core,
  changes: Readonly<Record<string, unknown>>,
  days: number,
): Promise<Simulation> {
  const { read } = core.db
  const agent = await getAgent(read)
  const history = await core.history(read)
  const desk = await currentDesk(core, read)
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const proposed: Policy = { ...desk.policy, ...Object.fromEntries(given) }
  const ids = await listRecentIds(read, core.now() - days * dayMs, mostTickets + 1)
  const counts: Simulation['counts'] = {}
  const examples: Simulation['examples'] = []
  let [tickets, affected] = [0, 0]
  for (let at = 0; at < Math.min(ids.length, mostTickets); at += batch) {
    const some = ids.slice(at, Math.min(at + batch, mostTickets))
    const events = await listTicketEvents(read, some)
    const mails = await listMailFacts(read, some, ticketsWithPrivateText(events))
    for (const id of some) {
      const stored = await getTicket(read, id)
      if (!maySeeTicket(desk, agent.address, stored.ticket, stored.participants).may) continue
      tickets += 1
      const facts = {
        id,
        key: ticketKey(id),
        mails: mails.get(id) ?? [],
        events: events.get(id) ?? [],
        deskAt: (moment: number) => deskAt(history, moment),
      }
      const found = differencesOf(facts, desk.policy, proposed)
      if (found.length > 0) affected += 1
      for (const one of found) counts[one.what] = (counts[one.what] ?? 0) + 1
      if (found.length > 0 && examples.length < mostExamples) {
        const { key, subject } = stored.ticket
        examples.push({ ticketId: id, key, subject, differences: found })
      }
    }
    // Folding is quick but not free: whoever clicks meanwhile goes first.
    await new Promise((done) => setImmediate(done))
  }
  return { tickets, affected, counts, examples, isCapped: ids.length > mostTickets }
}
