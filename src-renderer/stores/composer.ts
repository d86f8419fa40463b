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

type Kept = Pick<Writing, 'text' | 'html' | 'audience' | 'seenRevision'>

const composerModes = ['public', 'internal', 'private'] as const
const keyOf = (ticketId: string, mode: ComposerMode): string => `${mode} ${ticketId}`

function keptIn({ text, html, seenRevision, audience }: Draft): Kept {
  return {
    text,
    html,
    seenRevision,
    audience: audience.map((a) => ({ name: '', address: a })),
  }
}

/** The drafts that main keeps, the latest first, and their files. */
function keptOf(ticketId: string): Promise<[Draft[], StagedFile[]]> {
  return Promise.all([api.drafts.list({ ticketId }), api.attachments.staged({ draftId: ticketId })])
}

/** The one store ahead of main: it holds text, kept strictly by ticket and by who would read it. */
export const useComposerStore = defineStore('composer', () => {
  const writings = reactive(new Map<string, Writing>())
  /** The mode on screen, of each ticket that was opened. */
  const modes = reactive(new Map<string, ComposerMode>())
  /** Tickets whose mode an agent has chosen, or in whose text they have typed: it stays on screen. */
  const chosen = new Set<string>()
  const saveProblem = shallowRef<Problem | null>(null)
  const autosave = useAutosave(save)
  const preferences = usePreferencesStore()

  async function save(key: string): Promise<void> {
    const writing = writings.get(key)
    if (writing === undefined) return
    const { ticketId, mode, text, html, seenRevision } = writing
    const audience = writing.audience.map((person) => person.address)
    try {
      await api.drafts.save({ ticketId, mode, text, html, audience, seenRevision })
      saveProblem.value = null
    } catch (error) {
      saveProblem.value = asProblem(error)
    }
  }

  function writingOf(ticketId: string): Writing | null {
    const mode = modes.get(ticketId)
    return mode === undefined ? null : (writings.get(keyOf(ticketId, mode)) ?? null)
  }

  const show = (one: Writing) => writings.set(keyOf(one.ticketId, one.mode), one)
  const touch = (one: Writing) => autosave.touch(keyOf(one.ticketId, one.mode))

  /** The first call restores the ticket's drafts, except where the agent has typed by the time they come. */
  async function open(ticketId: string, usual: ComposerMode): Promise<void> {
    if (modes.has(ticketId)) return
    modes.set(ticketId, usual)
    for (const mode of composerModes) show(freshWriting(ticketId, mode))
    const [drafts, files] = await keptOf(ticketId)
    for (const mode of composerModes) {
      const writing = writings.get(keyOf(ticketId, mode))
      const draft = drafts.find((each) => each.mode === mode)
      if (writing === undefined) continue
      if (writing.files.length === 0) writing.files = files.filter((file) => file.mode === mode)
      if (draft !== undefined && writing.text === '') Object.assign(writing, keptIn(draft))
    }
    const [latest] = drafts
    if (latest !== undefined && !chosen.has(ticketId)) modes.set(ticketId, latest.mode)
  }

  /** Lets main take a reply back and shows the draft it has become; nothing is typed there meanwhile. */
  async function takeBack(
    ticketId: string,
    mode: ComposerMode,
    undo: () => Promise<unknown>,
  ): Promise<void> {
    const before = writings.get(keyOf(ticketId, mode))
    if (before !== undefined) before.isSending = true
    try {
      await autosave.flush()
      await undo()
      if (before === undefined) return
      const [drafts, files] = await keptOf(ticketId)
      const draft = drafts.find((each) => each.mode === mode)
      if (draft === undefined) return
      const own = files.filter((file) => file.mode === mode)
      show({ ...freshWriting(ticketId, mode), ...keptIn(draft), files: own })
      modes.set(ticketId, mode)
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
    const writing = writingOf(ticketId)
    if (writing === null || (writing.text === text && writing.html === html)) return
    if (writing.text === '') writing.seenRevision = revision
    Object.assign(writing, { text, html })
    chosen.add(ticketId)
    touch(writing)
  }

  function setAudience(ticketId: string, audience: readonly MailAddress[]): void {
    const writing = writingOf(ticketId)
    if (writing?.mode !== 'private') return
    writing.audience = audience
    touch(writing)
  }

  function setFollow(ticketId: string, follow: boolean): void {
    const writing = writingOf(ticketId)
    if (writing !== null) writing.follow = follow
  }

  /** Keeps files with the draft; what is refused is thrown, the others stay. */
  async function attach(ticketId: string, file: File, isInline: boolean): Promise<StagedFile> {
    const mode = modes.get(ticketId) ?? 'internal'
    const bytes = new Uint8Array(await file.arrayBuffer())
    const { name, type } = file
    const input = { draftId: ticketId, mode, name, type, bytes, isInline }
    const staged = await api.attachments.stage(input)
    const writing = writings.get(keyOf(ticketId, mode))
    if (writing !== undefined) writing.files = [...writing.files, staged]
    return staged
  }

  async function detach(ticketId: string, id: string): Promise<void> {
    await api.attachments.unstage({ id })
    for (const mode of composerModes) {
      const writing = writings.get(keyOf(ticketId, mode))
      if (writing !== undefined) writing.files = writing.files.filter((file) => file.id !== id)
    }
  }

  /** Shows what is written in that mode; what stood there stays where it is. */
  function setMode(ticketId: string, mode: ComposerMode): void {
    if (!modes.has(ticketId)) return
    modes.set(ticketId, mode)
    chosen.add(ticketId)
  }

  /** The modes in which something is begun that is not sent. */
  function unfinished(ticketId: string): ComposerMode[] {
    return composerModes.filter((mode) => {
      const writing = writings.get(keyOf(ticketId, mode))
      return writing !== undefined && (!isBlank(writing) || writing.files.length > 0)
    })
  }

  /** The agent has these comments on screen: what is written from here on answers them. */
  function see(ticketId: string, revision: number, ids: readonly string[]): void {
    const writing = writingOf(ticketId)
    if (writing === null) return
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
    const writing = writingOf(ticketId)
    if (writing === null || writing.isSending || isBlank(writing)) return false
    const { mode } = writing
    autosave.forget(keyOf(ticketId, mode))
    Object.assign(writing, { isSending: true, problem: null, status, later, shownAudience })
    try {
      const undoMs = preferences.current.undoSeconds * 1_000
      if (later === null) await handOver(writing, undoMs)
      else await handOverLater(writing, later)
      show(freshWriting(ticketId, mode))
      offerTakeBack({ writing, undoMs, takeBack: (undo) => takeBack(ticketId, mode, undo) })
      return true
    } catch (error) {
      writing.problem = asProblem(error)
      touch(writing)
      return false
    } finally {
      writing.isSending = false
    }
  }

  const { flush } = autosave
  return {
    saveProblem,
    open,
    takeBack,
    write,
    setMode,
    unfinished,
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
