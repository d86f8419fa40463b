import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import { DataSource } from 'typeorm'
import type { Change } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { log } from '../log'
import { lockProfile } from './lock'
import { migrationNames, migrations } from './migrations/index'
import { entities } from './schema'
import { createStamp } from './stamp'
import {
  createWrite,
  explainDatabaseError,
  readerOn,
  type Reader,
  type Turn,
  type WriteFunction,
} from './write'

/** `elsewhere`: by another process on the same profile. */
type ChangeListener = (changes: Change[], by: 'here' | 'elsewhere') => void

export interface OpenOptions {
  readonly turn?: Turn
  /** Belongs to a desk whose main process is told of each change, and need not leave a trace of it in the file. */
  readonly isHelper?: boolean
}

/** The local database: a query-only reader, the one write path, and who wants to know what changed. */
export interface Database {
  readonly read: Reader
  readonly write: WriteFunction
  onChange(listener: ChangeListener): () => void
  /** Tells the listeners of a change that was made elsewhere. */
  announce(changes: Change[]): void
  /** Whether a process that is not part of this desk has written since this was last asked. */
  hasForeignWrites(): Promise<boolean>
  close(): Promise<void>
}

/** Another process that came first may have a large profile to bring up to date. */
const longestMigrationMs = 60_000

// TypeORM asks for the verbose driver, which formats every parameter of every statement in case it should fail.
const quietDriver = { ...sqlite3, verbose: () => sqlite3 }

function source(file: string, isReader: boolean): DataSource {
  return new DataSource({
    type: 'sqlite',
    driver: quietDriver,
    database: file,
    entities,
    migrations,
    migrationsTableName: 'migration',
    synchronize: false,
    ...(isReader ? { flags: sqlite3.OPEN_READWRITE } : {}),
  })
}

/** Whether it has the newest schema. @throws AppError `refused` when it has a newer one */
async function isCurrent(writer: DataSource): Promise<boolean> {
  const table: unknown[] = await writer.query(
    `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'`,
  )
  if (table.length === 0) return false
  const done: { name: string }[] = await writer.query('SELECT name FROM migration')
  const unknown = done.filter((row) => !migrationNames.includes(row.name))
  if (unknown.length > 0) {
    throw new AppError(
      'refused',
      'This profile was written by a newer Copydesk. Install that version, or start with another profile; the file was not touched.',
      { migrations: unknown.map((row) => row.name) },
    )
  }
  return done.length === migrationNames.length
}

/** One process at a time, and none beside a desk that runs on the old schema. */
async function migrate(writer: DataSource, profile: string): Promise<void> {
  const unlock = await lockProfile(profile, longestMigrationMs)
  try {
    await useWal(writer)
    await writer.runMigrations({ transaction: 'each' })
  } finally {
    await unlock()
  }
}

async function useWal(writer: DataSource): Promise<void> {
  // Counts for a new file only. A page of this size holds a mail with its text, and twice as much of an index.
  await writer.query('PRAGMA page_size = 8192')
  await writer.query('PRAGMA journal_mode = WAL')
}

/**
 * Opens (or creates) `copydesk.db` in the profile folder and brings it to the newest schema.
 * @throws AppError `refused` for a database from a newer version, a full disk or a folder that cannot be written
 */
export async function openDatabase(
  profile: string,
  { turn, isHelper = false }: OpenOptions = {},
): Promise<Database> {
  const file = join(profile, 'copydesk.db')
  try {
    if (!existsSync(profile)) mkdirSync(profile, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new AppError(
      'refused',
      'The profile folder cannot be created: choose another with --profile.',
      {
        reason: error instanceof Error ? error.message : '',
      },
    )
  }
  const writer = source(file, false)
  const listeners = new Set<ChangeListener>()
  try {
    await writer.initialize()
    // A slow disk holds the other process up for seconds: to wait for it is better than to refuse what an agent has done.
    await writer.query('PRAGMA busy_timeout = 15000')
    if (await isCurrent(writer)) await useWal(writer)
    else await migrate(writer, profile)
    await writer.query('PRAGMA synchronous = NORMAL')
    await writer.query('PRAGMA foreign_keys = OFF')
    await writer.query('PRAGMA cache_size = -65536')
    // Each statement of many rows keeps what it would take to undo it; that need not go through a file.
    await writer.query('PRAGMA temp_store = MEMORY')
    await writer.query('PRAGMA journal_size_limit = 67108864')
    // 128 MiB between checkpoints: a first sync touches the same index pages again and again. Where writing is shared,
    // the helper does them, so that no agent's write has to.
    const isSpared = turn !== undefined && !isHelper
    await writer.query(`PRAGMA wal_autocheckpoint = ${isSpared ? '32768' : '16384'}`)
    chmodSync(file, 0o600)
  } catch (error) {
    if (writer.isInitialized) await writer.destroy()
    throw explainDatabaseError(error)
  }
  const reader = source(file, true)
  await reader.initialize()
  await reader.query('PRAGMA query_only = ON')
  await reader.query('PRAGMA busy_timeout = 5000')
  const tell = (changes: Change[], by: 'here' | 'elsewhere'): void => {
    for (const listener of listeners) {
      try {
        listener(changes, by)
      } catch (error) {
        // What is committed is done: whoever wrote must not be told that it failed.
        log.error('db', 'listener failed', { error })
      }
    }
  }
  const stamp = createStamp()
  const { write, idle } = createWrite(writer.manager, {
    announce: (changes) => {
      tell(changes, 'here')
    },
    turn,
    // The helper runs the same writes as tests do in one process, where each is watched.
    isWatched: !isHelper && process.env['NODE_ENV'] !== 'production',
    seal: isHelper ? undefined : stamp.put,
  })
  const read = readerOn(reader.manager)
  return {
    read,
    write,
    announce: (changes) => {
      tell(changes, 'elsewhere')
    },
    hasForeignWrites: () => stamp.look(read),
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: async () => {
      await idle()
      await reader.destroy()
      await writer.destroy()
    },
  }
}
