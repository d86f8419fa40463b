import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { Person } from '#shared/model/account'
import type { Policy, PolicyPreset } from '#shared/model/policy'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { useNoticesStore } from './notices'
import { useSessionStore } from './session'

/** What the whole desk shares: its policy and its people. Each change is saved at once; a refusal is told in words. */
export const useDeskSettingsStore = defineStore('deskSettings', () => {
  const notices = useNoticesStore()
  const session = useSessionStore()
  const policy = useLatest(() => api.policy.get())
  const people = useLatest(() => api.directory.list())
  const canChange = computed(() => session.agent?.role === 'admin')

  async function load(): Promise<void> {
    await Promise.all([policy.run(), people.run()])
  }

  /** Does it, then shows what the desk says now, also after a refusal. */
  async function change(work: () => Promise<unknown>): Promise<boolean> {
    const isDone = await notices.attempt(work)
    await load()
    return isDone
  }

  const setPolicy = (changes: Partial<Policy>): Promise<boolean> =>
    change(() => api.policy.set({ changes }))
  const choosePreset = (preset: PolicyPreset): Promise<boolean> =>
    change(() => api.policy.choosePreset({ preset }))
  const setPerson = (person: Person): Promise<boolean> => change(() => api.directory.set(person))
  const removePerson = (address: string): Promise<boolean> =>
    change(() => api.directory.remove({ address }))

  interface GroupChange {
    readonly restrictedGroups: readonly string[] | null
    readonly people: readonly Person[]
    readonly isClosing: boolean
  }

  /** A group that closes is closed before anybody enters, one that opens is opened last: at no moment do others see more. */
  const setGroup = ({ restrictedGroups, people: changed, isClosing }: GroupChange) =>
    change(async () => {
      const close = async (): Promise<void> => {
        if (restrictedGroups === null) return
        await api.policy.set({ changes: { restrictedGroups: [...restrictedGroups] } })
      }
      if (isClosing) await close()
      for (const person of changed) await api.directory.set(person)
      if (!isClosing) await close()
    })

  useChanges('policy', () => void load())
  useChanges('session', () => void load())

  return {
    policy: policy.value,
    people: people.value,
    policyProblem: policy.problem,
    peopleProblem: people.problem,
    canChange,
    load,
    setPolicy,
    choosePreset,
    setPerson,
    setGroup,
    removePerson,
  }
})
