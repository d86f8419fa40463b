import type { Draft, DraftInput } from '#shared/ipc/contract'
import { deleteStagedOf } from './stagedFiles'
import type { Reader, Writer } from './write'

/** Under this id the draft of a ticket that does not exist yet is kept. */
export const newTicketDraft = 'new'

export async function findDraft(db: Reader, ticketId: string): Promise<Draft | undefined> {
  const row = await db.first<Omit<Draft, 'audience'> & { audience: string }>(
    'SELECT ticketId, mode, text, seenRevision, audience, html FROM draft WHERE ticketId = ?',
    [ticketId],
  )
  return row && { ...row, audience: JSON.parse(row.audience) as string[] }
}

/** Saves what is being written; a draft without words and people is none. */
export async function saveDraft(tx: Writer, draft: DraftInput, now: number): Promise<void> {
  const { audience = [], html = null } = draft
  if (draft.text.trim() === '' && audience.length === 0) {
    await tx.run('DELETE FROM draft WHERE ticketId = ?', [draft.ticketId])
    return
  }
  await tx.run(
    'INSERT OR REPLACE INTO draft (ticketId, mode, text, seenRevision, audience, html, savedAt) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [
      draft.ticketId,
      draft.mode,
      draft.text,
      draft.seenRevision,
      JSON.stringify(audience),
      html,
      now,
    ],
  )
}

/** The draft has become a comment: its files went with it. */
export async function deleteDraft(tx: Writer, ticketId: string): Promise<void> {
  await tx.run('DELETE FROM draft WHERE ticketId = ?', [ticketId])
  await deleteStagedOf(tx, ticketId)
}
