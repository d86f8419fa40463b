import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { TicketAction } from '#shared/ipc/contract'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'

/** One ticket, its conversation and its people. */
export const useOpenTicketStore = defineStore('openTicket', () => {
  const id = ref<string | null>(null)
  const ticket = useLatest((ticketId: string) => api.tickets.get({ id: ticketId }))

  // An answer for the ticket left a moment ago must not be shown under the new one's name.
  const detail = computed(() =>
    ticket.value.value?.ticket.id === id.value ? ticket.value.value : null,
  )

  async function refresh(): Promise<void> {
    if (id.value !== null) await ticket.run(id.value)
  }

  async function markRead(): Promise<void> {
    if (id.value !== null) await api.tickets.markRead({ id: id.value })
  }

  async function open(ticketId: string): Promise<void> {
    if (id.value !== ticketId) ticket.reset()
    id.value = ticketId
    await refresh()
    if (ticket.problem.value === null && id.value === ticketId) await markRead()
  }

  function close(): void {
    id.value = null
    ticket.reset()
  }

  /** A local write answers in milliseconds: no picture of our own in the meantime. */
  async function change(action: TicketAction): Promise<void> {
    if (id.value === null) return
    await api.tickets.change({ ticketId: id.value, action })
    await refresh()
  }

  useChanges('ticket', (ids) => {
    if (id.value !== null && ids.has(id.value)) void refresh()
  })
  useChanges('outbox', () => void refresh())

  return {
    id,
    detail,
    problem: ticket.problem,
    isLoading: ticket.isLoading,
    open,
    close,
    refresh,
    change,
    markRead,
  }
})
