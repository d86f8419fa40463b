// A notification is a door, too: nobody hears through it of a ticket they may not see (participants.md §2).
import { afterEach, expect, it } from 'vitest'
import { getSetting, saveSetting } from '#main/db/settings'
import { changeTicket } from '#main/tickets/commands'
import { createNewsWatch } from '#main/tickets/news'
import type { News } from '#shared/model/attention'
import { aMail, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

const fromCarol = (n: number, more = {}) => ({
  at: Date.now() + n * 60_000,
  raw: aMail({
    from: 'Carol <carol@customer.test>',
    to: 'help@desk.test',
    subject: 'Secret plan',
    messageId: `<m${String(n)}@customer.test>`,
    text: 'Buy the island.',
    headers: n === 0 ? {} : { 'In-Reply-To': '<m0@customer.test>' },
    ...more,
  }),
})

/** Whoever sits here wants to hear of everything, with its words. */
async function sit(address: string): Promise<void> {
  await desk.core.db.write('sit', async (tx) => {
    await saveSetting(tx, 'agent', { name: 'Somebody', address, role: 'agent' })
    const kept = await getSetting(tx, 'preferences')
    await saveSetting(tx, 'preferences', {
      ...kept,
      notifications: { about: 'all', shows: 'preview', off: [], isPaused: false },
    })
  })
}

it.each([
  ['nobody outside the group', 'ben@desk.test', []],
  ['a member', 'mia@desk.test', ['Secret plan']],
  ['a follower from outside the group', 'cleo@desk.test', ['Secret plan']],
])('of a restricted ticket tells %s', async (_, address, subjects) => {
  desk = await startDesk({
    policy: { restrictedGroups: ['Board'] },
    directory: [
      { name: 'Ben', address: 'ben@desk.test' },
      { name: 'Cleo', address: 'cleo@desk.test' },
      { name: 'Mia', address: 'mia@desk.test', groups: ['Board'] },
    ],
  })
  await feed(desk, [fromCarol(0)])
  const { id } = (await theTicket(desk)).ticket
  await changeTicket(desk.core, id, { do: 'setGroup', group: 'Board' })
  for (const follower of ['cleo@desk.test', 'mia@desk.test']) {
    await changeTicket(desk.core, id, { do: 'follow', address: follower, level: 'all' })
  }
  await sit(address)
  const heard: News[] = []
  const look = createNewsWatch(desk.core, (news) => heard.push(news))
  await feed(desk, [fromCarol(1)])
  await look([{ entity: 'ticket', ids: [id], origin: 'mail' }])
  expect(heard.map(({ subject }) => subject)).toEqual(subjects)
})
