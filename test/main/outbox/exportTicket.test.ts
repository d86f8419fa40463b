// What an export holds, and what one for outside may never hold.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { exportTicket } from '#main/outbox/exportTicket'
import { queueNote } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { explainPerson } from '#main/tickets/explainPerson'
import { aMail, detailOf, failure, feed, theTicket, viewer } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
let folder: string
let id: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cd-export-'))
  desk = await startDesk({ policy: { restrictedGroups: ['VIP'] } })
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: desk.account.address,
    cc: 'Dave <dave@customer.test>',
    subject: 'Printer',
    text: 'It is on fire.',
    messageId: '<export@customer.test>',
  })
  await feed(desk, [{ raw, at: Date.now() }])
  id = (await theTicket(desk)).ticket.id
  await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await queueNote(desk.core, {
    id: 'note-export',
    ticketId: id,
    text: 'Nobody outside reads this canary.',
    html: null,
    attachmentIds: [],
  })
})
afterEach(async () => {
  await desk.stop()
  await rm(folder, { recursive: true, force: true })
})

it.each(['json', 'eml'] as const)(
  'for outside holds no note, follower or colleague as %s',
  async (format) => {
    const detail = await detailOf(desk, id)
    const open = await exportTicket(folder, detail, { format, isPublicOnly: true })
    const text = await readFile(open, 'utf8')
    expect(text).toContain('It is on fire.')
    expect(text).not.toMatch(/canary|ben@desk\.test|ada@desk\.test|Ben Bright/i)
    expect((await stat(open)).mode & 0o777).toBe(0o600)
    const whole = await exportTicket(folder, detail, { format, isPublicOnly: false })
    expect(await readFile(whole, 'utf8')).toContain('canary')
    expect(whole).not.toBe(open)
  },
)

it('as a mail holds each comment as a mail that other programs read', async () => {
  const file = await exportTicket(folder, await detailOf(desk, id), {
    format: 'eml',
    isPublicOnly: true,
  })
  const mail = await simpleParser(await readFile(file))
  const [inner] = mail.attachments
  const comment = await simpleParser(inner?.content ?? Buffer.alloc(0))
  expect([mail.attachments.length, comment.from?.value[0]?.address, comment.text?.trim()]).toEqual([
    1,
    'carol@customer.test',
    'It is on fire.',
  ])
})

it('explains people and mails only to who may see the ticket', async () => {
  const { read } = desk.core.db
  const ask = async (as: string, address: string) =>
    explainPerson(read, await viewer(desk, as), { id, address })
  const dave = await ask('ada@desk.test', 'dave@customer.test')
  expect(dave.person[0]).toMatch(/^CC\. Named on the first mail/)
  expect(dave.mails.map(({ sentence }) => sentence)).toEqual([
    'Got it from its author: they were on that mail.',
    'Got no mail: A note stays inside the desk.',
  ])
  await changeTicket(desk.core, id, { do: 'setGroup', group: 'VIP' })
  expect(await failure(ask('cleo@desk.test', 'dave@customer.test'))).toMatchObject({
    code: 'not-found',
  })
  expect((await ask('ben@desk.test', 'ben@desk.test')).mails[1]?.sentence).toBe(
    'On a mail of their own, in To; it waits in the outbox.',
  )
})
