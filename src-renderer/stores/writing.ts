import type { Draft } from '#shared/ipc/contract'
import type { TicketStatus } from '#shared/model/ticket'
import { api } from '../api'
import { newId } from '../composables/newId'
import type { Problem } from '../composables/problem'

export type ComposerMode = Draft['mode']

/** What is being written for one ticket. */
export interface Writing {
  mode: ComposerMode
  text: string
  /** The ticket's revision when the agent began to write. */
  seenRevision: number | null
  /** The comments on screen at that moment; null when a draft came back from an earlier day. */
  seenIds: readonly string[] | null
  /** The status to set with it. */
  status: TicketStatus | null
  isSending: boolean
  problem: Problem | null
  /** Made once per reply: sending it again after a lost answer is harmless. */
  readonly sendId: string
}

export function freshWriting(mode: ComposerMode): Writing {
  return {
    mode,
    text: '',
    seenRevision: null,
    seenIds: null,
    status: null,
    isSending: false,
    problem: null,
    sendId: newId(),
  }
}

/** Hands a finished text to main. */
export async function handOver(ticketId: string, writing: Writing, undoMs: number): Promise<void> {
  const { text, seenRevision, status, sendId: id } = writing
  if (writing.mode === 'public') {
    await api.replies.send({
      id,
      ticketId,
      visibility: 'public',
      text,
      seenRevision,
      status,
      undoMs,
    })
    return
  }
  await api.replies.note({ id, ticketId, text })
  if (status === null) return
  await api.tickets.change({ ticketId, action: { do: 'setStatus', status } })
}
