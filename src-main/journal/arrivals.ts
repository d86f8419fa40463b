// What copies of events mean for a database that has some of them already: the same for any order, repetition and division.
import { capHlc } from '#shared/rules/clock'
import type { ArrivedEvent, KnownEvent, SetAside } from '../db/journalFolder'

export interface Arrivals {
  readonly fresh: ArrivedEvent[]
  /** Here already: each learns where it lies now and when the server first had it. */
  readonly moved: ArrivedEvent[]
  readonly problems: SetAside[]
}

const isAnother = (known: KnownEvent, { event, signed }: ArrivedEvent): boolean =>
  known.text === null ? known.device !== event.device : known.text !== signed.text

/** Which events are new, which only learn something, and which use the id of another. */
export function sortOut(
  events: readonly ArrivedEvent[],
  stored: ReadonlyMap<string, KnownEvent>,
): Arrivals {
  const fresh = new Map<string, ArrivedEvent>()
  const moved = new Map<string, ArrivedEvent>()
  const problems: SetAside[] = []
  const known = new Map(stored)
  events.forEach((arrived, position) => {
    const { event, signed, uid } = arrived
    const before = known.get(event.id)
    if (before !== undefined && isAnother(before, arrived)) {
      problems.push({ uid, position, because: 'id-taken' })
      return
    }
    // The earliest date of all copies, so that nobody who writes one again makes it younger.
    const firstAt = Math.min(arrived.firstAt, before?.firstAt ?? arrived.firstAt)
    const hlc = capHlc(event.hlc, firstAt)
    const group = before === undefined || fresh.has(event.id) ? fresh : moved
    group.set(event.id, { ...arrived, firstAt, hlc })
    known.set(event.id, { id: event.id, hlc, device: event.device, text: signed.text, firstAt })
  })
  return { fresh: [...fresh.values()], moved: [...moved.values()], problems }
}
