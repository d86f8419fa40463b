import type { Delivery, ThreadEntry, TicketDetail } from '#shared/ipc/contract'
import type { Participant } from '#shared/model/participant'
import type { TicketRow } from '#shared/model/ticket'
import { colleagues, customers, desk, me } from './people'

const hour = 3_600_000
const jonas = { name: 'Jonas Berg', address: 'jonas.berg@fjordbygg.example' }
const eva = { name: 'Eva Holm', address: 'eva@kranplan.example' }
const tom = colleagues[1]!

function entry(
  part: Partial<ThreadEntry> & Pick<ThreadEntry, 'id' | 'author' | 'at' | 'text'>,
): ThreadEntry {
  return {
    kind: 'mail',
    authorRole: 'requester',
    isInternal: false,
    visibility: 'public',
    because: 'requester',
    flags: [],
    trust: 'verified',
    audience: [desk],
    leftOut: [],
    mailId: null,
    messageId: `${part.id}@mail.example`,
    quoted: '',
    hasHtml: false,
    attachments: [],
    deliveries: [],
    ...part,
  }
}

function delivery(part: Partial<Delivery> & Pick<Delivery, 'id' | 'state'>): Delivery {
  return {
    commentId: 'c',
    ticketId: 't0',
    kind: 'public',
    to: [customers[0]!],
    cc: [jonas, eva],
    subject: 'Re: Delivery 48813 arrived with two cracked panels',
    messageId: `${part.id}@nordlicht.example`,
    attempts: 1,
    nextAt: null,
    lastReply: '250 2.0.0 Ok: queued as 4C1D2',
    refused: [],
    queuedAt: Date.now() - 3 * hour,
    triedAt: null,
    waiting: [],
    skipped: [],
    ...part,
  }
}

export function someDeliveries(): Delivery[] {
  return [
    delivery({
      id: 'd1',
      state: 'failed',
      subject: 'Re: Ersatzteil 7741-B',
      to: [customers[5]!],
      cc: [],
      attempts: 3,
      lastReply:
        '550 5.1.1 <einkauf@maschinenbau-huber.example>: Recipient address rejected: User unknown',
    }),
    delivery({
      id: 'd2',
      state: 'uncertain',
      to: [customers[3]!],
      cc: [],
      lastReply: 'The connection broke after the text was sent.',
      subject: 'Re: Access for the new warehouse team',
    }),
    delivery({
      id: 'd3',
      state: 'queued',
      attempts: 2,
      nextAt: Date.now() + 240_000,
      lastReply: '451 4.7.1 Greylisted, try again in 5 minutes',
      to: [customers[1]!],
      cc: [],
      subject: 'Re: Facture 2026-1187 : TVA incorrecte',
    }),
    delivery({ id: 'd4', state: 'sent' }),
  ]
}

function entries(now: number): ThreadEntry[] {
  const maria = customers[0]!
  return [
    entry({
      id: 'c1',
      author: maria,
      at: now - 50 * hour,
      text: 'Hi Ana, two of the twelve panels are cracked.',
      hasHtml: true,
      mailId: 'm1',
      audience: [desk, jonas.address, eva.address],
      attachments: [
        { id: 'a1', name: 'panel-P07.jpg', type: 'image/jpeg', size: 2_400_000, isInline: false },
        {
          id: 'a2',
          name: 'Lieferschein 48813 (unterschrieben).pdf',
          type: 'application/pdf',
          size: 184_000,
          isInline: false,
        },
      ],
    }),
    entry({
      id: 'c2',
      kind: 'note',
      author: tom,
      authorRole: 'agent',
      isInternal: true,
      visibility: 'private',
      because: 'agent-chose',
      at: now - 49 * hour,
      messageId: null,
      text: 'Carrier confirms the pallet was dropped. We can replace P-07 and P-11 from stock, see https://wms.nordlicht.example/stock/48813.',
      audience: [],
    }),
    entry({
      id: 'c3',
      kind: 'reply',
      author: me,
      authorRole: 'agent',
      isInternal: true,
      because: 'agent-chose',
      trust: 'own',
      at: now - 27 * hour,
      text: 'Dear Maria,\n\nI am sorry. Both panels are in stock and leave here tomorrow morning. Could Jonas send a photo of P-11 for the carrier?\n\nKind regards\nAna',
      quoted:
        'On Thursday Maria Lindqvist wrote:\n> two of the twelve panels in delivery 48813 are cracked',
      deliveries: [
        delivery({ id: 'x1', state: 'sent', skipped: [{ address: me.address, because: 'actor' }] }),
        delivery({ id: 'x2', state: 'sent', kind: 'follower', to: [tom], cc: [] }),
      ],
    }),
    entry({
      id: 'c3b',
      kind: 'system',
      author: { name: 'Eva Holm', address: eva.address },
      authorRole: 'system',
      visibility: 'private',
      because: 'automatic',
      at: now - 26.9 * hour,
      text: 'Ich bin bis Freitag nicht im Büro.',
    }),
    entry({
      id: 'c4',
      author: jonas,
      authorRole: 'cc',
      because: 'cc-reply-all',
      at: now - 22 * hour,
      text: 'Photo attached. The corner is gone completely.\n\nJonas',
      quoted: '> Could Jonas send a photo of P-11 for the carrier?',
      audience: [desk, maria.address],
      flags: ['left-out'],
      leftOut: [eva.address],
      attachments: [
        { id: 'a3', name: 'IMG_2231.HEIC', type: 'image/heic', size: 3_900_000, isInline: false },
      ],
    }),
    entry({
      id: 'c5',
      author: eva,
      authorRole: 'cc',
      visibility: 'private',
      because: 'requester-left-out',
      flags: ['requester-not-included', 'sender-not-verified'],
      trust: 'unverified',
      at: now - 6 * hour,
      text: 'Between us: the crane costs 900 a day if it has to wait. Please do not let it slip.',
    }),
    entry({
      id: 'c6',
      author: { name: 'Karl Nilsen', address: 'karl@other-carrier.example' },
      authorRole: 'outsider',
      visibility: 'held',
      because: 'not-a-participant',
      at: now - 2 * hour,
      text: 'We could deliver on Thursday as well. Please send me the contact of the site.',
    }),
    entry({
      id: 'c7',
      kind: 'reply',
      author: me,
      authorRole: 'agent',
      isInternal: true,
      because: 'agent-chose',
      trust: 'own',
      at: now - 900_000,
      text: 'The truck is loaded and will be with you on Wednesday at 9.',
      deliveries: [
        delivery({
          id: 'x3',
          state: 'failed',
          lastReply: '550 5.7.1 Message rejected by the policy of fjordbygg.example',
          skipped: [{ address: eva.address, because: 'muted' }],
        }),
      ],
    }),
  ]
}

function participants(now: number): Participant[] {
  const from = customers[0]!.address
  const base = {
    isMuted: false,
    mutedBy: null,
    level: null,
    isInternal: false,
    role: 'cc' as const,
  }
  const byMail = {
    kind: 'mail' as const,
    by: from,
    at: now - 50 * hour,
    messageId: 'c1@mail.example',
    header: 'cc' as const,
    because: 'first-mail',
  }
  const byAgent = {
    ...byMail,
    kind: 'agent' as const,
    by: me.address,
    header: null,
    messageId: null,
    because: 'added-by-agent',
  }
  return [
    { ...customers[0]!, ...base, role: 'requester', origin: { ...byMail, header: 'from' } },
    { ...jonas, ...base, origin: byMail },
    { ...eva, ...base, isMuted: true, mutedBy: tom.address, origin: byMail },
    { name: '', address: 'bauleitung@fjordbygg.example', ...base, origin: byAgent },
    { ...tom, ...base, role: 'follower', isInternal: true, level: 'all', origin: byAgent },
    {
      ...colleagues[2]!,
      ...base,
      role: 'follower',
      isInternal: true,
      level: 'public',
      origin: byAgent,
    },
  ]
}

export function detailOf(row: TicketRow): TicketDetail {
  const now = Date.now()
  const origin = {
    kind: 'mail' as const,
    by: jonas.address,
    at: now - 22 * hour,
    messageId: 'c4@mail.example',
    header: 'cc' as const,
    because: 'needs-approval',
  }
  return {
    ticket: {
      ...row,
      group: null,
      tags: ['damage', 'carrier'],
      mailbox: desk,
      mergedInto: null,
      createdAt: now - 50 * hour,
      revision: 12,
      lastAuthor: me.address,
    },
    participants: participants(now),
    comments: entries(now),
    suggestions: [
      {
        name: 'Line Dahl',
        address: 'line.dahl@fjordbygg.example',
        because: 'needs-approval',
        origin,
      },
    ],
    notAdded: [{ name: '', address: 'sales@kranplan.example', because: 'over-limit', origin }],
    audit: [
      {
        at: now - 50 * hour,
        by: customers[0]!.address,
        what: 'ticket.opened',
        because: 'first-mail',
        detail: {},
        source: 'mail',
      },
      {
        at: now - 49 * hour,
        by: tom.address,
        what: 'ticket.assigned',
        because: 'agent-chose',
        detail: { from: '', to: me.address },
        source: 'journal',
      },
      {
        at: now - 30 * hour,
        by: me.address,
        what: 'cc.added',
        because: 'added-by-agent',
        detail: { address: 'bauleitung@fjordbygg.example' },
        source: 'journal',
      },
    ],
    ccLimit: 20,
    isFollowing: false,
    undeliverable: ['bauleitung@fjordbygg.example'],
    conflicts: [],
    related: { mergedInto: null, mergedHere: [], mayBelongTo: null },
  }
}

export const planFor = (kind: 'public' | 'note' | 'private') => ({
  mails: [
    ...(kind === 'public'
      ? [
          {
            kind: 'public' as const,
            to: [customers[0]!],
            cc: [jonas, { name: '', address: 'bauleitung@fjordbygg.example' }],
            messageId: 'p1',
          },
        ]
      : []),
    { kind: 'follower' as const, to: [tom], cc: [], messageId: 'p2' },
  ],
  skipped: [
    { address: me.address, because: 'actor' },
    { address: eva.address, because: 'muted' },
    {
      address: colleagues[2]!.address,
      because: kind === 'note' ? 'level-public' : 'already-mailed',
    },
  ],
  warnings: [],
  audienceChange: { added: ['bauleitung@fjordbygg.example'], removed: [], newDomains: [] },
  hidden: [],
  exposed: [],
})
