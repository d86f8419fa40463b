import type { Delivery, PlanView, ThreadEntry } from '#shared/ipc/contract'
import type { MailAddress } from '#shared/model/address'
import type { AuthorRole, DeliveryKind, DeliveryState } from '#shared/model/message'
import type { Origin } from '#shared/model/participant'
import type { TicketStatus, TicketView } from '#shared/model/ticket'
import { fullMoment, listOf, shortName } from '../format'
import { inOurLanguage, t, wordsOf } from '../i18n'

/** Address → name of everybody one may speak of on this screen. */
export type Names = ReadonlyMap<string, string>

export const statusWords = wordsOf<TicketStatus>({
  new: 'status.new',
  open: 'status.open',
  pending: 'status.pending',
  solved: 'status.solved',
  closed: 'status.closed',
})

export const viewWords = wordsOf<TicketView>({
  open: 'view.open',
  mine: 'view.mine',
  unassigned: 'view.unassigned',
  following: 'view.following',
  ccd: 'view.ccd',
  ccdByMe: 'view.ccdByMe',
  mentioned: 'view.mentioned',
  held: 'view.held',
  scheduled: 'view.scheduled',
  sent: 'view.sent',
  solved: 'view.solved',
  all: 'view.all',
})

const roleWords = wordsOf<AuthorRole>({
  requester: 'role.requester',
  cc: 'role.cc',
  follower: 'role.follower',
  assignee: 'role.assignee',
  agent: 'role.agent',
  outsider: 'role.outsider',
  system: 'role.system',
})

/** Who wrote, for the badge: of a colleague it matters that they are one, not that they also follow. */
export function roleWord({
  authorRole,
  isInternal,
}: Pick<ThreadEntry, 'authorRole' | 'isInternal'>): string {
  const isAside = authorRole === 'follower' || authorRole === 'cc'
  return isInternal && isAside ? roleWords.agent : roleWords[authorRole]
}

export type CommentTone = 'public' | 'note' | 'private' | 'held' | 'system'

export interface CommentLook {
  readonly tone: CommentTone
  readonly word: string
  /** Who can see it, in one short sentence. */
  readonly meaning: string
}

type Shown = Pick<ThreadEntry, 'visibility' | 'kind' | 'isInternal'>

function toneOf({ visibility, kind, isInternal }: Shown): CommentTone {
  if (visibility === 'held') return 'held'
  if (kind === 'system') return 'system'
  if (visibility === 'public') return 'public'
  if (kind === 'note' || (kind === 'mail' && isInternal)) return 'note'
  return 'private'
}

export function lookOf(comment: Shown): CommentLook {
  const tone = toneOf(comment)
  return { tone, word: t(`visibility.${tone}`), meaning: t(`visibility.${tone}Meaning`) }
}

export const deliveryKindWords = wordsOf<DeliveryKind>({
  public: 'audience.public',
  follower: 'audience.follower',
  private: 'audience.private',
  status: 'audience.status',
  acknowledgement: 'audience.acknowledgement',
  relay: 'audience.relay',
  csat: 'audience.csat',
})

export const deliveryWords = wordsOf<DeliveryState>({
  queued: 'delivery.queued',
  sending: 'delivery.sending',
  sent: 'delivery.sent',
  partly: 'delivery.partly',
  failed: 'delivery.failed',
  uncertain: 'delivery.uncertain',
  cancelled: 'delivery.cancelled',
})

export function nameIn(names: Names, address: string): string {
  const name = names.get(address)
  return name === undefined || name === '' ? address : name
}

/** With the name this screen knows when the mail gave none. */
export function named(person: MailAddress, names: Names): MailAddress {
  return person.name === '' ? { ...person, name: names.get(person.address) ?? '' } : person
}

type Recipients = Pick<Delivery, 'to' | 'cc'>

/** "Maria + 2 CCs" */
export function recipientsLabel({ to, cc }: Recipients, names: Names): string {
  const first = to.map((person) => shortName(named(person, names)))
  const ccs = cc.length === 0 ? '' : t('common.ccs', { n: cc.length })
  if (first.length === 0) return ccs
  return ccs === '' ? listOf(first, 2) : `${listOf(first, 2)} + ${ccs}`
}

/** What the send button says: whom it reaches. */
export function sendLabel(
  mode: 'public' | 'internal' | 'private',
  plan: PlanView | null,
  names: Names,
): string {
  if (mode === 'internal') return t('composer.sendNote')
  const mail = plan?.mails.find((one) => one.kind === mode)
  if (mode === 'private') {
    if (mail === undefined) return t('composer.choosePeople')
    return t('composer.sendPrivate', { people: recipientsLabel(mail, names) })
  }
  if (plan === null) return t('composer.sendPublic')
  if (mail === undefined) return t('composer.postPublic')
  return t('composer.sendTo', { people: recipientsLabel(mail, names) })
}

/** That nobody writes to themselves, and no customer gets a note, needs no mention. */
const expectedSkips = new Set(['actor', 'internal-note', 'not-chosen'])

/** The rest of the plan in a line: who else hears of it. */
export function othersLabel(plan: PlanView): string {
  const own = plan.mails.filter(({ kind }) => kind !== 'public' && kind !== 'private').length
  const heard = own === 0 ? '' : t('audience.notified', { n: own })
  const skipped = plan.skipped.filter((one) => !expectedSkips.has(one.because)).length
  const left = skipped === 0 ? '' : t('audience.skipped', { n: skipped })
  return [heard, left].filter((part) => part !== '').join(' · ')
}

/** Its state, except that a mail which an agent has left at that is still not with everybody. */
export function howFar({ state, refused }: Pick<Delivery, 'state' | 'refused'>): DeliveryState {
  return state === 'sent' && refused.length > 0 ? 'partly' : state
}

/** How a mail fares, in words an agent can act on. */
export function deliveryLine(delivery: Delivery, names: Names): string {
  const whom = recipientsLabel(delivery, names)
  switch (howFar(delivery)) {
    case 'queued':
      return delivery.attempts === 0
        ? t('delivery.lineQueued', { whom })
        : t('delivery.lineRetry', { whom, reply: inOurLanguage(delivery.lastReply) })
    case 'sending':
      return t('delivery.lineSending', { whom })
    case 'sent':
      return t('delivery.lineSent', { whom })
    case 'partly':
      return t('delivery.linePartly', {
        who: listOf(delivery.refused.map((one) => one.address)),
      })
    case 'failed':
      return t('delivery.lineFailed', { reply: inOurLanguage(delivery.lastReply) })
    case 'uncertain':
      return t('delivery.lineUncertain', { whom })
    case 'cancelled':
      return t('delivery.lineCancelled', { whom })
  }
}

/** Why and since when somebody is on a ticket, in plain words. */
export function originWords(origin: Origin, names: Names): string {
  const who = nameIn(names, origin.by)
  const when = fullMoment(origin.at)
  switch (origin.kind) {
    case 'mail':
      return t(`origin.${origin.header ?? 'cc'}`, { who, when })
    case 'agent':
      return t('origin.agent', { who, when })
    case 'policy':
      return t('origin.policy', { when })
    case 'self':
      return t('origin.self', { when })
  }
}

export function peopleLine(addresses: readonly string[], names: Names): string {
  return addresses.map((address) => nameIn(names, address)).join(', ')
}
