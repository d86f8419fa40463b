import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sqlite3 from 'sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '#main/db/open'
import type { Change } from '#shared/ipc/contract'
import type { AppError } from '#shared/ipc/errors'
import { failure } from '#support/feedMails'

let profile: string
let db: Database
let announced: Change[][]

beforeEach(async () => {
  profile = mkdtempSync(join(tmpdir(), 'cd-write-'))
  db = await openDatabase(profile)
  announced = []
  db.onChange((changes) => announced.push(changes))
})
afterEach(async () => {
  await db.close()
  rmSync(profile, { recursive: true, force: true })
})

const put = 'INSERT INTO setting (key, value) VALUES (?, ?)'
const settings = async (on: Database = db): Promise<string[]> =>
  (await on.read.all<{ key: string }>('SELECT key FROM setting ORDER BY key')).map((r) => r.key)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const integrity = async (on: Database = db) =>
  (await on.read.all<{ integrity_check: string }>('PRAGMA integrity_check'))[0]?.integrity_check

describe('a write', () => {
  it('runs alone: two at once follow each other', async () => {
    const steps: string[] = []
    const one = async (name: string) =>
      db.write(name, async (tx) => {
        steps.push(`${name} begins`)
        await tx.run(put, [name, '1'])
        await pause(20)
        steps.push(`${name} ends`)
      })
    await Promise.all([one('a'), one('b'), one('c')])
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(await settings()).toEqual(['a', 'b', 'c'])
  })

  it('is rolled back by an error and announces nothing, and the next one works', async () => {
    const error = await failure(
      db.write('bad', async (tx) => {
        await tx.run(put, ['lost', '1'])
        tx.changed('ticket', 't1')
        throw new Error('on purpose')
      }),
    )
    expect(error.message).toBe('on purpose')
    await db.write('good', (tx) => tx.run(put, ['kept', '1']))
    expect(await settings()).toEqual(['kept'])
    expect(announced).toEqual([])
  })

  it('fails whole when one of its statements fails', async () => {
    await failure(
      db.write('twice', async (tx) => {
        await tx.run(put, ['x', '1'])
        await tx.run(put, ['x', '2'])
      }),
    )
    expect(await settings()).toEqual([])
  })

  it('announces what changed once, after commit and without doubles', async () => {
    await db.write(
      'change',
      async (tx) => {
        tx.changed('ticket', 't1', 't2')
        tx.changed('ticket', 't1')
        tx.changed('outbox', 'o1')
        await tx.run(put, ['k', '1'])
        expect(announced).toEqual([])
      },
      { origin: 'mail' },
    )
    expect(announced).toEqual([
      [
        { entity: 'ticket', ids: ['t1', 't2'], origin: 'mail' },
        { entity: 'outbox', ids: ['o1'], origin: 'mail' },
      ],
    ])
  })

  it('stays committed when somebody who listens fails', async () => {
    db.onChange(() => {
      throw new Error('a listener failed')
    })
    await db.write('listened', async (tx) => {
      tx.changed('ticket', 't1')
      await tx.run(put, ['k', '1'])
    })
    expect(await settings()).toEqual(['k'])
    expect(announced).toHaveLength(1)
  })

  it('is refused inside another write, which would wait for itself', async () => {
    const error = await failure(
      db.write('outer', () => db.write('inner', (tx) => tx.run(put, ['x', '1']))),
    )
    expect(error.message).toContain('"inner" inside write "outer"')
    expect(await settings()).toEqual([])
  })

  it('is carried out when a write that has ended has begun what asks for it', async () => {
    let ended = (): void => undefined
    const end = new Promise<void>((resolve) => {
      ended = resolve
    })
    let later: Promise<void> | undefined
    await db.write('outer', (tx) => {
      later = end.then(() => db.write('later', (own) => own.run(put, ['later', '1'])))
      return tx.run(put, ['outer', '1'])
    })
    ended()
    await later
    expect(await settings()).toEqual(['later', 'outer'])
  })

  it('does not show to the reader before it is committed', async () => {
    await db.write('slow', async (tx) => {
      await tx.run(put, ['k', '1'])
      expect(await settings()).toEqual([])
      expect(await tx.all('SELECT key FROM setting')).toEqual([{ key: 'k' }])
    })
    expect(await settings()).toEqual(['k'])
  })

  it('survives power loss when it asks for it: synchronous is full inside and normal after', async () => {
    const level = async (on: { first: Database['read']['first'] }) =>
      (await on.first<{ synchronous: number }>('PRAGMA synchronous'))?.synchronous
    expect(await db.write('durable', (tx) => level(tx), { isDurable: true })).toBe(2)
    expect(await db.write('usual', (tx) => level(tx))).toBe(1)
    await failure(
      db.write('fails', () => Promise.reject(new Error('on purpose')), { isDurable: true }),
    )
    expect(await db.write('after', (tx) => level(tx))).toBe(1)
  })
})

describe('the reader', () => {
  it('cannot write', async () => {
    const error = await failure(db.read.all(`INSERT INTO setting (key, value) VALUES ('x', '1')`))
    expect(error.message).toContain('readonly')
    await failure(db.read.manager.query('DELETE FROM setting'))
    expect(await settings()).toEqual([])
  })
})

describe('a full disk', () => {
  const sentence = 'The disk is full: nothing was changed. Free some space and try again.'

  it('gives one sentence, changes nothing and leaves the file whole', async () => {
    await db.write('before', (tx) => tx.run(put, ['before', '1']))
    const pages = await db.write('limit', async (tx) => {
      const now = await tx.first<{ page_count: number }>('PRAGMA page_count')
      await tx.all(`PRAGMA max_page_count = ${String((now?.page_count ?? 0) + 3)}`)
      return now?.page_count
    })
    expect(pages).toBeGreaterThan(10)
    const error = await failure<AppError>(
      db.write('large', async (tx) => {
        tx.changed('ticket', 't1')
        for (let n = 0; n < 50; n += 1) await tx.run(put, [`k${String(n)}`, 'x'.repeat(20_000)])
      }),
    )
    expect(error).toMatchObject({ code: 'refused', message: sentence })
    expect(announced).toEqual([])
    expect(await settings()).toEqual(['before'])
    expect(await integrity()).toBe('ok')
    await db.write('room', (tx) => tx.run('PRAGMA max_page_count = 1000000'))
    await db.write('after', (tx) => tx.run(put, ['after', '1']))
    expect(await settings()).toEqual(['after', 'before'])
  })

  it.runIf(process.getuid?.() === 0)('of a real file system does the same', async (context) => {
    const mount = mkdtempSync(join(tmpdir(), 'cd-full-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      rmSync(mount, { recursive: true })
      context.skip('this machine allows no mounts')
    }
    try {
      const small = await openDatabase(join(mount, 'profile'))
      await small.write('before', (tx) => tx.run(put, ['before', '1']))
      const error = await failure<AppError>(
        small.write('large', async (tx) => {
          for (let n = 0; n < 400; n += 1) await tx.run(put, [`k${String(n)}`, 'x'.repeat(20_000)])
        }),
      )
      expect(error).toMatchObject({ code: 'refused', message: sentence })
      expect(await settings(small)).toEqual(['before'])
      expect(await integrity(small)).toBe('ok')
      await small.write('after', (tx) => tx.run(put, ['after', '1']))
      await small.close()
      const again = await openDatabase(join(mount, 'profile'))
      expect(await settings(again)).toEqual(['after', 'before'])
      await again.close()
    } finally {
      execFileSync('umount', ['-l', mount])
      rmSync(mount, { recursive: true, force: true })
    }
  })

  it('while the profile is founded says so and leaves nothing half made', async (context) => {
    if (process.getuid?.() !== 0) return
    const mount = mkdtempSync(join(tmpdir(), 'cd-full-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount], { stdio: 'ignore' })
    } catch {
      rmSync(mount, { recursive: true })
      context.skip('this machine allows no mounts')
    }
    try {
      const error = await failure<AppError>(openDatabase(join(mount, 'profile')))
      expect(error).toMatchObject({ code: 'refused' })
      expect(error.message).toContain('disk is full')
    } finally {
      execFileSync('umount', ['-l', mount])
      rmSync(mount, { recursive: true, force: true })
    }
  })
})

describe('another program that holds the file', () => {
  it('makes a write fail with a sentence instead of waiting for ever', async () => {
    const other = new sqlite3.Database(join(profile, 'copydesk.db'))
    const exec = (sql: string) =>
      new Promise<void>((resolve, reject) => {
        other.exec(sql, (error) => {
          if (error === null) resolve()
          else reject(error)
        })
      })
    await exec('BEGIN IMMEDIATE')
    const error = await failure<AppError>(db.write('blocked', (tx) => tx.run(put, ['x', '1'])))
    expect(error).toMatchObject({ code: 'refused' })
    expect(error.message).toContain('Another program')
    await exec('ROLLBACK')
    await new Promise((resolve) => other.close(resolve))
    await db.write('free', (tx) => tx.run(put, ['x', '1']))
    expect(await settings()).toEqual(['x'])
  })
})
