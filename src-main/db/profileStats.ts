import type { Reader } from './write'

/** How much a profile holds. */
export interface ProfileStats {
  readonly tickets: number
  readonly mails: number
  readonly events: number
  /** Mails that could not be read and are kept raw. */
  readonly damaged: number
  /** Bytes of the database file. */
  readonly bytes: number
}

export async function profileStats(db: Reader): Promise<ProfileStats> {
  const count = async (sql: string): Promise<number> =>
    (await db.first<{ n: number }>(`SELECT ${sql} AS n`))?.n ?? 0
  return {
    tickets: await count('(SELECT count(*) FROM ticket)'),
    mails: await count('(SELECT count(*) FROM message)'),
    events: await count('(SELECT count(*) FROM journal_event)'),
    damaged: await count('(SELECT count(*) FROM message_raw)'),
    bytes: await count(
      '(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())',
    ),
  }
}

/** Every ticket is folded anew from its facts. */
export async function listAllTicketIds(db: Reader): Promise<string[]> {
  const rows = await db.all<{ id: string }>('SELECT id FROM ticket ORDER BY id')
  return rows.map((row) => row.id)
}
