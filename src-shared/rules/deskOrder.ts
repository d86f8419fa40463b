import type { DeskEvent } from '#shared/model/event'
import { compareHlc } from './clock'

export const compareText = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** By clock, then by content, each event once: the same for every order of arrival. */
export function inOrder(events: readonly DeskEvent[]): DeskEvent[] {
  const keyed = events.map((event) => ({ event, text: JSON.stringify(event) }))
  keyed.sort(
    (a, b) =>
      compareHlc(a.event.hlc, b.event.hlc) ||
      compareText(a.event.id, b.event.id) ||
      compareText(a.text, b.text),
  )
  const seen = new Set<string>()
  return keyed.flatMap(({ event }) => (seen.has(event.id) ? [] : (seen.add(event.id), [event])))
}
