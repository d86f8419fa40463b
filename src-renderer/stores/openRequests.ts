import { defineStore } from 'pinia'
import { onScopeDispose, ref } from 'vue'
import type { OpenRequest } from '#shared/model/openRequest'
import { AppError } from '#shared/ipc/errors'
import { api, onEvent } from '../api'
import { useNoticesStore } from './notices'

export type ComposeRequest = Extract<OpenRequest, { kind: 'compose' }>

/** Links that the system handed over: a ticket to show, a new ticket to fill in. */
export const useOpenRequestsStore = defineStore('openRequests', () => {
  const notices = useNoticesStore()
  const ticketId = ref<string | null>(null)
  /** The ticket on which a notification began a reply. */
  const replyTo = ref<string | null>(null)
  const compose = ref<ComposeRequest | null>(null)

  /** Asks main what waits. @throws AppError `not-found` for a key that is not here */
  async function take(): Promise<void> {
    const request = await api.desktop.takeRequest()
    if (request?.kind === 'compose') compose.value = request
    if (request?.kind !== 'ticket') return
    const { id } = await api.tickets.byKey({ key: request.key })
    ticketId.value = id
    replyTo.value = request.isReply === true ? id : null
    const { refused } = request
    if (refused !== undefined) {
      notices.showProblem(new AppError('refused', refused.message, refused.detail))
    }
  }

  /** Calls back when something new waits; ends with the scope. */
  function onRequest(listener: () => void): void {
    onScopeDispose(
      onEvent((event) => {
        if (event.type === 'request') listener()
      }),
    )
  }

  async function print(include: 'public' | 'all', id: string): Promise<void> {
    await api.desktop.print({ ticketId: id, include })
  }

  async function savePdf(include: 'public' | 'all', id: string): Promise<boolean> {
    return (await api.desktop.savePdf({ ticketId: id, include })).isSaved
  }

  return { ticketId, replyTo, compose, take, onRequest, print, savePdf }
})
