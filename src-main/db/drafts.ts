import type { Draft, DraftInput } from '#shared/ipc/contract'
import { deleteStagedOf } from './stagedFiles'
import type { Reader, Writer } from './write'

/** Under this id the draft of a ticket that does not exist yet is kept. */
export const newTicketDraft = 'new'

type Stored = Omit<Draft, 'audience' | 'head'> & { audience: string; head: string | null }

export async function findDraft(db: Reader, ticketId: string): Promise<Draft | undefined> {
  const row = await db.first<Stored>(
    'SELECT ticketId, mode, text, seenRevision, audience, html, head FROM draft WHERE ticketId = ?',
    [ticketId],
  )
  return (
    row && {
      ...row,
      audience: JSON.parse(row.audience) as string[],
      head: row.head === null ? null : (JSON.parse(row.head) as Draft['head']),
    }
  )
}

function isBlank({ text, audience = [], html = null, head = null }: DraftInput): boolean {
  if (text.trim() !== '' || html !== null || audience.length > 0) return false
  return head === null || (head.requester === null && head.ccs.length === 0 && head.subject === '')
}

/** Saves what is being written; a draft without words and people is none. */
export async function saveDraft(tx: Writer, draft: DraftInput, now: number): Promise<void> {
  const { audience = [], html = null, head = null } = draft
  if (isBlank(draft)) {
    await tx.run('DELETE FROM draft WHERE ticketId = ?', [draft.ticketId])
    return
  }
  await tx.run(
    'INSERT OR REPLACE INTO draft (ticketId, mode, text, seenRevision, audience, html, head, savedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [
      draft.ticketId,
      draft.mode,
      draft.text,
      draft.seenRevision,
      JSON.stringify(audience),
      html,
      head === null ? null : JSON.stringify(head),
      now,
    ],
  )
}

/** The draft has become a comment: its files went with it. */
export async function deleteDraft(tx: Writer, ticketId: string): Promise<void> {
  await tx.run('DELETE FROM draft WHERE ticketId = ?', [ticketId])
  await deleteStagedOf(tx, ticketId)
}
