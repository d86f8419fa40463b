import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { SavedSearch } from '#shared/model/preferences'
import type { TicketRow, TicketView } from '#shared/model/ticket'
import { api } from '../api'
import { rest } from '../composables/useAim'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { pageSize, usePages } from './pages'

/** Counting goes by every ticket, and a sync changes some of them many times a second. */
const countEvery = 500
/** Counting searches reads the index for each; more often than this nobody looks. */
const searchCountEvery = 5_000

/** Whether what it finds changes when somebody reads a ticket. */
const asksForRead = (words: string): boolean => /\bis:(?:un)?read\b/iu.test(words)

/** The ticket list as a window onto main's. */
export const useTicketListStore = defineStore('ticketList', () => {
  const view = ref<TicketView>('open')
  const query = ref('')
  /** The search found more than the list shows. */
  const isCapped = ref(false)
  const pages = usePages(async (offset) => {
    const filter = { view: view.value, query: query.value, offset, limit: pageSize }
    const answer = await api.tickets.list(filter)
    isCapped.value = answer.isCapped ?? false
    return answer
  })
  const counts = useLatest(() => api.tickets.counts())
  const countViewsSoon = useThrottleFn(() => counts.run(), countEvery, true)
  const searchCounts = shallowRef<ReadonlyMap<string, number>>(new Map())
  let searches: readonly SavedSearch[] = []

  /** While one types, the old rows stay until the new ones are here; another view begins empty. */
  async function show(next: TicketView, words = ''): Promise<void> {
    const isSameView = next === view.value
    if (pages.total.value !== null && isSameView && words === query.value) return
    view.value = next
    query.value = words
    await pages.reset(isSameView)
  }

  /** The few best answers, for the palette and for what else one person asked. */
  async function find(words: string): Promise<TicketRow[]> {
    const { rows } = await api.tickets.list({ view: 'all', query: words, limit: 8 })
    return rows
  }

  async function ofRequester(address: string): Promise<TicketRow[]> {
    const { rows } = await api.tickets.list({ view: 'all', requester: address, limit: 20 })
    return rows
  }

  async function countNow(): Promise<void> {
    const counted = await Promise.all(
      searches.map(async ({ id, query: words }) => {
        const { total } = await api.tickets.list({ view: 'all', query: words, limit: 1 })
        return [id, total] as const
      }),
    )
    searchCounts.value = new Map(counted)
  }
  const countSoon = useThrottleFn(countNow, searchCountEvery, true)

  async function countSearches(saved: readonly SavedSearch[]): Promise<void> {
    searches = saved
    await countNow()
  }

  function refreshShown(): void {
    if (pages.total.value !== null) void pages.refresh(rest)
  }

  useChanges('ticket', () => {
    refreshShown()
    void countViewsSoon()
    if (searches.length > 0) void countSoon()
  })
  useChanges('readMarker', () => {
    refreshShown()
    if (searches.some(({ query: words }) => asksForRead(words))) void countSoon()
  })

  const { total, problem, rowAt, look } = pages
  const refresh = (): Promise<void> => pages.refresh()
  const indexOf = (id: string): number | null => pages.indexOf((row) => row.id === id)
  /** What the agent wants to come back to. */
  const markUnread = (id: string): Promise<void> => api.tickets.markUnread({ id })

  return {
    markUnread,
    view,
    query,
    total,
    isCapped,
    problem,
    counts: counts.value,
    searchCounts,
    rowAt,
    indexOf,
    look,
    show,
    refresh,
    loadCounts: counts.run,
    countSearches,
    find,
    ofRequester,
  }
})
