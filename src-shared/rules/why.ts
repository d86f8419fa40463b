// Plain answers from stored reasons: why somebody is on a ticket, why a comment is seen by whom, and
// why somebody got or did not get a mail (architecture.md §8).
import type { Comment, DeliveryKind, DeliveryState, MailFate, Skipped } from '#shared/model/message'
import type { Origin, Participant } from '#shared/model/participant'
import type { ProjectedTicket } from '#shared/model/projection'
import { canonicalAddress, sameAddress } from './address'
import { explain } from './explain'

/** A mail of ours about a comment, as far as these answers look at it. */
export interface SentMail {
  readonly kind: DeliveryKind
  readonly to: readonly { readonly address: string }[]
  readonly cc: readonly { readonly address: string }[]
  readonly state: DeliveryState
  readonly refused: readonly { readonly address: string; readonly reply: string }[]
  /** Another desktop sends it: how it fares there is known when it has told. */
  readonly isElsewhere?: boolean | undefined
}

const roleWords = { requester: 'Requester', cc: 'CC', follower: 'Follower' } as const

function sourceOf({ by, header, messageId }: Origin): string {
  if (messageId === null) return ''
  const field = header === null ? '' : `${header.charAt(0).toUpperCase()}${header.slice(1)} of `
  return ` (${field}the mail <${messageId}> from ${by})`
}

/** Why this person is on the ticket, in one sentence for their role. */
export function whyHere({ role, level, isMuted, mutedBy, origin }: Participant): string {
  const because = explain(origin.because, { who: origin.by })
  const hears = level === null || level === 'all' ? '' : ` Hears of ${level} only.`
  const muted = isMuted ? ` Muted${mutedBy === null ? '' : ` by ${mutedBy}`}: gets no mail.` : ''
  return `${roleWords[role]}. ${because}${sourceOf(origin)}${hears}${muted}`
}

/** Why a comment is public, private or held, and what else deserves a look. */
export function whySeen({ because, author, flags, leftOut }: Comment): string[] {
  const detail = { who: author.name === '' ? author.address : author.name }
  const more = flags.map((flag) =>
    explain(flag, flag === 'left-out' && leftOut.length > 0 ? { who: leftOut.join(', ') } : {}),
  )
  return [explain(because, detail), ...more]
}

const kindWords: Readonly<Record<DeliveryKind, string>> = {
  public: 'the public reply',
  follower: 'a mail of their own',
  private: 'the private reply',
  status: 'the mail about the status',
  acknowledgement: 'the acknowledgement',
  relay: 'the mail passed on',
  csat: 'the survey',
}

const stateWords: Readonly<Record<DeliveryState, string>> = {
  queued: 'it waits in the outbox',
  sending: 'it is being sent',
  sent: 'it was sent',
  partly: 'it was sent, though not to everybody',
  failed: 'it could not be sent',
  uncertain: 'it is not certain that it was sent',
  cancelled: 'an agent cancelled it',
}

/** Whether two addresses are of one human on this ticket; without more knowledge, whether they are one address. */
type IsSame = (one: string, other: string) => boolean

/** What the mails of a comment are asked about one person. */
export interface MailedAbout {
  readonly comment: Pick<Comment, 'author' | 'audience' | 'kind' | 'because'> | null
  readonly mails: readonly SentMail[]
  readonly skipped: readonly Skipped[]
}

/** What became of a comment for somebody: on which mail they were, or why on none. */
export function fateOf(
  address: string,
  { comment, mails, skipped }: MailedAbout,
  isSame: IsSame = sameAddress,
): MailFate {
  const isThem = (each: { readonly address: string }) => isSame(each.address, address)
  const mail = mails.find(({ to, cc }) => to.some(isThem) || cc.some(isThem))
  if (mail !== undefined) {
    const { kind, state } = mail
    const refusal = mail.refused.find(isThem)
    if (refusal !== undefined) return { is: 'refused', kind, reply: refusal.reply }
    const field = mail.to.some(isThem) ? 'to' : 'cc'
    return { is: 'on-mail', kind, field, state, isElsewhere: mail.isElsewhere === true }
  }
  if (comment !== null && isThem(comment.author)) return { is: 'wrote' }
  const skip = skipped.find(isThem)
  if (skip !== undefined) return { is: 'skipped', because: skip.because }
  const isOnMail = comment?.kind === 'mail' && comment.because !== 'answers-private'
  const isNamed = comment?.audience.some((each) => isSame(each, address)) === true
  return { is: isOnMail && isNamed ? 'on-their-mail' : 'no-part' }
}

/** The same in a sentence. */
export function whyMailed(fate: MailFate): string {
  switch (fate.is) {
    case 'refused':
      return `Did not get ${kindWords[fate.kind]}: the server refused the address${fate.reply === '' ? '' : ` (${fate.reply})`}.`
    case 'on-mail': {
      const isAway = fate.isElsewhere && fate.state === 'queued'
      const state = isAway ? 'another desktop sends it' : stateWords[fate.state]
      return `On ${kindWords[fate.kind]}, in ${fate.field === 'to' ? 'To' : 'Cc'}; ${state}.`
    }
    case 'skipped':
      return `Got no mail: ${explain(fate.because)}`
    case 'wrote':
      return 'They wrote it.'
    case 'on-their-mail':
      return 'Got it from its author: they were on that mail.'
    case 'no-part':
      return 'Got no mail: they had no part in it then.'
  }
}

const auditWords: Readonly<Record<string, string>> = {
  'cc.removed': 'Was CC and is no longer.',
  'follower.removed': 'Followed and no longer does.',
  'suggestion.dismissed': 'Was suggested.',
}

/** Who gave the ticket to its assignee, by the audit trail; null without an assignee. */
export function assignment({
  ticket,
  audit,
}: Pick<ProjectedTicket, 'ticket' | 'audit'>): { readonly by: string; readonly at: number } | null {
  const given = audit.findLast(
    ({ what, detail }) => what === 'ticket.assigned' && detail.to === ticket.assignee,
  )
  return ticket.assignee === null || given === undefined ? null : given
}

/** Everything known of one address on a ticket: roles first, else why there is none. */
export function whyPerson(
  projected: Pick<
    ProjectedTicket,
    'ticket' | 'participants' | 'suggestions' | 'notAdded' | 'audit' | 'undeliverable'
  >,
  text: string,
  isSame: IsSame = sameAddress,
): string[] {
  const address = canonicalAddress(text)
  const isThem = (each: { readonly address: string }) => isSame(each.address, address)
  const { ticket, participants, suggestions, notAdded, audit, undeliverable } = projected
  const here = participants.filter(isThem)
  const roles = here.map(whyHere)
  if (ticket.assignee !== null && isSame(ticket.assignee, address)) {
    const { by = '' } = assignment(projected) ?? {}
    const how = isSame(by, address) ? 'They took the ticket.' : `Assigned${by && ` by ${by}`}.`
    roles.push(`Assignee. ${how}`)
  }
  if (undeliverable.includes(address)) roles.push(explain('undeliverable'))
  const other = here.find((each) => !sameAddress(each.address, address))
  if (other !== undefined) roles.push(`A further address of ${other.address}.`)
  if (roles.length > 0) return roles
  const suggested = suggestions
    .filter(isThem)
    .map(({ because, origin }) => `Suggested, not added. ${explain(because)}${sourceOf(origin)}`)
  const left = notAdded
    .filter(isThem)
    .map(({ because, origin }) => `${explain(because)}${sourceOf(origin)}`)
  const gone = audit
    .filter(
      ({ what, detail }) => auditWords[what] !== undefined && isSame(detail.address ?? '', address),
    )
    .slice(-1)
    .map(
      ({ what, because, by }) =>
        `${auditWords[what] ?? ''} ${explain(because, { who: by })} (${by})`,
    )
  const found = [...suggested, ...left, ...gone]
  return found.length > 0 ? found : ['Not on this ticket.']
}
