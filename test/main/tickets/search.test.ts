// Searching a real index: every operator, words and their negation, and any text at all.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { updateSearchIndex } from '#main/db/search'
import { queueNote } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { listView } from '#main/tickets/views'
import { aMail, feed, rows, viewer } from '#support/feedMails'
import { manyTickets } from '#support/manyTickets'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
const found = async (query: string, as?: string) =>
  (await rows(desk, as, query)).map(({ subject }) => subject).sort()

const mail = (from: string, subject: string, text: string, cc: string[] = []) => ({
  raw: aMail({
    from,
    to: 'help@desk.test',
    cc,
    subject,
    messageId: `<${subject}@x.test>`,
    text,
  }),
  at: Date.now() - 60_000,
})

beforeAll(async () => {
  desk = await startDesk({ policy: { restrictedGroups: ['VIP'] } })
  await feed(desk, [
    mail('Ann Ames <ann@ames.test>', 'alpha', 'The zebra printer burns.', ['Bob <bob@bobs.test>']),
    mail('Carol <carol@corp.test>', 'beta', 'Paper jam in the Überdrucker.'),
    mail('Dave <dave@corp.test>', 'gamma', 'jam of paper'),
  ])
  const id = async (subject: string) =>
    (await rows(desk)).find((row) => row.subject === subject)?.id ?? ''
  await changeTicket(desk.core, await id('alpha'), { do: 'setTags', tags: ['Hot', 'zoo'] })
  await changeTicket(desk.core, await id('alpha'), { do: 'assign', assignee: 'ben@desk.test' })
  await changeTicket(desk.core, await id('beta'), { do: 'setStatus', status: 'solved' })
  await changeTicket(desk.core, await id('beta'), {
    do: 'follow',
    address: 'ben@desk.test',
    level: 'all',
  })
  await queueNote(desk.core, {
    id: 'note-gamma',
    ticketId: await id('gamma'),
    text: 'Ask the quokka.',
  })
  await changeTicket(desk.core, await id('gamma'), { do: 'setGroup', group: 'VIP' })
  await updateSearchIndex(desk.core.db.write)
}, 120_000)
afterAll(() => desk.stop())

describe('a search', () => {
  it.each([
    ['zebra', ['alpha']],
    ['zeb', ['alpha']],
    ['uberdrucker', ['beta']],
    ['paper jam', ['beta', 'gamma']],
    ['"paper jam"', ['beta']],
    ['paper -überdrucker', ['gamma']],
    ['-paper', ['alpha']],
    ['quokka', ['gamma']],
    ['has:note', ['gamma']],
    ['from:corp.test', ['beta', 'gamma']],
    ['from:"Ann Ames"', ['alpha']],
    ['cc:bob', ['alpha']],
    ['cc:bobs.test', ['alpha']],
    ['-has:cc', ['beta', 'gamma']],
    ['cc:bob printer', ['alpha']],
    ['cc:bob paper', []],
    ['follower:ben', ['beta']],
    ['follower:ben jam', ['beta']],
    ['-follower:ben jam', ['gamma']],
    ['requester:carol jam', ['beta']],
    ['assignee:bright', ['alpha']],
    ['assignee:none', ['beta', 'gamma']],
    ['requester:carol', ['beta']],
    ['tag:hot', ['alpha']],
    ['has:tag', ['alpha']],
    ['subject:gam', ['gamma']],
    ['status:solved', ['beta']],
    ['is:open', ['alpha', 'gamma']],
    ['is:solved jam', ['beta']],
    ['group:vip', ['gamma']],
    ['after:today', ['alpha', 'beta', 'gamma']],
    ['before:2020', []],
    ['nothinglikeit', []],
  ])('for %s', async (query, expected) => {
    expect(await found(query)).toEqual(expected)
  })

  it('finds nothing of a restricted group for those outside', async () => {
    expect(await found('quokka', 'ben@desk.test')).toEqual([])
    expect(await found('jam', 'ben@desk.test')).toEqual(['beta'])
    expect(await found('-zebra', 'ben@desk.test')).toEqual(['beta'])
  })

  it('says the words around the find', async () => {
    const [row] = await rows(desk, undefined, 'burns')
    expect(row?.snippet).toContain('printer burns')
    const [note] = await rows(desk, undefined, 'quokka')
    expect(note?.snippet).toContain('Ask the quokka')
  })

  it('is any text: never an error of the database', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        '"',
        '*',
        'NEAR(',
        ' AND ',
        ' OR ',
        'NOT ',
        '^',
        '{body}:',
        "'",
        '(',
        ')',
        '-',
      ),
      fc.constantFrom('from:', 'cc:%_\\', 'is:', 'after:', 'tag:', 'subject:"', 'a', 'zebra'),
    )
    const query = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(query, async (text) => {
        const all = await rows(desk, undefined, text.slice(0, 500))
        expect(all.length).toBeLessThanOrEqual(3)
      }),
      { numRuns: 1_000 },
    )
  }, 120_000)
})

describe('among 3,000 tickets, a search', () => {
  let full: Desk
  beforeAll(async () => {
    full = await startDesk()
    await manyTickets(full, 3_000)
  }, 120_000)
  afterAll(() => full.stop())

  const newestFirst = Array.from({ length: 3_000 }, (_, n) => `t${String(n + 1)}`)

  /** Of `ids` those with a mail that has `wanted`, and none that has `left`. */
  async function expected(wanted: string, left: string, ids = newestFirst): Promise<string[]> {
    const mails = await full.core.db.read.all<{ ticketId: string; words: string }>(
      `SELECT ticketId, lower(subject || ' ' || text) AS words FROM message JOIN message_body ON messageId = id`,
    )
    const having = (word: string) =>
      new Set(mails.filter(({ words }) => words.includes(word)).map(({ ticketId }) => ticketId))
    const [have, haveNot] = [having(wanted), having(left)]
    return ids.filter((id) => have.has(id) && !haveNot.has(id)).slice(0, 1_000)
  }

  it.each([
    ['printer -zebra', 'printer', 'zebra'],
    ['printer -jam', 'printer', 'jam'],
    ['-printer', '', 'printer'],
    // In nearly all of the newest.
    ['number -number', 'number', 'number'],
  ])('%s', async (query, wanted, left) => {
    const filter = { view: 'all', query, offset: 0, limit: 1_000 } as const
    const { rows: found } = await listView(full.core.db.read, await viewer(full), filter)
    expect(found.map(({ id }) => id)).toEqual(await expected(wanted, left))
  })

  it('looks at the newest of very many finds, brought by the first sync or come since', async () => {
    const filter = { view: 'all', query: 'please', offset: 0, limit: 1_000 } as const
    const find = async () => listView(full.core.db.read, await viewer(full), filter)
    const all = await expected('please', 'nothing')
    const { rows: found, isCapped } = await find()
    expect(found.map(({ id }) => id)).toEqual(all)
    expect(isCapped).toBe(true)
    await feed(full, [mail('Eve <eve@corp.test>', 'delta', 'Please call.')])
    await updateSearchIndex(full.core.db.write)
    const { rows: since } = await find()
    expect(since.map(({ subject, id }) => (subject === 'delta' ? subject : id))).toEqual(
      ['delta', ...all].slice(0, 1_000),
    )
  })

  it('looks at the newest of very many finds that came one by one', async () => {
    const twice = 2 * Date.now()
    await full.core.db.write('turn', async (tx) => {
      await tx.run('UPDATE message SET receivedAt = ? - receivedAt', [twice])
      await tx.run('UPDATE ticket SET updatedAt = ? - updatedAt', [twice])
    })
    const filter = { view: 'all', query: 'please', offset: 0, limit: 1_000 } as const
    const { rows: found, isCapped } = await listView(full.core.db.read, await viewer(full), filter)
    expect(found.map(({ id }) => id)).toEqual(
      await expected('please', 'nothing', [...newestFirst].reverse()),
    )
    expect(isCapped).toBe(true)
  })
})
