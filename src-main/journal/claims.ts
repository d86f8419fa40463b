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
  /** Claims no more than so many. */
  readonly most?: number
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
 * Which of these duties this desktop may do now, and for how many ms its lease still lasts. Reads the folder before
 * claiming and again afterwards. The date the server gives our own claim is its clock: ours may be wrong by hours, so a
 * duty that is ours already is claimed once more, to know how long.
 * @throws AppError of the connection: then nothing is won, and a claim that did arrive ends with its lease
 */
export async function claimDuties(
  deps: ClaimDeps,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const { core, imap, key, folder, mailbox, most = Infinity } = deps
  const wanted = [...new Set(keys)]
  const standings = (claims: ReadonlyMap<string, readonly ClaimFact[]>, at: number) =>
    wanted.map((each) => ({
      key: each,
      standing: standingOf(claims.get(each) ?? [], key.device, at),
    }))
  await pullEvents({ core, imap, folder })
  const before = await listClaims(core.db.read, wanted)
  const wishes: Wish[] = []
  for (const { key: each, standing } of standings(before, core.now())) {
    if (wishes.length >= most) break
    if (standing.is === 'free') wishes.push({ key: each, number: standing.number })
    if (standing.is === 'mine') wishes.push({ key: each, number: standing.claim.number + 1 })
  }
  if (wishes.length === 0) return new Map()
  const { address } = await getAgent(core.db.read)
  const events = wishes.map((wish) => claimEvent(deps, address, wish))
  const head = { from: address, mailbox, at: core.now() }
  await imap.append(folder, encodeBatch(events, head), ['\\Seen'])
  await pullEvents({ core, imap, folder })
  const claims = await listClaims(core.db.read, wanted)
  const mine = [...claims.values()].flat().filter((claim) => claim.device === key.device)
  const serverNow = Math.max(...mine.map(({ claimedAt }) => claimedAt))
  const won = new Map<string, number>()
  const claimed = new Set(wishes.map((wish) => wish.key))
  for (const { key: each, standing } of standings(claims, serverNow)) {
    if (standing.is !== 'mine' || !claimed.has(each)) continue
    won.set(each, standing.claim.claimedAt + standing.claim.lease - serverNow)
  }
  return won
}
