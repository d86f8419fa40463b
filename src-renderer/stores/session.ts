import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { Template } from '#shared/model/template'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'

export const useSessionStore = defineStore('session', () => {
  const session = useLatest(() => api.session.get())
  const policy = useLatest(() => api.policy.get())

  const agent = computed(() => session.value.value?.agent ?? null)
  const signature = computed(() => session.value.value?.signature ?? '')
  /** Light agents write notes only (participants.md §6). */
  const isLight = computed(() => agent.value?.role === 'light')
  const people = computed(() => session.value.value?.people ?? [])
  const accounts = computed(() => session.value.value?.accounts ?? [])
  const mailboxes = computed(() => session.value.value?.mailboxes ?? [])
  const templates = computed(() => session.value.value?.templates ?? [])
  const isSetUp = computed(() => session.value.value?.isSetUp ?? false)
  const composerDefault = computed(() => session.value.value?.composerDefault ?? 'public')
  /** Addresses that may never be a CC: the desk's own. */
  const supportAddresses = computed(() =>
    mailboxes.value.flatMap((mailbox) => [mailbox.address, ...mailbox.aliases]),
  )
  const names = computed(() => {
    const found = new Map<string, string>()
    for (const person of people.value) {
      for (const address of [person.address, ...person.aliases]) found.set(address, person.name)
    }
    if (agent.value !== null) found.set(agent.value.address, agent.value.name)
    return found
  })

  /** Every group a colleague is in. */
  const groups = computed(() =>
    [...new Set(people.value.flatMap((person) => person.groups))].sort((a, b) =>
      a.localeCompare(b),
    ),
  )

  async function load(): Promise<void> {
    await session.run()
    if (isSetUp.value) await policy.run()
  }

  async function unlock(accountId: string, password: string): Promise<void> {
    await api.session.unlock({ accountId, password })
    await session.run()
  }

  async function rename(name: string): Promise<void> {
    await api.session.rename({ name })
    await session.run()
  }

  async function setSignature(signature: string): Promise<void> {
    await api.session.setSignature({ signature })
    await session.run()
  }

  const setTemplate = (template: Template): Promise<void> => api.templates.set(template)
  const removeTemplate = (id: string): Promise<void> => api.templates.remove({ id })

  function suggestPeople(query: string): ReturnType<typeof api.tickets.suggestPeople> {
    return api.tickets.suggestPeople({ query })
  }

  useChanges('session', () => void session.run())
  useChanges('policy', () => void policy.run())

  return {
    session: session.value,
    problem: session.problem,
    isLoading: session.isLoading,
    policy: policy.value,
    agent,
    signature,
    isLight,
    people,
    accounts,
    isSetUp,
    composerDefault,
    mailboxes,
    templates,
    supportAddresses,
    names,
    groups,
    load,
    unlock,
    rename,
    setSignature,
    setTemplate,
    removeTemplate,
    suggestPeople,
  }
})
