import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import type { TicketStatus } from '#shared/model/ticket'
import { api } from '../api'
import { asProblem, type Problem } from '../composables/problem'
import { useAutosave } from '../composables/useAutosave'
import { useNoticesStore } from './notices'
import { usePreferencesStore } from './preferences'
import { freshWriting, handOver, type ComposerMode, type Writing } from './writing'

/** The one store ahead of main: it holds text, kept strictly by ticket. */
export const useComposerStore = defineStore('composer', () => {
  const writings = reactive(new Map<string, Writing>())
  const saveProblem = shallowRef<Problem | null>(null)
  const autosave = useAutosave(save)
  const notices = useNoticesStore()
  const preferences = usePreferencesStore()

  async function save(ticketId: string): Promise<void> {
    const writing = writings.get(ticketId)
    if (writing === undefined) return
    const { mode, text, seenRevision } = writing
    try {
      await api.drafts.save({ ticketId, mode, text, seenRevision })
      saveProblem.value = null
    } catch (error) {
      saveProblem.value = asProblem(error)
    }
  }

  /** The first call restores the ticket's draft, unless the agent has typed by the time it comes. */
  async function open(ticketId: string, usual: ComposerMode): Promise<void> {
    if (writings.has(ticketId)) return
    writings.set(ticketId, freshWriting(usual))
    const draft = await api.drafts.get({ ticketId })
    const writing = writings.get(ticketId)
    if (draft === null || writing === undefined || writing.text !== '') return
    const { mode, text, seenRevision } = draft
    Object.assign(writing, { mode, text, seenRevision })
  }

  function write(ticketId: string, text: string, revision: number): void {
    const writing = writings.get(ticketId)
    if (writing === undefined || writing.text === text) return
    if (writing.text === '') writing.seenRevision = revision
    writing.text = text
    autosave.touch(ticketId)
  }

  function setMode(ticketId: string, mode: ComposerMode): void {
    const writing = writings.get(ticketId)
    if (writing === undefined || writing.mode === mode) return
    writing.mode = mode
    writing.problem = null
    if (writing.text !== '') autosave.touch(ticketId)
  }

  /** The agent has these comments on screen: what is written from here on answers them. */
  function see(ticketId: string, revision: number, ids: readonly string[]): void {
    const writing = writings.get(ticketId)
    if (writing === undefined) return
    writing.seenRevision = revision
    writing.seenIds = ids
    writing.problem = null
  }

  /** True when it is in main's hands. On refusal the text stays, with the reason. */
  async function send(ticketId: string, status: TicketStatus | null): Promise<boolean> {
    const writing = writings.get(ticketId)
    if (writing === undefined || writing.isSending || writing.text.trim() === '') return false
    autosave.forget(ticketId)
    Object.assign(writing, { isSending: true, problem: null, status })
    try {
      const undoMs = preferences.current.undoSeconds * 1_000
      await handOver(ticketId, writing, undoMs)
      writings.set(ticketId, freshWriting(writing.mode))
      if (writing.mode === 'public' && undoMs > 0) offerUndo(ticketId, writing, undoMs)
      return true
    } catch (error) {
      writing.problem = asProblem(error)
      autosave.touch(ticketId)
      return false
    } finally {
      writing.isSending = false
    }
  }

  /** The toast stays as long as the reply can be taken back. */
  function offerUndo(ticketId: string, sent: Writing, undoMs: number): void {
    const undo = async (): Promise<void> => {
      const isBack = await notices.attempt(() => api.replies.undo({ commentId: sent.sendId }))
      if (!isBack) return
      const { text, seenRevision } = sent
      const writing = writings.get(ticketId) ?? freshWriting(sent.mode)
      if (writing.text !== '') return
      writings.set(ticketId, { ...freshWriting(sent.mode), text, seenRevision })
    }
    notices.show(`Sending in ${String(undoMs / 1_000)} seconds.`, () => void undo(), undoMs)
  }

  function writingOf(ticketId: string): Writing | null {
    return writings.get(ticketId) ?? null
  }

  const { flush } = autosave
  return { saveProblem, open, write, setMode, see, send, flush, writingOf }
})
