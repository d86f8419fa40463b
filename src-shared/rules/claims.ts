// Who does a duty (architecture.md §12): the lowest UID of the highest valid number. Pure, so that every desktop that has
// read the same folder agrees.

export interface ClaimFact {
  readonly number: number
  readonly device: string
  readonly uid: number
  /** Epoch ms: the server's date. */
  readonly claimedAt: number
  /** ms */
  readonly lease: number
}

/** A take-over is told from a race by the server's clock, whose dates have whole seconds. */
const dateResolution = 1_000

/** The claim that holds; undefined when nobody has claimed. */
export function holderOf(claims: readonly ClaimFact[]): ClaimFact | undefined {
  let holder: ClaimFact | undefined
  for (let number = 0; ; number += 1) {
    const end = holder === undefined ? -Infinity : holder.claimedAt + holder.lease
    const valid = claims
      .filter((claim) => claim.number === number && claim.claimedAt + dateResolution > end)
      // Claims in one packed message are long decided; they only have to be read alike everywhere.
      .sort((a, b) => a.uid - b.uid || a.claimedAt - b.claimedAt || (a.device < b.device ? -1 : 1))
    const [first] = valid
    if (first === undefined) return holder
    holder = first
  }
}

export type Standing =
  | { readonly is: 'free'; readonly number: number }
  | { readonly is: 'mine'; readonly claim: ClaimFact }
  | { readonly is: 'taken'; readonly until: number }

/** What a device may do about a duty at `now` (epoch ms): claim it, do it, or wait for its lease to end. */
export function standingOf(claims: readonly ClaimFact[], device: string, now: number): Standing {
  const holder = holderOf(claims)
  if (holder === undefined) return { is: 'free', number: 0 }
  const until = holder.claimedAt + holder.lease
  if (now > until + dateResolution) return { is: 'free', number: holder.number + 1 }
  return holder.device === device ? { is: 'mine', claim: holder } : { is: 'taken', until }
}
