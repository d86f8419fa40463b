import { useEventListener, useIdle, useIntervalFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { PresentPerson, Whereabouts } from '#shared/model/presence'
import { api, onEvent } from '../api'
import { usePreferencesStore } from './preferences'

/** Main takes somebody who is silent for longer than a minute and a half as gone. */
const againMs = 30_000
/** Whoever has not touched keyboard or mouse for so long has left the desk. */
const awayMs = 5 * 60_000

const nowhere: Whereabouts = { ticketId: null, state: 'viewing' }

/** Which colleagues have which ticket open, and where this window is. */
export const usePresenceStore = defineStore('presence', () => {
  const preferences = usePreferencesStore()
  const people = shallowRef<readonly PresentPerson[]>([])
  const here = shallowRef<Whereabouts>(nowhere)
  const { idle: isAway } = useIdle(awayMs)
  let isLoaded = false

  const byTicket = computed(() => {
    const found = new Map<string, PresentPerson[]>()
    for (const one of people.value) {
      found.set(one.ticketId, [...(found.get(one.ticketId) ?? []), one])
    }
    return found
  })

  /** Nothing of what an agent does may fail because colleagues cannot be told. */
  async function tell(): Promise<void> {
    if (!isLoaded || !preferences.current.presence || isAway.value) return
    if (document.visibilityState === 'visible') {
      await api.presence.set(here.value).catch(() => undefined)
    }
  }

  async function load(): Promise<void> {
    isLoaded = true
    await tell()
    people.value = await api.presence.list().catch(() => [])
  }

  function at(whereabouts: Whereabouts | null): void {
    const next = whereabouts ?? nowhere
    if (next.ticketId === here.value.ticketId && next.state === here.value.state) return
    here.value = next
    void tell()
  }

  function on(ticketId: string): readonly PresentPerson[] {
    return byTicket.value.get(ticketId) ?? []
  }

  const stop = onEvent((event) => {
    if (event.type === 'presence') people.value = event.people
  })
  onScopeDispose(stop)
  useIntervalFn(() => void tell(), againMs)
  useEventListener(document, 'visibilitychange', () => void tell())
  watch([isAway, () => preferences.current.presence], () => void tell())

  return { people, byTicket, load, at, on }
})
