import type { ComposerMode, Draft, DraftInput } from '#shared/ipc/contract'
import { deleteStagedOf } from './stagedFiles'
import type { Reader, Writer } from './write'

/** Under this id the draft of a ticket that does not exist yet is kept. */
export const newTicketDraft = 'new'

type Stored = Omit<Draft, 'audience' | 'head'> & { audience: string; head: string | null }

/** What has been begun on a ticket, the latest first. */
export async function listDrafts(db: Reader, ticketId: string): Promise<Draft[]> {
  const rows = await db.all<Stored>(
    'SELECT ticketId, mode, text, seenRevision, audience, html, head FROM draft WHERE ticketId = ? ORDER BY savedAt DESC, mode',
    [ticketId],
  )
  return rows.map((row) => ({
    ...row,
    audience: JSON.parse(row.audience) as string[],
    head: row.head === null ? null : (JSON.parse(row.head) as Draft['head']),
  }))
}

export async function findDraft(
  db: Reader,
  ticketId: string,
  mode: ComposerMode,
): Promise<Draft | undefined> {
  return (await listDrafts(db, ticketId)).find((each) => each.mode === mode)
}

function isBlank({ text, audience = [], html = null, head = null }: DraftInput): boolean {
  if (text.trim() !== '' || html !== null || audience.length > 0) return false
  return head === null || (head.requester === null && head.ccs.length === 0 && head.subject === '')
}

const deleteWords = (tx: Writer, ticketId: string, mode: ComposerMode): Promise<unknown> =>
  tx.run('DELETE FROM draft WHERE ticketId = ? AND mode = ?', [ticketId, mode])

/** Saves what is being written; a draft without words and people is none. */
export async function saveDraft(tx: Writer, draft: DraftInput, now: number): Promise<void> {
  const { audience = [], html = null, head = null } = draft
  if (isBlank(draft)) {
    await deleteWords(tx, draft.ticketId, draft.mode)
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

/** The draft has become a comment: its files went with it. What was begun for other eyes stays. */
export async function deleteDraft(tx: Writer, ticketId: string, mode: ComposerMode): Promise<void> {
  await deleteWords(tx, ticketId, mode)
  await deleteStagedOf(tx, ticketId, mode)
}
