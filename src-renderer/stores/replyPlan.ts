import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import { api } from '../api'
import type { ComposerMode } from '../composables/drafting'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { useTicketWorkStore } from './ticketWork'
import { useOpenTicketStore } from './openTicket'

async function ask(
  ticketId: string,
  mode: ComposerMode,
  audience: readonly string[],
  mentions: readonly string[],
) {
  const kind = mode === 'internal' ? 'note' : mode
  const people = { audience: [...audience], mentions: [...mentions] }
  const plan = await api.replies.plan({ ticketId, kind, ...people })
  return { ticketId, mode, audience: audience.join(), plan }
}

/** Who would get what of the text being written, as main would send it now. */
export const useReplyPlanStore = defineStore('replyPlan', () => {
  const ticket = useOpenTicketStore()
  const work = useTicketWorkStore()
  const known = useLatest(ask)

  const id = computed(() => ticket.detail?.ticket.id ?? null)
  const audience = computed(() => work.writing?.audience.map(({ address }) => address) ?? [])
  const mentions = computed(() => work.writing?.mentions ?? [])
  // The plan of another ticket or mode would name the wrong people on the button.
  const plan = computed(() => {
    const latest = known.value.value
    if (latest === null || latest.ticketId !== id.value) return null
    return latest.mode === work.mode && latest.audience === audience.value.join()
      ? latest.plan
      : null
  })

  async function load(): Promise<void> {
    if (id.value !== null) await known.run(id.value, work.mode, audience.value, mentions.value)
  }

  watch([id, () => work.mode, () => audience.value.join(), () => mentions.value.join()], load, {
    immediate: true,
  })
  useChanges('ticket', (ids) => {
    if (id.value !== null && ids.has(id.value)) void load()
  })

  return { plan, problem: known.problem }
})
