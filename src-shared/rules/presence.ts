// Who is at which ticket now: from the newest note of each desktop, as long as it is fresh and its desktop is believed.
import type { Desk } from '../model/desk'
import type { PresenceNote, PresentPerson } from '../model/presence'
import { findPerson } from './desk'
import { deviceRefusal } from './devices'

/** A note as it lies in the folder. */
export interface SeenNote {
  readonly uid: number
  /** INTERNALDATE, epoch ms (RFC 3501 §2.3.3). */
  readonly at: number
  /** Null: what lies there cannot be read or is not signed. */
  readonly note: PresenceNote | null
}

/**
 * By how many ms the server's clock is ahead of this one, at least: a note cannot have come before the server dated it.
 * With it no desktop's wrong clock makes a colleague stay or vanish.
 */
export function serverAhead(known: number | null, at: number, now: number): number {
  return Math.max(known ?? -Infinity, at - now)
}

/** The note of each desktop with the highest UID. */
export function newestNotes(seen: Iterable<SeenNote>): SeenNote[] {
  const byDevice = new Map<string, SeenNote>()
  for (const one of seen) {
    if (one.note === null) continue
    const known = byDevice.get(one.note.device)
    if (known === undefined || known.uid < one.uid) byDevice.set(one.note.device, one)
  }
  return [...byDevice.values()]
}

export interface Watching {
  readonly desk: Desk
  /** Whoever asks: nobody is told of themselves. */
  readonly me: string
  /** Epoch ms on the server's clock. */
  readonly serverNow: number
  readonly ttlMs: number
}

/** One entry for each person and ticket; who replies at one desktop is not merely viewing at another. */
export function whoIsHere(seen: Iterable<SeenNote>, watching: Watching): PresentPerson[] {
  const { desk, serverNow, ttlMs } = watching
  const me = findPerson(desk, watching.me)?.address ?? watching.me
  const found = new Map<string, PresentPerson>()
  for (const { note, at } of newestNotes(seen)) {
    if (note === null || serverNow - at > ttlMs) continue
    const person = findPerson(desk, note.by)
    if (person === undefined || person.address === me) continue
    if (deviceRefusal(desk, { person, device: note.device }) !== null) continue
    const key = `${note.ticketId} ${person.address}`
    if (found.get(key)?.state === 'replying') continue
    found.set(key, { address: person.address, ticketId: note.ticketId, state: note.state })
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
}
