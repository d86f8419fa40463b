// Exactly one desktop does each duty: it appends its claim, reads the folder up to it, and the lowest UID has it. No lock
// and no extension of the server is needed (architecture.md §12, reliability.md §0.3).
import { standingOf, type Standing } from '#shared/rules/claims'
import { tick } from '#shared/rules/clock'
import type { SignedEvent } from '#shared/model/batch'
import { newId } from '../db/ids'
import { findKnown, listClaims } from '../db/journalFolder'
import type { ImapConnection } from '../mail/imap'
import type { Moment } from '../moment'
import { getAgent, type Core } from '../tickets/core'
import { encodeBatch } from './codec'
import { pullEvents } from './pull'
import type { ServerClock } from './serverClock'
import type { DeviceKey } from './signing'

/** Longer than the slowest effect: a mail's conversation may take ten minutes (RFC 5321 §4.5.3.2.6). */
export const leaseMs = 20 * 60_000

export interface ClaimDeps {
  readonly core: Core
  readonly imap: ImapConnection
  readonly key: DeviceKey
  readonly folder: string
  readonly mailbox: string
  readonly clock: ServerClock
  /** ms */
  readonly lease?: number
  /** Claims no more than so many. */
  readonly most?: number
}

interface Wish {
  readonly id: string
  readonly key: string
  readonly number: number
}

function claimEvent(deps: ClaimDeps, by: string, { id, ...wish }: Wish): SignedEvent {
  const { core, key, lease = leaseMs } = deps
  const text = JSON.stringify({
    id,
    hlc: tick(null, core.now(), key.device),
    by,
    device: key.device,
    ticketId: null,
    body: { kind: 'duty.claimed', ...wish, lease },
  })
  return { text, signature: key.sign(text), key: key.publicKey }
}

/** Who has some duties, each for how many ms from `since`. Of what is in neither nobody can tell, or it was not asked for. */
export interface Claimed {
  readonly since: Moment
  readonly mine: ReadonlyMap<string, number>
  readonly others: ReadonlyMap<string, number>
}

export const nothingClaimed: Claimed = {
  since: { wall: 0, steady: 0 },
  mine: new Map(),
  others: new Map(),
}

/** Appends claims and reads the folder up to them. */
async function append(deps: ClaimDeps, wishes: readonly Wish[]): Promise<void> {
  const [first] = wishes
  if (first === undefined) return
  const { core, imap, folder, mailbox, clock } = deps
  const { address } = await getAgent(core.db.read)
  const events = wishes.map((wish) => claimEvent(deps, address, wish))
  const since = clock.moment()
  const batch = encodeBatch(events, { from: address, mailbox, at: since.wall })
  await imap.append(folder, batch, ['\\Seen'])
  await pullEvents({ core, imap, folder })
  const at = (await findKnown(core.db.read, [first.id])).get(first.id)?.firstAt ?? null
  if (at !== null) clock.learn(at, since)
}

/**
 * Which of these duties this desktop may do now, which are another's, and for how many ms the lease still lasts. Reads the
 * folder before claiming and again afterwards. The date the server gives our own claim is its clock, as ours may be wrong
 * by hours. Before the first nobody knows whether a lease is over: one duty is claimed to learn it, which does not count
 * where it comes too early.
 * @throws AppError of the connection: then nothing is won, and a claim that did arrive ends with its lease
 */
export async function claimDuties(deps: ClaimDeps, keys: readonly string[]): Promise<Claimed> {
  const { core, imap, key, folder, clock, most = Infinity } = deps
  const wanted = [...new Set(keys)]
  const standings = async (at: number) => {
    const claims = await listClaims(core.db.read, wanted)
    return wanted.map((each) => [each, standingOf(claims.get(each) ?? [], key.device, at)] as const)
  }
  /** Those that are ours or can be had. */
  const open = async (limit: number) =>
    new Map(
      (await standings(clock.now() ?? Infinity))
        .filter(([, { is }]) => is !== 'taken')
        .slice(0, limit),
    )
  const claim = (some: ReadonlyMap<string, Standing>): Promise<void> =>
    append(
      deps,
      [...some].flatMap(([each, standing]) =>
        standing.is === 'free' ? [{ id: newId(), key: each, number: standing.number }] : [],
      ),
    )
  await pullEvents({ core, imap, folder })
  if (clock.now() === null) await claim(await open(1))
  const asked = await open(most)
  await claim(asked)
  const since = clock.moment()
  const now = clock.now()
  if (now === null) return nothingClaimed
  const mine = new Map<string, number>()
  const others = new Map<string, number>()
  for (const [each, standing] of await standings(now)) {
    if (standing.is === 'taken') others.set(each, standing.until - now)
    if (standing.is !== 'mine' || !asked.has(each)) continue
    mine.set(each, standing.claim.claimedAt + standing.claim.lease - now)
  }
  return { since, mine, others }
}
