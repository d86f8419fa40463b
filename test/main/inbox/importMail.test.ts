import { afterEach, describe, expect, it } from 'vitest'
import { findDraft, listDrafts, saveDraft } from '#main/db/drafts'
import { tokenAddress } from '#main/tickets/tokens'
import { findDeskKey } from '#main/tickets/core'
import { queueNote, queueReply } from '#main/outbox/queueComment'
import { listItems } from '#main/db/outbox'
import type { DraftInput } from '#shared/ipc/contract'
import { aMail, detailOf, feed, rows, theTicket, type FedMail } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

const start = Date.UTC(2026, 2, 1, 9)
const minute = 60_000

function mail(n: number, more: Partial<Parameters<typeof aMail>[0]> = {}): FedMail {
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: 'help@desk.test',
    subject: `Mail ${String(n)}`,
    messageId: `<m${String(n)}@customer.test>`,
    text: `Text ${String(n)}`,
    date: new Date(start),
    ...more,
  })
  return { raw, at: start + n * minute }
}
const answer = (n: number, to: number, more: Partial<Parameters<typeof aMail>[0]> = {}) =>
  mail(n, { ...more, headers: { 'In-Reply-To': `<m${String(to)}@customer.test>` } })

const countOf = async (table: string): Promise<number> =>
  (await desk.core.db.read.first<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))?.n ?? 0

describe('importing mail', () => {
  it('makes a ticket of a first mail and a comment of each answer', async () => {
    desk = await startDesk()
    expect(await feed(desk, [mail(1), answer(2, 1)])).toBe(2)
    const detail = await theTicket(desk)
    expect(detail.ticket).toMatchObject({
      subject: 'Mail 1',
      status: 'new',
      requester: { name: 'Carol', address: 'carol@customer.test' },
      mailbox: 'help@desk.test',
    })
    expect(detail.comments.map((c) => [c.text, c.visibility, c.because])).toEqual([
      ['Text 1', 'public', 'requester'],
      ['Text 2', 'public', 'requester'],
    ])
  })

  it('changes nothing the second time', async () => {
    desk = await startDesk()
    const all = [mail(1), answer(2, 1), mail(3)]
    await feed(desk, all)
    const before = await desk.engine.hash()
    const counts = async () => Promise.all(['message', 'comment', 'attachment'].map(countOf))
    const stored = await counts()
    expect(await feed(desk, all)).toBe(0)
    expect(await feed(desk, [all[1] as FedMail])).toBe(0)
    expect(await desk.engine.hash()).toEqual(before)
    expect(await counts()).toEqual(stored)
  })

  it('keeps a second mail that reuses a Message-ID with another content', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1)])
    expect(await feed(desk, [{ ...mail(1, { text: 'Something else' }), at: start + 5 }])).toBe(1)
    expect(await countOf('message')).toBe(2)
  })

  it('keeps mail apart that has nothing in common but subject and sender (RFC 5256)', async () => {
    desk = await startDesk()
    const again = (n: number, subject: string): FedMail => mail(n, { subject })
    await feed(desk, [again(1, 'Invoice'), again(2, 'Invoice'), again(3, 'Re: Invoice')])
    expect(await rows(desk)).toHaveLength(3)
  })

  it('believes the same copy of a mail that lies in two folders, whichever came first', async () => {
    const inbox = mail(1, { from: 'help@desk.test', to: 'carol@customer.test' })
    const sent: FedMail = { ...inbox, folder: 'Sent', at: inbox.at - 5_000 }
    desk = await startDesk()
    await feed(desk, [inbox])
    await feed(desk, [sent])
    const one = await desk.engine.hash()
    const detail = await theTicket(desk)
    expect(detail.comments[0]).toMatchObject({ because: 'sent-elsewhere', at: sent.at })
    await desk.stop()
    desk = await startDesk()
    await feed(desk, [sent])
    await feed(desk, [inbox])
    expect(await desk.engine.hash()).toEqual(one)
    expect(await countOf('message_location')).toBe(2)
  })

  it('takes a mail without Message-ID once, and answers to its ticket by token', async () => {
    desk = await startDesk()
    const bare = mail(1)
    const raw = bare.raw.toString().replace(/^Message-ID:.*\r\n/m, '')
    await feed(desk, [{ raw, at: start }])
    await feed(desk, [{ raw, at: start }])
    const { ticket } = await theTicket(desk)
    const key = (await findDeskKey(desk.core, desk.core.db.read)) ?? ''
    const token = tokenAddress({ key, mailbox: 'help@desk.test' }, 't', ticket.id)
    await feed(desk, [mail(2, { to: token })])
    expect((await theTicket(desk)).comments).toHaveLength(2)
  })

  it('stores what cannot be read raw, with its reason, and goes on', async () => {
    desk = await startDesk()
    const garbage: FedMail[] = [
      { raw: Buffer.from([0xff, 0xfe, 0x00, 0x01, 0x80]), at: start },
      { raw: Buffer.alloc(0), at: start + 1 },
      { raw: '\r\n\r\n\r\n', at: start + 2 },
      { raw: 'Content-Type: multipart/mixed; boundary=x\r\n\r\nno part at all', at: start + 3 },
      { raw: `Subject: long\r\n${'X-Filler: y\r\n'.repeat(40_000)}\r\ntext`, at: start + 4 },
    ]
    expect(await feed(desk, [...garbage, mail(1)])).toBeGreaterThanOrEqual(2)
    expect((await rows(desk)).some((row) => row.subject === 'Mail 1')).toBe(true)
    const kept = await desk.core.db.read.all<{ problem: string; bytes: Buffer | null }>(
      `SELECT fact ->> 'problem' AS problem, bytes FROM message LEFT JOIN message_raw ON messageId = id
       WHERE fact ->> 'problem' IS NOT NULL`,
    )
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.every((row) => row.problem !== '' && row.bytes !== null)).toBe(true)
  })

  it('takes mail that another program has read as no news, and unread mail as news', async () => {
    desk = await startDesk()
    await feed(desk, [{ ...mail(1), flags: ['\\Seen'] }, mail(2)])
    const unread = Object.fromEntries((await rows(desk)).map((row) => [row.subject, row.isUnread]))
    expect(unread).toEqual({ 'Mail 1': false, 'Mail 2': true })
  })
})

describe('a root mail that comes late', () => {
  it('takes notes, drafts, waiting mail and read markers of its ticket along', async () => {
    desk = await startDesk()
    await feed(desk, [answer(2, 1, { cc: 'dave@customer.test' })])
    const before = (await theTicket(desk)).ticket
    await queueNote(desk.core, { id: 'note-1', ticketId: before.id, text: 'I know this one.' })
    await queueReply(desk.core, {
      id: 'reply-1',
      ticketId: before.id,
      visibility: 'public',
      text: 'Working on it.',
      audience: [],
      seenRevision: null,
      status: null,
    })
    const draft = { ticketId: before.id, mode: 'public', text: 'Half a', seenRevision: 3 } as const
    await desk.core.db.write('draft', (tx) => saveDraft(tx, draft, 1))
    await feed(desk, [mail(1)])
    const { ticket, comments } = await theTicket(desk)
    expect(ticket.id).not.toBe(before.id)
    expect(comments.map((c) => c.kind)).toEqual(['mail', 'mail', 'note', 'reply'])
    expect(comments[3]?.deliveries).toHaveLength(1)
    expect((await listItems(desk.core.db.read)).map((item) => item.ticketId)).toEqual([ticket.id])
    expect(await findDraft(desk.core.db.read, ticket.id, 'public')).toMatchObject({
      text: 'Half a',
    })
    expect(await findDraft(desk.core.db.read, before.id, 'public')).toBeUndefined()
    // Under its old id it is still found, also by what was written there before.
    expect((await detailOf(desk, before.id)).ticket.id).toBe(ticket.id)
    expect(await desk.core.db.read.all('SELECT ticketId FROM read_marker')).toEqual([
      { ticketId: ticket.id },
    ])
  })

  it('joins two drafts for the same eyes instead of losing one, and no others', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1), answer(3, 2)])
    const [one, two] = [await theTicket(desk, 'Mail 1'), await theTicket(desk, 'Mail 3')]
    const save = (draft: Pick<DraftInput, 'ticketId' | 'mode' | 'text' | 'audience'>) =>
      desk.core.db.write('draft', (tx) => saveDraft(tx, { ...draft, seenRevision: null }, 1))
    const first = { ticketId: one.ticket.id }
    const second = { ticketId: two.ticket.id }
    await save({ ...first, mode: 'public', text: 'First thought' })
    await save({ ...second, mode: 'public', text: 'Second thought' })
    await save({ ...second, mode: 'internal', text: 'Between us' })
    await save({ ...first, mode: 'private', text: 'For Ben', audience: ['ben@desk.test'] })
    await save({ ...second, mode: 'private', text: 'For Cleo', audience: ['cleo@desk.test'] })
    await feed(desk, [answer(2, 1)])
    const { ticket } = await theTicket(desk)
    const drafts = await listDrafts(desk.core.db.read, ticket.id)
    expect(drafts.map(({ mode, text, audience }) => [mode, text, audience])).toEqual([
      ['internal', 'Between us', []],
      ['private', 'For Ben\n\nFor Cleo', []],
      ['public', 'First thought\n\nSecond thought', []],
    ])
  })

  it('loses no draft when several tickets become one', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1), answer(3, 2), answer(5, 4)])
    for (const subject of ['Mail 3', 'Mail 5']) {
      const { id: ticketId } = (await theTicket(desk, subject)).ticket
      const draft = { ticketId, mode: 'internal', text: `On ${subject}` } as const
      await desk.core.db.write('d', (tx) => saveDraft(tx, { ...draft, seenRevision: null }, 1))
    }
    await feed(desk, [answer(2, 1), answer(4, 1)])
    const { ticket } = await theTicket(desk)
    const [draft, ...more] = await listDrafts(desk.core.db.read, ticket.id)
    expect(draft?.text.split('\n\n').sort()).toEqual(['On Mail 3', 'On Mail 5'])
    expect(more).toEqual([])
  })
})

describe('a reply token', () => {
  const tokenOf = async (ticketId: string, kind: 't' | 'l' = 't') => {
    const key = (await findDeskKey(desk.core, desk.core.db.read)) ?? ''
    return tokenAddress({ key, mailbox: 'help@desk.test' }, kind, ticketId)
  }

  it('leads to its ticket when the references are gone, also before its mail is here', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1)])
    const { ticket } = await theTicket(desk)
    const late = mail(5, { to: await tokenOf(ticket.id), subject: 'No references' })
    await feed(desk, [late])
    expect((await theTicket(desk)).comments).toHaveLength(2)
    const hash = await desk.engine.hash()
    await desk.core.db.write('forget', async (tx) => {
      for (const table of ['message', 'message_reference', 'ticket', 'comment', 'participant'])
        await tx.run(`DELETE FROM ${table}`)
      await tx.run('DELETE FROM message_body')
    })
    await feed(desk, [late])
    expect((await theTicket(desk)).ticket.id).not.toBe(ticket.id)
    await feed(desk, [mail(1)])
    expect(await desk.engine.hash()).toEqual(hash)
  })

  it('of a forwarded mail lets a stranger say something to the desk, and no more (C3)', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1, { cc: 'dave@customer.test' })])
    const { ticket, participants } = await theTicket(desk)
    const token = await tokenOf(ticket.id)
    const eve = { from: 'eve@elsewhere.test', cc: 'mallory@elsewhere.test', to: token }
    await feed(desk, [mail(2, eve)])
    const after = await theTicket(desk)
    expect(after.comments.at(-1)).toMatchObject({
      visibility: 'held',
      because: 'not-a-participant',
      authorRole: 'outsider',
    })
    expect(after.participants).toEqual(participants)
    expect(after.suggestions).toEqual([])
  })

  it('counts only when this desk made it', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1)])
    const { ticket } = await theTicket(desk)
    const real = await tokenOf(ticket.id)
    const forged = real.replace(/.@/, (end) => (end.startsWith('0') ? '1@' : '0@'))
    await feed(desk, [mail(2, { to: forged }), mail(3, { to: await tokenOf(ticket.id, 'l') })])
    const subjects = (await rows(desk)).map((row) => row.subject).sort()
    expect(subjects).toEqual(['Mail 1', 'Mail 2'])
  })
})

describe('an address that becomes the desk’s own later', () => {
  it('leaves the tickets it was on, and their mail still comes in', async () => {
    desk = await startDesk()
    await feed(desk, [mail(1, { cc: ['dave@customer.test', 'sales@desk.test'] })])
    const ccs = async () =>
      (await theTicket(desk)).participants.filter((p) => p.role === 'cc').map((p) => p.address)
    expect(await ccs()).toEqual(['dave@customer.test', 'sales@desk.test'])
    const { account, agent } = desk
    const server = { ...account.imap, password: 'pass' }
    await desk.engine.setUp({
      account: { ...account, aliases: ['sales@desk.test'], imap: server, smtp: server },
      agent,
      preset: null,
      policy: {},
      directory: [],
    })
    expect(await ccs()).toEqual(['dave@customer.test'])
    expect(await feed(desk, [answer(2, 1, { cc: 'sales@desk.test' })])).toBe(1)
    expect((await theTicket(desk)).comments).toHaveLength(2)
  })
})
