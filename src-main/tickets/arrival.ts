// A read mail becomes a fact: who sent it, what it answers, which token it carries. The same for mail that comes in and
// for mail just written here, so that both are the same fact on every desktop.
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { MailFact, MailMark } from '#shared/model/message'
import { isSupportAddress } from '#shared/rules/address'
import { deskNow } from '#shared/rules/desk'
import { attachmentId, mailId, ticketIdOf } from '../db/ids'
import { insertMessages, replaceFacts, type NewMessage } from '../db/messages'
import { markSurplus } from '../db/surplus'
import { listClaimants, moveTicketRows } from '../db/threads'
import { getSetting } from '../db/settings'
import { markSeenTickets } from '../db/readMarkers'
import { markStale } from '../db/saveTickets'
import type { Reader, Writer } from '../db/write'
import type { Core } from './core'
import { refreshTickets } from './refreshTickets'
import { threadBySubject, threadMails } from './threadMails'
import { isIssuedId, readToken, type ReadToken } from './tokens'

/** What a parser says of a mail, as far as the desk looks at it. */
export interface MailReading {
  readonly rfcId: string
  readonly digest: string
  readonly from: MailAddress[]
  readonly fromFields: number
  readonly fromAgreed: boolean
  readonly replyTo: MailAddress[]
  readonly to: MailAddress[]
  readonly cc: MailAddress[]
  readonly subject: string
  readonly sentAt: number | null
  readonly inReplyTo: string[]
  readonly references: string[]
  readonly text: string
  readonly html: string | null
  readonly freshLength: number
  readonly preview: string
  readonly attachments: readonly {
    readonly partId: string
    readonly name: string
    readonly type: string
    readonly size: number
    readonly cid: string | null
    readonly inline: boolean
    readonly encoding: string
  }[]
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly receivedCount: number
  readonly marks: MailMark[]
  readonly reportDelivery: { failed: string[]; originalId: string | null } | null
  readonly isTruncated: boolean
  readonly problem: string | null
}

/** Where and when a mail was met. */
export interface Circumstances {
  readonly accountId: string
  readonly source: MailFact['source']
  /** Epoch ms: INTERNALDATE, or now for a mail written here. */
  readonly receivedAt: number
  readonly size: number
  readonly isSeen: boolean
  /** Source bytes, kept when the mail could not be read. */
  readonly bytes: Uint8Array
}

/** A mail on its way into the database, with the token that may say where it belongs. */
export interface Arrival extends NewMessage {
  readonly token: ReadToken | null
}

/** What tells our own mail and our own tokens from others'. */
export interface DeskMarks {
  readonly desk: Desk
  readonly key: string | undefined
  /** What was sent under any of these is ours, also under one that lost to `key` when two desktops founded at once. */
  readonly keys: readonly string[]
  readonly people: readonly string[]
  /** Address of each connected account by its id. */
  readonly accounts: ReadonlyMap<string, string>
}

export async function loadDeskMarks(core: Core, db: Reader): Promise<DeskMarks> {
  const history = await core.history(db)
  const desk = deskNow(history)
  const people = desk.people.flatMap((person) => [person.address, ...person.aliases])
  const accounts = await getSetting(db, 'accounts')
  return {
    desk,
    key: history.created?.key,
    keys: history.keys,
    people,
    accounts: new Map(accounts.map(({ id, address }) => [id, address])),
  }
}

function tokenIn(mail: MailReading, marks: DeskMarks, isOwn: boolean): ReadToken | null {
  const { key } = marks
  if (key === undefined) return null
  const delivered = mail.headers.filter(
    (h) => h.name === 'delivered-to' || h.name === 'envelope-to',
  )
  const people = [...mail.to, ...mail.cc, ...(isOwn ? mail.replyTo : [])]
  for (const address of [...people.map((p) => p.address), ...delivered.map((h) => h.value)]) {
    const token = readToken(key, address, marks.people)
    if (token !== undefined) return token
  }
  return null
}

/** The Message-ID that this desk gave a mail; some servers put another in its place and leave only the second token. */
function issuedIdOf(mail: MailReading, keys: readonly string[]): string | null {
  const token = mail.headers.find(({ name }) => name === 'x-copydesk-id')?.value.trim() ?? ''
  return [mail.rfcId, token].find((id) => isIssuedId(keys, id)) ?? null
}

function whatTokenSays(
  token: ReadToken | null,
): Pick<MailFact, 'tokenOf' | 'tokenTicket' | 'isLeave' | 'isRating'> {
  if (token === null) return { tokenOf: null, isLeave: false }
  const { kind, person, ticketPrefix } = token
  const rating = kind === 's' ? { isRating: true } : {}
  return { tokenOf: person, tokenTicket: ticketPrefix, isLeave: kind === 'l', ...rating }
}

/** Makes a fact of a reading. Never throws: what is missing is empty. */
export function toArrival(mail: MailReading, where: Circumstances, marks: DeskMarks): Arrival {
  const from = mail.from[0] ?? { name: '', address: '' }
  // Anybody who got a mail of ours knows its Message-ID: it proves nothing unless the mail also comes from us.
  const issued = isSupportAddress(marks.desk, from.address) ? issuedIdOf(mail, marks.keys) : null
  const isOwnId = issued !== null
  const rfcId = issued ?? mail.rfcId
  const token = tokenIn(mail, marks, isOwnId)
  const id = mailId(rfcId, mail.digest)
  const fact: MailFact = {
    id,
    rfcId,
    source: where.source,
    from,
    isFromSound: mail.fromFields === 1 && mail.fromAgreed && mail.from.length === 1,
    replyTo: mail.replyTo,
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    sentAt: mail.sentAt,
    receivedAt: where.receivedAt,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    headers: mail.headers.map(({ name, value }) => ({ name, value })),
    mailbox: marks.accounts.get(where.accountId) ?? null,
    marks: mail.marks,
    hops: mail.receivedCount,
    bounce: mail.reportDelivery,
    ...whatTokenSays(isOwnId ? null : token),
    isOwnId,
    preview: mail.preview,
    text: null,
    attachmentCount: mail.attachments.length,
    problem: mail.problem,
  }
  return {
    fact,
    token,
    digest: mail.digest,
    accountId: where.accountId,
    ownTicketId: ticketIdOf(rfcId),
    size: where.size,
    freshLength: mail.freshLength,
    isTruncated: mail.isTruncated,
    isSeen: where.isSeen,
    text: mail.text,
    html: mail.html,
    raw: mail.problem === null ? null : where.bytes,
    attachments: mail.attachments.map(({ inline, ...rest }) => ({
      ...rest,
      id: attachmentId(id, rest.partId),
      isInline: inline,
    })),
  }
}

/** Mails to store together. */
export interface Load {
  /** Mails not yet known. */
  readonly arrivals: readonly Arrival[]
  /** Copies of known mails that tell more of them than the copy here did. */
  readonly better?: readonly Arrival[]
  /** Fold the tickets later (`refreshStale`): a first sync meets most tickets again and again. */
  readonly isDeferred?: boolean
}

/** Inserts mails, hangs them into their threads and projects every ticket that this touches. */
export async function storeArrivals(core: Core, tx: Writer, load: Load): Promise<void> {
  const { arrivals, better = [], isDeferred = false } = load
  await insertMessages(tx, arrivals)
  await replaceFacts(tx, better)
  const all = [...arrivals, ...better]
  const { tickets, moves } = await threadMails(tx, all)
  // A second mail with a known Message-ID may change whose events are whose.
  const claimants = await listClaimants(
    tx,
    all.map((m) => m.ownTicketId),
  )
  await moveTicketRows(tx, moves)
  const surplus = await markSurplus(tx, all)
  const touched = [...new Set([...tickets, ...claimants, ...surplus])]
  if (isDeferred) await markStale(tx, touched)
  else await refreshTickets(core, tx, touched)
  const bySubject = await threadBySubject(tx, all, tickets)
  await moveTicketRows(tx, bySubject.moves)
  await refreshTickets(core, tx, bySubject.tickets)
  if (!isDeferred) await markSeenTickets(tx, [...touched, ...bySubject.tickets])
}
