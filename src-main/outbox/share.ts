// How much of what an account may send in a minute is left.
import { countDue, countTries, type OutboxItem } from '../db/outbox'
import type { Core } from '../tickets/core'
import { findTerms } from './terms'

const minute = 60_000
const shareOfDuties = 2 / 3
/** The rest of a minute stays for what is written to one ticket. */
const shareOfBulk = 2 / 3
/** However fast the server may be: what waits behind so many could go from another desktop by now. */
export const handful = 20

/** Whether this mail may go now, as far as its account's share of a minute is concerned; else epoch ms from which it may. */
export async function nextShare(
  { db, now }: Core,
  { accountId, isBulk }: Pick<OutboxItem, 'accountId' | 'isBulk'>,
  perMinute: number,
): Promise<{ isLeft: true } | { isLeft: false; until: number }> {
  const { count, oldest } = await countTries(db.read, accountId, now() - minute)
  const most = isBulk ? Math.ceil(perMinute * shareOfBulk) : perMinute
  return count < most ? { isLeft: true } : { isLeft: false, until: (oldest ?? now()) + minute }
}

/**
 * How many mails of duties this desktop could send of this account within a minute. Some of what a minute holds stays for
 * what agents write, and what waits already goes before, but for bulk replies.
 */
export async function roomForDuties({ db, now }: Core, accountId: string): Promise<number> {
  const { perMinute } = (await findTerms(db.read, accountId)).settings
  const { count } = await countTries(db.read, accountId, now() - minute)
  const due = await countDue(db.read, accountId, now() + minute)
  const room = Math.min(handful, Math.ceil(perMinute * shareOfDuties) - count)
  return Math.max(0, room - due)
}
