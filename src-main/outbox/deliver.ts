// Moves one outbox item one step. Each step is committed before the next begins, so a crash at any point leaves an item
// that says where it was: never one that could go twice unseen.
import { AppError } from '#shared/ipc/errors'
import { canonicalAddress } from '#shared/rules/address'
import { isServerReply } from '#shared/rules/retry'
import {
  isUntouched,
  sendingStep,
  type SendAnswer,
  type Sending,
  type SendingEvent,
} from '#shared/rules/sending'
import { say } from '#shared/rules/sayings'
import { advance, findItem, getBytes, listItemsIn, wasSettled, type OutboxItem } from '../db/outbox'
import { forgetSent } from '../db/sentDrafts'
import type { Writer } from '../db/write'
import type { Heard } from '../mail/smtp'
import type { SendOutcome } from '../mail/types'
import type { Core } from '../tickets/core'
import { recordTicketEvents } from '../tickets/record'
import { holdBack, newsFor, others, wrote } from './meanwhile'
import { narrowItem } from './narrowItem'
import { log } from '../log'

export interface SendHooks {
  /** Whether the support mailbox is to be a recipient of the transaction too. */
  readonly wantsReceipt: boolean
  /** Called before the content is sent; resolves when the answers for the recipients are stored. */
  readonly onHeard: (heard: Heard) => Promise<void>
}

/** Throws AppError only before anything was sent: settings or password are wrong. */
export type Send = (item: OutboxItem, bytes: Buffer, hooks: SendHooks) => Promise<SendOutcome>

/** How sending is set up for one account. */
export interface SendingTerms {
  readonly wantsReceipt: boolean
  /** ms */
  readonly receiptWait: number
}

/** A refusal of the settings is the account's, not the mail's: it waits. Anything else that is thrown tells nothing. */
function outcomeOf(error: unknown): SendAnswer {
  if (error instanceof AppError && error.code !== 'uncertain') {
    return { outcome: 'retry', reply: error.message, refused: [], isAccount: true }
  }
  log.error('outbox', 'sending failed', { error })
  return { outcome: 'uncertain', reply: say('sending-failed') }
}

/** What everybody on the ticket must know: a mail of ours that somebody did not get, or got after all. */
async function recordOutcome(
  core: Core,
  tx: Writer,
  item: OutboxItem,
  next: Sending,
): Promise<void> {
  const { state } = next
  if (state === item.state || (item.kind !== 'public' && item.kind !== 'private')) return
  const isNews = state === 'failed' || state === 'partly' || state === 'cancelled'
  if (!isNews && (state !== 'sent' || !(await wasSettled(tx, item.messageId)))) return
  const refused = next.refused.map((refusal) => canonicalAddress(refusal.address))
  const settled = { kind: 'delivery.settled', messageId: item.messageId, state, refused } as const
  await recordTicketEvents(core, tx, { ticketId: item.ticketId, bodies: [settled] })
}

/** Records one step of a mail, and what follows from it for its ticket; undefined where the event changes nothing. */
export async function takeStep(
  core: Core,
  tx: Writer,
  item: OutboxItem,
  { event, receiptWait }: { event: SendingEvent; receiptWait: number },
): Promise<OutboxItem | undefined> {
  const now = core.now()
  const next = sendingStep(item, event, { now, receiptWait })
  if (next === null) return undefined
  await advance(tx, item, next, now)
  await recordOutcome(core, tx, item, next)
  const { kind, commentId } = item
  const isOver = next.state === 'cancelled' || !isUntouched(next)
  if (isOver && (kind === 'public' || kind === 'private')) await forgetSent(tx, commentId, kind)
  return {
    ...item,
    ...next,
    envelope: [...next.envelope],
    refused: [...next.refused],
    refusedNow: [...next.refusedNow],
    doubted: [...next.doubted],
  }
}

/** Begins with a mail, unless its author has to know something first or nobody is left to get it. */
async function begin(
  core: Core,
  tx: Writer,
  item: OutboxItem,
  how: { event: SendingEvent; receiptWait: number },
): Promise<OutboxItem> {
  const { receiptWait } = how
  const news = await newsFor(core, tx, item)
  if (news === null) {
    const fresh = await narrowItem(core, tx, item)
    const event = fresh.envelope.length === 0 ? ({ type: 'cancelled' } as const) : how.event
    return (await takeStep(core, tx, fresh, { event, receiptWait })) ?? fresh
  }
  const reply = news.comments.length > 0 ? wrote : others
  for (const each of await holdBack(tx, item, news)) {
    await takeStep(core, tx, each, { event: { type: 'held', reply }, receiptWait })
  }
  log.info('outbox', 'held', { itemId: item.id, comments: news.comments.length })
  return (await findItem(tx, item.id)) ?? item
}

export interface Step {
  readonly state: OutboxItem['state']
  /** The account itself cannot send now. */
  readonly isBlocked: boolean
  /** Whether the server was reached; undefined when it was not tried. */
  readonly isReached: boolean | undefined
}

/** Sends one item and records how it went. */
export async function deliver(
  core: Core,
  item: OutboxItem,
  { send, terms }: { send: Send; terms: SendingTerms },
): Promise<Step> {
  const { receiptWait, wantsReceipt } = terms
  const record = (from: OutboxItem, event: SendingEvent): Promise<OutboxItem> =>
    core.db.write(
      `outbox.${event.type}`,
      async (tx) => {
        // As it is now: somebody may have cancelled it a moment ago.
        const found = (await findItem(tx, from.id)) ?? from
        if (event.type === 'started') return begin(core, tx, found, { event, receiptWait })
        return (await takeStep(core, tx, found, { event, receiptWait })) ?? found
      },
      { isDurable: true },
    )
  let current = await record(item, { type: 'started', wantsReceipt })
  if (current.state !== 'sending') {
    return { state: current.state, isBlocked: false, isReached: undefined }
  }
  let isBlocked = false
  const onHeard = async ({ refused, hasReceipt }: Heard): Promise<void> => {
    // The usual answer is what `started` has assumed: nothing more to remember.
    if (refused.length === 0 && hasReceipt === current.hasReceipt) return
    current = await record(current, { type: 'heard', refused, hasReceipt })
  }
  const bytes = await getBytes(core.db.read, item.id)
  const answer: SendAnswer = await send(current, bytes, { wantsReceipt, onHeard }).catch(
    (error: unknown) => {
      isBlocked = true
      return outcomeOf(error)
    },
  )
  current = await record(current, { type: 'answered', answer, random: Math.random() })
  const { state, attempts } = current
  log.info('outbox', 'step', { itemId: item.id, state, attempts })
  return { state, isBlocked, isReached: answer.outcome !== 'retry' || isServerReply(answer.reply) }
}

/** At start: what was on the socket when the app ended may or may not have gone. Guessing is not an answer. */
export async function parkInterrupted(
  core: Core,
  receiptWait: (accountId: string) => Promise<number>,
): Promise<void> {
  const waits = new Map<string, number>()
  for (const { accountId } of await listItemsIn(core.db.read, 'sending')) {
    waits.set(accountId, await receiptWait(accountId))
  }
  if (waits.size === 0) return
  await core.db.write(
    'outbox.park',
    async (tx) => {
      for (const item of await listItemsIn(tx, 'sending')) {
        const wait = waits.get(item.accountId) ?? 0
        await takeStep(core, tx, item, { event: { type: 'interrupted' }, receiptWait: wait })
      }
    },
    { isDurable: true },
  )
}
