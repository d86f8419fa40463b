// Packing old batches on a real Dovecot: nothing changes for anybody, whoever packs, however often, wherever it is cut short.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countLost, countMessages, listProblems } from '#main/db/journalFolder'
import { packJournal, type PackOptions } from '#main/journal/pack'
import type { ImapConnection } from '#main/mail/imap'
import { changeTicket } from '#main/tickets/commands'
import { aMail, theTicket } from '#support/feedMails'
import { joinDesk, journalFolder, withImap } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const packing: PackOptions = { from: 2, age: -60_000 }
let server: MailServer
let ada: Desk
const joined: Desk[] = []

beforeAll(async () => {
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})
/** A folder of a dozen small batches of one ticket. */
beforeEach(async () => {
  ada = await startDesk({ server })
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
  })
  await server.inject(ada.account.address, 'INBOX', [raw])
  await ada.engine.syncOnce()
  const { id } = (await theTicket(ada)).ticket
  for (const tag of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    await changeTicket(ada.core, id, { do: 'setTags', tags: [tag] })
    await ada.engine.journal.passOnce()
  }
})
afterEach(async () => {
  for (const desk of joined.splice(0)) await desk.stop()
  await ada.stop()
})

async function join(): Promise<Desk> {
  const desk = await joinDesk(ada, { server })
  joined.push(desk)
  await desk.engine.syncOnce()
  return desk
}

const inFolder = (): Promise<number> =>
  withImap(server, ada.account.address, async (imap) => {
    await imap.openFolder(journalFolder)
    return (await imap.listUids({ from: 1 })).length
  })

async function isWhole(desk: Desk): Promise<void> {
  await desk.engine.journal.passOnce()
  expect(desk.engine.journal.status()).toMatchObject({ state: 'online', lost: 0 })
  expect(await countLost(desk.core.db.read)).toBe(0)
  expect(await listProblems(desk.core.db.read)).toEqual([])
  expect(await desk.engine.hash()).toEqual(await ada.engine.hash())
}

/** Packs over a connection on which something goes wrong. */
async function packWith(wrong: Partial<ImapConnection>): Promise<void> {
  await withImap(server, ada.account.address, async (imap) => {
    const deps = { core: ada.core, folder: journalFolder, mailbox: ada.account.address }
    await packJournal({ ...deps, imap: { ...imap, ...wrong }, options: packing })
  })
}

const cut = (): Promise<never> => Promise.reject(new Error('cut'))

describe('packing', () => {
  it('leaves few messages, changes nothing, and a new desktop reads them', async () => {
    const ben = await join()
    await isWhole(ben)
    const before = await inFolder()
    const hash = await ada.engine.hash()
    const { segments, removed } = await ada.engine.journal.pack(packing)
    expect(segments).toBe(1)
    expect(removed).toBeGreaterThan(7)
    expect(await inFolder()).toBe(before + 2 - removed)
    expect(await ada.engine.hash()).toEqual(hash)
    expect(await countMessages(ada.core.db.read)).toBe(await inFolder())
    await isWhole(ben)
    await isWhole(await join())
  })

  it('leaves alone what is young, and a folder of few messages', async () => {
    const nothing = { segments: 0, removed: 0 }
    expect(await ada.engine.journal.pack({ from: 2, age: 3_600_000 })).toEqual(nothing)
    expect(await ada.engine.journal.pack({ from: 1_000, age: -60_000 })).toEqual(nothing)
  })

  it('is done by one of two desktops, and does no harm when both do it', async () => {
    const ben = await join()
    const both = await Promise.all([
      ada.engine.journal.pack(packing),
      ben.engine.journal.pack(packing),
    ])
    expect(both.filter(({ segments }) => segments > 0)).toHaveLength(1)
    for (const { core } of [ada, ben]) {
      await Promise.all(
        [ada, ben].map((desk) =>
          withImap(server, ada.account.address, (imap) =>
            packJournal({
              core: desk.core,
              imap,
              folder: journalFolder,
              mailbox: ada.account.address,
              options: { ...packing, from: 1 },
            }),
          ),
        ),
      )
      expect(await countLost(core.db.read)).toBe(0)
    }
    await isWhole(ben)
    await isWhole(ada)
    await isWhole(await join())
  })

  it('goes on after it was cut before the segment was read, and before the small ones were removed', async () => {
    let reads = 0
    await expect(
      withImap(server, ada.account.address, async (imap) => {
        const openFolder: ImapConnection['openFolder'] = (path) => {
          reads += 1
          return reads === 1 ? imap.openFolder(path) : cut()
        }
        const deps = { core: ada.core, folder: journalFolder, mailbox: ada.account.address }
        await packJournal({ ...deps, imap: { ...imap, openFolder }, options: packing })
      }),
    ).rejects.toThrow('cut')
    await isWhole(await join())
    await expect(packWith({ remove: cut })).rejects.toThrow('cut')
    await isWhole(await join())
    expect((await ada.engine.journal.pack(packing)).removed).toBeGreaterThan(7)
    await isWhole(await join())
  })

  it('does not remove what a damaged segment does not hold', async () => {
    await expect(
      withImap(server, ada.account.address, async (imap) => {
        const append: ImapConnection['append'] = (path, bytes, flags) => {
          const damaged = Buffer.from(bytes)
          const at = damaged.length - 40
          damaged[at] = damaged[at] === 65 ? 66 : 65
          return imap.append(path, damaged, flags)
        }
        const deps = { core: ada.core, folder: journalFolder, mailbox: ada.account.address }
        return packJournal({ ...deps, imap: { ...imap, append }, options: packing })
      }),
    ).resolves.toEqual({ segments: 1, removed: 0 })
    expect(await countLost(ada.core.db.read)).toBe(0)
    expect((await listProblems(ada.core.db.read)).map(({ because }) => because)).toEqual([
      'malformed',
    ])
  })
})
