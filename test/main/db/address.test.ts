import { addressCheckSql, canonicalAddress, isValidAddress } from '#shared/rules/address'
import fc from 'fast-check'
import sqlite from 'sqlite3'
import { afterAll, describe, expect, it } from 'vitest'

const runs = Number(process.env.FC_RUNS ?? 10_000)
const db = new sqlite.Database(':memory:')

const all = <T>(sql: string, values: unknown[]) =>
  new Promise<T[]>((done, fail) => {
    db.all<T>(sql, values, (error, rows) => (error === null ? done(rows) : fail(error)))
  })

afterAll(async () => {
  await new Promise<void>((done) => db.close(() => done()))
})

/** What SQLite says of each text, bound as the app binds it. */
async function accepted(texts: readonly string[]): Promise<boolean[]> {
  const answers: boolean[] = []
  for (let start = 0; start < texts.length; start += 5_000) {
    const part = texts.slice(start, start + 5_000)
    const rows = `WITH input(a) AS (VALUES ${part.map(() => '(?)').join(',')})`
    const found = await all<{ ok: number }>(
      `${rows} SELECT ${addressCheckSql('a')} AS ok FROM input`,
      part,
    )
    answers.push(...found.map((row) => row.ok === 1))
  }
  return answers
}

/** Where the two disagree: canonical texts must be judged alike, others never more kindly by SQL. */
async function disagreements(texts: readonly string[]): Promise<string[]> {
  const answers = await accepted(texts)
  return texts.filter((text, index) => {
    const isCanonical = canonicalAddress(text) === text
    return isCanonical
      ? answers[index] !== isValidAddress(text)
      : answers[index] && !isValidAddress(text)
  })
}

const points = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => String.fromCodePoint(from + i))

const piece = fc.constantFrom(
  ...[
    'a',
    'b.c',
    '@',
    '@x.org',
    '.',
    '..',
    '-',
    'x-y',
    'xn--bcher-kva',
    '.org',
    '+tag',
    'é',
    'e\u0301',
  ],
  ...[
    '日本',
    'A',
    'Ä',
    '"',
    '<',
    '>',
    ',',
    ';',
    ':',
    '\\',
    '[',
    ']',
    '(',
    ')',
    ' ',
    '\0',
    '\n',
    '\u00a0',
  ],
  ...[
    '\u200b',
    '\u202e',
    '\ufeff',
    '\ufffd',
    '\ud800',
    '😀',
    "'",
    '%',
    '_',
    '*',
    '?',
    '^',
    '!',
    '\u037e',
  ],
  ...['a'.repeat(63), 'é'.repeat(31), 'b'.repeat(60)],
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((list) => list.join('')),
  fc.string({ unit: 'binary' }),
  fc.emailAddress(),
  fc
    .tuple(fc.nat(80), fc.array(fc.nat(70), { minLength: 1, maxLength: 6 }))
    .map(([local, labels]) => `${'a'.repeat(local)}@${labels.map((n) => 'b'.repeat(n)).join('.')}`),
)
const sample = fc.array(text, { minLength: 500, maxLength: 500 })

describe('addressCheckSql', () => {
  it('judges every character in a local part like isValidAddress', async () => {
    const chars = [...points(0, 0xd800), ...points(0xe000, 0x1_1000), ...points(0xe_0000, 0xe_1010)]
    expect(await disagreements(chars.map((char) => `a${char}b@x.org`))).toEqual([])
  }, 120_000)

  it('judges every character in a domain like isValidAddress', async () => {
    const chars = [...points(0, 0x3000), ...points(0xfe00, 0x1_0000)]
    expect(await disagreements(chars.map((char) => `a@x${char}y.org`))).toEqual([])
    expect(await disagreements(chars.map((char) => `a@x.${char}.org`))).toEqual([])
  }, 120_000)

  it('judges any text like isValidAddress', async () => {
    await fc.assert(
      fc.asyncProperty(sample, async (texts) => {
        expect(await disagreements(texts)).toEqual([])
      }),
      { numRuns: Math.ceil(runs / 500) },
    )
  }, 120_000)

  it('accepts the canonical form of everything valid', async () => {
    const valid = fc.oneof(text, fc.emailAddress()).filter(isValidAddress).map(canonicalAddress)
    await fc.assert(
      fc.asyncProperty(fc.array(valid, { minLength: 200, maxLength: 200 }), async (texts) => {
        expect((await accepted(texts)).every(Boolean)).toBe(true)
      }),
      { numRuns: Math.ceil(runs / 1_000) },
    )
  }, 120_000)

  it('judges the limits like isValidAddress', async () => {
    const lengths = Array.from({ length: 270 }, (_, n) => n)
    const hyphens = [
      'a@-x.org',
      'a@x-.org',
      'a@x.-y',
      'a@x.y-',
      'a@-',
      'a@x--y',
      'a-@x',
      '-a.-@x.y',
    ]
    const dots = ['a..b@x', '.a@x', 'a.@x', '.@x', '@x', 'a@', 'a@.x', 'a@x.', 'a@x..y', 'a@.', '@']
    expect(await disagreements([...hyphens, ...dots])).toEqual([])
    const texts = lengths.flatMap((n) => [
      `${'a'.repeat(n)}@x.org`,
      `${'é'.repeat(n)}@x.org`,
      `a@${'b'.repeat(n)}.org`,
      `a@${'b.'.repeat(n)}cc`,
      `${'a'.repeat(60)}@${'b.'.repeat(n)}c`,
    ])
    expect(await disagreements(texts)).toEqual([])
  })

  it('guards a column and a trigger, and refuses NULL, numbers and blobs', async () => {
    await all(`CREATE TABLE t (a TEXT, CHECK (${addressCheckSql('a')}))`, [])
    await all('CREATE TABLE u (a)', [])
    await all(
      `CREATE TRIGGER g BEFORE INSERT ON u WHEN NOT (${addressCheckSql('NEW.a')})
       BEGIN SELECT RAISE(ABORT, 'bad address'); END`,
      [],
    )
    for (const table of ['t', 'u']) {
      await all(`INSERT INTO ${table} VALUES (?)`, ['ann@x.org'])
      for (const bad of ['ann@', 'Ann@x.org', 7, null, Buffer.from('ann@x.org')]) {
        await expect(all(`INSERT INTO ${table} VALUES (?)`, [bad])).rejects.toThrow(
          /CHECK|bad address/,
        )
      }
    }
  })
})
