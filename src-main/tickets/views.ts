import type { AgentProfile } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import { ticketView, type TicketFilter, type TicketView } from '#shared/model/ticket'
import { maySeeTicket } from '#shared/rules/access'
import { canonicalAddress } from '#shared/rules/address'
import { findPerson } from '#shared/rules/desk'
import { countTickets, isListed, listGroups, listTickets, type ListQuery } from '../db/ticketRows'
import type { Reader } from '../db/write'
import type { TicketRow } from '#shared/model/ticket'
import { findTickets, readSearch, snippetsOf } from './search'

type Where = Pick<ListQuery, 'where' | 'parameters'>

const unsolved = `status IN ('new', 'open', 'pending') AND ${isListed}`
const hasRole = (role: string): string =>
  `ticket.id IN (SELECT ticketId FROM participant WHERE address = ? AND role = '${role}')`

const isInvolved = (kind: string): string =>
  `ticket.id IN (SELECT ticketId FROM involvement WHERE address = ? AND kind = '${kind}')`

function whereView(view: TicketView, me: string): Where {
  const conditions: Record<TicketView, Where> = {
    open: { where: unsolved, parameters: [] },
    mine: { where: `${unsolved} AND assignee = ?`, parameters: [me] },
    unassigned: { where: `${unsolved} AND assignee IS NULL`, parameters: [] },
    following: { where: hasRole('follower'), parameters: [me] },
    ccd: { where: hasRole('cc'), parameters: [me] },
    ccdByMe: { where: isInvolved('addedCc'), parameters: [me] },
    mentioned: { where: isInvolved('mentioned'), parameters: [me] },
    held: { where: 'heldCount > 0', parameters: [] },
    scheduled: { where: 'id IN (SELECT ticketId FROM scheduled_reply)', parameters: [] },
    sent: { where: isInvolved('wrote'), parameters: [me] },
    solved: { where: `status IN ('solved', 'closed')`, parameters: [] },
    all: { where: '1', parameters: [] },
  }
  return conditions[view]
}

const nobody: Where = { where: '0', parameters: [] }

/** Restricted groups (participants.md §2): `maySeeTicket` as SQL that every list and search carries. */
export async function whereVisible(db: Reader, desk: Desk, me: string): Promise<Where> {
  const person = findPerson(desk, me)
  if (person === undefined) return nobody
  if (desk.policy.restrictedGroups.length === 0 || person.role === 'admin') {
    return { where: '1', parameters: [] }
  }
  const closed = (await listGroups(db)).filter(
    (group) => !maySeeTicket(desk, me, { group, assignee: null }, []).may,
  )
  const own = JSON.stringify([person.address, ...person.aliases].map(canonicalAddress))
  return {
    where: `("group" IS NULL OR "group" NOT IN (SELECT value FROM json_each(?))
      OR assignee IN (SELECT value FROM json_each(?))
      OR ticket.id IN (SELECT ticketId FROM participant WHERE role IN ('cc', 'follower')
        AND address IN (SELECT value FROM json_each(?))))`,
    parameters: [JSON.stringify(closed), own, own],
  }
}

function whereRequester(address: string | undefined): Where {
  if (address === undefined) return { where: '1', parameters: [] }
  return { where: 'requesterAddress = ?', parameters: [canonicalAddress(address)] }
}

function both(...parts: readonly Where[]): Where {
  return {
    where: parts.map((part) => `(${part.where})`).join(' AND '),
    parameters: parts.flatMap((part) => part.parameters),
  }
}

/** Who asks: what they may see depends on it. */
export interface Viewer {
  readonly desk: Desk
  readonly agent: AgentProfile
}

// Nobody reads on for longer; a narrower search is the better way.
const mostFound = 1_000

interface Page {
  readonly rows: TicketRow[]
  readonly total: number
  /** There is more than `total` says. */
  readonly isCapped?: boolean
}

async function searchView(
  db: Reader,
  viewer: Viewer,
  filter: TicketFilter,
  inView: Where,
): Promise<Page> {
  const who = { desk: viewer.desk, me: viewer.agent.address, now: Date.now() }
  const search = await readSearch(db, filter.query, who)
  const end = filter.offset + filter.limit
  const most = Math.max(mostFound, end)
  const { ids, isCapped } = await findTickets(db, search, inView, { most, enough: end })
  const page = ids.slice(filter.offset, end)
  const [rows, snippets] = await Promise.all([
    listTickets(db, {
      where: 'ticket.id IN (SELECT value FROM json_each(?))',
      parameters: [JSON.stringify(page)],
      offset: 0,
      limit: filter.limit,
    }),
    snippetsOf(db, search, page),
  ])
  return {
    rows: rows.map((row) => ({ ...row, snippet: snippets.get(row.id) ?? '' })),
    total: ids.length,
    isCapped,
  }
}

/** One page of a view, newest first, with how many there are in all; of a search at most 1,000. */
export async function listView(db: Reader, viewer: Viewer, filter: TicketFilter): Promise<Page> {
  const me = viewer.agent.address
  const where = both(
    whereView(filter.view, me),
    await whereVisible(db, viewer.desk, me),
    whereRequester(filter.requester),
  )
  if (filter.query.trim() !== '') return searchView(db, viewer, filter, where)
  const [rows, total] = await Promise.all([
    listTickets(db, { ...where, offset: filter.offset, limit: filter.limit }),
    countTickets(db, where),
  ])
  return { rows, total }
}

export async function countViews(db: Reader, viewer: Viewer): Promise<Record<TicketView, number>> {
  const me = viewer.agent.address
  const visible = await whereVisible(db, viewer.desk, me)
  const counted = await Promise.all(
    ticketView.options.map(async (view) => {
      const where = both(whereView(view, me), visible)
      return [view, await countTickets(db, where)] as const
    }),
  )
  return Object.fromEntries(counted) as Record<TicketView, number>
}
