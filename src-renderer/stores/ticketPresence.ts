import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Whereabouts } from '#shared/model/presence'
import { useOpenTicketStore } from './openTicket'
import { usePresenceStore } from './presence'
import { useTicketWorkStore } from './ticketWork'
import { isBlank } from '../composables/drafting'

/** Who else has the open ticket open, and what colleagues are told of this window. */
export const useTicketPresenceStore = defineStore('ticketPresence', () => {
  const ticket = useOpenTicketStore()
  const work = useTicketWorkStore()
  const presence = usePresenceStore()
  const isShown = ref(false)

  /** Also while a reply can still be taken back: to colleagues it is not there yet. */
  const isReplying = computed(() => {
    const { writing } = work
    if (writing !== null && writing.mode !== 'internal' && !isBlank(writing)) return true
    const deliveries = (ticket.detail?.comments ?? []).flatMap((entry) => entry.deliveries)
    return deliveries.some(({ state }) => state === 'queued' || state === 'sending')
  })
  const here = computed<Whereabouts | null>(() =>
    isShown.value && ticket.id !== null
      ? { ticketId: ticket.id, state: isReplying.value ? 'replying' : 'viewing' }
      : null,
  )
  const people = computed(() => (ticket.id === null ? [] : presence.on(ticket.id)))
  const replying = computed(() => people.value.filter(({ state }) => state === 'replying'))

  watch(here, presence.at)

  function enter(): void {
    isShown.value = true
  }
  function leave(): void {
    isShown.value = false
  }

  return { people, replying, enter, leave }
})
