import { AppError } from '#shared/ipc/errors'
import type { SendingEvent } from '#shared/rules/sending'
import { findDue, findItem, isRetrying, nextDueAt, type OutboxItem } from '../db/outbox'
import { log } from '../log'
import type { Moment } from '../moment'
import type { Core } from '../tickets/core'
import { deliver, parkInterrupted, takeStep, type Send } from './deliver'
import { heldTogether } from './meanwhile'
import { createReceipts } from './receipts'
import { nextShare } from './share'
import { findTerms } from './terms'
import { createTurn, type AskStanding } from './turn'

export interface Tally {
  readonly sent: number
  readonly failed: number
  readonly uncertain: number
}

export interface Outbox {
  /** Sends everything that is due, one mail at a time; resolves when nothing is. */
  readonly flush: () => Promise<Tally>
  /** Looks again now and whenever the next mail becomes due. */
  readonly wake: () => void
  /** A complete pass over the folders of an account, begun at `since`, has ended: what it brought settles what was unclear. */
  readonly afterPass: (accountId: string, since: Moment) => Promise<void>
  /** False while mail of this account waits for a server that could not be reached. */
  readonly isWayOpen: (accountId: string) => Promise<boolean>
  /** Mails sent (or shown by their receipts to be) and failed since the start, whatever set them off. */
  readonly totals: () => { readonly sent: number; readonly failed: number }
  readonly stop: () => Promise<void>
}

export interface OutboxOptions {
  readonly accountIds: () => Promise<readonly string[]>
  readonly send: Send
  /** False while the account's password is not known: its mail waits and no attempt is counted. */
  readonly canSend: (accountId: string) => Promise<boolean>
  /** Asked before each mail of a duty; without it every duty is this desktop's. */
  readonly standing?: AskStanding | undefined
  /** A receipt is overdue: read the mailboxes. */
  readonly lookForReceipts: () => void
}

function count(sum: { -readonly [K in keyof Tally]: number }, state: OutboxItem['state']): void {
  if (state === 'sent' || state === 'partly') sum.sent += 1
  if (state === 'failed') sum.failed += 1
  if (state === 'uncertain') sum.uncertain += 1
}

const longestTimer = 60_000

/** One runner per desktop. Before its first mail it parks what an earlier run left on the socket. */
export function createOutbox(core: Core, options: OutboxOptions): Outbox {
  const { read } = core.db
  const receipts = createReceipts(core, options.lookForReceipts)
  const isOurs = createTurn(core, receipts, options.standing)
  let running: Promise<Tally> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false
  /** Something is due that cannot go now: the password is missing or was refused. */
  let isBlocked = false
  /** Epoch ms from which an account that has sent its share of a minute may send again. */
  let pausedUntil: number | undefined
  /** Accounts whose server was not reached at the last try. */
  const unreached = new Set<string>()
  const totals = { sent: 0, failed: 0, uncertain: 0 }
  const park = (): Promise<void> =>
    parkInterrupted(core, async (id) => (await findTerms(read, id)).receiptWait)
  let parked = park()
  /** The last run ended in an error, such as a full disk: what it had on the socket is in doubt like after a crash. */
  let isBroken = false

  /** @returns whether its account may send it in this minute */
  const hasShare = async (item: OutboxItem, perMinute: number): Promise<boolean> => {
    const share = await nextShare(core, item, perMinute)
    if (share.isLeft) return true
    pausedUntil = Math.min(pausedUntil ?? share.until, share.until)
    return false
  }

  const sendAll = async (): Promise<Tally> => {
    if (isBroken) parked = park()
    isBroken = true
    await parked
    const tally = { sent: 0, failed: 0, uncertain: 0 }
    isBlocked = false
    pausedUntil = undefined
    for (const accountId of await options.accountIds()) {
      if (!(await options.canSend(accountId))) {
        isBlocked = true
        continue
      }
      while (!isStopped) {
        const item = await findDue(read, accountId, core.now())
        if (item === undefined) break
        const terms = await findTerms(read, accountId)
        if (!(await hasShare(item, terms.settings.perMinute))) break
        if (!(await isOurs(item, terms))) continue
        const step = await deliver(core, item, { send: options.send, terms })
        const { state } = step
        if (step.isReached === true) unreached.delete(accountId)
        if (step.isReached === false) unreached.add(accountId)
        for (const sum of [tally, totals]) count(sum, state)
        if (state === 'uncertain') receipts.doubt(item.id)
        // There may be much to send, and no end to it: what is in doubt does not wait for that.
        await receipts.lookIfOverdue()
        // A wrong password tried for each waiting mail would lock the account.
        isBlocked ||= step.isBlocked
        if (step.isBlocked) break
      }
    }
    isBroken = false
    return tally
  }

  const flush: Outbox['flush'] = () => {
    running ??= sendAll().finally(() => {
      running = undefined
    })
    return running
  }

  /** The one timer there is: many may call `wake` at once, and one left behind would keep a stopped process alive. */
  const later = (ms: number): void => {
    clearTimeout(timer)
    if (!isStopped) timer = setTimeout(wake, ms)
  }

  const schedule = async (): Promise<void> => {
    if (isStopped) return
    const dueAt = await nextDueAt(read)
    const isOverdue = await receipts.lookIfOverdue()
    const at = Math.max(dueAt ?? Infinity, pausedUntil ?? 0)
    const soonest = isBlocked ? longestTimer : isOverdue ? 1_000 : 250
    if (at < Infinity) later(Math.min(Math.max(at - core.now(), soonest), longestTimer))
    else clearTimeout(timer)
  }

  const wake = (): void => {
    if (isStopped) return
    flush()
      .then(schedule)
      .catch((error: unknown) => {
        log.error('outbox', 'run failed', { error })
        later(longestTimer)
      })
  }

  return {
    flush,
    wake,
    afterPass: async (accountId, since) => {
      await parked
      const settled = await receipts.afterPass(accountId, since)
      totals.sent += settled
    },
    isWayOpen: async (accountId) =>
      !unreached.has(accountId) || !(await isRetrying(read, accountId)),
    totals: () => ({ ...totals }),
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await running?.catch(() => undefined)
    },
  }
}

async function decide(
  core: Core,
  id: string,
  { event, refusal }: { event: SendingEvent; refusal: () => AppError },
): Promise<void> {
  await core.db.write(
    `outbox.${event.type}`,
    async (tx) => {
      const item = await findItem(tx, id)
      if (item === undefined)
        throw new AppError('not-found', 'There is no such mail in the outbox.', {
          because: 'no-such-mail',
        })
      const { receiptWait } = await findTerms(tx, item.accountId)
      for (const each of await heldTogether(tx, item)) {
        const next = await takeStep(core, tx, each, { event, receiptWait })
        if (next === undefined) throw refusal()
      }
    },
    { isDurable: true },
  )
}

/** An agent says: try again now. An uncertain mail keeps its Message-ID, so receivers can tell a repeat. */
export async function retryItem(core: Core, id: string): Promise<void> {
  const words = 'This mail needs no other try: it is on its way, sent or cancelled.'
  const refusal = (): AppError => new AppError('refused', words, { because: 'nothing-to-retry' })
  await decide(core, id, { event: { type: 'retried' }, refusal })
}

/** An agent says: do not send. Too late once the server has it. */
export async function cancelItem(core: Core, id: string): Promise<void> {
  const words =
    'This mail cannot be cancelled any more: a server has it, or it was cancelled before.'
  const refusal = (): AppError => new AppError('refused', words, { because: 'nothing-to-cancel' })
  await decide(core, id, { event: { type: 'cancelled' }, refusal })
}

/** An agent has made sure that an uncertain mail arrived, or leaves one at that which some recipients were refused. */
export async function markItemSent(core: Core, id: string): Promise<void> {
  const words = 'This mail is not in doubt: there is nothing to mark.'
  const refusal = (): AppError => new AppError('refused', words, { because: 'nothing-to-mark' })
  await decide(core, id, { event: { type: 'markedSent' }, refusal })
}
