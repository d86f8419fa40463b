import { defineStore } from 'pinia'
import { computed } from 'vue'
import { canonicalAddress } from '#shared/rules/address'
import { addressesIn } from '../composables/problem'
import { useComposerStore } from './composer'
import { useOpenTicketStore } from './openTicket'
import { useTicketWorkStore } from './ticketWork'

/** What came to the open ticket while the agent was writing, so that no reply crosses it unseen. */
export const useTicketNewsStore = defineStore('ticketNews', () => {
  const ticket = useOpenTicketStore()
  const composer = useComposerStore()
  const work = useTicketWorkStore()

  const isConflict = computed(() => work.writing?.problem?.code === 'conflict')
  /** Who would get the reply now besides those shown, and who would not any more. */
  const difference = computed(() => {
    const problem = work.writing?.problem ?? null
    return { added: addressesIn(problem, 'added'), removed: addressesIn(problem, 'removed') }
  })
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
    const { added, removed } = difference.value
    const before = work.writing?.shownAudience ?? null
    const later = work.writing?.later ?? null
    // To the people of this notice: whoever comes on top of them holds it again.
    const shown = before && [
      ...before.filter((one) => !removed.includes(canonicalAddress(one))),
      ...added,
    ]
    acknowledge()
    await work.send(status, later, shown)
  }

  return { isConflict, difference, entries, acknowledge, sendAnyway }
})
