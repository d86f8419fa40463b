import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import { AppError } from '#shared/ipc/errors'

/**
 * Takes the profile for this process: two that sync or send at once would each believe they were alone.
 * The lock is SQLite's own, so a killed process leaves none behind.
 * @param waitMs how long another may keep it: one that only brings the profile up to date soon gives it back
 * @throws AppError `refused` when another process has it
 */
export async function lockProfile(profile: string, waitMs = 1_000): Promise<() => Promise<void>> {
  const file = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened: sqlite3.Database = new sqlite3.Database(join(profile, 'lock.db'), (error) => {
      if (error === null) resolve(opened)
      else reject(error)
    })
  })
  const run = (sql: string): Promise<void> =>
    new Promise((resolve, reject) => {
      file.exec(sql, (error) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      file.close(() => {
        resolve()
      })
    })
  try {
    await run(`PRAGMA busy_timeout = ${String(waitMs)}`)
    await run('BEGIN EXCLUSIVE')
  } catch {
    await close()
    throw new AppError(
      'refused',
      'Another Copydesk is using this profile: close it first, or start with another --profile.',
      { because: 'profile-in-use' },
    )
  }
  return close
}
