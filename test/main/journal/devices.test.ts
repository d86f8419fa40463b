// Who may speak for whom, on a real folder: other keys, other people's keys and revoked desktops change nothing.
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listMistrusted } from '#main/journal/mistrusted'
import { loadDeviceKey, type DeviceKey } from '#main/journal/signing'
import { journalHandlers } from '#main/ipc/journalHandlers'
import type { Door } from '#main/ipc/door'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk } from '#main/tickets/core'
import { aMail, detailOf, feed, theTicket } from '#support/feedMails'
import { appendEvents, joinDesk, keyOfDesk, signedBy } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, temporaryProfile, type Desk } from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: Desk
let adaKey: DeviceKey
let benKey: DeviceKey
let forger: DeviceKey
let forgers: string

const at = Date.now() - 60_000
const mail = () => ({
  raw: aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
    date: new Date(at),
    text: 'It is on fire.',
  }),
  at,
})

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await feed(ada, [mail()])
  await ada.engine.journal.passOnce()
  ben = await joinDesk(ada, { server })
  await feed(ben, [mail()])
  await ben.engine.journal.passOnce()
  forgers = await temporaryProfile()
  adaKey = keyOfDesk(ada)
  benKey = keyOfDesk(ben)
  forger = loadDeviceKey(forgers)
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  await rm(forgers, { recursive: true, force: true })
  await server.stop()
})
afterEach(async () => {
  expect(await ben.engine.hash()).toEqual(await ada.engine.hash())
})

const pass = async (): Promise<void> => {
  await ada.engine.journal.passOnce()
  await ben.engine.journal.passOnce()
  await ada.engine.journal.passOnce()
}

/** Appends an event as any program with the mailbox's password can, and lets both desktops read it. */
async function append(key: DeviceKey, by: string, ticketId: string | null, body: object) {
  await appendEvents(server, ada.account.address, [signedBy(key, { by, ticketId, body })])
  await pass()
}

/** What the window asks each desktop. */
const asked = ({ engine }: Desk) => journalHandlers({ engine } as Door)

const limit = async () => (await currentDesk(ada.core, ada.core.db.read)).policy.ccLimit
const status = async () => {
  const { ticket } = await theTicket(ada)
  return (await detailOf(ada, ticket.id)).ticket.status
}
const mistrusted = async () =>
  (await listMistrusted(ben.core)).map(({ device, by, because }) => ({ device, by, because }))

describe('device trust', () => {
  it('knows both desktops, and takes what each says in its own person’s name', async () => {
    await ada.engine.journal.passOnce()
    const { devices = [] } = await currentDesk(ada.core, ada.core.db.read)
    expect(devices.map(({ id, owner }) => ({ id, owner }))).toEqual([
      { id: adaKey.device, owner: 'ada@desk.test' },
      { id: benKey.device, owner: 'ben@desk.test' },
    ])
    const { ticket } = await theTicket(ada)
    await changeTicket(ben.core, ticket.id, { do: 'setStatus', status: 'pending' })
    await ben.engine.journal.passOnce()
    await ada.engine.journal.passOnce()
    expect(await status()).toBe('pending')
    expect(await mistrusted()).toEqual([])
  })

  it('lets a forged event in Ada’s name change nothing, and shows it', async () => {
    const { ticket } = await theTicket(ada)
    const before = await limit()
    for (const key of [forger, benKey]) {
      await append(key, 'ada@desk.test', null, { kind: 'policy.set', changes: { ccLimit: 1 } })
      await append(key, 'ada@desk.test', ticket.id, { kind: 'ticket.statusSet', status: 'solved' })
    }
    expect(await limit()).toBe(before)
    expect(await status()).toBe('pending')
    expect(await mistrusted()).toEqual(
      expect.arrayContaining([
        { device: forger.device, by: 'ada@desk.test', because: 'device-unknown' },
        { device: benKey.device, by: 'ada@desk.test', because: 'device-of-another' },
      ]),
    )
  })

  it('lists the desktops with their people, and lets an admin ask for approval', async () => {
    await pass()
    const list = await asked(ben).devices.list()
    expect(list.asksApproval).toBe(false)
    expect(
      list.devices.map(({ id, ownerName, isThis, isApproved, isRevoked }) => ({
        id,
        ownerName,
        isThis,
        isApproved,
        isRevoked,
      })),
    ).toEqual(
      expect.arrayContaining([
        {
          id: adaKey.device,
          ownerName: 'Ada Agent',
          isThis: false,
          isApproved: true,
          isRevoked: false,
        },
        {
          id: benKey.device,
          ownerName: 'Ben Bright',
          isThis: true,
          isApproved: true,
          isRevoked: false,
        },
      ]),
    )
    expect(list.devices.every(({ heardAt }) => heardAt !== null)).toBe(true)
    await expect(asked(ben).devices.setApproval({ isOn: true })).rejects.toThrow(/admin/iu)

    await asked(ada).devices.setApproval({ isOn: true })
    await append(forger, 'ben@desk.test', null, {
      kind: 'device.announced',
      device: forger.device,
      name: 'new laptop',
    })
    const waiting = await asked(ada).devices.list()
    expect(waiting).toMatchObject({ asksApproval: true })
    expect(waiting.devices[0]).toMatchObject({ id: forger.device, isApproved: false })
    await expect(asked(ben).devices.approve({ id: forger.device })).rejects.toThrow(/admin/iu)
    await asked(ada).devices.approve({ id: forger.device })
    await pass()
    expect(
      (await asked(ben).devices.list()).devices.find(({ id }) => id === forger.device),
    ).toMatchObject({ isApproved: true })
    // Everybody takes their own desktop off the desk.
    await asked(ben).devices.revoke({ id: forger.device })
    await asked(ada).devices.setApproval({ isOn: false })
    await pass()
    expect((await asked(ada).devices.list()).devices.at(-1)).toMatchObject({
      id: forger.device,
      isRevoked: true,
    })
    const { mistrusted: shown } = await asked(ada).journal.setAside()
    expect(shown).toContainEqual(expect.objectContaining({ device: benKey.device }))
  })

  it('lets a revoked desktop change nothing from then on, whatever it still writes', async () => {
    await asked(ada).devices.revoke({ id: benKey.device })
    await ada.engine.journal.passOnce()
    const { ticket } = await theTicket(ada)
    await append(benKey, 'ben@desk.test', ticket.id, { kind: 'ticket.statusSet', status: 'solved' })
    await append(benKey, 'ben@desk.test', null, {
      kind: 'device.announced',
      device: benKey.device,
      name: 'again',
    })
    await append(benKey, 'ben@desk.test', ticket.id, { kind: 'ticket.statusSet', status: 'open' })
    expect(await status()).toBe('pending')
    expect(await mistrusted()).toContainEqual({
      device: benKey.device,
      by: 'ben@desk.test',
      because: 'device-revoked',
    })
  })
})
