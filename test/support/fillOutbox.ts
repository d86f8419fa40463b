// An outbox in which everything has happened, for a picture: rows as sending would leave them, without its work.
import { insertOutboxItem } from '#main/db/outbox'
import { createEngine } from '#main/engine'
import type { DeliveryState } from '#shared/model/message'
import { memorySecrets } from './startDesk'

interface Case {
  readonly state: DeliveryState
  readonly attempts: number
  readonly lastReply: string
  readonly refused?: readonly { address: string; reply: string }[]
  /** ms from now until the next try, or until it is known. */
  readonly inMs?: number
}

const full = '452 4.2.2 The mailbox is full'
const unknown = '550 5.1.1 No such user here'
const cases: readonly Case[] = [
  { state: 'queued', attempts: 2, lastReply: '451 4.7.1 Try again later', inMs: 540_000 },
  { state: 'uncertain', attempts: 1, lastReply: 'The connection ended after the mail was sent.' },
  {
    state: 'partly',
    attempts: 1,
    lastReply: '250 2.0.0 Ok',
    refused: [{ address: 'jordi.puig@casaluz.example', reply: full }],
  },
  {
    state: 'failed',
    attempts: 1,
    lastReply: unknown,
    refused: [{ address: 'maria.gomez@casaluz.example', reply: unknown }],
  },
  { state: 'cancelled', attempts: 0, lastReply: '' },
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
    for (const [n, { state, attempts, lastReply, refused = [], inMs }] of cases.entries()) {
      const ticket = tickets[n]
      if (ticket === undefined || account === undefined) throw new Error('the desk is empty')
      const id = `full-${state}`
      const { name, address } = ticket
      const cc = refused.filter((one) => one.address !== address)
      await insertOutboxItem(tx, {
        id,
        accountId: account.id,
        ticketId: ticket.id,
        commentId: id,
        kind: 'public',
        messageId: `${id}@lumenhaus.example`,
        subject: `Re: ${ticket.subject}`,
        to: [{ name, address }],
        cc: cc.map((one) => ({ name: '', address: one.address })),
        bytes: Buffer.from('Subject: for the picture\r\n\r\n'),
        nextAt: null,
        queuedAt: now - n * 420_000,
        dutyKey: null,
      })
      await tx.run(
        `UPDATE outbox_item SET state = ?, attempts = ?, lastReply = ?, refused = ?, nextAt = ?,
           settledAt = CASE WHEN ? IN ('sent', 'partly', 'failed', 'cancelled') THEN ? END WHERE id = ?`,
        [
          state,
          attempts,
          lastReply,
          JSON.stringify(refused),
          inMs === undefined ? null : now + inMs,
          state,
          now,
          id,
        ],
      )
    }
  })
  await engine.stop()
}
