import { useEventListener } from '@vueuse/core'
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

  /** Each state of a ticket is read once, and only while somebody can see it. */
  let read = ''
  async function markRead(): Promise<void> {
    const shown = detail.value?.ticket
    if (shown === undefined || document.visibilityState !== 'visible') return
    const state = `${shown.id} ${String(shown.revision)}`
    if (state === read) return
    read = state
    await api.tickets.markRead({ id: shown.id })
  }

  async function renew(): Promise<void> {
    await refresh()
    await markRead()
  }

  async function open(ticketId: string): Promise<void> {
    if (id.value !== ticketId) ticket.reset()
    id.value = ticketId
    read = ''
    await renew()
  }

  function close(): void {
    id.value = null
    ticket.reset()
  }

  /** A local write answers in milliseconds: no picture of our own in the meantime. */
  async function change(action: TicketAction): Promise<void> {
    if (id.value !== null) await changeOf(id.value, action)
  }

  /** Of a ticket that may have been left meanwhile. */
  async function changeOf(ticketId: string, action: TicketAction): Promise<void> {
    await api.tickets.change({ ticketId, action })
    await refresh()
  }

  /** The agent has read whose change holds instead of theirs. */
  async function dismissConflict(conflictId: string): Promise<void> {
    if (id.value === null) return
    await api.tickets.dismissConflict({ ticketId: id.value, id: conflictId })
    await refresh()
  }

  /** Why somebody is here and what they got, from stored reasons. */
  async function explain(address: string) {
    return api.explain.person({ id: id.value ?? '', address })
  }

  useChanges('ticket', (ids) => {
    if (id.value !== null && ids.has(id.value)) void renew()
  })
  useEventListener(document, 'visibilitychange', () => void markRead())
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
    changeOf,
    dismissConflict,
    explain,
  }
})
