// How soon a connection that ended or never began is tried again.

const firstRetryMs = 1_000
/** A server that is there but wants no guests is not hammered (reliability.md A20). */
const longestRetryMs = 15 * 60_000
/** Where nobody answers nobody is hammered, and whoever comes back is found soon. */
const longestUnreachedMs = 30_000
/** A connection that lived so long counts as having worked. */
const steadyMs = 60_000
/** One that lived so long was cut by the network rather than sent away. */
const welcomeMs = 5_000

/** Failures in a row, once a connection that lived `livedMs` has ended. */
export function failuresAfter(failures: number, livedMs: number): number {
  if (livedMs >= steadyMs) return 1
  return livedMs >= welcomeMs ? Math.max(failures, 1) : failures + 1
}

/**
 * ms to wait, with full jitter so that twenty desktops do not knock together: anywhere up to 1 s · 2ⁿ, at most 15 min, or
 * half a minute where no server was reached.
 */
export function reconnectDelay(
  failures: number,
  { random, isUnreached = false }: { readonly random: number; readonly isUnreached?: boolean },
): number {
  const longest = isUnreached ? longestUnreachedMs : longestRetryMs
  return Math.round(random * Math.min(firstRetryMs * 2 ** failures, longest)) + 250
}
