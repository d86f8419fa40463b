// The queue of held mail over all tickets: who sees it, each decision, and its way back.
import { afterEach, describe, expect, it } from 'vitest'
import { saveSetting } from '#main/db/settings'
import { queueReply } from '#main/outbox/queueComment'
import { changeTicket } from '#main/tickets/commands'
import { blockSender, countHeld, listHeld, unblockSender } from '#main/tickets/held'
import type { AppError } from '#shared/ipc/errors'
import { aMail, detailOf, failure, feed, viewer } from '#support/feedMails'
import { announceDevice } from '#main/tickets/setup'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

const mail = (from: string, id: string, more: Partial<Parameters<typeof aMail>[0]> = {}) => ({
  raw: aMail({
    from,
    to: 'help@desk.test',
    subject: 'Printer',
    messageId: `<${id}>`,
    text: `Words of ${from}.`,
    ...more,
  }),
  at: Date.now() - 60_000,
})

/** A ticket of Carol, on which Eve, who is not on it, writes twice. */
async function open(): Promise<void> {
  desk = await startDesk({ policy: { ccLimit: 1 } })
  await feed(desk, [mail('carol@customer.test', 'first@customer.test')])
  const answer = { headers: { 'In-Reply-To': '<first@customer.test>' } }
  await feed(desk, [mail('Eve <eve@evil.test>', 'eve1@evil.test', answer)])
  await feed(desk, [mail('Eve <eve@evil.test>', 'eve2@evil.test', answer)])
}

const list = async () => {
  const who = await viewer(desk)
  const items = await listHeld(desk.core.db.read, who)
  expect(await countHeld(desk.core.db.read, who)).toBe(items.length)
  return items
}
const ids = async () => (await list()).map(({ messageId }) => messageId).sort()
async function ticketId(): Promise<string> {
  return (await list())[0]?.ticket.id ?? ''
}

describe('the queue', () => {
  it('says who waits where, why, and with which words', async () => {
    await open()
    const [one, other] = await list()
    expect(other).toMatchObject({
      kind: 'mail',
      ticket: { subject: 'Printer', customers: [{ address: 'carol@customer.test' }] },
      person: { name: 'Eve', address: 'eve@evil.test' },
      because: 'not-a-participant',
    })
    expect(one?.text).toContain('Words of Eve')
  })

  it('accepts, adds, links and discards, and takes each back', async () => {
    await open()
    const id = await ticketId()
    const messageId = 'eve1@evil.test'
    const before = await detailOf(desk, id)
    for (const action of [
      { do: 'acceptComment', messageId, mode: 'accept', aliasOf: null },
      { do: 'acceptComment', messageId, mode: 'add-cc', aliasOf: null },
      { do: 'acceptComment', messageId, mode: 'alias', aliasOf: 'carol@customer.test' },
      { do: 'discardComment', messageId },
    ] as const) {
      await changeTicket(desk.core, id, action)
      expect(await ids()).toEqual(['eve2@evil.test'])
      await changeTicket(desk.core, id, { do: 'undoDecision', messageId })
      expect(await ids()).toEqual(['eve1@evil.test', 'eve2@evil.test'])
    }
    const after = await detailOf(desk, id)
    expect(after.participants).toEqual(before.participants)
    expect(after.comments).toEqual(before.comments)
  })

  it('does not take an acceptance back that a public reply was built on', async () => {
    await open()
    const id = await ticketId()
    const messageId = 'eve1@evil.test'
    await changeTicket(desk.core, id, {
      do: 'acceptComment',
      messageId,
      mode: 'accept',
      aliasOf: null,
    })
    await queueReply(desk.core, {
      id: 'reply-1',
      ticketId: id,
      visibility: 'public',
      text: 'Hello.',
      audience: [],
      seenRevision: null,
      status: null,
    })
    const refusal = await failure<AppError>(
      changeTicket(desk.core, id, { do: 'undoDecision', messageId }),
    )
    expect(refusal.message).toContain('cannot be taken back')
  })

  it('shows nothing of a restricted ticket to who may not see it', async () => {
    await open()
    const id = await ticketId()
    await changeTicket(desk.core, id, { do: 'setGroup', group: 'Board' })
    const { desk: now } = await viewer(desk)
    const restricted = {
      desk: { ...now, policy: { ...now.policy, restrictedGroups: ['Board'] } },
      agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' as const },
    }
    expect(await listHeld(desk.core.db.read, restricted)).toEqual([])
  })

  it('has the people who did not fit on the CC list', async () => {
    desk = await startDesk({ policy: { ccLimit: 1 } })
    await feed(desk, [
      mail('carol@customer.test', 'full@customer.test', {
        cc: ['dave@customer.test', 'erin@customer.test'],
      }),
    ])
    const [item] = await list()
    expect(item).toMatchObject({
      kind: 'person',
      person: { address: 'erin@customer.test' },
      because: 'over-limit',
    })
    await changeTicket(desk.core, item?.ticket.id ?? '', {
      do: 'dismissSuggestion',
      address: 'erin@customer.test',
    })
    expect(await list()).toEqual([])
  })
})

describe('blocking a sender', () => {
  it('discards what is held and what comes, and the undo brings back what it took', async () => {
    await open()
    const id = await ticketId()
    const { entry, discarded } = await blockSender(desk.core, 'Eve@Evil.test')
    expect(entry).toBe('eve@evil.test')
    expect(discarded).toHaveLength(2)
    expect(await list()).toEqual([])
    const late = { ...mail('eve@evil.test', 'eve3@evil.test'), at: Date.now() + 60_000 }
    await feed(desk, [late])
    expect(await list()).toEqual([])
    await unblockSender(desk.core, entry, discarded)
    expect(await ids()).toEqual(['eve1@evil.test', 'eve2@evil.test'])
    expect((await detailOf(desk, id)).ticket.heldCount).toBe(2)
  })

  it('is refused for colleagues and to light agents', async () => {
    await open()
    const inside = await failure<AppError>(blockSender(desk.core, 'desk.test'))
    expect(inside.message).toContain('Colleagues')
    await desk.core.db.write('sit', (tx) =>
      saveSetting(tx, 'agent', { name: 'Cleo', address: 'cleo@desk.test', role: 'light' }),
    )
    await announceDevice(desk.core)
    const role = await failure<AppError>(blockSender(desk.core, 'eve@evil.test'))
    expect(role.message).toContain('role')
  })
})
