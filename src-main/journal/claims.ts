// Exactly one desktop does each duty: it appends its claim, reads the folder up to it, and the lowest UID has it. No lock
// and no extension of the server is needed (architecture.md §12, reliability.md §0.3).
import { standingOf, type ClaimFact } from '#shared/rules/claims'
import { tick } from '#shared/rules/clock'
import type { SignedEvent } from '#shared/model/batch'
import { newId } from '../db/ids'
import { listClaims } from '../db/journalFolder'
import type { ImapConnection } from '../mail/imap'
import { getAgent, type Core } from '../tickets/core'
import { encodeBatch } from './codec'
import { pullEvents } from './pull'
import type { DeviceKey } from './signing'

/** Longer than the slowest effect: a mail's conversation may take ten minutes (RFC 5321 §4.5.3.2.6). */
export const leaseMs = 20 * 60_000

export interface ClaimDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly key: DeviceKey
  readonly folder: string
  readonly mailbox: string
  /** ms */
  readonly lease?: number
}

interface Wish {
  readonly key: string
  readonly number: number
}

function claimEvent(
  { core, key, lease = leaseMs }: ClaimDeps,
  by: string,
  wish: Wish,
): SignedEvent {
  const text = JSON.stringify({
    id: newId(),
    hlc: tick(null, core.now(), key.device),
    by,
    device: key.device,
    ticketId: null,
    body: { kind: 'duty.claimed', ...wish, lease },
  })
  return { text, signature: key.sign(text), key: key.publicKey }
}

/**
 * Which of these duties this desktop may do now. Reads the folder before claiming and again afterwards.
 * @throws AppError of the connection: then nothing is won, and a claim that did arrive ends with its lease
 */
export async function claimDuties(deps: ClaimDeps, keys: readonly string[]): Promise<Set<string>> {
  const { core, imap, key, folder, mailbox } = deps
  const wanted = [...new Set(keys)]
  const standings = async () => {
    const claims = await listClaims(core.db.read, wanted)
    return wanted.map((each) => {
      const known: readonly ClaimFact[] = claims.get(each) ?? []
      return { key: each, standing: standingOf(known, key.device, core.now()) }
    })
  }
  await pullEvents({ core, imap, folder })
  const wishes = (await standings()).flatMap(({ key: each, standing }) =>
    standing.is === 'free' ? [{ key: each, number: standing.number }] : [],
  )
  if (wishes.length > 0) {
    const { address } = await getAgent(core.db.read)
    const events = wishes.map((wish) => claimEvent(deps, address, wish))
    const head = { from: address, mailbox, at: core.now() }
    await imap.append(folder, encodeBatch(events, head), ['\\Seen'])
    await pullEvents({ core, imap, folder })
  }
  return new Set(
    (await standings()).flatMap(({ key: each, standing }) =>
      standing.is === 'mine' ? [each] : [],
    ),
  )
}
