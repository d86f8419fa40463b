import type { AccountActivity } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { reconnectDelay } from '#shared/rules/reconnect'
import { say } from '#shared/rules/sayings'

/** What an ended connection means: how the account is shown, and when it is tried again (`null`: when a person acts). */
export interface Setback {
  readonly state: AccountActivity['state']
  readonly problem: string
  readonly retryInMs: number | null
}

/** What the system says when no server was reached at all: nothing listens, no such host, no network. */
const unreached = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/

/** A wrong password tried again and again locks accounts, so after `auth` a person must act first. */
export function setbackOf(error: unknown, failures: number, random: number): Setback {
  const known = error instanceof AppError ? error : undefined
  const problem = known?.message ?? say('reading-failed')
  if (known?.code === 'auth') return { state: 'needs-password', problem, retryInMs: null }
  if (known?.code === 'invalid-input') return { state: 'stopped', problem, retryInMs: null }
  const isUnreached = known?.code === 'offline' && unreached.test(String(known.detail['cause']))
  return {
    state: 'waiting',
    problem,
    retryInMs: reconnectDelay(failures, { random, isUnreached }),
  }
}
