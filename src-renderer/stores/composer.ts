import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import type { StagedFile } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
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
    const { mode, text, html, seenRevision } = writing
    const audience = writing.audience.map((person) => person.address)
    try {
      await api.drafts.save({ ticketId, mode, text, html, audience, seenRevision })
      saveProblem.value = null
    } catch (error) {
      saveProblem.value = asProblem(error)
    }
  }

  /** The first call restores the ticket's draft, unless the agent has typed by the time it comes. */
  async function open(ticketId: string, usual: ComposerMode): Promise<void> {
    if (writings.has(ticketId)) return
    writings.set(ticketId, freshWriting(usual))
    const [draft, files] = await Promise.all([
      api.drafts.get({ ticketId }),
      api.attachments.staged({ draftId: ticketId }),
    ])
    const writing = writings.get(ticketId)
    if (writing === undefined) return
    if (writing.files.length === 0) writing.files = files
    if (draft === null || writing.text !== '') return
    const { mode, text, html, seenRevision } = draft
    const audience = draft.audience.map((address) => ({ name: '', address }))
    Object.assign(writing, { mode, text, html, audience, seenRevision })
  }

  function write(
    ticketId: string,
    text: string,
    revision: number,
    more: { html: string | null; mentions: readonly string[] } = { html: null, mentions: [] },
  ): void {
    const writing = writings.get(ticketId)
    if (writing === undefined || (writing.text === text && writing.html === more.html)) return
    if (writing.text === '') writing.seenRevision = revision
    Object.assign(writing, { text, ...more })
    autosave.touch(ticketId)
  }

  function setAudience(ticketId: string, audience: readonly MailAddress[]): void {
    const writing = writings.get(ticketId)
    if (writing?.mode !== 'private') return
    writing.audience = audience
    autosave.touch(ticketId)
  }

  function setFollow(ticketId: string, follow: boolean): void {
    const writing = writings.get(ticketId)
    if (writing !== undefined) writing.follow = follow
  }

  /** Keeps files with the draft; what is refused is thrown, the others stay. */
  async function attach(ticketId: string, file: File, isInline: boolean): Promise<StagedFile> {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const { name, type } = file
    const staged = await api.attachments.stage({ draftId: ticketId, name, type, bytes, isInline })
    const writing = writings.get(ticketId)
    if (writing !== undefined) writing.files = [...writing.files, staged]
    return staged
  }

  async function detach(ticketId: string, id: string): Promise<void> {
    await api.attachments.unstage({ id })
    const writing = writings.get(ticketId)
    if (writing !== undefined) writing.files = writing.files.filter((file) => file.id !== id)
  }

  function setMode(ticketId: string, mode: ComposerMode): void {
    const writing = writings.get(ticketId)
    if (writing === undefined || writing.mode === mode) return
    writing.mode = mode
    writing.audience = []
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
      if (writing.mode !== 'internal' && undoMs > 0) offerUndo(ticketId, writing, undoMs)
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
      const { text, html, audience, mentions, seenRevision } = sent
      const writing = writings.get(ticketId) ?? freshWriting(sent.mode)
      if (writing.text !== '') return
      const back = { text, html, audience, mentions, seenRevision }
      writings.set(ticketId, { ...freshWriting(sent.mode), ...back })
      if (sent.files.length > 0) notices.show('The text is back; attach its files again.')
    }
    notices.show(`Sending in ${String(undoMs / 1_000)} seconds.`, () => void undo(), undoMs)
  }

  function writingOf(ticketId: string): Writing | null {
    return writings.get(ticketId) ?? null
  }

  const { flush } = autosave
  return {
    saveProblem,
    open,
    write,
    setMode,
    setAudience,
    setFollow,
    attach,
    detach,
    see,
    send,
    flush,
    writingOf,
  }
})
