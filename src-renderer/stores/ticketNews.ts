import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useComposerStore } from './composer'
import { useOpenTicketStore } from './openTicket'
import { useTicketWorkStore } from './ticketWork'

/** What came to the open ticket while the agent was writing, so that no reply crosses it unseen. */
export const useTicketNewsStore = defineStore('ticketNews', () => {
  const ticket = useOpenTicketStore()
  const composer = useComposerStore()
  const work = useTicketWorkStore()

  const isConflict = computed(() => work.writing?.problem?.code === 'conflict')
  const entries = computed(() => {
    const writing = work.writing
    if (writing === null || writing.text === '' || writing.seenIds === null) return []
    const seen = new Set(writing.seenIds)
    const comments = ticket.detail?.comments ?? []
    return comments.filter((entry) => entry.visibility === 'public' && !seen.has(entry.id))
  })

  function acknowledge(): void {
    const detail = ticket.detail
    if (detail === null) return
    const { id, revision } = detail.ticket
    composer.see(
      id,
      revision,
      detail.comments.map((entry) => entry.id),
    )
  }

  async function sendAnyway(): Promise<void> {
    await ticket.refresh()
    const status = work.writing?.status ?? null
    acknowledge()
    await work.send(status)
  }

  return { isConflict, entries, acknowledge, sendAnyway }
})
