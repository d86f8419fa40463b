// participants.md §2 as the file itself keeps it, whoever writes: our own writer, a second raw connection.
import { join } from 'node:path'
import fc from 'fast-check'
import sqlite3 from 'sqlite3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canonicalAddress, isValidAddress } from '#shared/rules/address'
import { aMail, failure, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

type Run = (sql: string, parameters?: readonly (string | number | null)[]) => Promise<void>

let desk: Desk
let raw: sqlite3.Database
let ticketId: string

const ours: Run = (sql, parameters = []) =>
  desk.core.db.write('test', (tx) => tx.run(sql, parameters))
const rawly: Run = (sql, parameters = []) =>
  new Promise((resolve, reject) => {
    raw.run(sql, [...parameters], (error: Error | null) => {
      if (error === null) resolve()
      else reject(error)
    })
  })

beforeAll(async () => {
  desk = await startDesk()
  await feed(desk, [
    {
      raw: aMail({ from: 'Carol <carol@customer.test>', to: 'help@desk.test', subject: 'One' }),
      at: Date.UTC(2026, 0, 1),
    },
  ])
  ticketId = (await theTicket(desk)).ticket.id
  raw = await new Promise((resolve, reject) => {
    const opened: sqlite3.Database = new sqlite3.Database(
      join(desk.profile, 'copydesk.db'),
      (error) => {
        if (error === null) resolve(opened)
        else reject(error)
      },
    )
  })
})
afterAll(async () => {
  await new Promise((resolve) => raw.close(resolve))
  await desk.stop()
})

const insert = `INSERT INTO participant (ticketId, role, address, name, isInternal, isMuted, mutedBy, level, position, origin)
  VALUES (?, ?, ?, '', 0, 0, NULL, NULL, 0, '{}')`
const add = (run: Run, role: string, address: string, ticket = ticketId) =>
  run(insert, [ticket, role, address])

const isRefused = async (work: Promise<void>, words: string) =>
  expect((await failure(work)).message).toContain(words)

beforeEach(() =>
  ours(`DELETE FROM participant WHERE role <> 'requester' OR ticketId <> ?`, [ticketId]),
)

const invalid = [
  '',
  'nobody',
  'a@',
  '@b.test',
  'a@b@c.test',
  'a b@c.test',
  'Carol@customer.test',
  'a..b@c.test',
  '.a@c.test',
  'a@-c.test',
  'a@c..test',
  'a@c.test\n',
  'a\u0000@c.test',
  '"a b"@c.test',
  'a\u200b@c.test',
  `${'x'.repeat(65)}@c.test`,
  `a@${'x'.repeat(64)}.test`,
  `a@${'x.'.repeat(130)}test`,
  'a@[127.0.0.1]',
]

describe.each([
  ['our own writer', ours],
  ['a second connection by another program', rawly],
] as const)('the participant table, written by %s', (_, run) => {
  it.each(invalid)('refuses the invalid address %j', async (address) => {
    await isRefused(add(run, 'cc', address), 'CHECK')
    await add(run, 'cc', 'good@customer.test')
    await isRefused(
      run(`UPDATE participant SET address = ? WHERE address = 'good@customer.test'`, [address]),
      'CHECK',
    )
  })

  it('refuses an address that is NULL or no text', async () => {
    await isRefused(run(insert, [ticketId, 'cc', null]), 'NOT NULL')
    await isRefused(
      run(`INSERT INTO participant SELECT ?, 'cc', x'61406274', '', 0, 0, NULL, NULL, 0, '{}'`, [
        ticketId,
      ]),
      'CHECK',
    )
  })

  it('refuses a CC twice', async () => {
    await add(run, 'cc', 'dave@customer.test')
    await isRefused(add(run, 'cc', 'dave@customer.test'), 'UNIQUE')
    await add(run, 'cc', 'erin@customer.test')
    await isRefused(
      run(
        `UPDATE participant SET address = 'dave@customer.test' WHERE address = 'erin@customer.test'`,
      ),
      'UNIQUE',
    )
  })

  it('refuses the 21st CC, also one that comes by UPDATE', async () => {
    for (let n = 1; n <= 20; n += 1) await add(run, 'cc', `cc${String(n)}@customer.test`)
    await isRefused(add(run, 'cc', 'cc21@customer.test'), 'the CC list is full')
    await add(run, 'follower', 'ben@desk.test')
    await isRefused(
      run(`UPDATE participant SET role = 'cc' WHERE role = 'follower'`),
      'the CC list is full',
    )
    await add(run, 'cc', 'cc21@customer.test', 'another-ticket')
    await isRefused(
      run(`UPDATE participant SET ticketId = ? WHERE ticketId = 'another-ticket'`, [ticketId]),
      'the CC list is full',
    )
  })

  it('lets a CC of a full list be changed and removed', async () => {
    for (let n = 1; n <= 20; n += 1) await add(run, 'cc', `cc${String(n)}@customer.test`)
    await run(`UPDATE participant SET isMuted = 1 WHERE address = 'cc7@customer.test'`)
    await run(`DELETE FROM participant WHERE address = 'cc7@customer.test'`)
    await add(run, 'cc', 'cc21@customer.test')
  })

  it('refuses the requester as CC and a CC as requester', async () => {
    await isRefused(add(run, 'cc', 'carol@customer.test'), 'the requester is never a CC')
    await add(run, 'cc', 'dave@customer.test')
    await isRefused(
      run(
        `UPDATE participant SET address = 'carol@customer.test' WHERE address = 'dave@customer.test'`,
      ),
      'the requester is never a CC',
    )
    await add(run, 'cc', 'dave@customer.test', 'other')
    await isRefused(
      add(run, 'requester', 'dave@customer.test', 'other'),
      'the requester is never a CC',
    )
    await isRefused(
      run(`UPDATE participant SET address = 'dave@customer.test' WHERE role = 'requester'`),
      'the requester is never a CC',
    )
  })

  it('refuses a second requester', async () => {
    await isRefused(add(run, 'requester', 'dave@customer.test'), 'UNIQUE')
    await add(run, 'cc', 'dave@customer.test')
    await isRefused(
      run(`UPDATE participant SET role = 'requester' WHERE role = 'cc'`),
      'SQLITE_CONSTRAINT',
    )
  })

  it.each(['help@desk.test', 'help+t0123@desk.test', 'help+@desk.test', 'help+a+b@desk.test'])(
    'refuses the support address %s in every role',
    async (address) => {
      for (const role of ['cc', 'follower', 'requester']) {
        await isRefused(add(run, role, address, 'fresh'), 'a support address is never')
      }
      await add(run, 'cc', 'dave@customer.test')
      await isRefused(
        run(`UPDATE participant SET address = ? WHERE address = 'dave@customer.test'`, [address]),
        'a support address is never',
      )
    },
  )

  it('takes a +tag of somebody else, and an unknown role not at all', async () => {
    await add(run, 'cc', 'dave+x@customer.test')
    await isRefused(add(run, 'boss', 'dave@customer.test'), 'CHECK')
  })
})

describe('the CHECK on addresses', () => {
  const accepts = async (address: string) =>
    rawly(insert, ['check', 'follower', address]).then(
      () => rawly(`DELETE FROM participant WHERE ticketId = 'check'`).then(() => true),
      () => false,
    )
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('a', 'A', 'ß', 'é', 'ς', 'K', ';', '名前', '.', '+', '-', '', ' ', '@', '"'),
    fc.stringMatching(/^[a-z0-9._+-]{0,12}$/),
  )
  const addressLike = fc
    .tuple(fc.array(piece, { maxLength: 3 }), fc.array(piece, { maxLength: 3 }))
    .map(([local, domain]) => `${local.join('')}@${domain.join('')}`)
  const candidate = fc.oneof(
    addressLike,
    fc.emailAddress(),
    fc.emailAddress().map((text) => text.toUpperCase()),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => `${text}@x.test`),
  )

  it('accepts whatever the rules accept', async () => {
    await fc.assert(
      fc.asyncProperty(candidate, async (text) => {
        const canonical = canonicalAddress(text)
        fc.pre(isValidAddress(canonical))
        return accepts(canonical)
      }),
      { numRuns: 300 },
    )
  })

  it('accepts nothing that the rules refuse, and no second spelling in ASCII', async () => {
    await fc.assert(
      fc.asyncProperty(candidate, async (text) => {
        if (!(await accepts(text))) return
        expect(isValidAddress(text)).toBe(true)
        // SQLite knows no case beyond ASCII: that spelling is the rules' to fold.
        if (/^[\0-\x7f]*$/.test(text)) expect(canonicalAddress(text)).toBe(text)
      }),
      { numRuns: 400 },
    )
  })
})
