// Two desktops that change the same ticket apart: both end alike, and whoever lost is told until they put it away.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeTicket } from '#main/tickets/commands'
import { conflictsFor, dismissConflict } from '#main/tickets/conflicts'
import { currentDesk } from '#main/tickets/core'
import { getTicket } from '#main/db/tickets'
import type { ConflictView } from '#shared/ipc/contract'
import { aMail, feed, theTicket } from '#support/feedMails'
import { joinDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let ada: Desk
let ben: Desk
let id: string

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
  ben = await joinDesk(ada, { server })
  const at = Date.now() - 60_000
  const raw = aMail({
    from: 'Carol <carol@customer.test>',
    to: ada.account.address,
    cc: 'Dave <dave@customer.test>',
    subject: 'Printer',
    messageId: '<first@customer.test>',
    date: new Date(at),
  })
  for (const desk of [ada, ben]) await feed(desk, [{ raw, at }])
  id = (await theTicket(ada)).ticket.id
  await share()
})
afterAll(async () => {
  await ben.stop()
  await ada.stop()
  await server.stop()
})

async function share(): Promise<void> {
  for (const { engine } of [ada, ben, ada]) await engine.journal.passOnce()
  expect(await ben.engine.hash()).toEqual(await ada.engine.hash())
}

async function lostBy({ core, agent }: Desk): Promise<ConflictView[]> {
  const viewer = { desk: await currentDesk(core, core.db.read), agent }
  return conflictsFor(core.db.read, viewer, (await getTicket(core.db.read, id)).conflicts)
}

const ccs = async ({ core }: Desk): Promise<string[]> =>
  (await getTicket(core.db.read, id)).participants
    .filter(({ role }) => role === 'cc')
    .map(({ address }) => address)

describe('changes made apart', () => {
  it('keep the newer status and tell whose change was older, until it is put away', async () => {
    await changeTicket(ben.core, id, { do: 'setStatus', status: 'pending' })
    await changeTicket(ada.core, id, { do: 'setStatus', status: 'solved' })
    await share()
    expect((await getTicket(ben.core.db.read, id)).ticket.status).toBe('solved')
    expect(await lostBy(ada)).toEqual([])
    const [lost, ...more] = await lostBy(ben)
    expect(more).toEqual([])
    expect(lost).toMatchObject({
      field: 'status',
      because: 'newer',
      by: 'ada@desk.test',
      byName: 'Ada Agent',
      value: 'solved',
      mineValue: 'pending',
    })
    await dismissConflict(ben.core, await getTicket(ben.core.db.read, id), lost?.id ?? '')
    expect(await lostBy(ben)).toEqual([])
    expect(await lostBy(await ben.reopen().then((again) => (ben = again)))).toEqual([])
  })

  it('are no conflict when one knew of the other', async () => {
    await changeTicket(ben.core, id, { do: 'setStatus', status: 'pending' })
    await share()
    await changeTicket(ada.core, id, { do: 'setStatus', status: 'solved' })
    await share()
    expect([...(await lostBy(ada)), ...(await lostBy(ben))]).toEqual([])
  })

  it('keep somebody off whom one unmutes while the other removes them', async () => {
    await changeTicket(ada.core, id, { do: 'muteCc', address: 'dave@customer.test' })
    await share()
    await changeTicket(ada.core, id, { do: 'removeCc', address: 'dave@customer.test' })
    await changeTicket(ben.core, id, { do: 'removeCc', address: 'dave@customer.test' })
    await changeTicket(ben.core, id, {
      do: 'addCcs',
      people: [{ name: 'Dave', address: 'dave@customer.test' }],
    })
    expect(await ccs(ben)).toEqual(['dave@customer.test'])
    await share()
    expect(await ccs(ben)).toEqual([])
    expect(await ccs(ada)).toEqual([])
    expect(await lostBy(ben)).toContainEqual(
      expect.objectContaining({ field: 'cc', about: 'dave@customer.test', because: 'narrower' }),
    )
    // Knowing that, Ben may decide otherwise.
    await changeTicket(ben.core, id, {
      do: 'addCcs',
      people: [{ name: 'Dave', address: 'dave@customer.test' }],
    })
    await share()
    expect(await ccs(ada)).toEqual(['dave@customer.test'])
    expect(await lostBy(ben)).toEqual([])
  })
})
