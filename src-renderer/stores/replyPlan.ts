import { defineStore } from 'pinia'
import { computed, watch } from 'vue'
import { mentionsIn } from '#shared/rules/mentions'
import { api } from '../api'
import type { ComposerMode } from '../composables/drafting'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { useSessionStore } from './session'
import { useTicketWorkStore } from './ticketWork'
import { useOpenTicketStore } from './openTicket'

interface Question {
  readonly ticketId: string
  readonly mode: ComposerMode
  readonly audience: readonly string[]
  readonly mentions: readonly string[]
  /** The ticket's, as it was on screen when this was asked. */
  readonly revision: number
}

async function ask(question: Question) {
  const { ticketId, mode, audience, mentions } = question
  const kind = mode === 'internal' ? 'note' : mode
  const people = { audience: [...audience], mentions: [...mentions] }
  return { ...question, plan: await api.replies.plan({ ticketId, kind, ...people }) }
}

/** Who would get what of the text being written, as main would send it now. */
export const useReplyPlanStore = defineStore('replyPlan', () => {
  const session = useSessionStore()
  const ticket = useOpenTicketStore()
  const work = useTicketWorkStore()
  const known = useLatest(ask)

  const id = computed(() => ticket.detail?.ticket.id ?? null)
  const audience = computed(() => work.writing?.audience.map(({ address }) => address) ?? [])
  // By the same function that queues it: a name typed by hand, and one that two colleagues share, count.
  const mentions = computed(() => mentionsIn({ people: session.people }, work.writing?.text ?? ''))
  const revision = computed(() => ticket.detail?.ticket.revision ?? 0)
  // The plan of another ticket, mode or moment would name the wrong people on the button, and nothing may be sent on it.
  const plan = computed(() => {
    const latest = known.value.value
    if (latest === null || latest.ticketId !== id.value || latest.mode !== work.mode) return null
    if (work.isChanging || latest.revision !== revision.value) return null
    if (latest.mentions.join() !== mentions.value.join()) return null
    return latest.audience.join() === audience.value.join() ? latest.plan : null
  })

  /** Whom the agent sees as getting this public reply; null while nothing is known or the text is not public. */
  const publicAudience = computed(() => {
    if (work.mode !== 'public' || plan.value === null) return null
    const mails = plan.value.mails.filter((mail) => mail.kind === 'public')
    return mails.flatMap((mail) => [...mail.to, ...mail.cc].map(({ address }) => address))
  })

  async function load(): Promise<void> {
    const ticketId = id.value
    if (ticketId === null) return
    const people = { audience: audience.value, mentions: mentions.value }
    await known.run({ ticketId, mode: work.mode, ...people, revision: revision.value })
  }

  watch(
    [id, () => work.mode, () => audience.value.join(), () => mentions.value.join(), revision],
    load,
    { immediate: true },
  )
  useChanges('ticket', (ids) => {
    if (id.value !== null && ids.has(id.value)) void load()
  })

  return { plan, publicAudience, problem: known.problem }
})
