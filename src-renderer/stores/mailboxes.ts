import { defineStore } from 'pinia'
import type { Mailbox } from '#shared/model/account'
import { api } from '../api'
import { useChanges } from '../composables/useChanges'
import { useLatest } from '../composables/useLatest'
import { useNoticesStore } from './notices'

/** The desk's mailboxes, and how this desktop reaches each of them. */
export const useMailboxesStore = defineStore('mailboxes', () => {
  const notices = useNoticesStore()
  const mailboxes = useLatest(() => api.mailboxes.list())

  async function change(work: () => Promise<unknown>): Promise<boolean> {
    const isDone = await notices.attempt(work)
    await mailboxes.run()
    return isDone
  }

  useChanges('session', () => {
    if (mailboxes.value.value !== null) void mailboxes.run()
  })

  return {
    mailboxes: mailboxes.value,
    problem: mailboxes.problem,
    load: mailboxes.run,
    set: (mailbox: Mailbox) => change(() => api.mailboxes.set(mailbox)),
    remove: (address: string) => change(() => api.mailboxes.remove({ address })),
    connect: (account: Parameters<typeof api.accounts.connect>[0]['account']) =>
      change(() => api.accounts.connect({ account })),
    disconnect: (accountId: string) => change(() => api.accounts.remove({ accountId })),
    check: (accountId: string) => api.accounts.check({ accountId }),
    setPassword: (accountId: string, password: string) =>
      api.accounts.setPassword({ accountId, password }),
  }
})
