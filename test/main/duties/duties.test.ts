// Mails that a fact causes: who gets them, once, and when nobody does.
import { simpleParser } from 'mailparser'
import { afterEach, describe, expect, it } from 'vitest'
import { listDueDuties } from '#main/db/duties'
import { getBytes, listItems } from '#main/db/outbox'
import { performDuty } from '#main/duties/perform'
import { createDuties } from '#main/duties/run'
import { changeTicket } from '#main/tickets/commands'
import type { Duty } from '#shared/model/duty'
import type { Policy } from '#shared/model/policy'
import { aMail, detailOf, feed, rows, theTicket } from '#support/feedMails'
import { until } from '#support/joinDesk'
import { startDesk, type Desk } from '#support/startDesk'

let desk: Desk
let run = 0

afterEach(async () => {
  await desk.stop()
})

const noFile = () => Promise.reject(new Error('no file is asked for'))
const due = () => listDueDuties(desk.core.db.read, desk.core.now())
const items = async () => (await listItems(desk.core.db.read)).reverse()
const flush = () => createDuties(desk.core, { readFile: noFile }).flush()
const addresses = (list: readonly { address: string }[]) => list.map((each) => each.address)
const sent = async () =>
  (await items()).map(({ kind, to, cc }) => [kind, addresses(to), addresses(cc)])
const skipped = async (id: string) =>
  desk.core.db.read.all<{ address: string; because: string }>(
    'SELECT address, because FROM skipped_recipient WHERE commentId = ? ORDER BY address',
    [id],
  )

interface Words {
  from?: string
  text?: string
  headers?: Record<string, string>
  cc?: string[]
  to?: string
  at?: number
  answers?: string
}

async function mail(words: Words = {}): Promise<string> {
  run += 1
  const messageId = `<duty${String(run)}@customer.test>`
  const raw = aMail({
    from: words.from ?? 'Carol <carol@customer.test>',
    to: words.to ?? desk.account.address,
    cc: words.cc ?? ['Dave <dave@customer.test>'],
    subject: 'Printer of carol@customer.test',
    messageId,
    text: words.text ?? 'It is on fire.',
    headers: {
      ...(words.answers === undefined ? {} : { 'In-Reply-To': words.answers }),
      ...words.headers,
    },
  })
  await feed(desk, [{ raw, at: words.at ?? Date.now() }])
  return messageId
}

/** A desk with Carol's ticket, Dave in Cc; Ben follows, Cleo is assigned. */
async function open(policy: Partial<Policy> = {}): Promise<{ id: string; first: string }> {
  desk = await startDesk({ policy })
  const first = await mail()
  const { id } = (await theTicket(desk)).ticket
  await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
  await changeTicket(desk.core, id, { do: 'assign', assignee: 'cleo@desk.test' })
  return { id, first }
}

describe('mail of a customer', () => {
  it('is told to follower and assignee, in a mail of their own each, once', async () => {
    const { id, first } = await open()
    expect(await flush()).toBe(0)
    await mail({ answers: first, text: 'Still burning.' })
    expect(await due()).toHaveLength(1)
    expect(await flush()).toBe(1)
    expect(await sent()).toEqual([
      ['follower', ['ben@desk.test'], []],
      ['follower', ['cleo@desk.test'], []],
    ])
    const all = await items()
    for (const item of all) {
      const raw = (await getBytes(desk.core.db.read, item.id)).toString()
      const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
      expect(head).not.toMatch(/customer\.test/i)
      expect(head).toMatch(/Auto-Submitted: auto-generated/)
      expect(head).toMatch(/Reply-To:[^@]*\+f[0-9a-z]{29}@/)
      expect(raw).toContain('Still burning.')
    }
    const wordsFor = async (to: string) => {
      const item = all.find((each) => each.to[0]?.address === to)
      return (await getBytes(desk.core.db.read, item?.id ?? '')).toString()
    }
    expect(await wordsFor('ben@desk.test')).toContain('PUBLIC reply')
    const subjectFor = async (to: string) => (await simpleParser(await wordsFor(to))).subject ?? ''
    expect(await subjectFor('ben@desk.test')).toContain('New public mail (your answer: public): ')
    expect(await subjectFor('cleo@desk.test')).toContain(
      'New public mail (your answer: internal): ',
    )
    // Cleo is a light agent: what she answers stays inside, and the mail says so.
    expect(await wordsFor('cleo@desk.test')).toContain('INTERNAL note')
    expect(await flush()).toBe(0)
    expect(await due()).toEqual([])
    expect(await items()).toHaveLength(2)
    const detail = await detailOf(desk, id)
    expect(detail.comments.at(-1)?.deliveries).toHaveLength(2)
  })

  it('is told at once by a desktop whose clock is an hour slow', async () => {
    const hour = 3_600_000
    desk = await startDesk({ now: () => Date.now() - hour })
    const first = await mail({ at: Date.now() - 2 * hour })
    const { id } = (await theTicket(desk)).ticket
    await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    await mail({ answers: first })
    expect(await flush()).toBe(1)
    expect(await sent()).toEqual([['follower', ['ben@desk.test'], []]])
  })

  it('leaves the ticket unread and its revision alone', async () => {
    const { id, first } = await open()
    await mail({ answers: first })
    const before = (await detailOf(desk, id)).ticket
    await flush()
    expect((await detailOf(desk, id)).ticket).toEqual(before)
    expect((await rows(desk))[0]?.isUnread).toBe(true)
  })

  it('is never told to its author, and not to who is on it already', async () => {
    const { first } = await open()
    await mail({ answers: first, cc: ['Dave <dave@customer.test>', 'ben@desk.test'] })
    await flush()
    expect(await sent()).toEqual([['follower', ['cleo@desk.test'], []]])
  })

  it('is passed to the CCs who are not on it when the policy says so', async () => {
    const { first } = await open({ relayToCcs: true })
    await mail({ answers: first, cc: [] })
    await flush()
    const [relay] = await items()
    expect(relay).toMatchObject({ kind: 'relay', cc: [] })
    expect(addresses(relay?.to ?? [])).toEqual(['dave@customer.test'])
    const raw = (await getBytes(desk.core.db.read, relay?.id ?? '')).toString()
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m)
    expect(raw).not.toMatch(/ben@|cleo@|ada@/)
    expect(await sent()).toHaveLength(3)
  })

  it('is not passed to CCs by default, and says why', async () => {
    const { id, first } = await open()
    await mail({ answers: first, cc: [] })
    await flush()
    const comment = (await detailOf(desk, id)).comments.at(-1)
    expect(await skipped(comment?.id ?? '')).toContainEqual({
      address: 'dave@customer.test',
      because: 'policy-off',
    })
  })

  it.each([
    ['automatic', { headers: { 'Auto-Submitted': 'auto-replied' } }],
    ['of an outsider', { from: 'Vera <vera@vendor.test>' }],
  ])('causes nothing when it is %s', async (_, words) => {
    const { first } = await open({ relayToCcs: true })
    await mail({ answers: first, ...words })
    expect(await due()).toEqual([])
  })

  it('that was held is told when an agent lets it in, not before', async () => {
    const { id, first } = await open()
    await mail({ answers: first, from: 'Vera <vera@vendor.test>' })
    expect(await flush()).toBe(0)
    const held = (await detailOf(desk, id)).comments.at(-1)
    await changeTicket(desk.core, id, {
      do: 'acceptComment',
      messageId: held?.messageId ?? '',
      mode: 'accept',
      aliasOf: null,
    })
    await flush()
    expect(await sent()).toEqual([
      ['follower', ['ben@desk.test'], []],
      ['follower', ['cleo@desk.test'], []],
    ])
  })

  it('from before the desk was founded causes nothing, however late it is read', async () => {
    const { first } = await open({ relayToCcs: true })
    await mail({ answers: first, at: Date.now() - 86_400_000 })
    expect(await due()).toEqual([])
  })

  it('from before somebody followed is not told to them', async () => {
    desk = await startDesk()
    const first = await mail()
    await mail({ answers: first })
    const { id } = (await theTicket(desk)).ticket
    await changeTicket(desk.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    expect(await due()).toEqual([])
  })
})

describe('mail of a colleague', () => {
  it('that answers a public comment is passed to requester and CCs under their name', async () => {
    const { first } = await open()
    await mail({ answers: first, from: 'Ben Bright <ben@desk.test>', cc: [], text: 'Use water.' })
    await flush()
    expect(await sent()).toEqual([
      ['public', ['carol@customer.test'], ['dave@customer.test']],
      ['follower', ['cleo@desk.test'], []],
    ])
    const [item] = await items()
    const raw = (await getBytes(desk.core.db.read, item?.id ?? '')).toString()
    expect(raw).toMatch(/^From: Ben Bright <help@desk\.test>\r$/m)
    expect(raw).not.toMatch(/ben@desk|cleo|Auto-Submitted/i)
    expect(raw).toContain('Use water.')
    const { id } = (await theTicket(desk)).ticket
    const stored = await desk.core.db.read.first<{ rest: string }>(
      'SELECT rest FROM ticket WHERE id = ?',
      [id],
    )
    expect(stored?.rest).toContain(item?.messageId)
  })

  it('reaches nobody who is on it already', async () => {
    const { first } = await open()
    const cc = ['carol@customer.test', 'dave@customer.test', 'cleo@desk.test']
    await mail({ answers: first, from: 'Ben Bright <ben@desk.test>', cc })
    expect(await due()).toEqual([])
  })
})

describe('a status', () => {
  it('that an agent sets is told to colleagues, to customers only by policy, and not to the agent', async () => {
    const { id } = await open()
    await changeTicket(desk.core, id, { do: 'follow', address: 'ada@desk.test', level: 'all' })
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'solved' })
    await flush()
    expect(await sent()).toEqual([
      ['follower', ['ben@desk.test'], []],
      ['follower', ['cleo@desk.test'], []],
    ])
  })

  it('goes to requester and CCs when the policy says so, once', async () => {
    const { id } = await open({ statusMailToRequester: true, statusMailToCcs: true })
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'pending' })
    await flush()
    await changeTicket(desk.core, id, { do: 'setStatus', status: 'pending' })
    await flush()
    expect((await sent())[0]).toEqual(['status', ['carol@customer.test'], ['dave@customer.test']])
    expect(await sent()).toHaveLength(3)
  })
})

describe('acknowledgement and survey', () => {
  it('acknowledges the first mail of a verified requester, to nobody else', async () => {
    desk = await startDesk({ policy: { acknowledge: true } })
    const first = await mail()
    await mail({ answers: first })
    await flush()
    expect(await sent()).toEqual([['acknowledgement', ['carol@customer.test'], []]])
    const [item] = await items()
    const raw = (await getBytes(desk.core.db.read, item?.id ?? '')).toString()
    expect(raw).toMatch(/^Auto-Submitted: auto-replied\r$/m)
    expect(raw).toContain(`In-Reply-To: ${first}`)
  })

  it('acknowledges two tickets of a person within a day, and none of the others', async () => {
    let now = Date.now()
    desk = await startDesk({ policy: { acknowledge: true }, now: () => now })
    const acknowledged = async (): Promise<number> => {
      now += 1_000
      await mail({ at: now })
      await flush()
      await desk.core.db.write('gone', (tx) => tx.run(`UPDATE outbox_item SET state = 'sent'`))
      await flush()
      return (await sent()).length
    }
    expect([await acknowledged(), await acknowledged(), await acknowledged()]).toEqual([1, 2, 2])
    const reasons = await desk.core.db.read.all<{ because: string }>(
      `SELECT because FROM skipped_recipient WHERE because = 'acknowledged-lately'`,
    )
    expect(reasons).toHaveLength(1)
    now += 24 * 3_600_000
    expect(await acknowledged()).toBe(3)
  })

  it('acknowledges nothing that nobody verified', async () => {
    desk = await startDesk({ policy: { acknowledge: true } })
    await mail({ headers: { 'Authentication-Results': 'other.test; dmarc=pass' } })
    expect(await due()).toEqual([])
  })

  it('asks the requester once when the ticket is solved', async () => {
    const { id } = await open({ csat: true })
    await changeTicket(desk.core, id, { do: 'unfollow', address: 'ben@desk.test' })
    await changeTicket(desk.core, id, { do: 'assign', assignee: null })
    for (const status of ['solved', 'open', 'solved'] as const) {
      await changeTicket(desk.core, id, { do: 'setStatus', status })
    }
    await flush()
    expect(await sent()).toEqual([['csat', ['carol@customer.test'], []]])
    const [item] = await items()
    const raw = (await getBytes(desk.core.db.read, item?.id ?? '')).toString()
    const to = /Reply-To:[^<]*<([^>]+)>/.exec(raw)?.[1] ?? ''
    await feed(desk, [
      {
        raw: aMail({ from: 'carol@customer.test', to, subject: 'Bad', messageId: '<rate@x.test>' }),
        at: Date.now() + 1000,
      },
    ])
    const { ticket, comments } = await detailOf(desk, id)
    // An opinion opens nothing again.
    expect(ticket.status).toBe('solved')
    expect(comments.at(-1)).toMatchObject({
      kind: 'system',
      visibility: 'private',
      because: 'rating',
      flags: ['rating-bad'],
    })
  })
})

describe('doing a duty', () => {
  it('leaves it open when it is another desktop’s', async () => {
    const { first } = await open()
    await mail({ answers: first })
    const asked: Duty[] = []
    const none = createDuties(desk.core, {
      readFile: noFile,
      claim: (duties) => {
        asked.push(...duties)
        return Promise.resolve([])
      },
    })
    expect(await none.flush()).toBe(0)
    expect(asked).toHaveLength(1)
    expect(await due()).toHaveLength(1)
    expect(await items()).toEqual([])
  })

  it.each([
    ['nobody could tell whose it is', () => Promise.resolve([])],
    ['asking failed', () => Promise.reject(new Error('the connection broke'))],
  ])('is asked for again by itself when %s', async (_, answer) => {
    const { first } = await open()
    await mail({ answers: first })
    let times = 0
    const stubborn = createDuties(desk.core, {
      readFile: noFile,
      repeatMs: 50,
      claim: (duties) => {
        times += 1
        return times < 3 ? answer() : Promise.resolve(duties)
      },
    })
    stubborn.wake()
    expect(await until(async () => (await due()).length === 0, 10_000)).toBeLessThan(10_000)
    await stubborn.stop()
    expect(times).toBe(3)
    expect(await items()).toHaveLength(2)
  })

  it('changes nothing the second time, even when its event was lost', async () => {
    const { first } = await open()
    await mail({ answers: first })
    const [duty] = await due()
    if (duty === undefined) throw new Error('nothing is due')
    await performDuty(desk.core, duty, noFile)
    const once = await items()
    await performDuty(desk.core, duty, noFile)
    await desk.core.db.write('test.forget', async (tx) => {
      await tx.run(`DELETE FROM journal_event WHERE kind = 'duty.done'`)
      await tx.run('INSERT INTO duty VALUES (?, ?, ?, ?, ?)', [
        duty.key,
        duty.kind,
        duty.ticketId,
        duty.sourceId,
        duty.dueAt,
      ])
    })
    await performDuty(desk.core, duty, noFile)
    expect(await items()).toEqual(once)
    expect(await due()).toEqual([])
  })
})
