import type { Delivery, PlanView, ThreadEntry, TicketDetail } from '#shared/ipc/contract'
import type { Account } from '#shared/model/account'
import type { Participant } from '#shared/model/participant'
import type { Ticket, TicketRow } from '#shared/model/ticket'

export const maria = { name: 'Maria Lind', address: 'maria@customer.example' }
export const jon = { name: 'Jon Berg', address: 'jon@customer.example' }
export const ana = { name: 'Ana Ribeiro', address: 'ana@desk.example' }
export const support = 'support@desk.example'

export function aRow(id: string, part: Partial<TicketRow> = {}): TicketRow {
  return {
    id,
    key: id.toUpperCase(),
    subject: `Subject of ${id}`,
    status: 'open',
    requester: maria,
    assignee: null,
    ccCount: 0,
    followerCount: 0,
    commentCount: 1,
    heldCount: 0,
    isUnread: false,
    preview: 'Hello',
    updatedAt: 1_000,
    delivery: 'none',
    ...part,
  }
}

export function aComment(id: string, part: Partial<ThreadEntry> = {}): ThreadEntry {
  return {
    id,
    kind: 'mail',
    author: maria,
    authorRole: 'requester',
    isInternal: false,
    visibility: 'public',
    because: 'requester',
    flags: [],
    trust: 'verified',
    audience: [support],
    leftOut: [],
    at: 1_000,
    mailId: null,
    messageId: `${id}@customer.example`,
    text: `Text of ${id}`,
    quoted: '',
    hasHtml: false,
    attachments: [],
    deliveries: [],
    ...part,
  }
}

export function aCc(address: string, part: Partial<Participant> = {}): Participant {
  return {
    address,
    name: '',
    role: 'cc',
    isInternal: false,
    isMuted: false,
    mutedBy: null,
    level: null,
    origin: {
      kind: 'mail',
      by: maria.address,
      at: 1_000,
      messageId: null,
      header: 'cc',
      because: 'first-mail',
    },
    ...part,
  }
}

export function anAccount(part: Partial<Account> = {}): Account {
  const server = { host: 'mail.desk.example', port: 993, security: 'tls', user: support } as const
  return {
    id: 'a1',
    address: support,
    aliases: [],
    name: 'Lumenhaus',
    imap: server,
    smtp: server,
    ...part,
  }
}

export function aDelivery(part: Partial<Delivery> = {}): Delivery {
  return {
    id: 'd1',
    commentId: 'c1',
    ticketId: 't1',
    kind: 'public',
    to: [maria],
    cc: [],
    subject: 'Re: Hello',
    state: 'sent',
    messageId: 'm@desk.example',
    attempts: 1,
    nextAt: null,
    lastReply: '',
    refused: [],
    queuedAt: 1_000,
    triedAt: null,
    waiting: [],
    skipped: [],
    ...part,
  }
}

export function aDetail(
  id: string,
  part: Partial<Omit<TicketDetail, 'ticket'>> & { ticket?: Partial<Ticket> } = {},
): TicketDetail {
  const row = aRow(id)
  return {
    participants: [],
    comments: [aComment('c1')],
    suggestions: [],
    notAdded: [],
    audit: [],
    ccLimit: 20,
    isFollowing: false,
    undeliverable: [],
    conflicts: [],
    related: { mergedInto: null, mergedHere: [], mayBelongTo: null },
    ...part,
    ticket: {
      ...row,
      group: null,
      tags: [],
      mailbox: support,
      mergedInto: null,
      createdAt: 1_000,
      revision: 1,
      lastAuthor: maria.address,
      ...part.ticket,
    },
  }
}

export function aPlan(part: Partial<PlanView> = {}): PlanView {
  return {
    mails: [{ kind: 'public', to: [maria], cc: [jon], messageId: 'p1' }],
    skipped: [],
    warnings: [],
    audienceChange: { added: [], removed: [], newDomains: [] },
    hidden: [],
    exposed: [],
    ...part,
  }
}

/** Lets promises and watchers that are due run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve()
}
