// Customers never read who follows (participants.md §3, last rule): also not by the very mail that makes somebody follow.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listItems } from '#main/db/outbox'
import { queueNewTicket, queueReply } from '#main/outbox/queueComment'
import { scheduleReply, viewScheduled } from '#main/outbox/scheduled'
import { changeTicket } from '#main/tickets/commands'
import { currentDesk } from '#main/tickets/core'
import { previewPlan } from '#main/tickets/previewPlan'
import { mentionsIn } from '#shared/rules/mentions'
import { aMail, detailOf, failure, feed, theTicket } from '#support/feedMails'
import { startDesk, type Desk } from '#support/startDesk'

const carol = 'carol@customer.test'
const ben = 'ben@desk.test'
const people = [
  { name: 'Ben Bright', address: ben, aliases: ['benny@desk.test'] },
  { name: 'Cleo Clear', address: 'cleo@desk.test', role: 'light' as const },
]

let desk: Desk
let id: string

beforeEach(async () => {
  desk = await startDesk({ directory: people })
  const raw = aMail({
    from: `Carol <${carol}>`,
    to: desk.account.address,
    subject: 'Lamp',
    messageId: '<lamp@customer.test>',
  })
  await feed(desk, [{ raw, at: Date.now() - 60_000 }])
  id = (await theTicket(desk)).ticket.id
})
afterEach(async () => {
  await desk.stop()
})

const send = (text: string, more: { audience?: string[]; html?: string } = {}) =>
  queueReply(desk.core, {
    id: 'naming',
    ticketId: id,
    visibility: more.audience === undefined ? 'public' : 'private',
    text,
    ...(more.html === undefined ? {} : { html: more.html }),
    audience: more.audience ?? [],
    seenRevision: null,
    status: null,
  })

const queued = async () => (await listItems(desk.core.db.read)).map(({ kind }) => kind)

describe('a mail to customers that names a colleague', () => {
  it('is not queued when its @ would make them a follower, and the ticket is as before', async () => {
    const error = await failure(send('@Ben Bright will call you.'))
    expect(error.message).toContain('names a follower (“Ben Bright”)')
    expect(error).toMatchObject({
      code: 'refused',
      detail: { because: 'follower-name', what: 'Ben Bright' },
    })
    expect(await queued()).toEqual([])
    const { participants, comments } = await detailOf(desk, id)
    expect(participants.filter(({ role }) => role === 'follower')).toEqual([])
    expect(comments).toHaveLength(1)
  })

  it('is not queued either when private words go outside, but goes to colleagues alone', async () => {
    await expect(send('@Ben Bright knows.', { audience: ['vendor@vendor.test'] })).rejects.toThrow(
      'names a follower',
    )
    await send('@Ben Bright knows.', { audience: ['cleo@desk.test'] })
    expect((await queued()).sort()).toEqual(['follower', 'private'])
  })

  it('goes without the @: nobody becomes a follower by a plain name', async () => {
    await send('Ben Bright will call you.')
    expect(await queued()).toEqual(['public'])
  })

  it.each([
    ['the address of one who follows', 'Write to ben@desk.test.', 'follower’s address'],
    ['another address of theirs', 'Write to benny@desk.test.', 'follower’s address'],
    ['their name', 'Ben Bright will call you.', 'names a follower'],
  ])('is not queued with %s', async (_, text, words) => {
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    await expect(send(text)).rejects.toThrow(words)
    expect(await queued()).toEqual([])
  })

  it('goes when customers see the colleague in Cc anyway', async () => {
    await changeTicket(desk.core, id, { do: 'addCcs', people: [{ name: '', address: ben }] })
    await send('@Ben Bright will call you.')
    expect(await queued()).toEqual(['public'])
  })

  it('is not scheduled either, while its author can still mend it', async () => {
    const schedule = (text: string, audience: string[] = []) =>
      scheduleReply(desk.core, {
        id: `later-${String(audience.length)}`,
        ticketId: id,
        visibility: audience.length === 0 ? 'public' : 'private',
        ...{ text, audience, html: null, status: null, seenRevision: null },
        ...{ sendAt: Date.now() + 3_600_000, onlyIfQuiet: true },
      })
    await expect(schedule('@Ben Bright will call you.')).rejects.toThrow('names a follower')
    await schedule('Ben Bright will call you.')
    await schedule('@Ben Bright knows.', ['cleo@desk.test'])
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    await expect(schedule('Ask benny@desk.test.')).rejects.toThrow('follower’s address')
    expect((await viewScheduled(desk.core)).map(({ text }) => text)).toEqual([
      'Ben Bright will call you.',
      '@Ben Bright knows.',
    ])
  })

  it('is told of before it is sent, and only where it would be refused', async () => {
    const { people } = await currentDesk(desk.core, desk.core.db.read)
    const ask = async (
      kind: 'public' | 'note' | 'private',
      text: string,
      audience: string[] = [],
    ) =>
      (
        await previewPlan(desk.core, {
          ...{ ticketId: id, kind, audience },
          mentions: mentionsIn({ people }, text),
        })
      ).hidden
    const ben = { name: 'Ben Bright', address: 'ben@desk.test', isFollower: false }
    expect(await ask('public', '@Ben Bright will call you.')).toEqual([ben])
    expect(await ask('private', '@Ben Bright', ['vendor@vendor.test'])).toEqual([ben])
    expect(await ask('private', '@Ben Bright', ['cleo@desk.test'])).toEqual([])
    expect(await ask('note', '@Ben Bright')).toEqual([])
    expect(await ask('public', 'Ben Bright')).toEqual([])
    await changeTicket(desk.core, id, { do: 'follow', address: ben.address, level: 'all' })
    expect(await ask('public', '@Ben Bright')).toEqual([{ ...ben, isFollower: true }])
  })

  it('is told of too where customers are in Cc only', async () => {
    await changeTicket(desk.core, id, {
      do: 'changeRequester',
      address: 'cleo@desk.test',
      name: 'Cleo Clear',
    })
    await changeTicket(desk.core, id, { do: 'addCcs', people: [{ name: '', address: carol }] })
    const plan = await previewPlan(desk.core, {
      ...{ ticketId: id, kind: 'public', audience: [], mentions: [ben] },
    })
    expect(plan.mails[0]).toMatchObject({ to: [{ address: 'cleo@desk.test' }], cc: [{}] })
    expect(plan.hidden.map(({ address }) => address)).toEqual([ben])
    await expect(send('@Ben Bright knows.')).rejects.toThrow('names a follower')
  })

  it('does not open a ticket either, unless the colleague is in Cc for all to see', async () => {
    const open = (ccs: { name: string; address: string }[]) =>
      queueNewTicket(desk.core, {
        ...{ id: `naming-new-${String(ccs.length)}`, subject: 'Bulb', ccs },
        requester: { name: '', address: 'vendor@vendor.test' },
        text: '@Ben Bright will call you.',
      })
    await expect(open([])).rejects.toThrow('names a follower (“Ben Bright”)')
    expect(await queued()).toEqual([])
    await open([{ name: 'Ben Bright', address: ben }])
    expect(await queued()).toEqual(['public'])
  })
})

describe('a private reply to people outside and to a colleague who follows', () => {
  const vendor = 'vendor@vendor.test'
  const exposed = async (audience: string[], kind: 'private' | 'public' = 'private') =>
    (await previewPlan(desk.core, { ticketId: id, kind, audience })).exposed

  it('is not queued: the ones would read of the other. It is told of before', async () => {
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    await expect(send('Look.', { audience: [ben, vendor] })).rejects.toThrow('names a follower')
    const told = [{ name: 'Ben Bright', address: ben }]
    expect(await exposed([ben, vendor])).toEqual(told)
    expect(await exposed([vendor, 'Benny@Desk.test'])).toEqual([
      { name: 'Ben Bright', address: 'benny@desk.test' },
    ])
    expect(await exposed([vendor])).toEqual([])
    await send('Look.', { audience: [vendor] })
    expect((await queued()).sort()).toEqual(['follower', 'private'])
  })

  it('is not queued either for the address of theirs that an agent linked to them', async () => {
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    const home = 'bright@home.test'
    const raw = aMail({
      from: home,
      to: desk.account.address,
      messageId: '<home@home.test>',
      headers: { References: '<lamp@customer.test>' },
    })
    await feed(desk, [{ raw, at: Date.now() - 30_000 }])
    await changeTicket(desk.core, id, {
      ...{ do: 'acceptComment', messageId: 'home@home.test', mode: 'alias', aliasOf: ben },
    })
    expect(await exposed([vendor, home])).toEqual([{ name: '', address: home }])
    await expect(send('Look.', { audience: [vendor, home] })).rejects.toThrow('names a follower')
    expect(await exposed([home])).toEqual([])
    await send('Look.', { audience: [home] })
    expect(await queued()).toEqual(['private'])
  })

  it('goes when nobody outside is chosen, when customers know them, and when they do not follow', async () => {
    expect(await exposed([ben, vendor])).toEqual([])
    await changeTicket(desk.core, id, { do: 'follow', address: ben, level: 'all' })
    expect(await exposed([ben, 'cleo@desk.test'])).toEqual([])
    expect(await exposed([ben, vendor], 'public')).toEqual([])
    await changeTicket(desk.core, id, { do: 'addCcs', people: [{ name: '', address: ben }] })
    expect(await exposed([ben, vendor])).toEqual([])
    await send('Look.', { audience: [ben, vendor] })
    expect(await queued()).toEqual(['private'])
  })
})
