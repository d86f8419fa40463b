import { setTimeout as delay } from 'node:timers/promises'
import { openDatabase } from '#main/db/open'

/** @returns what resolves within milliseconds of the next mail that another process puts into this outbox */
export async function watchOutbox(profile: string): Promise<() => Promise<void>> {
  const db = await openDatabase(profile)
  const count = async (): Promise<number> => {
    const [row] = await db.read.all<{ n: number }>('SELECT COUNT(*) AS n FROM outbox_item')
    return row?.n ?? 0
  }
  const before = await count()
  return async () => {
    while ((await count()) === before) await delay(1)
    await db.close()
  }
}
