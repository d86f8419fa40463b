import type { Reader, Writer } from './write'

/** Where the UIDs of a folder mean something. */
export interface FolderKey {
  readonly accountId: string
  readonly folder: string
  readonly uidValidity: string
}

/** A mail at which the connection ended while it was fetched. */
export interface Suspect {
  readonly uid: number
  /** How often it did. */
  readonly tries: number
  /** Epoch ms of the last time. */
  readonly triedAt: number
}

const key = (of: FolderKey): string[] => [of.accountId, of.folder, of.uidValidity]

export async function listSuspects(db: Reader, of: FolderKey): Promise<Suspect[]> {
  return db.all<Suspect>(
    `SELECT uid, tries, triedAt FROM suspect_mail
     WHERE accountId = ? AND folder = ? AND uidValidity = ? ORDER BY uid DESC`,
    key(of),
  )
}

/** Counts one more try; what was suspected under another UIDVALIDITY is forgotten. */
export async function addSuspect(
  tx: Writer,
  of: FolderKey,
  uid: number,
  now: number,
): Promise<void> {
  await tx.run(
    'DELETE FROM suspect_mail WHERE accountId = ? AND folder = ? AND uidValidity <> ?',
    key(of),
  )
  await tx.run(
    `INSERT INTO suspect_mail (accountId, folder, uidValidity, uid, tries, triedAt) VALUES (?, ?, ?, ?, 1, ?)
     ON CONFLICT DO UPDATE SET tries = tries + 1, triedAt = excluded.triedAt`,
    [...key(of), uid, now],
  )
}

/** It came, or it is gone. */
export async function removeSuspect(tx: Writer, of: FolderKey, uid: number): Promise<void> {
  await tx.run(
    'DELETE FROM suspect_mail WHERE accountId = ? AND folder = ? AND uidValidity = ? AND uid = ?',
    [...key(of), uid],
  )
}
