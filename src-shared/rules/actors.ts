// Who may cause which event: known without the ticket, and asked before anything is made of an event.
import type { Desk } from '#shared/model/desk'
import type { TicketEvent, TicketEventBody } from '#shared/model/event'
import { isHlc } from './clock'
import { findPerson, mayDo, type DeskAction } from './desk'
import { deviceRefusal } from './devices'

type Kind = TicketEventBody['kind']

type Judged = 'reply.written' | 'reply.scheduled' | 'reply.unscheduled'
const judged: ReadonlySet<string> = new Set<Judged>([
  'reply.written',
  'reply.scheduled',
  'reply.unscheduled',
])

const actions: Readonly<Record<Exclude<Kind, Judged>, DeskAction>> = {
  'ticket.created': 'change-requester',
  'ticket.assigned': 'assign',
  'ticket.statusSet': 'change-status',
  'ticket.grouped': 'change-group',
  'ticket.tagged': 'tag',
  'ticket.merged': 'merge',
  'requester.changed': 'change-requester',
  'cc.added': 'change-cc',
  'cc.removed': 'change-cc',
  'cc.muted': 'change-cc',
  'cc.unmuted': 'change-cc',
  'cc.mailChangeUndone': 'change-cc',
  'follower.added': 'follow',
  'follower.removed': 'follow',
  'note.written': 'note',
  // A desktop reports what a server said, whoever sits at it.
  'delivery.settled': 'read',
  'delivery.narrowed': 'read',
  'duty.done': 'read',
  'comment.accepted': 'review',
  'comment.discarded': 'review',
  'comment.decisionUndone': 'review',
  'suggestion.accepted': 'review',
  'suggestion.dismissed': 'review',
}

/** What an event is called where roles are told what they may do (participants.md §6). */
export function actionOf(body: TicketEventBody): DeskAction {
  // That it could not go is what a desktop reports; not letting it go is a reply not given.
  if (body.kind === 'reply.unscheduled') return body.because === 'held' ? 'read' : 'public-reply'
  if (body.kind !== 'reply.written' && body.kind !== 'reply.scheduled') return actions[body.kind]
  return body.visibility === 'public' ? 'public-reply' : 'private-reply'
}

/** Why an event of this actor and desktop cannot count on any ticket, or null (participants.md §6 "Roles"). */
export function actorRefusal(desk: Desk, { hlc, by, device, body }: TicketEvent): string | null {
  if (!isHlc(hlc)) return 'clock-unreadable'
  if (!judged.has(body.kind) && !Object.hasOwn(actions, body.kind)) return 'unknown-kind'
  const person = findPerson(desk, by)
  if (person === undefined) return 'actor-unknown'
  return (
    deviceRefusal(desk, { person, device }) ?? (mayDo(desk, by, actionOf(body)) ? null : 'role')
  )
}
