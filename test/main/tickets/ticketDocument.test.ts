import { describe, expect, it } from 'vitest'
import type { TicketDetail } from '#shared/ipc/contract'
import { ticketDocument } from '#main/tickets/ticketDocument'

type Entry = TicketDetail['comments'][number]

const entry = (more: Partial<Entry>): Entry => ({
  id: 'c',
  kind: 'mail',
  author: { name: 'Ann <b>Bold</b>', address: 'ann@customer.test' },
  authorRole: 'requester',
  isInternal: false,
  visibility: 'public',
  because: 'requester',
  flags: [],
  trust: 'verified',
  audience: [],
  leftOut: [],
  at: Date.UTC(2026, 0, 5, 10),
  mailId: null,
  messageId: null,
  text: 'hello',
  quoted: '',
  hasHtml: false,
  attachments: [],
  deliveries: [],
  ...more,
})

const person = (
  role: 'cc' | 'follower',
  address: string,
): TicketDetail['participants'][number] => ({
  role,
  address,
  name: '',
  isInternal: role === 'follower',
  isMuted: false,
  mutedBy: null,
  level: null,
  origin: { kind: 'agent', by: 'ada@desk.test', at: 0, messageId: null, header: null, because: '' },
})

const detail = {
  ticket: {
    id: 't1',
    key: 'K7M2QX',
    subject: '<script>alert(1)</script>',
    status: 'open',
    requester: { name: 'Ann', address: 'ann@customer.test' },
    assignee: 'assignee-canary@desk.test',
    group: null,
    tags: ['tag-canary'],
    mailbox: null,
    mergedInto: null,
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
    commentCount: 4,
    heldCount: 1,
    preview: '',
    lastAuthor: '',
  },
  participants: [
    person('cc', 'bob@customer.test'),
    person('follower', 'follower-canary@desk.test'),
  ],
  comments: [
    entry({ id: 'c1', text: 'a < b & "c"' }),
    entry({ id: 'c2', kind: 'note', visibility: 'private', text: 'note-canary' }),
    entry({ id: 'c3', kind: 'private-reply', visibility: 'private', text: 'private-canary' }),
    entry({ id: 'c4', visibility: 'held', text: 'held-canary' }),
    entry({ id: 'c5', kind: 'system', text: 'system-canary' }),
  ],
} satisfies Pick<TicketDetail, 'ticket' | 'participants' | 'comments'>

describe('a ticket on paper', () => {
  it('holds nothing but what customers have seen, unless everything is asked for', () => {
    const paper = ticketDocument(detail, 'public')
    expect(paper).not.toMatch(/canary/u)
    expect(paper).toContain('bob@customer.test')
    const all = ticketDocument(detail, 'all')
    for (const what of ['note', 'private', 'held', 'follower', 'assignee', 'tag']) {
      expect(all).toContain(`${what}-canary`)
    }
  })

  it('is text: whatever stands in a mail is escaped', () => {
    const paper = ticketDocument(detail, 'public')
    expect(paper).not.toMatch(/<script|<b>Bold/u)
    expect(paper).toContain('a &lt; b &amp; &quot;c&quot;')
  })
})
