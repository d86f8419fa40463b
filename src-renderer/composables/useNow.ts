import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

/** The present, twice a minute: enough for "5 min" beside a ticket. */
export function useNow(): ShallowRef<number> {
  const now = shallowRef(Date.now())
  const timer = setInterval(() => {
    now.value = Date.now()
  }, 30_000)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return now
}
