// Replies that do not leave at once: undo, bulk, held because the audience changed; and what the server will not take.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DraftInput, ReplyInput } from '#shared/ipc/contract'
import type { AppError } from '#shared/ipc/errors'
import { listDrafts, saveDraft } from '#main/db/drafts'
import { listItems } from '#main/db/outbox'
import { getSetting } from '#main/db/settings'
import { listStaged } from '#main/db/stagedFiles'
import type { WriteFunction } from '#main/db/write'
import { createBulk, planBulk } from '#main/outbox/bulk'
import { queueNote, queueReply } from '#main/outbox/queueComment'
import { cancelItem } from '#main/outbox/run'
import { stageFile } from '#main/outbox/stageFile'
import { learnTraits } from '#main/outbox/terms'
import { undoReply } from '#main/outbox/undo'
import { changeTicket } from '#main/tickets/commands'
import { findDeskKey } from '#main/tickets/core'
import { ownMessageId } from '#main/tickets/tokens'
import { aMail, failure, feed, rows, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let desk: Desk
let clock = 0
const now = (): number => Date.now() + clock

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
afterEach(async () => {
  await desk.stop()
})

async function ticketOf(subject: string): Promise<string> {
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    cc: ['Dave <dave@customer.test>'],
    subject,
    text: 'Hello?',
  })
  await feed(desk, [{ raw, at: now() - 60_000 }])
  return (await theTicket(desk, subject)).ticket.id
}

async function open(subject: string): Promise<string> {
  clock = 0
  desk = await startDesk({ server, now })
  return ticketOf(subject)
}

const reply = (ticketId: string, more: Partial<ReplyInput> = {}): ReplyInput => ({
  id: 'reply-1',
  ticketId,
  visibility: 'public',
  text: 'Please try again.',
  audience: [],
  seenRevision: null,
  status: null,
  ...more,
})
const items = () => listItems(desk.core.db.read)
const got = async (text: string) =>
  (await server.mailbox('carol@customer.test')).filter((raw) => raw.includes(text)).length

const write = (draft: DraftInput): Promise<void> =>
  desk.core.db.write('test', (tx) => saveDraft(tx, draft, now()))

describe('what is being written', () => {
  it('stays when a reply is sent beside it: to many, by command or for other eyes', async () => {
    const id = await open('Beside a draft')
    const text = (mode: 'public' | 'internal' | 'private') => `Begun as ${mode}`
    for (const mode of ['private', 'internal', 'public'] as const) {
      await write({ ticketId: id, mode, text: text(mode), seenRevision: 1 })
      const file = { name: `${mode}.txt`, type: 'text/plain', bytes: Buffer.from(mode) }
      await stageFile(desk.core, { draftId: id, mode, ...file, isInline: false })
      clock += 1_000
    }
    const left = async () => {
      const { read } = desk.core.db
      const drafts = (await listDrafts(read, id)).map(({ mode }) => mode)
      const files = (await listStaged(read, id)).map(({ mode, name }) => [mode, name])
      return { drafts, files: Object.fromEntries(files) as object }
    }
    await createBulk(desk.core).run({
      id: 'bulk-reply-0',
      ticketIds: [id],
      text: 'To many.',
      status: null,
    })
    await queueReply(desk.core, reply(id, { id: 'by-command' }))
    await queueNote(desk.core, { id: 'note-by-command', ticketId: id, text: 'By command.' })
    expect((await left()).drafts).toEqual(['public', 'internal', 'private'])

    await queueReply(desk.core, reply(id, { text: text('public') }), { isFromDraft: true })
    expect(await left()).toEqual({
      drafts: ['internal', 'private'],
      files: { internal: 'internal.txt', private: 'private.txt' },
    })
    const note = { id: 'note-1', ticketId: id, text: text('internal') }
    await queueNote(desk.core, note, { isFromDraft: true })
    expect(await left()).toEqual({ drafts: ['private'], files: { private: 'private.txt' } })
  })

  it('is not there again when a reply is handed in a second time', async () => {
    const id = await open('Handed in twice')
    const draft = { ticketId: id, mode: 'public', text: 'Sent.', seenRevision: 1 } as const
    await write(draft)
    await queueReply(desk.core, reply(id), { isFromDraft: true })
    // The answer was lost: the window has saved its text again, and sends it once more.
    await write(draft)
    await queueReply(desk.core, reply(id), { isFromDraft: true })
    expect(await listDrafts(desk.core.db.read, id)).toEqual([])
    expect(await items()).toHaveLength(1)
  })
})

describe('undo', () => {
  it('within its seconds brings the text back and sends nothing', async () => {
    const id = await open('Undo in time')
    await queueReply(desk.core, reply(id, { text: 'Undo me, please.', undoMs: 60_000 }))
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    await undoReply(desk.core, 'reply-1')
    clock = 120_000
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 0 })
    expect((await items()).map((item) => item.state)).toEqual(['cancelled'])
    expect(await listDrafts(desk.core.db.read, id)).toMatchObject([
      { mode: 'public', text: expect.stringContaining('Undo me, please.') as string },
    ])
    expect(await got('Undo me, please.')).toBe(0)
  })

  it('keeps what is being written meanwhile, and lets nobody read it by that', async () => {
    const id = await open('Undo over a note')
    await queueReply(desk.core, reply(id, { text: 'For Carol.', undoMs: 60_000 }))
    await write({ ticketId: id, mode: 'internal', text: 'She is difficult.', seenRevision: 1 })
    await undoReply(desk.core, 'reply-1')
    const drafts = await listDrafts(desk.core.db.read, id)
    expect(drafts.map(({ mode, text }) => [mode, text])).toEqual([
      ['public', expect.stringMatching(/^For Carol\.\s*$/)],
      ['internal', 'She is difficult.'],
    ])
  })

  it('joins two private replies to different people for nobody yet', async () => {
    const id = await open('Undo over a private reply')
    await queueReply(
      desk.core,
      reply(id, {
        visibility: 'private',
        audience: ['ben@desk.test'],
        text: 'For Ben.',
        undoMs: 60_000,
      }),
    )
    const audience = ['cleo@desk.test']
    await write({ ticketId: id, mode: 'private', text: 'For Cleo.', audience, seenRevision: 1 })
    await undoReply(desk.core, 'reply-1')
    const [draft, ...more] = await listDrafts(desk.core.db.read, id)
    expect(more).toEqual([])
    expect(draft).toMatchObject({ mode: 'private', audience: [] })
    expect(draft?.text).toMatch(/^For Cleo\.\n\nFor Ben\./)
  })

  const picture = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  )
  const kept = async () => {
    const { read } = desk.core.db
    const count = (sql: string) => read.first<{ n: number }>(sql)
    const files = await count('SELECT count(*) AS n FROM staged_file')
    const drafts = await count('SELECT count(*) AS n FROM draft')
    return [files?.n, drafts?.n]
  }
  /** A formatted private reply to Ben with a file and a picture, as the window hands it in. */
  async function sendWithFiles(id: string): Promise<string> {
    const draft = { draftId: id, mode: 'private' } as const
    const text = { name: 'list.txt', type: 'text/plain', bytes: Buffer.from('1 nail') }
    const image = { name: 'nail.png', type: 'image/png', bytes: picture }
    const file = await stageFile(desk.core, { ...draft, ...text, isInline: false })
    const shown = await stageFile(desk.core, { ...draft, ...image, isInline: true })
    const html = `<p>For <strong>Ben</strong>.</p><img src="cid:${shown.id}" data-cid="${shown.id}">`
    const input = reply(id, {
      visibility: 'private',
      audience: ['ben@desk.test'],
      text: 'For Ben.',
      html,
      attachmentIds: [file.id, shown.id],
      undoMs: 60_000,
    })
    await queueReply(desk.core, input, { isFromDraft: true })
    return html
  }

  it('brings words, formats, people and files back, also when the app has ended in between', async () => {
    const id = await open('Undo with files')
    const html = await sendWithFiles(id)
    expect(await listStaged(desk.core.db.read, id)).toEqual([])
    desk = await desk.reopen()
    await undoReply(desk.core, 'reply-1')
    const back = { mode: 'private', text: 'For Ben.', html, audience: ['ben@desk.test'] }
    expect(await listDrafts(desk.core.db.read, id)).toMatchObject([back])
    const files = await listStaged(desk.core.db.read, id)
    expect(files.map(({ name, mode, isInline }) => [name, mode, isInline])).toEqual([
      ['list.txt', 'private', false],
      ['nail.png', 'private', true],
    ])
    // It is sent after all, and nothing of it stays behind.
    const again = { ...back, id: 'reply-2', visibility: 'private', undoMs: 0 } as const
    const attachmentIds = files.map((file) => file.id)
    await queueReply(desk.core, reply(id, { ...again, attachmentIds }), { isFromDraft: true })
    clock = 120_000
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    const has = (raw: string): boolean => raw.includes('list.txt') && raw.includes('nail.png')
    await server.waitForMail('ben@desk.test', has)
    expect((await server.mailbox('ben@desk.test')).filter(has)).toHaveLength(1)
    expect(await kept()).toEqual([0, 0])
  })

  it('is over with its files when the mail has left, or is cancelled', async () => {
    const id = await open('Files that are not wanted any more')
    await sendWithFiles(id)
    expect(await kept()).toEqual([2, 1])
    await cancelItem(desk.core, (await items())[0]?.id ?? '')
    expect(await kept()).toEqual([0, 0])
    const error = await failure<AppError>(undoReply(desk.core, 'reply-1'))
    expect(error).toMatchObject({ code: 'refused' })
    await queueReply(desk.core, reply(id, { id: 'reply-2', text: 'Without files.' }))
    expect(await kept()).toEqual([0, 1])
    await desk.engine.syncOnce()
    expect(await kept()).toEqual([0, 0])
  })

  it('brings back what could not leave yet, or was refused', async () => {
    clock = 0
    desk = await startDesk({ server, now, smtpPort: 1 })
    const id = await ticketOf('Undo offline')
    await sendWithFiles(id)
    clock = 120_000
    await desk.engine.syncOnce()
    expect(await items()).toMatchObject([{ state: 'queued', attempts: 1 }])
    await undoReply(desk.core, 'reply-1')
    expect(await listStaged(desk.core.db.read, id)).toHaveLength(2)
    expect(await kept()).toEqual([2, 1])
  })

  it('comes too late once the reply has left', async () => {
    const id = await open('Undo too late')
    await queueReply(desk.core, reply(id, { undoMs: 1_000 }))
    clock = 2_000
    expect(await desk.engine.syncOnce()).toMatchObject({ sent: 1 })
    const error = await failure<AppError>(undoReply(desk.core, 'reply-1'))
    expect(error).toMatchObject({ code: 'refused' })
    expect((await items()).map((item) => item.state)).toEqual(['sent'])
  })
})

it('a bulk reply goes to each ticket’s own people, with a result for each', async () => {
  const one = await open('Bulk one')
  const two = await ticketOf('Bulk two')
  const plans = await planBulk(desk.core, [one, two, 'nonsense'])
  expect(plans.map((plan) => plan.problem === '')).toEqual([true, true, false])
  const input = {
    id: 'bulk-reply-1',
    ticketIds: [one, two, 'nonsense'],
    text: 'Fixed.',
    status: null,
  }
  const bulk = createBulk(desk.core)
  const done = await bulk.run(input)
  expect(done).toMatchObject({ state: 'done', total: 3 })
  expect(done?.results.map((result) => result.isOk)).toEqual([true, true, false])
  await createBulk(desk.core).run(input)
  expect(await items()).toHaveLength(2)
})

it('a bulk reply leaves out a ticket whose people or words are not those that were shown', async () => {
  const ids = [await open('Same'), await ticketOf('Other people'), await ticketOf('News')]
  const plans = await planBulk(desk.core, ids)
  const shown = plans.map(({ ticketId, revision, to, cc }) => {
    return { ticketId, revision, audience: [...to, ...cc].map(({ address }) => address) }
  })
  const people = [{ name: '', address: 'erin@customer.test' }]
  await changeTicket(desk.core, ids[1] ?? '', { do: 'addCcs', people })
  const first = await desk.core.db.read.first<{ rfcId: string }>(
    'SELECT rfcId FROM message WHERE ticketId = ?',
    [ids[2] ?? ''],
  )
  const raw = aMail({
    from: 'Dave <dave@customer.test>',
    to: desk.account.address,
    cc: ['carol@customer.test'],
    subject: 'Re: News',
    text: 'It is not needed any more.',
    headers: { 'In-Reply-To': `<${first?.rfcId ?? ''}>` },
  })
  await feed(desk, [{ raw, at: now() }])
  const input = { id: 'bulk-reply-3', ticketIds: ids, text: 'Fixed.', status: null, shown }
  const done = await createBulk(desk.core).run(input)
  expect(done?.results.map(({ isOk }) => isOk)).toEqual([true, false, false])
  expect(done?.results[1]?.problem).toContain('Other people')
  expect(done?.results[2]?.problem).toContain('Somebody wrote')
  expect((await items()).map(({ ticketId }) => ticketId)).toEqual([ids[0]])
})

it('a bulk reply that is stopped goes to no further ticket, and says to which it went', async () => {
  const ids = [await open('Stop one'), await ticketOf('Stop two'), await ticketOf('Stop three')]
  const bulk = createBulk(desk.core)
  await bulk.begin({ id: 'bulk-reply-2', ticketIds: ids, text: 'Wait.', status: null })
  expect(bulk.get('bulk-reply-2')).toMatchObject({ state: 'running', total: 3, results: [] })
  await bulk.stop('bulk-reply-2')
  await vi.waitFor(async () => {
    expect(await getSetting(desk.core.db.read, 'bulkReplies')).toEqual([])
  })
  // What had begun when it was stopped is done to its end.
  const end = { state: 'stopped', results: [{ ticketId: ids[0], isOk: true }] }
  expect(bulk.get('bulk-reply-2')).toMatchObject(end)
  expect((await items()).map(({ ticketId }) => ticketId)).toEqual([ids[0]])
})

describe('a bulk reply that is cut short', () => {
  /** Three tickets, of which the first got it before the app ended. */
  async function cut(name: string): Promise<string[]> {
    const ids = [
      await open(`${name} one`),
      await ticketOf(`${name} two`),
      await ticketOf(`${name} three`),
    ]
    let replies = 0
    const write: WriteFunction = (what, work, options) => {
      if (what === 'outbox.queueReply') replies += 1
      return replies > 1 ? new Promise(() => undefined) : desk.core.db.write(what, work, options)
    }
    const bulk = createBulk({ ...desk.core, db: { ...desk.core.db, write } })
    await bulk.begin({ id: name, ticketIds: ids, text: 'Fixed.', status: null })
    await vi.waitFor(async () => {
      expect(await items()).toHaveLength(1)
    })
    expect(await bulk.interrupted()).toEqual([])
    desk = await desk.reopen()
    return ids
  }

  it('says after the restart which tickets have it, goes on, and sends nothing twice', async () => {
    const ids = await cut('Cut-short')
    const bulk = createBulk(desk.core)
    const people = [
      { name: 'Carol', address: 'carol@customer.test' },
      { name: 'Dave', address: 'dave@customer.test' },
    ]
    expect(await bulk.interrupted()).toEqual([
      {
        id: 'Cut-short',
        text: 'Fixed.',
        tickets: [
          { ticketId: ids[0], subject: 'Cut-short one', people, isQueued: true },
          { ticketId: ids[1], subject: 'Cut-short two', people, isQueued: false },
          { ticketId: ids[2], subject: 'Cut-short three', people, isQueued: false },
        ],
      },
    ])
    await bulk.resume('Cut-short')
    await vi.waitFor(() => {
      expect(bulk.get('Cut-short')).toMatchObject({ state: 'done', total: 3 })
    })
    expect((await items()).map(({ ticketId }) => ticketId).sort()).toEqual(ids.toSorted())
    await vi.waitFor(async () => {
      await expect(bulk.resume('Cut-short')).rejects.toMatchObject({ code: 'not-found' })
    })
    expect(await bulk.interrupted()).toEqual([])
  })

  it('is dropped when the agent says so: the rest gets nothing, and it is not offered again', async () => {
    const ids = await cut('Dropped-now')
    const bulk = createBulk(desk.core)
    await bulk.stop('Dropped-now')
    expect(await bulk.interrupted()).toEqual([])
    desk = await desk.reopen()
    expect(await createBulk(desk.core).interrupted()).toEqual([])
    expect((await items()).map(({ ticketId }) => ticketId)).toEqual([ids[0]])
  })

  it('does not begin when that cannot be remembered, and says so', async () => {
    const ids = [await open('Full')]
    const write: WriteFunction = () => Promise.reject(new Error('SQLITE_FULL'))
    const bulk = createBulk({ ...desk.core, db: { ...desk.core.db, write } })
    const begun = bulk.begin({
      id: 'bulk-reply-full',
      ticketIds: ids,
      text: 'Fixed.',
      status: null,
    })
    await expect(begun).rejects.toThrow('SQLITE_FULL')
    expect(bulk.get('bulk-reply-full')).toBeUndefined()
    expect(await items()).toEqual([])
  })
})

describe('a reply is held', () => {
  it('when other people would get it than were shown, and says who', async () => {
    const id = await open('Audience')
    await changeTicket(desk.core, id, {
      do: 'addCcs',
      people: [{ name: '', address: 'erin@customer.test' }],
    })
    await changeTicket(desk.core, id, { do: 'removeCc', address: 'dave@customer.test' })
    const shownAudience = ['carol@customer.test', 'dave@customer.test']
    const error = await failure<AppError>(queueReply(desk.core, reply(id, { shownAudience })))
    expect(error).toMatchObject({
      code: 'conflict',
      detail: { added: ['erin@customer.test'], removed: ['dave@customer.test'], comments: [] },
    })
    expect(await items()).toEqual([])
  })

  it('when the server would not take its size', async () => {
    const id = await open('Size')
    await learnTraits(desk.core.db, desk.account.id, { maxSize: 500 })
    const error = await failure<AppError>(queueReply(desk.core, reply(id)))
    expect(error).toMatchObject({ code: 'refused', detail: { maxSize: 500 } })
    expect(await items()).toEqual([])
  })
})

it('the self test learns that this server keeps the Message-ID and delivers the receipt, and leaves nothing', async () => {
  await open('Self test')
  const traits = await desk.engine.selfTest(desk.account.id)
  expect(traits).toMatchObject({ keepsMessageId: true, deliversReceipt: true, problem: '' })
  const left = await server.mailbox(desk.account.address)
  expect(left.filter((raw) => raw.includes('checks this mailbox'))).toEqual([])
})

it('the self test’s own mail is no ticket, even where a sync meets it', async () => {
  await open('Self test met')
  const key = (await findDeskKey(desk.core, desk.core.db.read)) ?? ''
  const mail = { kind: 'selftest', commentId: 'test-1', recipient: '' }
  const messageId = ownMessageId(key, 'desk.test', mail)
  const raw = aMail({
    from: desk.account.address,
    to: desk.account.address,
    subject: 'Copydesk checks this mailbox',
    messageId: `<${messageId}>`,
  })
  expect(await feed(desk, [{ raw, at: now() }])).toBe(0)
  expect(await rows(desk)).toHaveLength(1)
})

it('the self test remembers that the server could not be asked', async () => {
  clock = 0
  desk = await startDesk({ server, smtpPort: 1 })
  const traits = await desk.engine.selfTest(desk.account.id)
  expect(traits.problem).not.toBe('')
  expect(traits).toMatchObject({ deliversReceipt: null })
})
