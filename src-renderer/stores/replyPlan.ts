import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { useTicketWorkStore } from './ticketWork'
import { useOpenTicketStore } from './openTicket'
import type { ComposerMode } from './writing'

async function ask(ticketId: string, mode: ComposerMode) {
  const kind = mode === 'public' ? 'public' : 'note'
  return { ticketId, mode, plan: await api.replies.plan({ ticketId, kind }) }
}

/** Who would get what of the text being written, as main would send it now. */
export const useReplyPlanStore = defineStore('replyPlan', () => {
  const ticket = useOpenTicketStore()
  const work = useTicketWorkStore()
  const known = useLatest(ask)

  const id = computed(() => ticket.detail?.ticket.id ?? null)
  // The plan of another ticket or mode would name the wrong people on the button.
  const plan = computed(() => {
    const latest = known.value.value
    if (latest === null || latest.ticketId !== id.value) return null
    return latest.mode === work.mode ? latest.plan : null
  })

  async function load(): Promise<void> {
    if (id.value !== null) await known.run(id.value, work.mode)
  }

  watch([id, () => work.mode], load, { immediate: true })
  useChanges('ticket', (ids) => {
    if (id.value !== null && ids.has(id.value)) void load()
  })

  return { plan, problem: known.problem }
})
