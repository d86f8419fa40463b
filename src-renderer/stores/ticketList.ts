import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { NewTicketInput } from '#shared/ipc/contract'
import type { TicketView } from '#shared/model/ticket'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { pageSize, usePages } from './pages'

/** The ticket list as a window onto main's. */
export const useTicketListStore = defineStore('ticketList', () => {
  const view = ref<TicketView>('open')
  const query = ref('')
  const pages = usePages((offset) =>
    api.tickets.list({ view: view.value, query: query.value, offset, limit: pageSize }),
  )
  const counts = useLatest(() => api.tickets.counts())

  /** While one types, the old rows stay until the new ones are here; another view begins empty. */
  async function show(next: TicketView, words = ''): Promise<void> {
    const isSameView = next === view.value
    if (pages.total.value !== null && isSameView && words === query.value) return
    view.value = next
    query.value = words
    await pages.reset(isSameView)
  }

  async function create(input: NewTicketInput): Promise<string> {
    const { ticketId } = await api.tickets.create(input)
    return ticketId
  }

  useChanges('ticket', () => {
    if (pages.total.value !== null) void pages.refresh()
    void counts.run()
  })

  const { total, problem, rowAt, look, refresh } = pages
  return {
    view,
    query,
    total,
    problem,
    counts: counts.value,
    rowAt,
    look,
    show,
    refresh,
    loadCounts: counts.run,
    create,
  }
})
