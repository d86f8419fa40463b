import type { AccountActivity } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'

const firstRetryMs = 1_000
const longestRetryMs = 15 * 60_000

/** Full jitter: anywhere up to 1 s · 2ⁿ, at most 15 min, so that twenty desktops do not knock together. */
export function reconnectDelay(failures: number, random: number): number {
  return Math.round(random * Math.min(firstRetryMs * 2 ** failures, longestRetryMs)) + 250
}

/** What an ended connection means: how the account is shown, and when it is tried again (`null`: when a person acts). */
export interface Setback {
  readonly state: AccountActivity['state']
  readonly problem: string
  readonly retryInMs: number | null
}

/** A wrong password tried again and again locks accounts, so after `auth` a person must act first. */
export function setbackOf(error: unknown, failures: number, random: number): Setback {
  const known = error instanceof AppError ? error : undefined
  const problem =
    known?.message ?? 'Something went wrong while reading mail; the log file has the details.'
  if (known?.code === 'auth') return { state: 'needs-password', problem, retryInMs: null }
  if (known?.code === 'invalid-input') return { state: 'stopped', problem, retryInMs: null }
  return { state: 'waiting', problem, retryInMs: reconnectDelay(failures, random) }
}
