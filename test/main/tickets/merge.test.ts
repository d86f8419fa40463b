// Merging: which tickets are in the lists, what a ticket says of the other one, and what no desktop may lose.
import { afterEach, describe, expect, it } from 'vitest'
import { changeTicket } from '#main/tickets/commands'
import { recordTicketEvents } from '#main/tickets/record'
import { listView } from '#main/tickets/views'
import type { AppError } from '#shared/ipc/errors'
import { bareSubject } from '#shared/rules/subject'
import { aMail, detailOf, failure, feed, theTicket, viewer } from '#support/feedMails'
import type { SimpleMail } from '#support/servers/startMailServer'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
afterEach(() => desk.stop())

const carol = 'Carol <carol@customer.test>'
let at = Date.now() - 3_600_000

/** A mail that begins a ticket; answers the ticket's id. */
async function arrive(subject: string, more: Partial<SimpleMail> = {}): Promise<string> {
  at += 60_000
  const messageId = `<${subject.toLowerCase().replace(/\W+/gu, '-')}@customer.test>`
  const mail = { from: carol, to: 'help@desk.test', subject, messageId, text: subject, ...more }
  await feed(desk, [{ raw: aMail(mail), at }])
  return (await theTicket(desk, bareSubject(subject))).ticket.id
}

async function open(as?: string): Promise<string[]> {
  const asked = { view: 'open', query: '', offset: 0, limit: 50 } as const
  const { rows } = await listView(desk.core.db.read, await viewer(desk, as), asked)
  return rows.map((row) => row.subject).sort()
}

const merge = (id: string, into: string) => changeTicket(desk.core, id, { do: 'merge', into })

describe('merging a ticket', () => {
  it('takes it out of the lists, names each to the other, moves nobody, and can be taken back', async () => {
    desk = await startDesk()
    const lamp = await arrive('Lamp', { cc: ['Dave <dave@customer.test>'] })
    const chair = await arrive('Chair')
    const before = (await detailOf(desk, chair)).participants
    await merge(lamp, chair)
    expect(await open()).toEqual(['Chair'])
    expect((await detailOf(desk, lamp)).related.mergedInto?.id).toBe(chair)
    expect((await detailOf(desk, chair)).related.mergedHere.map(({ id }) => id)).toEqual([lamp])
    expect((await detailOf(desk, chair)).participants).toEqual(before)

    await changeTicket(desk.core, lamp, { do: 'unmerge' })
    expect(await open()).toEqual(['Chair', 'Lamp'])
    expect((await detailOf(desk, chair)).related.mergedHere).toEqual([])
    const again = await failure<AppError>(changeTicket(desk.core, lamp, { do: 'unmerge' }))
    expect(again.detail).toMatchObject({ because: 'not-merged' })
  })

  it('refuses a target that is merged itself, and lists both when two desktops crossed', async () => {
    desk = await startDesk()
    const lamp = await arrive('Lamp')
    const chair = await arrive('Chair')
    await merge(lamp, chair)
    expect((await failure<AppError>(merge(chair, lamp))).detail).toMatchObject({
      because: 'target-merged',
    })
    // What the other desktop recorded before it knew.
    await desk.core.db.write('crossed', (tx) =>
      recordTicketEvents(desk.core, tx, {
        ticketId: chair,
        bodies: [{ kind: 'ticket.merged', into: lamp }],
      }),
    )
    expect(await open()).toEqual(['Chair', 'Lamp'])
  })

  it('says nothing of a ticket that somebody may not see', async () => {
    desk = await startDesk({ policy: { restrictedGroups: ['Board'] } })
    const lamp = await arrive('Lamp')
    const board = await arrive('Salaries')
    await merge(lamp, board)
    await changeTicket(desk.core, board, { do: 'setGroup', group: 'Board' })
    expect((await detailOf(desk, lamp, 'ben@desk.test')).related).toEqual({
      mergedInto: null,
      mergedHere: [],
      mayBelongTo: null,
    })
    expect((await detailOf(desk, lamp)).related.mergedInto?.subject).toBe('Salaries')
  })
})

describe('a new ticket that looks like an answer (reliability.md C7)', () => {
  const belongs = async (id: string, as?: string) =>
    (await detailOf(desk, id, as)).related.mayBelongTo?.subject

  it('names the last ticket of its author, by prefix or by references nobody knows', async () => {
    desk = await startDesk()
    await arrive('Chair')
    await arrive('Lamp', { from: 'Dave <dave@customer.test>', cc: [carol] })
    expect(await belongs(await arrive('Re: my thing'))).toBe('Lamp')
    const unknown = { 'In-Reply-To': '<lost@elsewhere.test>' }
    const byReference = await arrive('Something', { headers: unknown })
    expect(await belongs(byReference)).toBe('my thing')
  })

  it('names none for a plain mail, a stranger, an answered ticket, or one that is closed to the agent', async () => {
    desk = await startDesk({ policy: { restrictedGroups: ['Board'] } })
    const lamp = await arrive('Lamp')
    expect(await belongs(await arrive('Chair', { from: 'Erin <erin@else.test>' }))).toBeUndefined()
    expect(await belongs(await arrive('Re: x', { from: 'Dave <dave@else.test>' }))).toBeUndefined()
    const late = await arrive('AW: my thing')
    expect(await belongs(late)).toBe('Lamp')
    await changeTicket(desk.core, lamp, { do: 'setGroup', group: 'Board' })
    expect(await belongs(late, 'ben@desk.test')).toBeUndefined()
    await changeTicket(desk.core, late, { do: 'setStatus', status: 'open' })
    expect(await belongs(late)).toBeUndefined()
  })
})
