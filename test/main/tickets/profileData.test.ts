// Templates, accounts, diagnostics, export, rebuild and the simulator on a real desk.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportTickets, diagnostics, rebuildTickets } from '#main/tickets/profileData'
import { forgetAccount } from '#main/tickets/accounts'
import { simulate } from '#main/tickets/simulate'
import { recordDeskEvents } from '#main/tickets/record'
import { currentDesk } from '#main/tickets/core'
import { lookAtDesk } from '#main/journal/join'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let desk: Desk

beforeAll(async () => {
  server = await startDeskServer()
  desk = await startDesk({ server, directory: [{ name: 'Ben', address: 'ben@desk.test' }] })
  await server.deliver({
    from: 'Carol Jones <carol@customer.test>',
    to: desk.account.address,
    cc: 'Dave Brown <dave@customer.test>',
    subject: 'A secret lamp',
    text: 'It flickers.',
  })
  await desk.engine.syncOnce()
}, 60_000)

afterAll(async () => {
  await desk.stop()
  await server.stop()
})

const viewer = async () => ({
  desk: await currentDesk(desk.core, desk.core.db.read),
  agent: desk.agent,
})

it('says what another policy would have done, and changes nothing', async () => {
  const before = await desk.engine.hash()
  const off = await simulate(desk.core, { ccsEnabled: false }, 30)
  expect(off).toMatchObject({ tickets: 1, affected: 1, counts: { 'cc-missing': 1 } })
  expect(off.examples).toMatchObject([
    {
      subject: 'A secret lamp',
      differences: [{ what: 'cc-missing', who: 'dave@customer.test' }],
    },
  ])
  const same = await simulate(desk.core, {}, 30)
  expect(same).toMatchObject({ tickets: 1, affected: 0, counts: {}, examples: [] })
  expect(await desk.engine.hash()).toEqual(before)
})

it('folds every ticket again to the same state', async () => {
  const before = await desk.engine.hash()
  expect(await rebuildTickets(desk.core)).toBe(1)
  expect(await desk.engine.hash()).toEqual(before)
})

it('exports every ticket as a line of its own', async () => {
  const lines: string[] = []
  for await (const line of exportTickets(desk.core, await viewer())) lines.push(line)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ ticket: { subject: 'A secret lamp' } })
})

it('puts no address, host, subject or password into the diagnostics', async () => {
  const text = await diagnostics(desk.core, '1.2.3', [])
  expect(JSON.parse(text)).toMatchObject({
    version: '1.2.3',
    profile: { tickets: 1, mails: 1 },
    desk: { people: 2 },
  })
  const { imap } = desk.account
  for (const secret of ['@', imap.host, imap.user, 'secret lamp', 'Carol', 'Ada Agent']) {
    expect(text.toLowerCase()).not.toContain(secret.toLowerCase())
  }
})

it('keeps templates as facts of the desk, changed by admins alone', async () => {
  const template = { id: 'hello', name: 'Hello', text: 'Hello {{requester.firstName}}' }
  const { core } = desk
  const record = (by: string): Promise<void> =>
    core.db.write('template.set', (tx) =>
      recordDeskEvents(core, tx, by, [{ kind: 'template.set', template }]),
    )
  await expect(record('ben@desk.test')).rejects.toMatchObject({ code: 'refused' })
  await record(desk.agent.address)
  expect((await viewer()).desk.templates).toEqual([template])
})

it('does not forget the only mailbox', async () => {
  await expect(forgetAccount(desk.core, desk.account.id)).rejects.toMatchObject({ code: 'refused' })
  await expect(forgetAccount(desk.core, 'nobody')).rejects.toMatchObject({ code: 'not-found' })
})

it('keeps a new password only when both servers take it', async () => {
  const wrong = await desk.engine.changePassword(desk.account.id, 'wrong')
  expect([wrong.imap.isOk, wrong.smtp.isOk]).toContain(false)
  expect((await desk.engine.checkAccount(desk.account.id)).imap.isOk).toBe(true)
})

it('looks at the desk in a mailbox without taking anything over', async () => {
  const settings = { ...desk.account.imap, password: 'pass' }
  const found = await lookAtDesk(settings, Date.now)
  expect(found?.people.map(({ address }) => address)).toEqual(
    expect.arrayContaining([desk.agent.address, 'ben@desk.test']),
  )
  expect(await lookAtDesk(server.imapSettings(freshMailbox()), Date.now)).toBeNull()
})
