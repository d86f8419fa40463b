import { watch } from 'vue'

/** A hand that comes down so soon after the rows have changed means what stood there before. */
const reactionMs = 300

interface Slot<R> {
  readonly index: number
  readonly row: R | undefined
}

export interface FormerRows<R> {
  /** A pointer went down at this moment, by the clock of events. */
  readonly pressed: (at: number) => void
  /** The row that a click at this place means. */
  readonly meant: (index: number) => R | undefined
}

/** Which rows stood where, until somebody can have seen that others do now. */
export function useFormerRows<R extends { readonly id: string }>(
  slots: () => readonly Slot<R>[],
  now: () => number = () => performance.now(),
): FormerRows<R> {
  let current = slots()
  /** What stood there before each change of the last moment, the oldest first. */
  let changes: readonly { readonly at: number; readonly before: ReadonlyMap<number, R> }[] = []
  let pressedAt = -Infinity

  watch(slots, (next) => {
    const before = new Map(current.flatMap(({ index, row }) => (row ? [[index, row]] : [])))
    current = next
    const isOther = ({ index, row }: Slot<R>): boolean =>
      before.has(index) && before.get(index)?.id !== row?.id
    if (!next.some(isOther)) return
    const at = now()
    changes = [...changes.filter((change) => at - change.at < reactionMs), { at, before }]
  })

  return {
    pressed: (at) => (pressedAt = at),
    meant: (index) => {
      const unseen = changes.find(({ at }) => at <= pressedAt && pressedAt - at < reactionMs)
      return unseen?.before.get(index) ?? current.find((slot) => slot.index === index)?.row
    },
  }
}
