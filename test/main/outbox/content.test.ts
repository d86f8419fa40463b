// What leaves the desk when an agent writes with formats, pictures and files.
import { simpleParser } from 'mailparser'
import { afterEach, expect, it } from 'vitest'
import { findDraft, saveDraft } from '#main/db/drafts'
import { listStaged } from '#main/db/stagedFiles'
import { queueNote, queueReply } from '#main/outbox/queueComment'
import { stageFile } from '#main/outbox/stageFile'
import { changeTicket } from '#main/tickets/commands'
import type { AppError } from '#shared/ipc/errors'
import { aMail, detailOf, failure, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
let desk: Desk
afterEach(() => desk.stop())

async function open(): Promise<string> {
  desk = await startDesk({})
  await feed(desk, [
    {
      raw: aMail({
        from: 'Carol <carol@customer.test>',
        to: 'help@desk.test',
        cc: ['Dave <dave@customer.test>'],
        subject: 'Printer',
        messageId: '<first@customer.test>',
        text: 'The zebra printer burns.',
      }),
      at: Date.now() - 60_000,
    },
  ])
  return (await theTicket(desk)).ticket.id
}

async function bytesOf(kind: string): Promise<Buffer> {
  const row = await desk.core.db.read.first<{ bytes: Buffer }>(
    'SELECT bytes FROM outbox_item WHERE kind = ? ORDER BY queuedAt DESC',
    [kind],
  )
  if (row === undefined) throw new Error(`no ${kind} mail`)
  return row.bytes
}

const mailOf = async (kind: string) => simpleParser(await bytesOf(kind))

const reply = (ticketId: string, more: object) => ({
  id: 'reply-rich',
  ticketId,
  visibility: 'public' as const,
  text: 'ignored when there is HTML',
  audience: [],
  seenRevision: null,
  status: null,
  ...more,
})

it('sends sanitised HTML, its text, a picture in the text and a file', async () => {
  const id = await open()
  const stage = (name: string, type: string, isInline: boolean) =>
    stageFile(desk.core, { draftId: id, mode: 'public', name, type, bytes: png, isInline })
  const picture = await stage('shot.png', 'image/png', true)
  const gone = await stage('gone.png', 'image/png', true)
  const file = await stage('C:\\secret\\plan\u202e.pdf', 'application/pdf', false)
  const html =
    '<p>Press <strong>reset</strong>.</p><ul><li><p>once</p></li></ul>' +
    `<p><img src="cid:${picture.id}"></p><script>alert(1)</script><p onclick="x()">Bye</p>` +
    '<p><img src="https://evil.test/x.png"></p>'
  const written = reply(id, { html, attachmentIds: [picture.id, gone.id, file.id] })
  await queueReply(desk.core, written, { isFromDraft: true })
  const mail = await mailOf('public')
  expect(mail.text).toContain('Press reset.')
  expect(mail.text).toContain('- once')
  expect(mail.html).toContain('<strong>reset</strong>')
  expect(mail.html).not.toMatch(/script|onclick|evil/)
  const parts = mail.attachments.map((a) => [
    a.filename,
    a.contentDisposition,
    a.content.equals(png),
  ])
  expect(parts).toEqual([
    ['shot.png', 'inline', true],
    ['plan.pdf', 'attachment', true],
  ])
  // RFC 2046, 2387: the file beside the words, the words twice, the picture with those that show it.
  const types = [
    ...(await bytesOf('public')).toString('latin1').matchAll(/^content-type: ([^;\r\n]+)/gim),
  ]
  expect(types.map(([, type]) => type)).toEqual([
    'multipart/mixed',
    'multipart/alternative',
    'text/plain',
    'multipart/related',
    'text/html',
    'image/png',
    'application/pdf',
  ])
  expect(mail.headerLines.some(({ key }) => key === 'bcc')).toBe(false)
  const own = (await detailOf(desk, id)).comments.at(-1)
  expect(own?.hasHtml).toBe(true)
  expect(own?.attachments.map((a) => a.name)).toContain('plan.pdf')
  expect(await listStaged(desk.core.db.read, id)).toEqual([])
})

it('tells somebody added by mail nothing that was said before', async () => {
  const id = await open()
  await queueReply(desk.core, reply(id, { id: 'reply-old', text: 'The giraffe is on its way.' }))
  const added = aMail({
    from: 'Carol <carol@customer.test>',
    to: 'help@desk.test',
    cc: ['Dave <dave@customer.test>', 'Nina <nina@customer.test>'],
    subject: 'Re: Printer',
    messageId: '<second@customer.test>',
    text: 'Nina takes over.',
    headers: { 'In-Reply-To': '<first@customer.test>' },
  })
  await feed(desk, [{ raw: added, at: Date.now() }])
  await queueReply(desk.core, reply(id, { text: 'Hello Nina.' }))
  const mail = await mailOf('public')
  expect([mail.cc].flat().flatMap((list) => list?.value.map(({ address }) => address))).toEqual([
    'dave@customer.test',
    'nina@customer.test',
  ])
  expect(mail.text?.trim()).toBe('Hello Nina.')
  expect((await bytesOf('public')).toString('latin1')).not.toMatch(/zebra|giraffe|takes over/)
})

it('gives chosen people and colleagues the same formats', async () => {
  const id = await open()
  const html = '<p>Only <em>you</em>.</p>'
  await queueReply(
    desk.core,
    reply(id, { visibility: 'private', audience: ['ben@desk.test'], html }),
  )
  expect((await mailOf('private')).html).toContain('<em>you</em>')
  await changeTicket(desk.core, id, { do: 'follow', address: 'cleo@desk.test', level: 'all' })
  await queueNote(desk.core, { id: 'note-rich', ticketId: id, text: '', html: '<p><b>Hm</b></p>' })
  const note = await mailOf('follower')
  expect(note.html).toContain('<b>Hm</b>')
  expect(note.text).toContain('Hm')
})

it('does not queue HTML that names a follower', async () => {
  const id = await open()
  await changeTicket(desk.core, id, { do: 'follow', address: 'cleo@desk.test', level: 'all' })
  const html = '<p>Ask <a href="mailto:cleo@desk.test">her</a></p>'
  const refused = await failure<AppError>(queueReply(desk.core, reply(id, { html })))
  expect(refused.code).toBe('refused')
  expect(await desk.core.db.read.all('SELECT id FROM outbox_item')).toEqual([])
})

it('refuses files that are too big, empty or gone, and keeps the draft', async () => {
  const id = await open()
  const where = { draftId: id, mode: 'public' as const }
  const big = { ...where, name: 'a.bin', type: 'x', bytes: Buffer.alloc(20e6), isInline: false }
  expect((await stageFile(desk.core, big)).type).toBe('application/octet-stream')
  expect((await failure<AppError>(stageFile(desk.core, big))).message).toContain('25 MB')
  const empty = { ...big, bytes: Buffer.alloc(0) }
  expect((await failure<AppError>(stageFile(desk.core, empty))).code).toBe('invalid-input')
  const draft = {
    ticketId: id,
    mode: 'private' as const,
    text: 'Half',
    seenRevision: 1,
    audience: ['ben@desk.test'],
    html: '<p>Half</p>',
    head: null,
  }
  await desk.core.db.write('draft', (tx) => saveDraft(tx, draft, 1))
  const gone = queueReply(desk.core, reply(id, { attachmentIds: ['nothing'] }))
  expect((await failure<AppError>(gone)).code).toBe('not-found')
  desk = await desk.reopen()
  expect(await findDraft(desk.core.db.read, id, 'private')).toEqual(draft)
  expect(await listStaged(desk.core.db.read, id)).toHaveLength(1)
})

it('does not make a follower of an agent who said no', async () => {
  const id = await open()
  await changeTicket(desk.core, id, { do: 'assign', assignee: 'ben@desk.test' })
  await queueReply(desk.core, reply(id, { follow: false }))
  const followers = (await detailOf(desk, id)).participants.filter((p) => p.role === 'follower')
  expect(followers).toEqual([])
})
