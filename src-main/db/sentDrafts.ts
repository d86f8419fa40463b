// What was sent stays as it was written, words, people and files, until no server can be kept from having it.
import type { ComposerMode, Draft } from '#shared/ipc/contract'
import { deleteDraft, listDrafts, saveDraft } from './drafts'
import { moveStaged, moveStagedOf } from './stagedFiles'
import type { Writer } from './write'

/** A ticket's next draft must not meet it. */
const placeOf = (commentId: string): string => `sent:${commentId}`

interface SentDraft {
  readonly commentId: string
  readonly mode: ComposerMode
  readonly text: string
  readonly html: string | null
  readonly audience: readonly string[]
  readonly fileIds: readonly string[]
}

export async function keepSent(tx: Writer, sent: SentDraft, now: number): Promise<void> {
  const { commentId, mode, text, html, audience, fileIds } = sent
  const ticketId = placeOf(commentId)
  await saveDraft(
    tx,
    { ticketId, mode, text, html, audience: [...audience], seenRevision: null },
    now,
  )
  await moveStaged(tx, fileIds, ticketId)
}

/** Its words; its files go to the draft of `ticketId`. Undefined when it is not kept. */
export async function takeSent(
  tx: Writer,
  commentId: string,
  ticketId: string,
): Promise<Draft | undefined> {
  const place = placeOf(commentId)
  const [draft] = await listDrafts(tx, place)
  if (draft === undefined) return undefined
  await moveStagedOf(tx, place, ticketId)
  await deleteDraft(tx, place, draft.mode)
  return { ...draft, ticketId }
}

/** It cannot come back any more. */
export async function forgetSent(tx: Writer, commentId: string, mode: ComposerMode): Promise<void> {
  await deleteDraft(tx, placeOf(commentId), mode)
}
