// Moves one outbox item one step. Each step is committed before the next begins, so a crash at any point leaves an item
// that says where it was: never one that could go twice unseen.
import { AppError } from '#shared/ipc/errors'
import { canonicalAddress } from '#shared/rules/address'
import {
  advance,
  getBytes,
  listItemsIn,
  wasSettled,
  type OutboxItem,
  type Refusal,
} from '../db/outbox'
import type { Writer } from '../db/write'
import type { SendOutcome } from '../mail/types'
import type { Core } from '../tickets/core'
import { recordTicketEvents } from '../tickets/record'
import { log } from '../log'

const minute = 60_000
const longestWait = 60 * minute
/** RFC 5321 §4.5.4.1: give up after four to five days. */
const giveUpAfter = 5 * 24 * 60 * minute

/** Throws AppError only before anything was sent: settings or password are wrong. */
export type Send = (item: OutboxItem, bytes: Buffer) => Promise<SendOutcome>

/** 1 min, 2 min, 4 min … 1 h, with up to a quarter of jitter so that desktops do not knock together. */
export function retryDelay(attempts: number, random: number): number {
  const base = Math.min(minute * 2 ** Math.max(attempts - 1, 0), longestWait)
  return Math.round(base * (0.875 + random / 4))
}

function merge(before: readonly Refusal[], more: readonly Refusal[]): Refusal[] {
  const byAddress = new Map([...before, ...more].map((refusal) => [refusal.address, refusal]))
  return [...byAddress.values()]
}

interface Next {
  readonly state: OutboxItem['state']
  readonly lastReply: string
  readonly nextAt?: number
  readonly envelope?: readonly string[]
  readonly refused?: readonly Refusal[]
}

/** What an answer of the server means for the item: a pure function of both. */
export function nextStep(
  item: OutboxItem,
  outcome: SendOutcome,
  at: { now: number; random: number },
): Next {
  const lastReply = outcome.reply
  const wait = { nextAt: at.now + retryDelay(item.attempts, at.random) }
  if (outcome.outcome === 'uncertain') return { state: 'uncertain', lastReply }
  const isOld = at.now - item.queuedAt > giveUpAfter
  if (outcome.outcome === 'retry') {
    return isOld ? { state: 'failed', lastReply } : { state: 'queued', lastReply, ...wait }
  }
  const final = outcome.refused.filter((r) => !r.isTemporary)
  const temporary = outcome.refused.filter((r) => r.isTemporary)
  const refused = merge(
    item.refused,
    final.map(({ address, reply }) => ({ address, reply })),
  )
  if (outcome.outcome === 'refused') return { state: 'failed', lastReply, refused }
  // Some were accepted: they are done, and only those told to try later remain in the envelope.
  if (temporary.length > 0 && !isOld) {
    const envelope = temporary.map((r) => r.address)
    return {
      state: 'queued',
      lastReply: temporary[0]?.reply ?? lastReply,
      envelope,
      refused,
      ...wait,
    }
  }
  const lost = merge(
    refused,
    temporary.map(({ address, reply }) => ({ address, reply })),
  )
  const state = lost.length > 0 ? 'partly' : 'sent'
  return { state, lastReply: lost[0]?.reply ?? lastReply, envelope: [], refused: lost }
}

/** A refusal of the settings is the account's, not the mail's: it waits. Anything else that is thrown tells nothing. */
function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof AppError && error.code !== 'uncertain') {
    return { outcome: 'retry', reply: error.message, refused: [] }
  }
  log.error('outbox', 'sending failed', { error })
  return { outcome: 'uncertain', reply: 'Something went wrong while this mail was being sent.' }
}

/** What everybody on the ticket must know: a mail of ours that somebody did not get, or got after all. */
async function recordOutcome(
  core: Core,
  tx: Writer,
  item: OutboxItem,
  next: Pick<Next, 'state' | 'refused'>,
): Promise<void> {
  const { state } = next
  if (item.kind !== 'public' && item.kind !== 'private') return
  const isNews = state === 'failed' || state === 'partly' || state === 'cancelled'
  if (!isNews && (state !== 'sent' || !(await wasSettled(tx, item.messageId)))) return
  const refused = (next.refused ?? []).map((refusal) => canonicalAddress(refusal.address))
  const settled = { kind: 'delivery.settled', messageId: item.messageId, state, refused } as const
  await recordTicketEvents(core, tx, { ticketId: item.ticketId, bodies: [settled] })
}

/** Records one step of a mail, and what follows from it for its ticket. */
export async function settle(
  core: Core,
  tx: Writer,
  item: OutboxItem,
  next: Pick<Next, 'state' | 'lastReply'> & Partial<Next>,
): Promise<void> {
  await advance(tx, item, next)
  await recordOutcome(core, tx, item, next)
}

/** Sends one item and records how it went. `isBlocked`: the account itself cannot send now. */
export async function deliver(
  core: Core,
  item: OutboxItem,
  send: Send,
): Promise<{ state: OutboxItem['state']; isBlocked: boolean }> {
  const sending = { ...item, state: 'sending' as const, attempts: item.attempts + 1 }
  await core.db.write(
    'outbox.sending',
    (tx) => advance(tx, item, { state: 'sending', attempts: sending.attempts }),
    { isDurable: true },
  )
  let isBlocked = false
  const bytes = await getBytes(core.db.read, item.id)
  const outcome = await send(sending, bytes).catch((error: unknown) => {
    isBlocked = true
    return outcomeOf(error)
  })
  const next = nextStep(sending, outcome, { now: core.now(), random: Math.random() })
  await core.db.write('outbox.settle', (tx) => settle(core, tx, sending, next), { isDurable: true })
  log.info('outbox', 'step', { itemId: item.id, state: next.state, attempts: sending.attempts })
  return { state: next.state, isBlocked }
}

/** At start: what was on the socket when the app ended may or may not have gone. Guessing is not an answer. */
export async function parkInterrupted(core: Core): Promise<void> {
  await core.db.write(
    'outbox.park',
    async (tx) => {
      for (const item of await listItemsIn(tx, 'sending')) {
        const lastReply = 'The app ended while this mail was being sent.'
        await advance(tx, item, { state: 'uncertain', lastReply })
      }
    },
    { isDurable: true },
  )
}
