import type { Delivery, ThreadEntry, TicketDetail } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Comment } from '#shared/model/message'
import { maySeeTicket } from '#shared/rules/access'
import { canonicalAddress } from '#shared/rules/address'
import { findMessage, listAttachments, listBodies } from '../db/messages'
import { resolveTickets } from '../db/threads'
import { findTicketIds, getTicket, type StoredTicket } from '../db/tickets'
import type { Reader } from '../db/write'
import { conflictsFor } from './conflicts'
import { listDeliveries } from './deliveries'
import { findRelated } from './related'
import type { Viewer } from './views'

/** A ticket this person may see, under any id it ever had. @throws AppError `not-found` */
export async function getVisibleTicket(
  db: Reader,
  viewer: Viewer,
  id: string,
): Promise<StoredTicket> {
  const owner = (await resolveTickets(db, [id])).get(id) ?? id
  const stored = await getTicket(db, owner)
  const access = maySeeTicket(viewer.desk, viewer.agent.address, stored.ticket, stored.participants)
  if (access.may) return stored
  throw new AppError('not-found', 'There is no such ticket here: sync, or check the key.', {
    id,
    because: 'no-such-ticket',
  })
}

/** Files and sources of a mail are as restricted as its ticket. @throws AppError `not-found` */
export async function mustSeeMail(db: Reader, viewer: Viewer, mailId: string): Promise<void> {
  const mail = await findMessage(db, mailId)
  if (mail === undefined)
    throw new AppError('not-found', 'There is no such mail here.', { because: 'no-such-mail' })
  await getVisibleTicket(db, viewer, mail.ticketId)
}

/** The id behind a key as people type it. @throws AppError `not-found`, or `invalid-input` when the key is too short */
export async function ticketIdByKey(db: Reader, key: string): Promise<string> {
  const ids = await findTicketIds(db, key)
  const [id, other] = ids
  if (id === undefined) {
    throw new AppError('not-found', `There is no ticket ${key}: sync, or check the key.`, {
      because: 'no-such-ticket',
    })
  }
  if (other === undefined) return id
  throw new AppError('invalid-input', `Several tickets begin with ${key}: give more characters.`, {
    keys: ids.map((found) => found.slice(0, 12).toUpperCase()),
  })
}

interface Parts {
  readonly bodies: Awaited<ReturnType<typeof listBodies>>
  readonly attachments: Awaited<ReturnType<typeof listAttachments>>
  readonly deliveries: ReadonlyMap<string, Delivery[]>
}

const noBody = { text: '', freshLength: 0, hasHtml: false }

function toEntry(comment: Comment, parts: Parts): ThreadEntry {
  const mailId = comment.mailId ?? ''
  const body = parts.bodies.get(mailId) ?? noBody
  const own = comment.text
  // Added to what was read for this answer alone: to copy each comment takes longer than to read it.
  return Object.assign(comment, {
    text: own ?? body.text.slice(0, body.freshLength).trimEnd(),
    quoted: own === null ? body.text.slice(body.freshLength).trim() : '',
    hasHtml: body.hasHtml,
    attachments: parts.attachments.get(mailId) ?? [],
    deliveries: parts.deliveries.get(comment.id) ?? [],
  })
}

function byComment(deliveries: readonly Delivery[]): Map<string, Delivery[]> {
  const found = new Map<string, Delivery[]>()
  for (const each of deliveries) {
    found.set(each.commentId, [...(found.get(each.commentId) ?? []), each])
  }
  return found
}

/** Everything the screen shows of one ticket. */
export async function getDetail(db: Reader, viewer: Viewer, id: string): Promise<TicketDetail> {
  const stored = await getVisibleTicket(db, viewer, id)
  const mailIds = stored.comments.flatMap((c) => (c.mailId === null ? [] : [c.mailId]))
  const [bodies, attachments, deliveries, conflicts, related] = await Promise.all([
    listBodies(db, mailIds),
    listAttachments(db, mailIds),
    listDeliveries(db, stored),
    conflictsFor(db, viewer, stored.conflicts),
    findRelated(db, viewer, stored),
  ])
  const me = canonicalAddress(viewer.agent.address)
  const parts = { bodies, attachments, deliveries: byComment(deliveries) }
  return {
    ticket: stored.ticket,
    participants: [...stored.participants],
    comments: stored.comments.map((c) => toEntry(c, parts)),
    suggestions: [...stored.suggestions],
    notAdded: [...stored.notAdded],
    audit: [...stored.audit],
    ccLimit: viewer.desk.policy.ccLimit,
    isFollowing: stored.participants.some((p) => p.role === 'follower' && p.address === me),
    undeliverable: [...stored.undeliverable],
    conflicts,
    related,
  }
}
