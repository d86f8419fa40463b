import { ref, watch, type Ref } from 'vue'
import type { TicketRow } from '#shared/model/ticket'

interface Rows {
  readonly total: number | null
  readonly rowAt: (index: number) => TicketRow | undefined
  /** Where a ticket stands among the rows that are here. */
  readonly indexOf: (id: string) => number | null
}

export interface RowCursor {
  /** Index of the row the keyboard is on. */
  readonly at: Ref<number>
  readonly move: (index: number) => void
  /** Back on the first row, whichever that is. */
  readonly reset: () => void
}

/**
 * The row of the list that the keyboard is on. It stays on its ticket when others come and go above it. When the ticket
 * itself has gone, the next one has the cursor; when it has news and moves up, the cursor stays before what comes next.
 */
export function useRowCursor(list: Rows): RowCursor {
  const at = ref(0)
  let held: { readonly row: TicketRow; readonly next: string | undefined } | null = null

  function hold(): void {
    const row = list.rowAt(at.value)
    if (row !== undefined) held = { row, next: list.rowAt(at.value + 1)?.id }
  }

  function move(index: number): void {
    at.value = Math.min(Math.max(index, 0), Math.max(0, (list.total ?? 1) - 1))
    hold()
  }

  function placeOf({ row, next }: NonNullable<typeof held>): number {
    const found = list.indexOf(row.id)
    if (found !== null && list.rowAt(found)?.updatedAt === row.updatedAt) return found
    const behind = next === undefined ? null : list.indexOf(next)
    if (behind === null) return at.value
    return found === null ? behind : behind - 1
  }

  watch(
    () => [list.rowAt(at.value), list.total] as const,
    ([row, total]) => {
      const isElsewhere = row === undefined && at.value < (total ?? Infinity)
      if (held === null || isElsewhere) return
      if (row?.id === held.row.id) hold()
      else move(placeOf(held))
    },
  )

  return {
    at,
    move,
    reset: () => {
      at.value = 0
      held = null
    },
  }
}
