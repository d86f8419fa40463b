import type { Reader, Writer } from './write'

/** Counts a profile's writes in the file itself, so that a process can tell those of others from its own. */
export function createStamp() {
  /** What the file says if nobody else has written. */
  let own: number | undefined
  let hasForeign = false

  const read = async (db: Reader): Promise<number> =>
    (await db.first<{ user_version: number }>('PRAGMA user_version'))?.user_version ?? 0

  return {
    /** The last statement of each write. */
    put: async (tx: Writer): Promise<void> => {
      const found = await read(tx)
      if (own !== undefined && own !== found) hasForeign = true
      own = found + 1
      await tx.run(`PRAGMA user_version = ${String(own)}`)
    },
    /** Whether another process has written since this was last asked. */
    look: async (db: Reader): Promise<boolean> => {
      const found = await read(db)
      // Less: a write of ours was under way when this was read, and has looked itself.
      if (found > (own ?? found)) hasForeign = true
      own = Math.max(found, own ?? found)
      const answer = hasForeign
      hasForeign = false
      return answer
    },
  }
}
