import { createHash } from 'node:crypto'
import { listConvergentState } from '../db/tickets'
import type { Reader } from '../db/write'

/** Digest of everything that must be equal on every desktop that has seen the same facts. */
export async function digestOf(read: Reader): Promise<{ tickets: number; digest: string }> {
  const digest = createHash('sha256')
  let tickets = 0
  let after: string | undefined = ''
  while (after !== undefined) {
    const page: { id: string; state: string }[] = await listConvergentState(read, after, 500)
    for (const { state } of page) digest.update(state).update('\n')
    tickets += page.length
    after = page.at(-1)?.id
  }
  return { tickets, digest: digest.digest('hex') }
}
