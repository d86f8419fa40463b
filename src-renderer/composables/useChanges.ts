import { onScopeDispose } from 'vue'
import type { Change } from '#shared/ipc/contract'
import { onEvent } from '../api'

const quiet = 50

/** Calls back with the ids of `entity` that changed, at most every 50 ms; ends with the scope. */
export function useChanges(
  entity: Change['entity'],
  changed: (ids: ReadonlySet<string>) => void,
): void {
  let waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | null = null

  function tell(): void {
    const ids = waiting
    waiting = new Set()
    timer = null
    changed(ids)
  }

  const stop = onEvent((event) => {
    if (event.type !== 'changed') return
    const mine = event.changes.filter((change) => change.entity === entity)
    if (mine.length === 0) return
    for (const change of mine) for (const id of change.ids) waiting.add(id)
    // Not restarted by later events: a long sync must not starve the screen.
    timer ??= setTimeout(tell, quiet)
  })

  onScopeDispose(() => {
    stop()
    if (timer !== null) clearTimeout(timer)
  })
}
