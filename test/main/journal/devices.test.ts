// Who may speak for whom, on a real folder: other keys, other people's keys and revoked desktops change nothing.
import { rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listMistrusted } from '#main/journal/mistrusted'
import { createEngine, type Engine } from '#main/engine'
import { encodeBatch } from '#main/journal/codec'
import { loadDeviceKey, type DeviceKey } from '#main/journal/signing'
import { connectImap } from '#main/mail/imap'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk, getAgent } from '#main/tickets/core'
import { recordDeskEvents } from '#main/tickets/record'
import { tick } from '#shared/rules/clock'
import { aMail, detailOf, feed, theTicket } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: Engine
let adaKey: DeviceKey
let benKey: DeviceKey
let forger: DeviceKey
const profiles: string[] = []

const at = Date.now() - 60_000
const mail = () => ({
  raw: aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    subject: 'Printer',
    messageId: '<first@customer.test>',
    text: 'It is on fire.',
  }),
  at,
})

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await feed(ada, [mail()])
  await ada.engine.journal.passOnce()
  const [bens, forgers] = [await temporaryProfile(), await temporaryProfile()]
  profiles.push(bens, forgers)
  ben = await createEngine({ profile: bens, secrets: memorySecrets() })
  const box = ada.account.address
  await ben.setUp({
    account: {
      address: box,
      aliases: [],
      name: 'Desk',
      imap: { ...server.imapSettings(box), password: 'pass' },
      smtp: { ...server.smtpSettings(box), password: 'pass' },
    },
    agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
    preset: null,
    policy: {},
    directory: [],
  })
  await feed({ core: ben.core, account: ada.account } as Desk, [mail()])
  await ben.journal.passOnce()
  adaKey = loadDeviceKey(ada.profile)
  benKey = loadDeviceKey(bens)
  forger = loadDeviceKey(forgers)
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  for (const profile of profiles) await rm(profile, { recursive: true, force: true })
  await server.stop()
})
afterEach(async () => {
  expect(await ben.hash()).toEqual(await ada.engine.hash())
})

let written = 0

/** Appends an event to the folder as any program with the mailbox's password can, and lets both desktops read it. */
async function append(key: DeviceKey, by: string, ticketId: string | null, body: object) {
  written += 1
  const text = JSON.stringify({
    id: `appended-${String(written)}`,
    hlc: tick(null, Date.now(), key.device),
    by,
    device: key.device,
    ticketId,
    body,
  })
  const imap = await connectImap(server.imapSettings(ada.account.address))
  const head = { from: by, mailbox: ada.account.address, at: Date.now() }
  const signed = { text, signature: key.sign(text), key: key.publicKey }
  await imap.append('Copydesk/Journal', encodeBatch([signed], head))
  await imap.close()
  await ada.engine.journal.passOnce()
  await ben.journal.passOnce()
}

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
    await ben.journal.passOnce()
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

  it('lets a revoked desktop change nothing from then on, whatever it still writes', async () => {
    const { address } = await getAgent(ada.core.db.read)
    await ada.core.db.write('test.revoke', (tx) =>
      recordDeskEvents(ada.core, tx, address, [{ kind: 'device.revoked', device: benKey.device }]),
    )
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
