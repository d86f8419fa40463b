import { defineStore } from 'pinia'
import { computed, onScopeDispose } from 'vue'
import type { JournalStatus } from '#shared/ipc/contract'
import { api, onEvent } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { t } from '../i18n'
import { useNoticesStore } from './notices'
import { useSessionStore } from './session'

const calm: JournalStatus = { state: 'offline', problem: '', lost: 0 }

/** How this desktop shares the desk, and which desktops the desk believes. */
export const useJournalStore = defineStore('journal', () => {
  const notices = useNoticesStore()
  const session = useSessionStore()
  const known = useLatest(() => api.journal.status())
  const devices = useLatest(() => api.devices.list())
  const aside = useLatest(() => api.journal.setAside())
  const status = computed(() => known.value.value ?? calm)
  const isAdmin = computed(() => session.agent?.role === 'admin')

  async function loadDevices(): Promise<void> {
    await Promise.all([devices.run(), aside.run()])
  }

  /** Does it, then shows what the desk says now, also after a refusal. */
  async function change(work: () => Promise<unknown>): Promise<void> {
    await notices.attempt(work)
    await loadDevices()
  }

  async function rebuild(): Promise<void> {
    await notices.attempt(async () => {
      const { written } = await api.journal.rebuild()
      notices.show(t('journal.rebuilt', { n: written }))
    })
    await known.run()
  }

  const approve = (id: string): Promise<void> => change(() => api.devices.approve({ id }))
  const revoke = (id: string): Promise<void> => change(() => api.devices.revoke({ id }))
  const setApproval = (isOn: boolean): Promise<void> =>
    change(() => api.devices.setApproval({ isOn }))

  const stop = onEvent((event) => {
    if (event.type === 'journal') known.value.value = event.status
  })
  onScopeDispose(stop)
  useChanges('session', () => {
    if (devices.value.value !== null) void loadDevices()
  })

  return {
    status,
    isAdmin,
    devices: devices.value,
    aside: aside.value,
    devicesProblem: devices.problem,
    load: known.run,
    loadDevices,
    rebuild,
    approve,
    revoke,
    setApproval,
  }
})
