import {
  deskEvent,
  ticketEvent,
  type DeskEvent,
  type JournalEvent,
  type TicketEvent,
} from '#shared/model/event'
import { log } from '../log'
import { saveSkipped } from './skipped'
import { standsForTicket } from './threads'
import type { Reader, Writer } from './write'

interface EventRow {
  readonly id: string
  readonly hlc: string
  readonly by: string
  readonly device: string
  readonly ticketId: string | null
  readonly body: string
}

/** Keeps facts; one that is already here is the same fact and changes nothing. */
export async function insertEvents(tx: Writer, events: readonly JournalEvent[]): Promise<void> {
  const rows = events.map((event) => [
    event.id,
    event.hlc,
    event.by,
    event.device,
    event.body.kind,
    event.ticketId,
    JSON.stringify(event.body),
  ])
  await tx.run(
    `INSERT OR IGNORE INTO journal_event (id, hlc, "by", device, kind, ticketId, body)
     SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
     FROM json_each(?)`,
    [JSON.stringify(rows)],
  )
  await saveSkipped(
    tx,
    events.map(({ body }) => body),
  )
}

const columns = 'id, hlc, "by", device, ticketId, body'

function parseRow(row: EventRow): unknown {
  return { ...row, body: JSON.parse(row.body) as unknown }
}

/** Whether a reply or note with this id has become a fact here. */
export async function isWritten(db: Reader, commentId: string): Promise<boolean> {
  return (
    (await db.first('SELECT 1 FROM journal_event WHERE id = ?', [`${commentId}-0`])) !== undefined
  )
}

/** Those of these tickets that may have a row: a mail, or an event that creates them. */
export async function listBegun(db: Reader, ticketIds: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    `SELECT value AS id FROM json_each(?) WHERE EXISTS (SELECT 1 FROM message WHERE ticketId = value)
       OR EXISTS (SELECT 1 FROM journal_event WHERE ticketId = value AND kind = 'ticket.created')`,
    [JSON.stringify(ticketIds)],
  )
  return rows.map(({ id }) => id)
}

/** Events about these tickets under any id the ticket ever had (threading may have moved its root). */
export async function listTicketEvents(
  db: Reader,
  ticketIds: readonly string[],
): Promise<Map<string, TicketEvent[]>> {
  const wanted = JSON.stringify(ticketIds)
  const rows = await db.all<EventRow & { owner: string }>(
    `SELECT e.id, e.hlc, e."by", e.device, e.ticketId, e.body, alias.owner
     FROM (SELECT DISTINCT ownTicketId AS id, ticketId AS owner FROM message
             WHERE ticketId IN (SELECT value FROM json_each(?1)) AND ${standsForTicket}
           UNION SELECT value, value FROM json_each(?1)
             WHERE NOT EXISTS (SELECT 1 FROM message WHERE ownTicketId = value AND ticketId <> value
               AND ${standsForTicket})) AS alias
     JOIN journal_event e ON e.ticketId = alias.id`,
    [wanted],
  )
  const byTicket = new Map<string, TicketEvent[]>()
  for (const { owner, ...row } of rows) {
    const parsed = ticketEvent.safeParse(parseRow(row))
    if (!parsed.success) {
      // Of a kind this version does not know: kept, and read again after an upgrade.
      log.warn('journal', 'event not understood', { eventId: row.id })
      continue
    }
    const list = byTicket.get(owner)
    if (list === undefined) byTicket.set(owner, [parsed.data])
    else list.push(parsed.data)
  }
  return byTicket
}

export async function listDeskEvents(db: Reader): Promise<DeskEvent[]> {
  const rows = await db.all<EventRow>(
    `SELECT ${columns} FROM journal_event WHERE ticketId IS NULL AND kind <> 'duty.claimed' ORDER BY hlc, id`,
  )
  return rows.flatMap((row) => {
    const parsed = deskEvent.safeParse(parseRow(row))
    if (parsed.success) return [parsed.data]
    log.warn('journal', 'event not understood', { eventId: row.id })
    return []
  })
}

/** Tickets whose private text a returning mail might quote: only for these are bodies read while projecting. */
export function ticketsWithPrivateText(
  events: ReadonlyMap<string, readonly TicketEvent[]>,
): Set<string> {
  const ids = [...events].filter(([, list]) =>
    list.some(
      ({ body }) =>
        body.kind === 'note.written' ||
        (body.kind === 'reply.written' && body.visibility === 'private'),
    ),
  )
  return new Set(ids.map(([id]) => id))
}
