import type { Draft } from '#shared/ipc/contract'
import type { Reader, Writer } from './write'

export async function findDraft(db: Reader, ticketId: string): Promise<Draft | undefined> {
  return db.first<Draft>(
    'SELECT ticketId, mode, text, seenRevision FROM draft WHERE ticketId = ?',
    [ticketId],
  )
}

/** Saves what is being written; an empty draft is none. */
export async function saveDraft(tx: Writer, draft: Draft, now: number): Promise<void> {
  if (draft.text.trim() === '') return deleteDraft(tx, draft.ticketId)
  await tx.run(
    'INSERT OR REPLACE INTO draft (ticketId, mode, text, seenRevision, savedAt) VALUES (?, ?, ?, ?, ?)',
    [draft.ticketId, draft.mode, draft.text, draft.seenRevision, now],
  )
}

export async function deleteDraft(tx: Writer, ticketId: string): Promise<void> {
  await tx.run('DELETE FROM draft WHERE ticketId = ?', [ticketId])
}
