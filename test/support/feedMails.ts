// Mail for a desk without a server: parsed as the sync does and stored in one batch.
import { importMails } from '#main/inbox/importMail'
import { parseFetched } from '#main/mail/parse'
import { getDetail } from '#main/tickets/detail'
import { currentDesk } from '#main/tickets/core'
import { listView, type Viewer } from '#main/tickets/views'
import type { TicketDetail } from '#shared/ipc/contract'
import type { TicketRow } from '#shared/model/ticket'
import { renderMail, type SimpleMail } from './servers/startMailServer'
import type { Desk } from './startDesk'

export interface FedMail {
  readonly raw: string | Buffer
  /** Epoch ms: INTERNALDATE. */
  readonly at: number
  readonly folder?: 'INBOX' | 'Sent'
  readonly flags?: string[]
}

const verified = 'mx.desk.test; dmarc=pass header.from=x; spf=pass'
let uid = 0

/** A mail by its fields whose sender the desk's server has verified. */
export function aMail(mail: SimpleMail): string {
  return renderMail({
    ...mail,
    headers: { 'Authentication-Results': verifiedFor(mail.from), ...mail.headers },
  })
}

function verifiedFor(from: string): string {
  const domain = /@([^<>\s]+)/.exec(from)?.[1] ?? 'x'
  return verified.replace('header.from=x', `header.from=${domain}`)
}

/** Stores these mails as one batch of one folder. Returns how many were new. */
export async function feed(desk: Desk, mails: readonly FedMail[]): Promise<number> {
  const folder = mails[0]?.folder ?? 'INBOX'
  const arrived = mails.map(({ raw, at, flags }) => {
    const window = Buffer.from(raw)
    uid += 1
    const fetched = { uid, flags: flags ?? [], internalAt: at, size: window.length, window }
    return { fetched, parsed: parseFetched(fetched) }
  })
  const source = {
    accountId: desk.account.id,
    folder,
    kind: folder === 'INBOX' ? 'inbox' : 'sent',
  } as const
  const cursor = {
    accountId: desk.account.id,
    folder,
    uidValidity: '1',
    topUid: uid,
    floorUid: 1,
    syncedAt: null,
  }
  return importMails(desk.core, { source, mails: arrived, cursor, isDeferred: false })
}

export async function viewer(desk: Desk, address = desk.agent.address): Promise<Viewer> {
  const now = await currentDesk(desk.core, desk.core.db.read)
  return { desk: now, agent: { ...desk.agent, address } }
}

export async function rows(desk: Desk, as?: string, query = ''): Promise<TicketRow[]> {
  const filter = { view: 'all', query, offset: 0, limit: 500 } as const
  return (await listView(desk.core.db.read, await viewer(desk, as), filter)).rows
}

/** The only ticket of the desk, or the one with this subject. */
export async function theTicket(desk: Desk, subject?: string): Promise<TicketDetail> {
  const found = (await rows(desk)).filter((row) => subject === undefined || row.subject === subject)
  if (found.length !== 1 || found[0] === undefined) {
    const names = (await rows(desk)).map((row) => row.subject)
    throw new Error(`expected one ticket, found ${String(found.length)} of ${names.join(' | ')}`)
  }
  return getDetail(desk.core.db.read, await viewer(desk), found[0].id)
}

export async function detailOf(desk: Desk, id: string, as?: string): Promise<TicketDetail> {
  return getDetail(desk.core.db.read, await viewer(desk, as), id)
}

/** The error a piece of work ends with. */
export async function failure<E extends Error = Error>(work: Promise<unknown>): Promise<E> {
  return work.then(
    () => {
      throw new Error('it should have failed')
    },
    (error: E) => error,
  )
}
