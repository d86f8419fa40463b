import type { Activity, Draft } from '#shared/ipc/contract'
import { defaultPolicy } from '#shared/model/policy'
import type { TicketRow, TicketStatus } from '#shared/model/ticket'
import { createFakeBridge, Refusal, type FakeBridge } from '../support/fakeBridge'
import { detailOf, planFor, someDeliveries } from './conversation'
import { colleagues, customers, desk, matters, me } from './people'

const statuses: readonly TicketStatus[] = ['open', 'new', 'open', 'pending', 'open', 'solved']
const deliveries = ['none', 'none', 'waiting', 'none', 'uncertain', 'failed', 'none'] as const

function rowOf(at: number): TicketRow {
  const matter = matters[at % matters.length]!
  return {
    id: `t${at}`,
    key: `K${(7 * 36 ** 4 + at * 7919).toString(36).toUpperCase()}`,
    subject: matter.subject,
    status: at === 0 ? 'open' : statuses[at % statuses.length]!,
    requester: customers[at % customers.length]!,
    assignee: at % 3 === 0 ? me.address : at % 3 === 1 ? null : colleagues[1]!.address,
    ccCount: at % 4 === 0 ? 3 : at % 2,
    followerCount: at % 5 === 0 ? 2 : 0,
    commentCount: 8,
    heldCount: at % 7 === 0 ? 1 : 0,
    isUnread: at % 4 < 2 && at < 20,
    preview: matter.preview,
    updatedAt: Date.now() - at * at * 400_000 - at * 1_700_000 - 40_000,
    delivery: deliveries[at % deliveries.length]!,
  }
}

function activityFor(options: URLSearchParams): Activity {
  const isSyncing = options.has('sync')
  const isOffline = options.has('offline')
  const isLocked = options.has('locked')
  return {
    accounts: [
      {
        accountId: 'a',
        address: desk,
        state: isLocked
          ? 'needs-password'
          : isOffline
            ? 'offline'
            : isSyncing
              ? 'syncing'
              : 'online',
        problem: isOffline
          ? 'mail.nordlicht.example cannot be reached. Trying again in 40 seconds.'
          : '',
        progress: isSyncing ? { done: 8_214, total: 20_460 } : null,
        syncedAt: Date.now() - 20_000,
        retryAt: null,
      },
    ],
    outbox: { waiting: 1, failed: 1, uncertain: 1 },
  }
}

/** A desk to look at. Actions are taken in and, where that is easy, remembered. */
export function createPreviewDesk(options: URLSearchParams): FakeBridge {
  const total = Number(options.get('tickets') ?? 60)
  const drafts = new Map<string, Draft>()
  const boxes = [
    { host: 'imap.nordlicht.example', port: 993, security: 'tls' as const, user: desk },
  ]
  let isSetUp = !options.has('setup')
  let muted = true
  const bridge: FakeBridge = createFakeBridge({
    session: {
      get: () => ({
        isSetUp,
        agent: isSetUp ? { ...me, role: 'admin' as const } : null,
        accounts: isSetUp
          ? [
              {
                id: 'a',
                address: desk,
                aliases: [],
                name: 'Nordlicht',
                imap: boxes[0]!,
                smtp: boxes[0]!,
              },
            ]
          : [],
        passwords: 'ask' as const,
        mailboxes: [
          {
            address: desk,
            aliases: [],
            name: 'Nordlicht',
            signature: '',
            group: null,
            account: null,
          },
        ],
        composerDefault: 'public' as const,
        people: colleagues.map((one) => ({
          ...one,
          aliases: [],
          role: 'agent' as const,
          groups: [],
        })),
      }),
      unlock: () => {
        throw new Refusal('auth', 'The server refused this password.')
      },
    },
    setup: {
      check: () => ({
        imap: { isOk: true, field: 'none' as const, message: '' },
        smtp: {
          isOk: false,
          field: 'port' as const,
          message: 'Nothing answers on port 465 of smtp.nordlicht.example. Try 587 with STARTTLS.',
        },
      }),
      save: () => {
        isSetUp = true
      },
    },
    policy: { get: () => defaultPolicy },
    tickets: {
      list: async ({ query, offset, limit }) => {
        if (options.has('broken'))
          throw new Refusal('internal', 'The database could not be read. Restart Copydesk.')
        if (options.has('slow')) await new Promise((done) => setTimeout(done, 60_000))
        const found = query === '' ? total : query.includes('xyz') ? 0 : Math.min(total, 3)
        const count = Math.max(0, Math.min(limit, found - offset))
        return { rows: Array.from({ length: count }, (_, at) => rowOf(offset + at)), total: found }
      },
      counts: () => ({
        open: total,
        mine: Math.ceil(total / 3),
        unassigned: Math.floor(total / 3),
        following: Math.min(total, 4),
        ccd: 0,
        ccdByMe: 0,
        mentioned: 0,
        sent: Math.floor(total / 2),
        held: Math.min(total, 3),
        scheduled: 0,
        solved: Math.floor(total / 6),
        all: total,
      }),
      get: ({ id }) => {
        const detail = detailOf(rowOf(Number(id.slice(1))))
        for (const one of detail.participants) if (one.name === 'Eva Holm') one.isMuted = muted
        return detail
      },
      change: ({ ticketId, action }) => {
        if (action.do === 'unmuteCc') muted = false
        if (action.do === 'muteCc') muted = true
        bridge.changed('ticket', ticketId)
      },
      create: () => ({ ticketId: 't1' }),
      markRead: () => undefined,
      markUnread: () => undefined,
      suggestPeople: ({ query }) =>
        [...customers, ...colleagues].filter((one) =>
          `${one.name} ${one.address}`.toLowerCase().includes(query.toLowerCase()),
        ),
    },
    replies: {
      plan: ({ kind }) => planFor(kind),
      send: () => {
        if (options.has('conflict')) {
          throw new Refusal(
            'conflict',
            'Jonas Berg wrote while you were writing. Read it before you send.',
          )
        }
        return { commentId: 'c9', deliveries: [] }
      },
      note: () => ({ commentId: 'c9', deliveries: [] }),
    },
    drafts: {
      list: ({ ticketId }) => [...drafts.values()].filter((one) => one.ticketId === ticketId),
      save: (draft) => {
        drafts.set(`${draft.mode} ${draft.ticketId}`, draft)
      },
    },
    outbox: {
      list: () => (total === 0 ? [] : someDeliveries()),
      retry: () => undefined,
      cancel: () => undefined,
    },
    sync: { now: () => undefined, activity: () => activityFor(options) },
    mail: {
      frameHeight: () => ({
        height: 262,
        hasRemote: true,
        hasQuote: true,
        isCut: false,
        partsDiffer: false,
        images: { count: 3, trackers: 1, isChosen: false, sender: 'carol@customer.test' },
      }),
      openLink: () => undefined,
      source: () => ({ text: '' }),
    },
    attachments: {
      save: () => ({ isSaved: true }),
      open: () => undefined,
      staged: () => [],
    },
  })
  return bridge
}
