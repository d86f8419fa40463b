import { defineStore } from 'pinia'
import type { Policy, PolicyPreset } from '#shared/model/policy'
import { api } from '../api'
import { useLatest } from '../composables/useLatest'

/** What this desktop keeps, and what may be taken out of it or tried on it. */
export const useProfileStore = defineStore('profile', () => {
  const profile = useLatest(() => api.profile.get())
  const simulation = useLatest((changes: Partial<Policy>, preset: PolicyPreset | null) =>
    api.simulator.run({ changes, preset, days: 30 }),
  )

  async function rebuild(): Promise<number> {
    const { tickets } = await api.profile.rebuild()
    await profile.run()
    return tickets
  }

  return {
    profile: profile.value,
    problem: profile.problem,
    load: profile.run,
    show: () => api.profile.show(),
    exportAll: () => api.profile.export(),
    diagnostics: () => api.profile.diagnostics(),
    rebuild,
    simulation: simulation.value,
    simulationProblem: simulation.problem,
    isSimulating: simulation.isLoading,
    simulate: simulation.run,
    forgetSimulation: simulation.reset,
  }
})
