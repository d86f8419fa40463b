// Ids that callers make: every one the contract takes becomes a comment, and what no desktop could read is not written.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Host } from '#main/host'
import { createHandlers } from '#main/ipc/handlers'
import { createServe, type Serve } from '#main/ipc/serve'
import { log } from '#main/log'
import { recordTicketEvents } from '#main/tickets/record'
import { contract } from '#shared/ipc/contract'
import type { Envelope } from '#shared/ipc/procedure'
import { aMail, detailOf, failure, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
let serve: Serve
let ticketId: string

const host: Host = {
  frameHeight: () => Promise.resolve(10),
  purify: (html) => Promise.resolve(html),
  openExternal: () => Promise.resolve(),
  saveFile: () => Promise.resolve(true),
  openFile: () => Promise.resolve(),
  takeRequest: () => null,
  print: () => Promise.resolve(),
  savePdf: () => Promise.resolve(true),
  saveLines: () => Promise.resolve(true),
  showFile: () => undefined,
}

beforeEach(async () => {
  desk = await startDesk()
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: 'help@desk.test',
    subject: 'Printer',
    messageId: '<first@customer.test>',
    text: 'It burns.',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  ticketId = (await theTicket(desk)).ticket.id
  const images = { count: 0, trackers: 0, isChosen: false, sender: null }
  const handlers = createHandlers({
    engine: desk.engine,
    host,
    leftOutOf: () =>
      Promise.resolve({
        hasRemote: false,
        hasQuote: false,
        isCut: false,
        partsDiffer: false,
        images,
      }),
    about: { version: '0', folder: desk.profile },
  })
  serve = createServe(contract, handlers, { checkOutput: true, log })
})
afterEach(() => desk.stop())

const codeOf = (answer: Envelope): string => (answer.ok ? 'ok' : answer.error.code)
const countEvents = async (): Promise<number> =>
  (await desk.core.db.read.first<{ n: number }>('SELECT count(*) AS n FROM journal_event'))?.n ?? 0

/** Everything that makes something new under the caller's id. */
const making: readonly (readonly [path: string, input: (id: string) => object])[] = [
  ['replies.note', (id) => ({ id, ticketId, text: 'Mine.' })],
  ['replies.send', (id) => ({ id, ticketId, visibility: 'public', text: 'Use water.' })],
  [
    'replies.schedule',
    (id) => ({
      ...{ id, ticketId, visibility: 'public', text: 'Tomorrow.' },
      sendAt: Date.now() + 3_600_000,
    }),
  ],
  [
    'tickets.create',
    (id) => ({ id, requester: { name: '', address: 'x@y.test' }, subject: 'New', text: 'Hello.' }),
  ],
  ['bulk.start', (id) => ({ id, ticketIds: [ticketId], text: 'All well.' })],
]

describe('an id made by the caller', () => {
  it.each(making)(
    '%s refuses one too short, too long or unfit for a Message-ID, and writes nothing',
    async (path, input) => {
      const before = await countEvents()
      const unfit = [
        'reply to you',
        'reply>to<you',
        'reply\r\nBcc: x',
        'réponse-à-toi',
        'reply@you',
      ]
      for (const id of ['ab', 'x'.repeat(7), 'x'.repeat(41), ...unfit]) {
        expect(codeOf(await serve(path, input(id)))).toBe('invalid-input')
      }
      expect(await countEvents()).toBe(before)
    },
  )

  it.each([8, 40])('of %i characters makes a comment that is there', async (length) => {
    const idOf = (letter: string) => letter.repeat(length)
    for (const [letter, name] of [
      ['n', 'replies.note'],
      ['s', 'replies.send'],
    ] as const) {
      const input = making.find(([path]) => path === name)?.[1](idOf(letter))
      expect(codeOf(await serve(name, input))).toBe('ok')
    }
    const create = making.find(([path]) => path === 'tickets.create')?.[1](idOf('t'))
    const created = await serve('tickets.create', create)
    const newId = created.ok ? (created.value as { ticketId: string }).ticketId : ''
    expect((await detailOf(desk, ticketId)).comments.map(({ id }) => id).slice(1)).toEqual([
      idOf('n'),
      idOf('s'),
    ])
    const detail = await detailOf(desk, newId)
    expect(detail.ticket).toMatchObject({ subject: 'New', requester: { address: 'x@y.test' } })
    expect(detail.comments.map(({ id }) => id)).toEqual([idOf('t')])
    const later = making.find(([path]) => path === 'replies.schedule')?.[1](idOf('l'))
    expect(codeOf(await serve('replies.schedule', later))).toBe('ok')
    expect(await serve('replies.scheduled', undefined)).toMatchObject({
      ok: true,
      value: [{ id: idOf('l') }],
    })
  })
})

describe('a fact that no desktop could read', () => {
  it('is not written', async () => {
    const before = await countEvents()
    const body = { kind: 'note.written' as const, commentId: 'ab', text: 'Mine.', mentions: [] }
    const record = desk.core.db.write('test.record', (tx) =>
      recordTicketEvents(desk.core, tx, { ticketId, bodies: [body], id: 'ab' }),
    )
    expect((await failure(record)).name).toBe('ZodError')
    expect(await countEvents()).toBe(before)
  })

  it('is no comment that names everybody of a big desk', async () => {
    const mentions = Array.from({ length: 400 }, (_, n) => `p${String(n)}@desk.test`)
    const body = { kind: 'note.written' as const, commentId: 'note-big', text: 'All.', mentions }
    await desk.core.db.write('test.record', (tx) =>
      recordTicketEvents(desk.core, tx, { ticketId, bodies: [body], id: 'note-big' }),
    )
    expect((await detailOf(desk, ticketId)).comments.at(-1)?.id).toBe('note-big')
  })
})
