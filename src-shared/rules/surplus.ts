// The breaker against senders who flood the desk: a person does not write so often, a loop does (reliability.md §1.1).

/** From this many mails of one sender within `SURPLUS_WINDOW_MS` on, further ones are held. */
export const SURPLUS_LIMIT = 20
export const SURPLUS_WINDOW_MS = 3_600_000

/**
 * Which of one sender's mails came after `SURPLUS_LIMIT` others within the hour before. `mails` in the order of
 * `receivedAt` (epoch ms). The same for the same mails, whatever order they were learned in.
 */
export function surplusOf<T extends { readonly receivedAt: number }>(mails: readonly T[]): T[] {
  return mails.filter((mail, index) => {
    const first = mails[index - SURPLUS_LIMIT]
    return first !== undefined && mail.receivedAt - first.receivedAt < SURPLUS_WINDOW_MS
  })
}
