import type { Mailbox, Person } from '#shared/model/account'
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import type { MailFact } from '#shared/model/message'
import { defaultPolicy, type Policy } from '#shared/model/policy'
import type { TicketFacts } from '#shared/model/projection'
import { knownTo } from '#shared/rules/causality'

export const support = 'support@desk.example'
export const requester = 'ann@customer.example'
export const ccBob = 'bob@customer.example'
export const ccCarl = 'carl@partner.example'
export const outsider = 'eve@elsewhere.example'
export const agentAda = 'ada@desk.example'
export const agentMax = 'max@desk.example'
export const lightLea = 'lea@desk.example'

/** The authserv-id that `aDesk()` trusts. */
export const authserv = 'mx.desk.example'
/** Ten o'clock of a test's day; minutes are counted from here. */
export const dayStart = Date.UTC(2026, 0, 5, 10)
export const minute = (n: number): number => dayStart + n * 60_000

const person = (address: string, role: Person['role'], more: Partial<Person> = {}): Person => ({
  name: address.split('@')[0] ?? '',
  address,
  aliases: [],
  role,
  groups: [],
  ...more,
})

export const thePeople: readonly Person[] = [
  person(agentAda, 'admin'),
  person(agentMax, 'agent', { aliases: ['max@private.example'] }),
  person(lightLea, 'light'),
]

/** A mailbox of that address, without signature and group. */
export const aMailbox = (address: string, more: Partial<Mailbox> = {}): Mailbox => ({
  address,
  aliases: [],
  name: '',
  signature: '',
  group: null,
  account: null,
  ...more,
})

/** A desk with one mailbox, an admin, an agent and a light agent. */
export function aDesk(policy: Partial<Policy> = {}, more: Partial<Desk> = {}): Desk {
  return {
    name: 'Desk',
    policy: { ...defaultPolicy, trustedAuthservIds: [authserv], ...policy },
    people: thePeople,
    mailboxes: [aMailbox(support, { aliases: ['help@desk.example'], name: 'Support' })],
    blockedSenders: [],
    ...more,
  }
}

export const who = (text: string): MailAddress => ({ name: '', address: text })

/** What a mail says in a test: addresses as plain text, time in minutes. */
export interface MailWords {
  id?: string
  at?: number
  from?: string
  to?: readonly string[]
  cc?: readonly string[]
  /** Message-ID it answers. */
  answers?: string
  isVerified?: boolean
  headers?: readonly (readonly [name: string, value: string])[]
  more?: Partial<MailFact>
}

const domain = (address: string) => address.slice(address.lastIndexOf('@') + 1)

/** What the receiving server of `aDesk()` writes when DMARC passes for this author. */
export function passFor(address: string): string {
  return `${authserv}; dmarc=pass header.from=${domain(address)}`
}

/** A mail of the requester to the support address, verified. */
export function aMail(words: MailWords = {}): MailFact {
  const { id = 'm1', at = 0, from = requester, to = [support], cc = [], headers = [] } = words
  const verdict = { name: 'authentication-results', value: passFor(from) }
  return {
    id,
    rfcId: `${id}@mail.example`,
    source: 'inbox',
    from: who(from),
    isFromSound: true,
    replyTo: [],
    to: to.map(who),
    cc: cc.map(who),
    subject: 'Printer on fire',
    sentAt: minute(at),
    receivedAt: minute(at),
    inReplyTo: words.answers === undefined ? [] : [words.answers],
    references: words.answers === undefined ? [] : [words.answers],
    headers: [
      ...(words.isVerified === false ? [] : [verdict]),
      ...headers.map(([name, value]) => ({ name, value })),
    ],
    bounce: null,
    tokenOf: null,
    isOwnId: false,
    isLeave: false,
    preview: `preview of ${id}`,
    text: null,
    attachmentCount: 0,
    problem: null,
    ...words.more,
  }
}

/** Message-ID of `aMail({ id })`. */
export const idOf = (id: string): string => `${id}@mail.example`

export interface EventWords {
  id?: string
  at?: number
  by?: string
}

/** An event of the agent Max. The id is made from body and time when none is given. */
export function anEvent(body: TicketEventBody, words: EventWords = {}): TicketEvent {
  const { at = 0, by = agentMax } = words
  const physical = String(minute(at)).padStart(15, '0')
  return {
    id: words.id ?? `event-${body.kind}-${at}-${by}`,
    hlc: `${physical}-0000-device`,
    by,
    device: 'device',
    ticketId: 't1',
    body,
  }
}

/** A public reply of Max to these people, as the event that every desktop gets. */
export function aReply(
  id: string,
  at: number,
  more: Partial<Extract<TicketEventBody, { kind: 'reply.written' }>> & { by?: string } = {},
): TicketEvent {
  const { by = agentMax, ...body } = more
  return anEvent(
    {
      kind: 'reply.written',
      commentId: id,
      visibility: 'public',
      audience: [],
      messageId: idOf(id),
      mails: [{ messageId: idOf(id), kind: 'public', to: [requester], cc: [ccBob, ccCarl] }],
      status: null,
      mentions: [],
      ...body,
    },
    { id: `event-${id}`, at, by },
  )
}

/** The facts of ticket `t1`: mails and events in any order, one desk for all time. */
export function facts(
  list: readonly (MailFact | TicketEvent)[],
  desk: Desk | ((at: number) => Desk) = aDesk(),
): TicketFacts {
  return {
    id: 't1',
    key: 'K7M2QX',
    mails: list.filter((fact): fact is MailFact => 'rfcId' in fact),
    events: list.filter((fact): fact is TicketEvent => 'hlc' in fact),
    deskAt: typeof desk === 'function' ? desk : () => desk,
  }
}

/** What somebody does at a minute on a desktop of their own, having seen these events. */
export function does(
  id: string,
  by: string,
  at: number,
  body: TicketEventBody,
  seen: readonly TicketEvent[] = [],
): TicketEvent {
  const event = anEvent({ ...body, knows: knownTo(body, seen) ?? [] }, { id, by, at })
  return { ...event, device: `laptop-${by}` }
}
