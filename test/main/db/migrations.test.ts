import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrationNames, migrations } from '#main/db/migrations/index'
import { openDatabase } from '#main/db/open'
import { entities } from '#main/db/schema'
import type { AppError } from '#shared/ipc/errors'
import { addressCheckSql } from '#shared/rules/address'
import { failure } from '#support/feedMails'

let profile: string
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'cd-migrations-'))
})
afterEach(() => {
  rmSync(profile, { recursive: true, force: true })
})

describe('migrations', () => {
  it('are numbered without a gap, in order', () => {
    const numbers = migrationNames.map((name) => Number(/(\d{13})$/.exec(name)?.[1]))
    expect(numbers).toEqual(migrations.map((_, index) => index + 1))
  })

  it('bring an empty file to exactly the columns of the schema', async () => {
    const db = await openDatabase(profile)
    for (const entity of entities) {
      const { tableName = '', columns } = entity.options
      const found = await db.read.all<{ name: string; type: string; notnull: number; pk: number }>(
        `PRAGMA table_info("${tableName}")`,
      )
      const inFile = found
        .map(({ name, type, notnull, pk }) => ({
          name,
          type: type.toLowerCase(),
          isNullable: notnull === 0 && pk === 0,
          isKey: pk > 0,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      const inSchema = Object.entries(columns)
        .map(([name, column]) => ({
          name,
          type: String(column?.type),
          isNullable: column?.nullable === true,
          isKey: column?.primary === true,
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      expect({ tableName, columns: inFile }).toEqual({ tableName, columns: inSchema })
    }
    const tables = await db.read.all<{ name: string }>(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
         AND name NOT LIKE 'message_search%' AND name <> 'migration' ORDER BY name`,
    )
    const names = entities.map((entity) => entity.options.tableName ?? '')
    expect(tables.map((table) => table.name)).toEqual(names.sort())
    await db.close()
  })

  it('guard addresses as the rules do; when the rules change, a new migration must follow them', async () => {
    const db = await openDatabase(profile)
    const table = await db.read.first<{ sql: string }>(
      `SELECT sql FROM sqlite_master WHERE name = 'participant'`,
    )
    expect(table?.sql).toContain(`CHECK (${addressCheckSql('address')})`)
    await db.close()
  })

  it('change nothing the second time', async () => {
    const first = await openDatabase(profile)
    await first.write('note', (tx) => tx.run(`INSERT INTO setting VALUES ('k', '1')`))
    await first.close()
    const second = await openDatabase(profile)
    expect(await second.read.all('SELECT key FROM setting')).toEqual([{ key: 'k' }])
    expect(await second.read.all('SELECT name FROM migration')).toEqual(
      migrationNames.map((name) => ({ name })),
    )
    await second.close()
  })
})

describe('a database from a newer version', () => {
  it('is refused with a sentence and stays as it is, byte for byte', async () => {
    const db = await openDatabase(profile)
    await db.write('newer', (tx) =>
      tx.run(`INSERT INTO migration (timestamp, name) VALUES (99, 'Later0000000000099')`),
    )
    await db.close()
    const file = join(profile, 'copydesk.db')
    const digest = () => createHash('sha256').update(readFileSync(file)).digest('hex')
    const before = digest()
    const error = await failure<AppError>(openDatabase(profile))
    expect(error).toMatchObject({
      code: 'refused',
      detail: { migrations: ['Later0000000000099'] },
    })
    expect(error.message).toContain('newer Copydesk')
    expect(digest()).toBe(before)
  })
})

describe('a file that is no database', () => {
  it('is refused with a sentence and stays as it is', async () => {
    const { writeFileSync } = await import('node:fs')
    const file = join(profile, 'copydesk.db')
    writeFileSync(file, 'this is not a database, it is a letter to somebody. '.repeat(100))
    const before = readFileSync(file, 'utf8')
    const error = await failure<AppError>(openDatabase(profile))
    expect(error).toMatchObject({ code: 'refused' })
    expect(error.message).toContain('damaged')
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
