// An outbox in which everything has happened, for a picture: rows as sending would leave them, without its work.
import { insertOutboxItem } from '#main/db/outbox'
import { openDatabase } from '#main/db/open'
import { saveSetting } from '#main/db/settings'
import { createEngine } from '#main/engine'
import { scheduleReply } from '#main/outbox/scheduled'
import type { Core } from '#main/tickets/core'
import { recordTicketEvents } from '#main/tickets/record'
import type { DeliveryKind, DeliveryState, HeldBack } from '#shared/model/message'
import { memorySecrets } from './startDesk'

interface Case {
  readonly state: DeliveryState
  readonly attempts: number
  readonly lastReply: string
  readonly refused?: readonly { address: string; reply: string }[]
  /** ms from now until the next try, or until it is known. */
  readonly inMs?: number
  /** Beside the state where there are several of it. */
  readonly name?: string
  readonly kind?: DeliveryKind
  readonly held?: HeldBack
}

const full = '452 4.2.2 The mailbox is full'
const unknown = '550 5.1.1 No such user here'
const cases: readonly Case[] = [
  { state: 'queued', attempts: 2, lastReply: '451 4.7.1 Try again later', inMs: 540_000 },
  { state: 'uncertain', attempts: 1, lastReply: 'The connection ended after the mail was sent.' },
  {
    state: 'partly',
    attempts: 1,
    lastReply: full,
    refused: [{ address: 'jordi.puig@casaluz.example', reply: full }],
  },
  {
    state: 'failed',
    attempts: 1,
    lastReply: unknown,
    refused: [{ address: 'maria.gomez@casaluz.example', reply: unknown }],
  },
  {
    name: 'held',
    state: 'failed',
    attempts: 0,
    lastReply: 'Somebody wrote on this ticket after this reply was sent.',
    held: { comments: ['c1'], added: ['jordi.puig@casaluz.example'], removed: [] },
  },
  { name: 'doubt', state: 'uncertain', attempts: 1, lastReply: 'Connection closed', inMs: 40_000 },
  { name: 'undo', state: 'queued', attempts: 0, lastReply: '', inMs: 3_600_000 },
  {
    name: 'rest',
    state: 'queued',
    kind: 'private',
    attempts: 12,
    lastReply: full,
    inMs: 3_000_000,
  },
  { name: 'follower', state: 'sent', kind: 'follower', attempts: 3, lastReply: '250 2.0.0 Ok' },
  { state: 'cancelled', attempts: 0, lastReply: 'Cancelled by an agent.' },
  { state: 'sent', attempts: 1, lastReply: '250 2.0.0 Ok' },
]

/** Adds one mail of each state to a profile that nothing else has open, each under a ticket of its own. */
export async function fillOutbox(profile: string): Promise<void> {
  const engine = await createEngine({ profile, secrets: memorySecrets() })
  const { db } = engine.core
  const now = Date.now()
  const [account] = await engine.accounts()
  const tickets = await db.read.all<{ id: string; subject: string; name: string; address: string }>(
    `SELECT id, subject, requesterName AS name, requesterAddress AS address FROM ticket
     WHERE requesterAddress IS NOT NULL ORDER BY updatedAt DESC LIMIT ?`,
    [cases.length],
  )
  await db.write('fill', async (tx) => {
    for (const [n, one] of cases.entries()) {
      const { state, attempts, lastReply, refused = [], inMs, held } = one
      const ticket = tickets[n]
      if (ticket === undefined || account === undefined) throw new Error('the desk is empty')
      const id = `full-${one.name ?? state}`
      const { name, address } = ticket
      const cc = refused.filter((one) => one.address !== address)
      await insertOutboxItem(tx, {
        id,
        accountId: account.id,
        ticketId: ticket.id,
        commentId: id,
        kind: one.kind ?? 'public',
        messageId: `${id}@lumenhaus.example`,
        subject: `Re: ${ticket.subject}`,
        to: [{ name, address }],
        cc: cc.map((one) => ({ name: '', address: one.address })),
        bytes: Buffer.from('Subject: for the picture\r\n\r\n'),
        nextAt: null,
        queuedAt: now - n ** 3 * 60_000,
        dutyKey: null,
      })
      await tx.run(
        `UPDATE outbox_item SET state = ?, attempts = ?, lastReply = ?, refused = ?, nextAt = ?, held = ?,
           settledAt = CASE WHEN ? IN ('sent', 'partly', 'failed', 'cancelled') THEN ? END WHERE id = ?`,
        [
          state,
          attempts,
          lastReply,
          JSON.stringify(refused),
          inMs === undefined ? null : now + inMs,
          held === undefined ? null : JSON.stringify(held),
          state,
          now,
          id,
        ],
      )
    }
  })
  await fillScheduled(engine.core, tickets)
  await engine.stop()
}

/** A bulk reply to the newest tickets, as a kill leaves it: begun, and none has got it. */
export async function cutBulkReply(profile: string): Promise<void> {
  const db = await openDatabase(profile)
  const tickets = await db.read.all<{ id: string }>(
    'SELECT id FROM ticket WHERE requesterAddress IS NOT NULL ORDER BY updatedAt DESC LIMIT 4',
  )
  const ticketIds = tickets.map(({ id }) => id)
  const text = 'Good morning,\n\nour workshop is open again from Monday.'
  const job = { id: 'cut-short-by-a-kill', ticketIds, text, status: null }
  await db.write('fill', (tx) => saveSetting(tx, 'bulkReplies', [job]))
  await db.close()
}

/** One waits for its hour, one has been held when it came. */
async function fillScheduled(core: Core, tickets: readonly { id: string }[]): Promise<void> {
  for (const [n, { id: ticketId }] of tickets.slice(0, 2).entries()) {
    const id = `full-later-${String(n)}`
    const text = 'Good morning, your order leaves our workshop today.'
    const how = {
      visibility: 'public',
      status: null,
      onlyIfQuiet: true,
      seenRevision: null,
    } as const
    const sendAt = core.now() + (n + 1) * 40_000_000
    await scheduleReply(core, { id, ticketId, text, sendAt, audience: [], ...how })
    if (n === 0) continue
    const body = {
      kind: 'reply.unscheduled',
      commentId: id,
      because: 'held',
      why: 'answered',
    } as const
    await core.db.write('fill', async (tx) => {
      await recordTicketEvents(core, tx, { ticketId, bodies: [body] })
    })
  }
}
