import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import { api, onEvent } from '../api'
import { rest } from '../composables/useAim'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'

export const useActivityStore = defineStore('activity', () => {
  const activity = useLatest(() => api.sync.activity())
  const outbox = useLatest(() => api.outbox.list())
  const scheduled = useLatest(() => api.replies.scheduled())

  const accounts = computed(() => activity.value.value?.accounts ?? [])
  const locked = computed(() => accounts.value.filter((one) => one.state === 'needs-password'))
  const counts = computed(
    () => activity.value.value?.outbox ?? { waiting: 0, failed: 0, uncertain: 0 },
  )

  async function load(): Promise<void> {
    await activity.run()
  }

  async function loadOutbox(): Promise<void> {
    await Promise.all([outbox.run(), scheduled.run(), sending.run()])
  }

  async function retry(id: string): Promise<void> {
    await api.outbox.retry({ id })
    await outbox.run()
  }

  async function cancel(id: string): Promise<void> {
    await api.outbox.cancel({ id })
    await outbox.run()
  }

  /** Takes back a reply that has not left. */
  async function undo(commentId: string): Promise<void> {
    await api.replies.undo({ commentId })
    await outbox.run()
  }

  async function markSent(id: string): Promise<void> {
    await api.outbox.markSent({ id })
    await outbox.run()
  }

  async function unschedule(commentId: string, edit: boolean): Promise<void> {
    await api.replies.unschedule({ commentId, edit })
    await scheduled.run()
  }

  const sending = useLatest(() => api.outbox.sending())
  /** Accounts whose self test runs. */
  const testing = shallowRef<ReadonlySet<string>>(new Set())

  /** Learns whether the server proves what it has taken; takes up to a minute where it does not. */
  async function selfTest(accountId: string): Promise<void> {
    testing.value = new Set([...testing.value, accountId])
    try {
      await api.outbox.selfTest({ accountId })
    } finally {
      testing.value = new Set([...testing.value].filter((id) => id !== accountId))
      await sending.run()
    }
  }

  async function syncNow(): Promise<void> {
    await api.sync.now()
  }

  const stop = onEvent((event) => {
    if (event.type === 'activity') activity.value.value = event.activity
  })
  onScopeDispose(stop)
  useChanges('outbox', () => {
    if (outbox.value.value !== null) void rest().then(loadOutbox)
  })

  return {
    accounts,
    locked,
    counts,
    outbox: outbox.value,
    outboxProblem: outbox.problem,
    isLoadingOutbox: outbox.isLoading,
    load,
    loadOutbox,
    retry,
    cancel,
    markSent,
    scheduled: scheduled.value,
    undo,
    unschedule,
    sending: sending.value,
    testing,
    selfTest,
    syncNow,
  }
})
