import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useOpenTicketStore } from '#renderer/stores/openTicket'
import { useSessionStore } from '#renderer/stores/session'
import { useReplyPlanStore } from '#renderer/stores/replyPlan'
import { useTicketNewsStore } from '#renderer/stores/ticketNews'
import { useTicketPeopleStore } from '#renderer/stores/ticketPeople'
import { useTicketWorkStore } from '#renderer/stores/ticketWork'
import type { AgentProfile } from '#shared/model/account'
import { createFakeBridge, install, Refusal, type FakeBridge } from '../support/fakeBridge'
import {
  aComment,
  aDetail,
  ana,
  anAccount,
  aPlan,
  jon,
  maria,
  settle,
  support,
} from '../support/samples'

let bridge: FakeBridge
let delays: Partial<Record<string, number>>
let revision: number
let refuseWith: Refusal | null = null
let agent: AgentProfile | null = null

beforeEach(() => {
  vi.useFakeTimers()
  delays = {}
  revision = 1
  refuseWith = null
  agent = null
  bridge = createFakeBridge({
    tickets: {
      get: async ({ id }) => {
        const wait = delays[id]
        if (wait !== undefined) await new Promise((done) => setTimeout(done, wait))
        const audience = [support, 'support+token@desk.example']
        const comments = Array.from({ length: revision }, (_, at) =>
          aComment(`c${at + 1}`, { audience }),
        )
        return aDetail(id, { ticket: { revision }, comments })
      },
      markRead: () => undefined,
      change: () => undefined,
    },
    session: {
      get: () => ({
        isSetUp: false,
        agent,
        accounts: [anAccount()],
        passwords: 'system' as const,
        composerDefault: 'public' as const,
        people: [{ ...ana, role: 'agent' as const, aliases: [], groups: [] }],
        mailboxes: [],
      }),
    },
    attachments: { staged: () => [] },
    drafts: { list: () => [], save: () => undefined },
    replies: {
      plan: ({ ticketId }) =>
        aPlan({
          mails: [
            { kind: 'public', to: [ticketId === 't1' ? maria : jon], cc: [], messageId: 'm' },
          ],
        }),
      send: ({ seenRevision }) => {
        if (refuseWith !== null) throw refuseWith
        if ((seenRevision ?? 0) < revision) throw new Refusal('conflict', 'There is news.')
        return { commentId: 'c', deliveries: [] }
      },
      schedule: () => {
        if (refuseWith !== null) throw refuseWith
        return { commentId: 'c' }
      },
    },
  })
  install(bridge)
  setActivePinia(createPinia())
})
afterEach(() => {
  vi.useRealTimers()
})

it('never shows one ticket under the name of another', async () => {
  const ticket = useOpenTicketStore()
  delays = { slow: 300 }
  const slow = ticket.open('slow')
  await ticket.open('quick')
  await vi.advanceTimersByTimeAsync(300)
  await slow
  expect(ticket.detail?.ticket.id).toBe('quick')
})

it('asks again when its own ticket changes, and not for others', async () => {
  const ticket = useOpenTicketStore()
  await ticket.open('t1')
  revision = 2
  bridge.changed('ticket', 't9')
  await vi.advanceTimersByTimeAsync(50)
  expect(ticket.detail?.ticket.revision).toBe(1)
  bridge.changed('ticket', 't1')
  await vi.advanceTimersByTimeAsync(50)
  expect(ticket.detail?.ticket.revision).toBe(2)
})

it('plans for the ticket that is open, and has no plan until main has answered', async () => {
  const work = useTicketWorkStore()
  const plans = useReplyPlanStore()
  await work.open('t1')
  await settle()
  expect(plans.plan?.mails[0]?.to[0]?.name).toBe('Maria Lind')
  const opening = work.open('t2')
  await opening
  await settle()
  expect(plans.plan?.mails[0]?.to[0]?.name).toBe('Jon Berg')
})

it('plans with the colleagues a text names, typed by hand or not, as main will queue it', async () => {
  const session = useSessionStore()
  const work = useTicketWorkStore()
  const plans = useReplyPlanStore()
  await session.load()
  await work.open('t1')
  await settle()
  work.write(`Look, @${ana.name}.`)
  expect(plans.plan).toBeNull()
  await settle()
  expect(plans.plan).not.toBeNull()
  expect(bridge.inputsOf('replies.plan').at(-1)).toMatchObject({ mentions: [ana.address] })
})

it('tells what came while the agent was writing, and sends after they chose to', async () => {
  const work = useTicketWorkStore()
  const news = useTicketNewsStore()
  await work.open('t1')
  work.write('My answer')
  expect(news.entries).toEqual([])
  revision = 2
  bridge.changed('ticket', 't1')
  await vi.advanceTimersByTimeAsync(50)
  expect(news.entries.map((entry) => entry.id)).toEqual(['c2'])
  await work.send('solved', null, null)
  expect(news.isConflict).toBe(true)
  expect(work.writing?.text).toBe('My answer')
  await news.sendAnyway()
  expect(work.writing?.text).toBe('')
  expect(bridge.inputsOf('replies.send').at(-1)).toMatchObject({
    text: 'My answer',
    seenRevision: 2,
    status: 'solved',
  })
})

it('reads what comes in while the ticket is on screen, and not behind a hidden window', async () => {
  const ticket = useOpenTicketStore()
  await ticket.open('t1')
  expect(bridge.inputsOf('tickets.markRead')).toHaveLength(1)
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  revision = 2
  bridge.changed('ticket', 't1')
  await vi.advanceTimersByTimeAsync(60)
  expect(bridge.inputsOf('tickets.markRead')).toHaveLength(1)
  visibility.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(bridge.inputsOf('tickets.markRead')).toHaveLength(2)
  visibility.mockRestore()
})

it('does not ask for a ticket again because it has been read', async () => {
  const ticket = useOpenTicketStore()
  useReplyPlanStore()
  await ticket.open('t1')
  await vi.advanceTimersByTimeAsync(60)
  const before = bridge.calls.length
  bridge.changed('readMarker', 't1')
  await vi.advanceTimersByTimeAsync(60)
  expect(bridge.calls.slice(before)).toEqual([])
})

it('calls the addresses of its own mailboxes by their name', async () => {
  const session = useSessionStore()
  await session.load()
  const ticket = useOpenTicketStore()
  const people = useTicketPeopleStore()
  await ticket.open('t1')
  expect(people.names.get(support)).toBe('Lumenhaus')
  expect(people.names.get('support+token@desk.example')).toBe('Lumenhaus')
})

it('keeps a light agent to notes, whichever key they press', async () => {
  agent = { ...ana, role: 'light' }
  await useSessionStore().load()
  const work = useTicketWorkStore()
  await work.open('t1')
  for (const mode of ['public', 'private', 'internal'] as const) {
    work.setMode(mode)
    expect(work.mode).toBe('internal')
  }
})

it('hands over whom it showed, names who would get a held reply, and sends on to just these', async () => {
  const work = useTicketWorkStore()
  const news = useTicketNewsStore()
  const plans = useReplyPlanStore()
  await work.open('t1')
  work.write('Crossing')
  await settle()
  expect(plans.publicAudience).toEqual([maria.address])
  const eva = 'eva@partner.example'
  refuseWith = new Refusal('conflict', 'Others.', { added: [eva], removed: [maria.address] })
  await work.send('pending', null, plans.publicAudience)
  expect(news.isConflict).toBe(true)
  expect(news.difference).toEqual({ added: [eva], removed: [maria.address] })
  expect(work.writing?.text).toBe('Crossing')
  refuseWith = null
  await news.sendAnyway()
  const sent = bridge.inputsOf('replies.send')
  expect(sent).toMatchObject([
    { shownAudience: [maria.address], status: 'pending' },
    { shownAudience: [eva], status: 'pending' },
  ])
})

it('sends a refused reply for later at its hour, not at once', async () => {
  const work = useTicketWorkStore()
  const news = useTicketNewsStore()
  await work.open('t1')
  work.write('Tomorrow')
  await settle()
  refuseWith = new Refusal('conflict', 'News.')
  const later = { sendAt: Date.now() + 3_600_000, onlyIfQuiet: true }
  await work.send(null, later, [maria.address])
  refuseWith = null
  await news.sendAnyway()
  expect(bridge.inputsOf('replies.send')).toEqual([])
  expect(bridge.inputsOf('replies.schedule')).toHaveLength(2)
})
