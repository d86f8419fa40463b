// What waits for an agent's decision, over all tickets this person may see, and blocking who wrote it.
import type { HeldItem } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { comment as commentSchema } from '#shared/model/message'
import { canonicalBlockEntry, isBlocklisted } from '#shared/rules/address'
import { mayDo } from '#shared/rules/desk'
import { listBodies } from '../db/messages'
import { isListed } from '../db/ticketRows'
import { getTicket, type StoredTicket } from '../db/tickets'
import type { Reader, Writer } from '../db/write'
import { currentDesk, getAgent, type Core } from './core'
import { recordDeskEvents, recordTicketEvents } from './record'
import { whereVisible, type Viewer } from './views'

const most = 500
const textShown = 1_200

/** Held comments that a person may see, as rows of a SELECT. */
const heldFrom = (where: string): string =>
  `FROM comment JOIN ticket ON ticket.id = comment.ticketId
   WHERE visibility = 'held' AND messageId IS NOT NULL AND ${isListed} AND (${where})`

/** Tickets with people a mail named and who did not fit on the CC list (participants.md §2 "limit"). */
const isCrowded = (where: string): string =>
  `rest ->> '$.notAdded' <> '[]' AND ${isListed} AND (${where})`

interface HeldRow {
  readonly ticketId: string
  readonly data: string
}

async function heldRows(db: Reader, { desk, agent }: Viewer): Promise<HeldRow[]> {
  const visible = await whereVisible(db, desk, agent.address)
  return db.all<HeldRow>(
    `SELECT comment.ticketId, data ${heldFrom(visible.where)} ORDER BY at DESC LIMIT ${String(most)}`,
    [...visible.parameters],
  )
}

async function crowdedTickets(db: Reader, { desk, agent }: Viewer): Promise<string[]> {
  const visible = await whereVisible(db, desk, agent.address)
  const rows = await db.all<{ id: string }>(
    `SELECT id FROM ticket WHERE ${isCrowded(visible.where)} ORDER BY updatedAt DESC LIMIT ${String(most)}`,
    [...visible.parameters],
  )
  return rows.map((row) => row.id)
}

function ticketPart({ ticket, participants }: StoredTicket): HeldItem['ticket'] {
  const outside = participants.filter((one) => one.role !== 'follower' && !one.isInternal)
  return {
    id: ticket.id,
    key: ticket.key,
    subject: ticket.subject,
    /** An address from outside can only be a second one of somebody outside. */
    customers: outside.map(({ name, address }) => ({ name, address })),
  }
}

/** Every held comment and everybody left off a full CC list, newest first; at most 500 of each. */
export async function listHeld(db: Reader, viewer: Viewer): Promise<HeldItem[]> {
  const [rows, crowded] = await Promise.all([heldRows(db, viewer), crowdedTickets(db, viewer)])
  const ids = [...new Set([...rows.map((row) => row.ticketId), ...crowded])]
  const tickets = new Map(
    await Promise.all(ids.map(async (id) => [id, await getTicket(db, id)] as const)),
  )
  const held = rows.map((row) => ({ ...row, comment: commentSchema.parse(JSON.parse(row.data)) }))
  const bodies = await listBodies(
    db,
    held.flatMap(({ comment }) => comment.mailId ?? []),
  )
  const mails = held.flatMap(({ ticketId, comment }): HeldItem[] => {
    const stored = tickets.get(ticketId)
    if (stored === undefined || comment.messageId === null) return []
    const body = bodies.get(comment.mailId ?? '')
    const text = (body?.text.slice(0, body.freshLength) ?? '').trim()
    const { messageId, author, at, because, flags, trust, isInternal } = comment
    return [
      {
        kind: 'mail',
        ticket: ticketPart(stored),
        messageId,
        person: author,
        at,
        because,
        flags,
        trust,
        isInternal,
        text: text.length > textShown ? `${text.slice(0, textShown)}…` : text,
      },
    ]
  })
  const people = crowded.flatMap((id): HeldItem[] => {
    const stored = tickets.get(id)
    if (stored === undefined) return []
    const over = stored.notAdded.filter(({ because }) => because === 'over-limit')
    return over.map(({ address, name, because, origin }) => ({
      kind: 'person',
      ticket: ticketPart(stored),
      messageId: origin.messageId ?? '',
      person: { name, address },
      at: origin.at,
      because,
      flags: [],
      trust: 'unverified',
      isInternal: false,
      text: '',
    }))
  })
  return [...mails, ...people].sort((one, other) => other.at - one.at)
}

/** How many `listHeld` has, without its limit: decisions that wait, not tickets. */
export async function countHeld(db: Reader, { desk, agent }: Viewer): Promise<number> {
  const { where, parameters } = await whereVisible(db, desk, agent.address)
  const row = await db.first<{ n: number }>(
    `SELECT (SELECT count(*) ${heldFrom(where)})
       + (SELECT count(*) FROM (SELECT rest FROM ticket WHERE ${isCrowded(where)}) AS crowded,
            json_each(crowded.rest, '$.notAdded') AS person
          WHERE person.value ->> '$.because' = 'over-limit') AS n`,
    [...parameters, ...parameters],
  )
  return row?.n ?? 0
}

/** One discarded comment, for taking it back. */
export interface Discarded {
  readonly ticketId: string
  readonly messageId: string
}

async function mustReview(core: Core, tx: Writer): Promise<Viewer> {
  const desk = await currentDesk(core, tx)
  const agent = await getAgent(tx)
  if (mayDo(desk, agent.address, 'review')) return { desk, agent }
  throw new AppError('refused', 'Your role does not allow this: ask an agent or an admin.', {
    because: 'role',
  })
}

/**
 * Blocks an address or a bare domain and discards what is held of it.
 * @throws AppError `refused` for colleagues, the desk's own addresses and light agents
 */
export async function blockSender(
  core: Core,
  text: string,
): Promise<{ entry: string; discarded: Discarded[] }> {
  return core.db.write('held.block', async (tx) => {
    const viewer = await mustReview(core, tx)
    const entry = canonicalBlockEntry(text)
    await recordDeskEvents(core, tx, viewer.agent.address, [{ kind: 'sender.blocked', entry }])
    const discarded = (await heldRows(tx, viewer)).flatMap(({ ticketId, data }): Discarded[] => {
      const { author, messageId, isInternal } = commentSchema.parse(JSON.parse(data))
      const isTheirs = isBlocklisted({ ccBlocklist: [entry] }, author.address)
      return isTheirs && !isInternal && messageId !== null ? [{ ticketId, messageId }] : []
    })
    for (const { ticketId, messageId } of discarded) {
      const body = { kind: 'comment.discarded', messageId, because: 'sender-blocked' } as const
      await recordTicketEvents(core, tx, { ticketId, bodies: [body] })
      tx.changed('ticket', ticketId)
    }
    return { entry, discarded }
  })
}

/** Ends a block; `restore` are comments that it discarded and that wait again. */
export async function unblockSender(
  core: Core,
  entry: string,
  restore: readonly Discarded[],
): Promise<void> {
  await core.db.write('held.unblock', async (tx) => {
    const { agent } = await mustReview(core, tx)
    await recordDeskEvents(core, tx, agent.address, [{ kind: 'sender.unblocked', entry }])
    for (const { ticketId, messageId } of restore) {
      const body = { kind: 'comment.decisionUndone', messageId } as const
      await recordTicketEvents(core, tx, { ticketId, bodies: [body] })
      tx.changed('ticket', ticketId)
    }
  })
}
