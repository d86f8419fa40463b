import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { BulkPlan, BulkProgress, InterruptedBulk } from '#shared/ipc/contract'
import { api } from '../api'
import { newId } from '../composables/newId'
import { asProblem, type Problem } from '../composables/problem'

const betweenLooks = 200

/** One text to many tickets: who would get it, how far it is, what came of each. */
export const useBulkReplyStore = defineStore('bulkReply', () => {
  const plans = shallowRef<readonly BulkPlan[] | null>(null)
  const progress = shallowRef<BulkProgress | null>(null)
  const problem = shallowRef<Problem | null>(null)
  /** Those that a crash or a closed app cut short, until the agent has said what becomes of them. */
  const interrupted = shallowRef<readonly InterruptedBulk[]>([])
  let current = ''

  async function load(): Promise<void> {
    interrupted.value = await api.bulk.interrupted()
  }

  async function follow(id: string): Promise<void> {
    do {
      progress.value = await api.bulk.get({ id })
      await new Promise((resolve) => setTimeout(resolve, betweenLooks))
    } while (current === id && progress.value?.state === 'running')
  }

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
      await follow(id)
    } catch (error) {
      problem.value = asProblem(error)
    }
  }

  async function stop(): Promise<void> {
    await api.bulk.stop({ id: current })
  }

  /** The tickets that have not got it get it now. */
  async function resume(id: string): Promise<void> {
    current = id
    progress.value = null
    await api.bulk.resume({ id })
    await follow(id)
  }

  /** They never get it. */
  async function drop(id: string): Promise<void> {
    await api.bulk.stop({ id })
    await load()
  }

  return { plans, progress, problem, interrupted, load, open, start, stop, resume, drop }
})
