import type { StagedFile } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import type { TicketStatus } from '#shared/model/ticket'
import { api } from '../api'
import type { ComposerMode, Later } from '../composables/drafting'
import { newId } from '../composables/newId'
import type { Problem } from '../composables/problem'

/** What is being written for one ticket in one mode: it never passes to another by itself. */
export interface Writing {
  readonly ticketId: string
  readonly mode: ComposerMode
  text: string
  /** Null when the text has no format. */
  html: string | null
  /** Chosen people; always empty outside `private`, so that nobody is addressed unseen. */
  audience: readonly MailAddress[]
  files: readonly StagedFile[]
  /** Whether to follow when replying would make a follower of this agent. */
  follow: boolean
  /** The ticket's revision when the agent began to write. */
  seenRevision: number | null
  /** The comments on screen at that moment; null when a draft came back from an earlier day. */
  seenIds: readonly string[] | null
  /** Whom the agent was shown as getting a public reply when they sent it; null: nobody yet. */
  shownAudience: readonly string[] | null
  /** When it was to go, where not at once. */
  later: Later | null
  /** The status to set with it. */
  status: TicketStatus | null
  isSending: boolean
  problem: Problem | null
  /** Made once per reply: sending it again after a lost answer is harmless. */
  readonly sendId: string
}

export function freshWriting(ticketId: string, mode: ComposerMode): Writing {
  return {
    ticketId,
    mode,
    text: '',
    html: null,
    audience: [],
    files: [],
    follow: true,
    seenRevision: null,
    seenIds: null,
    shownAudience: null,
    later: null,
    status: null,
    isSending: false,
    problem: null,
    sendId: newId(),
  }
}

/** Hands a finished reply to main, to be sent when its hour comes. Notes wait for nothing. */
export async function handOverLater(writing: Writing, later: Later): Promise<void> {
  const { ticketId, mode, text, html, seenRevision, status, sendId: id } = writing
  if (mode === 'internal') return
  const audience = writing.audience.map((person) => person.address)
  const content = { text, html, attachmentIds: writing.files.map((file) => file.id) }
  const reply = { id, ticketId, visibility: mode, audience, seenRevision, status, ...later }
  await api.replies.schedule({ ...reply, ...content })
}

/** Hands a finished text to main. */
export async function handOver(writing: Writing, undoMs: number): Promise<void> {
  const { ticketId, mode, text, html, seenRevision, status, follow, sendId: id } = writing
  const content = { text, html, attachmentIds: writing.files.map((file) => file.id) }
  if (mode !== 'internal') {
    const audience = writing.audience.map((person) => person.address)
    const visibility = mode
    const reply = { id, ticketId, visibility, audience, seenRevision, status, follow, undoMs }
    const { shownAudience } = writing
    const shown =
      mode === 'public' && shownAudience !== null ? { shownAudience: [...shownAudience] } : {}
    await api.replies.send({ ...reply, ...content, ...shown })
    return
  }
  await api.replies.note({ id, ticketId, ...content })
  if (status === null) return
  await api.tickets.change({ ticketId, action: { do: 'setStatus', status } })
}
