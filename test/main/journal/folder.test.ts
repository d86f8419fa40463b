// What befalls the journal folder on a real Dovecot: it is numbered anew, emptied, deleted, full, or another program moves
// its mails. The desk notices, does no duty of which nobody can tell who has it, and nothing is lost or there twice.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { findCursor } from '#main/db/cursors'
import { countLost, listProblems, listUnpushed } from '#main/db/journalFolder'
import { decodeBatch } from '#main/journal/codec'
import { journalCursor } from '#main/journal/pull'
import { changeTicket } from '#main/tickets/commands'
import { detailOf, theTicket } from '#support/feedMails'
import { joinDesk, journalFolder, until, withImap } from '#support/joinDesk'
import { nextSecond } from '#support/nextSecond'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: Desk
let ticket: string

beforeAll(async () => {
  server = await startDeskServer({ quota: '1M' })
})
afterAll(async () => {
  await server.stop()
})
/** Ada and Ben on one mailbox, a ticket that Ben follows, and four changes in as many messages. */
beforeEach(async () => {
  ada = await startDesk({ server })
  await write('Printer', 1)
  await ada.engine.syncOnce()
  ticket = (await theTicket(ada)).ticket.id
  ben = await joinDesk(ada, { server })
  await ben.engine.syncOnce()
  await changeTicket(ada.core, ticket, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  for (const tag of ['a', 'b', 'c']) {
    await ada.engine.journal.passOnce()
    await changeTicket(ada.core, ticket, { do: 'setTags', tags: [tag] })
  }
  await ada.engine.journal.passOnce()
  await ben.engine.journal.passOnce()
})
afterEach(async () => {
  await ben.stop()
  await ada.stop()
})

const box = (): string => ada.account.address
const doveadm = (command: string, ...args: string[]): Promise<string> =>
  server.dovecot.doveadm(...command.split(' '), '-u', box(), ...args)

let written = 0
/** A customer's mail; the first of a ticket, or another one of the same. */
async function write(marker: string, n: number): Promise<void> {
  written += 1
  const first = `<${box()}.1@customer.test>`
  await server.deliver(
    {
      from: 'Carol <carol@customer.test>',
      to: box(),
      subject: 'Printer',
      messageId: n === 1 ? first : `<${box()}.${String(written)}@customer.test>`,
      text: marker,
      headers: n === 1 ? {} : { 'In-Reply-To': first },
    },
    { ehlo: 'dmarc-pass.test' },
  )
  await server.waitForMail(box(), (raw) => raw.includes(marker))
}

const uids = (): Promise<number[]> =>
  withImap(server, box(), async (imap) => {
    await imap.openFolder(journalFolder)
    return (await imap.listUids({ from: 1 })).sort((one, other) => one - other)
  })

/** Every event that lies in the folder, as often as it lies there. */
const inFolder = (): Promise<string[]> =>
  withImap(server, box(), async (imap) => {
    await imap.openFolder(journalFolder)
    const ids: string[] = []
    for (const uid of await imap.listUids({ from: 1 })) {
      const { events } = await decodeBatch(await imap.fetchSource(uid))
      ids.push(...events.map(({ event }) => event.id))
    }
    return ids
  })

const known = async ({ core }: Desk): Promise<string[]> => {
  const rows = await core.db.read.all<{ id: string }>('SELECT id FROM journal_event ORDER BY id')
  return rows.map(({ id }) => id)
}

const statusOf = ({ engine }: Desk): string => engine.journal.status().state

/** Both have read everything, agree, and know each event once. */
async function isWhole(): Promise<void> {
  for (const desk of [ada, ben, ada, ben]) await desk.engine.journal.passOnce()
  for (const desk of [ada, ben]) {
    expect(statusOf(desk)).toBe('online')
    expect(await countLost(desk.core.db.read)).toBe(0)
    expect(await listUnpushed(desk.core.db.read, { isLost: false, limit: 9 })).toEqual([])
  }
  expect(await known(ben)).toEqual(await known(ada))
  expect([...new Set(await inFolder())].sort()).toEqual(await known(ada))
  expect(await ben.engine.hash()).toEqual(await ada.engine.hash())
}

describe('the journal folder', () => {
  it('may be numbered anew: it is read again, and claims stand', async () => {
    expect((await ada.engine.journal.claim(['notice:before'])).mine.size).toBe(1)
    await ben.engine.journal.passOnce()
    const before = await known(ada)
    await doveadm(
      'mailbox update',
      '--uid-validity',
      '1234567',
      '--min-next-uid',
      '900',
      journalFolder,
    )
    await isWhole()
    const { accountId, folder } = journalCursor
    const cursor = await findCursor(ada.core.db.read, accountId, folder)
    expect(cursor?.uidValidity).toBe('1234567')
    expect(await known(ada)).toEqual(before)
    expect((await ben.engine.journal.claim(['notice:before'])).mine.size).toBe(0)
    await changeTicket(ben.core, ticket, { do: 'setStatus', status: 'solved' })
    await isWhole()
    expect((await detailOf(ada, ticket)).ticket.status).toBe('solved')
  })

  it('may be emptied: no duty is done until somebody has it written again, from what both have', async () => {
    const before = await known(ada)
    await doveadm('expunge', 'mailbox', journalFolder, 'all')
    for (const desk of [ada, ben]) {
      await desk.engine.journal.passOnce()
      expect(statusOf(desk)).toBe('lost')
      expect((await desk.engine.journal.claim(['notice:lost'])).mine.size).toBe(0)
    }
    expect(await inFolder()).toEqual([])
    await ben.engine.journal.rebuild()
    await isWhole()
    expect((await inFolder()).sort()).toEqual(before)
  })

  it('may be written again by both at once: each event still counts once', async () => {
    const before = await known(ada)
    const hash = await ada.engine.hash()
    await doveadm('mailbox delete', journalFolder)
    for (const desk of [ada, ben]) await desk.engine.journal.passOnce()
    await Promise.all([ada.engine.journal.rebuild(), ben.engine.journal.rebuild()])
    await isWhole()
    expect(await known(ada)).toEqual(before)
    expect(await ada.engine.hash()).toEqual(hash)
  })

  it('may be deleted while mail comes in: followers are told of it once, after it was written again', async () => {
    await doveadm('mailbox delete', journalFolder)
    const marker = `marker ${box()}`
    await nextSecond()
    await write(marker, 2)
    for (const desk of [ada, ben, ada, ben]) await desk.engine.syncOnce()
    expect([statusOf(ada), statusOf(ben)]).toEqual(['lost', 'lost'])
    const told = async (): Promise<number> =>
      (await server.mailbox('ben@desk.test')).filter((raw) => raw.includes(marker)).length
    expect(await told()).toBe(0)
    await ada.engine.journal.rebuild()
    for (const desk of [ada, ben, ada, ben]) await desk.engine.syncOnce()
    await until(async () => (await told()) > 0)
    for (const desk of [ada, ben]) await desk.engine.syncOnce()
    expect(await told()).toBe(1)
    await isWhole()
  })

  it('may lose a message to another program, and get it back', async () => {
    const [first = 0] = await uids()
    await doveadm('move', 'Trash', 'mailbox', journalFolder, 'uid', String(first))
    await ada.engine.journal.passOnce()
    expect(statusOf(ada)).toBe('lost')
    expect((await ada.engine.journal.claim(['notice:moved'])).mine.size).toBe(0)
    await doveadm('move', journalFolder, 'mailbox', 'Trash', 'all')
    await isWhole()
    expect((await ada.engine.journal.claim(['notice:moved'])).mine.size).toBe(1)
  })

  it('may hold every message twice, and mail that is none of its own', async () => {
    const before = await ada.engine.hash()
    await doveadm('copy', journalFolder, 'mailbox', journalFolder, 'all')
    await doveadm('copy', journalFolder, 'mailbox', 'INBOX', 'all')
    await isWhole()
    expect(await ada.engine.hash()).toEqual(before)
    const problems = await listProblems(ada.core.db.read)
    expect(new Set(problems.map(({ because }) => because))).toEqual(new Set(['not-a-batch']))
  })

  it('may be full: what is done stays here, is said, and goes when there is room again', async () => {
    await ada.engine.start()
    await until(async () => statusOf(ada) === 'online')
    const filler = (bytes: number): Buffer =>
      Buffer.from(`Subject: filler\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(bytes / 72)}`)
    await withImap(server, box(), async (imap) => {
      // Ever smaller, until not even an event fits.
      for (const bytes of [700_000, 300_000, 100_000, 30_000, 10_000, 3_000, 1_000, 500, 200]) {
        const isTaken = (): Promise<boolean> =>
          imap.append('Archive', filler(bytes)).then(
            () => true,
            () => false,
          )
        while (await isTaken()) continue
      }
    })
    await changeTicket(ada.core, ticket, { do: 'setStatus', status: 'solved' })
    await until(async () => statusOf(ada) === 'failing')
    expect(ada.engine.journal.status().problem).toContain('The mailbox is full')
    expect((await detailOf(ada, ticket)).ticket.status).toBe('solved')
    expect(await listUnpushed(ada.core.db.read, { isLost: false, limit: 9 })).toHaveLength(1)
    await doveadm('expunge', 'mailbox', 'Archive', 'all')
    ada.engine.journal.wake()
    await until(async () => statusOf(ada) === 'online')
    // A running desk goes on: what the change makes due is claimed and done meanwhile.
    await vi.waitFor(isWhole, { timeout: 30_000, interval: 200 })
    expect((await detailOf(ben, ticket)).ticket.status).toBe('solved')
  })
})
