import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import type { TicketStatus } from '#shared/model/ticket'
import { api } from '../api'
import { asProblem, type Problem } from '../composables/problem'
import { useAutosave } from '../composables/useAutosave'
import { freshWriting, handOver, type ComposerMode, type Writing } from './writing'

/** The one store ahead of main: it holds text, kept strictly by ticket. */
export const useComposerStore = defineStore('composer', () => {
  const writings = reactive(new Map<string, Writing>())
  const saveProblem = shallowRef<Problem | null>(null)
  const autosave = useAutosave(save)

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
      await handOver(ticketId, writing)
      writings.set(ticketId, freshWriting(writing.mode))
      return true
    } catch (error) {
      writing.problem = asProblem(error)
      autosave.touch(ticketId)
      return false
    } finally {
      writing.isSending = false
    }
  }

  function writingOf(ticketId: string): Writing | null {
    return writings.get(ticketId) ?? null
  }

  const { flush } = autosave
  return { saveProblem, open, write, setMode, see, send, flush, writingOf }
})
