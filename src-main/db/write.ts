import { AsyncLocalStorage } from 'node:async_hooks'
import type { EntityManager } from 'typeorm'
import type { Change } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { log } from '../log'

type Entity = Change['entity']
type Origin = Change['origin']
export type Parameter = string | number | bigint | null | Uint8Array

/** May read. The connection behind it is query-only. */
export interface Reader {
  readonly manager: EntityManager
  all<T>(sql: string, parameters?: readonly Parameter[]): Promise<T[]>
  /** The first row, if any. */
  first<T>(sql: string, parameters?: readonly Parameter[]): Promise<T | undefined>
}

declare const writing: unique symbol

/** May write; exists only inside `db.write`. */
export interface Writer extends Reader {
  readonly [writing]: true
  run(sql: string, parameters?: readonly Parameter[]): Promise<void>
  /** To be announced after COMMIT. */
  changed(entity: Entity, ...ids: string[]): void
}

export interface WriteOptions {
  readonly origin?: Origin
  /** `synchronous=FULL` for this write: what is committed survives power loss. */
  readonly isDurable?: boolean
}

/** Whose turn it is to write: `take` before a transaction begins, `give` when it has ended, however it ended. */
export interface Turn {
  readonly take: () => Promise<void>
  readonly give: () => void
}

export interface WritePath {
  readonly announce: (changes: Change[]) => void
  /** Between processes that share a profile. */
  readonly turn?: Turn | undefined
  /** Follow every promise to refuse a write inside a write that goes on: it costs a tenth of a first sync. */
  readonly isWatched: boolean
  /** The last statement before COMMIT. */
  readonly seal?: ((tx: Writer) => Promise<void>) | undefined
}

export type WriteFunction = <T>(
  name: string,
  work: (tx: Writer) => Promise<T>,
  options?: WriteOptions,
) => Promise<T>

const slowMs = 200

/** A write as seen by what it begins; what goes on after it has ended may write. */
interface Watched {
  readonly name: string
  isOpen: boolean
}

export function readerOn(manager: EntityManager): Reader {
  const all = async <T>(sql: string, parameters: readonly Parameter[] = []): Promise<T[]> => {
    const rows: unknown = await manager.query(sql, [...parameters])
    return rows as T[]
  }
  return { manager, all, first: async (sql, parameters) => (await all<never>(sql, parameters))[0] }
}

/** What the person can mend (a full disk, a read-only profile, a damaged file) gets a sentence of its own. */
export function explainDatabaseError(error: unknown): unknown {
  const words = error instanceof Error ? error.message : ''
  if (words.includes('SQLITE_FULL')) {
    return new AppError(
      'refused',
      'The disk is full: nothing was changed. Free some space and try again.',
      { because: 'disk-full' },
    )
  }
  if (words.includes('SQLITE_READONLY') || words.includes('SQLITE_CANTOPEN')) {
    return new AppError(
      'refused',
      'The profile folder cannot be written: check its permissions and try again.',
      { because: 'profile-read-only' },
    )
  }
  if (words.includes('SQLITE_BUSY')) {
    return new AppError(
      'refused',
      'Another program is writing to this profile: nothing was changed. Try again in a moment.',
      { because: 'profile-busy' },
    )
  }
  if (words.includes('SQLITE_NOTADB') || words.includes('SQLITE_CORRUPT')) {
    return new AppError(
      'refused',
      'The database of this profile is damaged: put a backup of copydesk.db back, or start with another profile.',
      { because: 'database-damaged' },
    )
  }
  return error
}

/**
 * The one write path: one transaction at a time, all or nothing; what changed is announced once, after COMMIT.
 * TypeORM's own transactions would fail side by side on one sqlite3 connection and lose plain inserts made beside them.
 */
export function createWrite(
  manager: EntityManager,
  { announce, turn, isWatched, seal }: WritePath,
): { write: WriteFunction; idle: () => Promise<void> } {
  const inside = isWatched ? new AsyncLocalStorage<Watched>() : undefined
  const reader = readerOn(manager)
  let last: Promise<unknown> = Promise.resolve()

  const transact = async <T>(
    name: string,
    work: (tx: Writer) => Promise<T>,
    options: WriteOptions,
  ): Promise<T> => {
    await turn?.take()
    const startedAt = performance.now()
    const ids = new Map<Entity, Set<string>>()
    const run = async (sql: string, parameters: readonly Parameter[] = []): Promise<void> => {
      await manager.query(sql, [...parameters])
    }
    const changed = (entity: Entity, ...more: string[]): void => {
      const set = ids.get(entity) ?? new Set<string>()
      for (const id of more) set.add(id)
      ids.set(entity, set)
    }
    let result: T
    const watched: Watched = { name, isOpen: true }
    try {
      if (options.isDurable === true) await run('PRAGMA synchronous = FULL')
      try {
        await run('BEGIN IMMEDIATE')
        const tx = { ...reader, run, changed } as unknown as Writer
        result = await (inside === undefined ? work(tx) : inside.run(watched, () => work(tx)))
        await seal?.(tx)
        await run('COMMIT')
      } catch (error) {
        // SQLite may have rolled back by itself (full disk); then there is nothing left to undo.
        await run('ROLLBACK').catch(() => undefined)
        throw explainDatabaseError(error)
      }
    } finally {
      watched.isOpen = false
      if (options.isDurable === true) await run('PRAGMA synchronous = NORMAL')
      turn?.give()
    }
    const ms = performance.now() - startedAt
    if (ms > slowMs) log.warn('db', 'slow write', { write: name, ms: Math.round(ms) })
    const origin = options.origin ?? 'local'
    if (ids.size > 0) {
      announce([...ids].map(([entity, set]) => ({ entity, ids: [...set], origin })))
    }
    return result
  }

  const write: WriteFunction = (name, work, options = {}) => {
    const outer = inside?.getStore()
    if (outer?.isOpen === true) {
      return Promise.reject(
        new Error(`write "${name}" inside write "${outer.name}" would wait for itself`),
      )
    }
    const turn = last.then(() => transact(name, work, options))
    last = turn.catch(() => undefined)
    return turn
  }
  return {
    write,
    idle: async () => {
      await last
    },
  }
}
