import type { Reader, Writer } from './write'

/** How far a folder has been read: UIDs in `[floorUid, topUid]` are done, those below wait for the first sync. */
export interface Cursor {
  readonly accountId: string
  readonly folder: string
  readonly uidValidity: string
  readonly topUid: number
  readonly floorUid: number
  /** Epoch ms of the last complete pass. */
  readonly syncedAt: number | null
}

export async function findCursor(
  db: Reader,
  accountId: string,
  folder: string,
): Promise<Cursor | undefined> {
  return db.first<Cursor>('SELECT * FROM folder_cursor WHERE accountId = ? AND folder = ?', [
    accountId,
    folder,
  ])
}

/** How many mails of the folder are known to lie there, under the numbers it has now. */
export async function countStored(
  db: Reader,
  { accountId, folder, uidValidity }: Pick<Cursor, 'accountId' | 'folder' | 'uidValidity'>,
): Promise<number> {
  const row = await db.first<{ n: number }>(
    'SELECT count(*) AS n FROM message_location WHERE accountId = ? AND folder = ? AND uidValidity = ?',
    [accountId, folder, uidValidity],
  )
  return row?.n ?? 0
}

export async function saveCursor(tx: Writer, cursor: Cursor): Promise<void> {
  await tx.run(
    `INSERT INTO folder_cursor (accountId, folder, uidValidity, topUid, floorUid, syncedAt) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (accountId, folder) DO UPDATE SET uidValidity = excluded.uidValidity, topUid = excluded.topUid,
       floorUid = excluded.floorUid, syncedAt = excluded.syncedAt`,
    [
      cursor.accountId,
      cursor.folder,
      cursor.uidValidity,
      cursor.topUid,
      cursor.floorUid,
      cursor.syncedAt,
    ],
  )
}
