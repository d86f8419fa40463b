// What is worth interrupting a person for: a customer or colleague wrote where this person has a part, or gave them a ticket.
import type { News, NewsReason } from '#shared/model/attention'
import type { Comment } from '#shared/model/message'
import type { Preferences } from '#shared/model/preferences'
import type { ProjectedTicket } from '#shared/model/projection'
import { canonicalAddress } from './address'

export interface AttentionInput {
  readonly projected: Pick<ProjectedTicket, 'ticket' | 'participants' | 'comments' | 'audit'>
  /** Canonical addresses of the person at this desktop. */
  readonly me: readonly string[]
  /** Epoch ms: what is not newer has been told, or was there before the app started. */
  readonly since: number
  readonly settings: Preferences['notifications']
}

function isTalk(comment: Comment): boolean {
  // What is held may be an attack, and machines do not interrupt people.
  return comment.kind !== 'system' && comment.visibility !== 'held'
}

function partOf({ projected, me }: AttentionInput): NewsReason | null {
  const { ticket, participants } = projected
  const isMe = (address: string | null): boolean => address !== null && me.includes(address)
  if (isMe(ticket.assignee)) return 'your-ticket'
  const mine = participants.filter((p) => isMe(p.address))
  if (mine.some((p) => p.role === 'follower' && p.level !== 'mentions')) return 'followed'
  return mine.some((p) => p.role === 'cc' && !p.isMuted) ? 'copied' : null
}

/** The newest thing on a ticket that this person should hear of, or null (participants.md §3: levels hold here too). */
export function newsOf(input: AttentionInput): News | null {
  const { about, isPaused } = input.settings
  return about === 'none' || isPaused ? null : newest(input)
}

function newest(input: AttentionInput): News | null {
  const { projected, me, since, settings } = input
  const isWanted = (because: NewsReason): boolean => !settings.off.includes(because)
  const { ticket, comments, audit, participants } = projected
  const news = (because: NewsReason, who: string, text: string): News => ({
    ticketId: ticket.id,
    because,
    who,
    subject: settings.shows === 'nothing' ? '' : ticket.subject,
    text: settings.shows === 'preview' ? text : '',
  })
  const given = audit.findLast(
    (entry) =>
      entry.what === 'ticket.assigned' &&
      entry.at > since &&
      me.includes(entry.detail['to'] ?? '') &&
      !me.includes(canonicalAddress(entry.by)),
  )
  if (given !== undefined && isWanted('assigned-to-you'))
    return news('assigned-to-you', given.by, '')
  const spoken = comments.findLast(
    (comment) =>
      comment.at > since &&
      isTalk(comment) &&
      !me.includes(canonicalAddress(comment.author.address)),
  )
  if (spoken === undefined) return null
  const isNew = comments.filter(isTalk).length === 1
  const part = partOf(input)
  const wantsPublicOnly = participants.some(
    (p) => p.role === 'follower' && p.level === 'public' && me.includes(p.address),
  )
  if (part === 'followed' && wantsPublicOnly && spoken.visibility !== 'public') return null
  if (part === 'copied' && spoken.visibility !== 'public') return null
  const because = part ?? (settings.about === 'all' && isNew ? 'new-ticket' : null)
  if (because === null || !isWanted(because)) return null
  return news(because, spoken.author.name || spoken.author.address, ticket.preview)
}
