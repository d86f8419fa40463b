// Files that wait for their draft. They lie in the database, so a crash loses none.
import type { ComposerMode, StagedFile } from '#shared/ipc/contract'
import type { Reader, Writer } from './write'

interface Row {
  readonly id: string
  readonly mode: ComposerMode
  readonly name: string
  readonly type: string
  readonly size: number
  readonly isInline: number
  readonly bytes: Buffer | null
}

interface DraftRef {
  readonly draftId: string
  readonly mode: ComposerMode
}

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly isInline: boolean
  readonly bytes: Buffer
}

const pictureOf = ({ type, bytes }: Row): string | null =>
  bytes === null ? null : `data:${type};base64,${bytes.toString('base64')}`

function toStaged(row: Row): StagedFile {
  const { id, mode, name, type, size } = row
  const isInline = row.isInline === 1
  return { id, mode, name, type, size, isInline, picture: isInline ? pictureOf(row) : null }
}

/** Bytes are read for pictures in the text only: a listed file shows its name and size. */
const columns =
  'id, mode, name, type, length(bytes) AS size, isInline, CASE WHEN isInline = 1 THEN bytes END AS bytes'

export async function listStaged(db: Reader, draftId: string): Promise<StagedFile[]> {
  const rows = await db.all<Row>(
    `SELECT ${columns} FROM staged_file WHERE draftId = ? ORDER BY stagedAt, id`,
    [draftId],
  )
  return rows.map(toStaged)
}

export async function insertStaged(
  tx: Writer,
  { draftId, mode }: DraftRef,
  file: StoredFile,
  now: number,
): Promise<StagedFile> {
  const { id, name, type, isInline, bytes } = file
  await tx.run(
    'INSERT INTO staged_file (id, draftId, mode, name, type, isInline, bytes, stagedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    [id, draftId, mode, name, type, isInline ? 1 : 0, bytes, now],
  )
  return toStaged({ id, mode, name, type, size: bytes.length, isInline: isInline ? 1 : 0, bytes })
}

export async function findStaged(db: Reader, id: string): Promise<StoredFile | undefined> {
  const row = await db.first<Row>(
    'SELECT id, mode, name, type, length(bytes) AS size, isInline, bytes FROM staged_file WHERE id = ?',
    [id],
  )
  if (row?.bytes === undefined || row.bytes === null) return undefined
  return { ...row, isInline: row.isInline === 1, bytes: row.bytes }
}

/** Bytes already kept for this draft. */
export async function stagedSize(db: Reader, { draftId, mode }: DraftRef): Promise<number> {
  const row = await db.first<{ size: number | null }>(
    'SELECT sum(length(bytes)) AS size FROM staged_file WHERE draftId = ? AND mode = ?',
    [draftId, mode],
  )
  return row?.size ?? 0
}

/** Files of a draft go on with another of the same mode: a reply for later, or the draft it becomes again. */
export async function moveStaged(
  tx: Writer,
  ids: readonly string[],
  draftId: string,
): Promise<void> {
  await tx.run('UPDATE staged_file SET draftId = ? WHERE id IN (SELECT value FROM json_each(?))', [
    draftId,
    JSON.stringify(ids),
  ])
}

/** All files of one place go on with another. */
export async function moveStagedOf(tx: Writer, from: string, draftId: string): Promise<void> {
  await tx.run('UPDATE staged_file SET draftId = ? WHERE draftId = ?', [draftId, from])
}

/** Under it wait the files of a reply for later: they must not look like those of the ticket's next draft. */
export const laterPlace = (commentId: string): string => `later:${commentId}`

/** Files of replies for later that were taken back on another desktop: nothing here will ask for them. */
export async function deleteTakenBack(tx: Writer): Promise<void> {
  await tx.run(
    `DELETE FROM staged_file WHERE draftId IN (
       SELECT ?1 || (body ->> 'commentId') FROM journal_event
       WHERE kind = 'reply.unscheduled' AND body ->> 'because' = 'cancelled')
     AND substr(draftId, length(?1) + 1) NOT IN (SELECT commentId FROM scheduled_reply)`,
    [laterPlace('')],
  )
}

export async function deleteStaged(tx: Writer, id: string): Promise<void> {
  await tx.run('DELETE FROM staged_file WHERE id = ?', [id])
}

export async function deleteStagedOf(
  tx: Writer,
  draftId: string,
  mode: ComposerMode,
): Promise<void> {
  await tx.run('DELETE FROM staged_file WHERE draftId = ? AND mode = ?', [draftId, mode])
}
