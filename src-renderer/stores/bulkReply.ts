import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { BulkPlan, BulkProgress } from '#shared/ipc/contract'
import { api } from '../api'
import { newId } from '../composables/newId'
import { asProblem, type Problem } from '../composables/problem'

const betweenLooks = 200

/** One text to many tickets: who would get it, how far it is, what came of each. */
export const useBulkReplyStore = defineStore('bulkReply', () => {
  const plans = shallowRef<readonly BulkPlan[] | null>(null)
  const progress = shallowRef<BulkProgress | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let current = ''

  async function open(ticketIds: readonly string[]): Promise<void> {
    plans.value = null
    progress.value = null
    problem.value = null
    try {
      plans.value = await api.bulk.plan({ ticketIds: [...ticketIds] })
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  async function start(text: string): Promise<void> {
    const shown = (plans.value ?? [])
      .filter((plan) => plan.problem === '')
      .map(({ ticketId, revision, to, cc }) => {
        const audience = [...to, ...cc].map((person) => person.address)
        return { ticketId, revision, audience }
      })
    const ticketIds = shown.map(({ ticketId }) => ticketId)
    if (ticketIds.length === 0) return
    current = newId()
    const id = current
    problem.value = null
    try {
      await api.bulk.start({ id, ticketIds, text, status: null, shown })
      do {
        progress.value = await api.bulk.get({ id })
        await new Promise((resolve) => setTimeout(resolve, betweenLooks))
      } while (current === id && progress.value?.state === 'running')
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  async function stop(): Promise<void> {
    await api.bulk.stop({ id: current })
  }

  return { plans, progress, problem, open, start, stop }
})
