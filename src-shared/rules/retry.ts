// How soon a mail that was not taken is tried again, and when no more.

const minute = 60_000
const longestWait = 60 * minute
/** RFC 5321 §4.5.4.1: give up after four to five days. */
export const giveUpAfter = 5 * 24 * 60 * minute

/** RFC 5321 §4.2: what a server says begins with its code. */
export const isServerReply = (reply: string): boolean => /^[2-5]\d\d[ -]/.test(reply)

/**
 * ms until a mail is tried again: 1 min, 2 min, 4 min … 1 h where the server asked for patience; from 15 s on where it was
 * not reached (`isSoon`), since then nobody has asked for any. Up to an eighth of jitter either way, so that desktops do
 * not knock together.
 */
export function retryDelay(attempts: number, random: number, isSoon = false): number {
  const first = isSoon ? minute / 4 : minute
  const base = Math.min(first * 2 ** Math.min(Math.max(attempts - 1, 0), 30), longestWait)
  return Math.round(base * (0.875 + random / 4))
}
