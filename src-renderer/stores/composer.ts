import { defineStore } from 'pinia'
import { reactive, shallowRef } from 'vue'
import type { Draft, StagedFile } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import type { TicketStatus } from '#shared/model/ticket'
import { api } from '../api'
import { isBlank, type ComposerMode, type Later } from '../composables/drafting'
import { asProblem, type Problem } from '../composables/problem'
import { useAutosave } from '../composables/useAutosave'
import { usePreferencesStore } from './preferences'
import { offerTakeBack } from './takeBack'
import { freshWriting, handOver, handOverLater, type Writing } from './writing'

type Kept = Pick<Writing, 'mode' | 'text' | 'html' | 'audience' | 'seenRevision'>

function keptIn({ mode, text, html, seenRevision, audience }: Draft): Kept {
  return {
    mode,
    text,
    html,
    seenRevision,
    audience: audience.map((a) => ({ name: '', address: a })),
  }
}

/** The draft that main keeps, and its files. */
function keptOf(ticketId: string): Promise<[Draft | null, StagedFile[]]> {
  return Promise.all([api.drafts.get({ ticketId }), api.attachments.staged({ draftId: ticketId })])
}

/** The one store ahead of main: it holds text, kept strictly by ticket. */
export const useComposerStore = defineStore('composer', () => {
  const writings = reactive(new Map<string, Writing>())
  const saveProblem = shallowRef<Problem | null>(null)
  const autosave = useAutosave(save)
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
    const [draft, files] = await keptOf(ticketId)
    const writing = writings.get(ticketId)
    if (writing === undefined) return
    if (writing.files.length === 0) writing.files = files
    if (draft === null || writing.text !== '') return
    Object.assign(writing, keptIn(draft))
  }

  /** Lets main take a reply back and shows the draft it has become; nothing is typed meanwhile. */
  async function takeBack(ticketId: string, undo: () => Promise<unknown>): Promise<void> {
    const before = writings.get(ticketId)
    if (before !== undefined) before.isSending = true
    try {
      await autosave.flush()
      await undo()
      const [draft, files] = await keptOf(ticketId)
      if (draft === null) return
      writings.set(ticketId, { ...freshWriting(draft.mode), ...keptIn(draft), files })
    } finally {
      if (before !== undefined) before.isSending = false
    }
  }

  function write(
    ticketId: string,
    text: string,
    revision: number,
    html: string | null = null,
  ): void {
    const writing = writings.get(ticketId)
    if (writing === undefined || (writing.text === text && writing.html === html)) return
    if (writing.text === '') writing.seenRevision = revision
    Object.assign(writing, { text, html })
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

  /** True when it is in main's hands, now or for `later`. On refusal the text stays, with the reason: also where others than `shownAudience` would get it. */
  async function send(
    ticketId: string,
    status: TicketStatus | null,
    later: Later | null = null,
    shownAudience: readonly string[] | null = null,
  ): Promise<boolean> {
    const writing = writings.get(ticketId)
    if (writing === undefined || writing.isSending || isBlank(writing)) return false
    autosave.forget(ticketId)
    Object.assign(writing, { isSending: true, problem: null, status, later, shownAudience })
    try {
      const undoMs = preferences.current.undoSeconds * 1_000
      if (later === null) await handOver(ticketId, writing, undoMs)
      else await handOverLater(ticketId, writing, later)
      writings.set(ticketId, freshWriting(writing.mode))
      offerTakeBack({ writing, undoMs, takeBack: (undo) => takeBack(ticketId, undo) })
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
  return {
    saveProblem,
    open,
    takeBack,
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
