// What an agent does to a ticket. Each action becomes one event; what the projection would not let take effect is
// refused here with a sentence, before anything is written.
import type { TicketAction } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { MailAddress } from '#shared/model/address'
import type { Desk } from '#shared/model/desk'
import type { TicketEventBody } from '#shared/model/event'
import {
  addressProblem,
  canonicalAddress,
  isBlocklisted,
  isSupportAddress,
  isValidAddress,
} from '#shared/rules/address'
import { findPerson, isInternal, mayDo, type DeskAction } from '#shared/rules/desk'
import { explain } from '#shared/rules/explain'
import { getTicket, type StoredTicket } from '../db/tickets'
import { currentDesk, getAgent, type Core } from './core'
import { getVisibleTicket } from './detail'
import { isMerge, mergeEvents, type MergeAction } from './merge'
import { recordTicketEvents } from './record'

const permission: Record<TicketAction['do'], DeskAction> = {
  assign: 'assign',
  setStatus: 'change-status',
  setGroup: 'change-status',
  setTags: 'change-status',
  addTag: 'change-status',
  changeRequester: 'change-requester',
  addCcs: 'change-cc',
  removeCc: 'change-cc',
  muteCc: 'change-cc',
  unmuteCc: 'change-cc',
  undoMailChange: 'change-cc',
  follow: 'follow',
  unfollow: 'follow',
  merge: 'merge',
  unmerge: 'merge',
  acceptComment: 'review',
  discardComment: 'review',
  undoDecision: 'review',
  acceptSuggestion: 'review',
  dismissSuggestion: 'review',
}

function refuse(message: string, detail: Record<string, unknown> = {}): never {
  throw new AppError('refused', message, detail)
}

function mustBeValid(address: string): string {
  const canonical = canonicalAddress(address)
  if (isValidAddress(canonical)) return canonical
  throw new AppError(
    'invalid-input',
    `“${address}” is not an address: check for typing mistakes.`,
    { because: addressProblem(canonical) ?? 'invalid-address' },
  )
}

/** Reason code, by which the window says it in its language, and the English sentence. */
type Problem = readonly [because: string, sentence: string]

/** Why this person cannot become a CC; undefined when they can (participants.md §2). */
function ccProblem(desk: Desk, stored: StoredTicket, address: string): Problem | undefined {
  if (isSupportAddress(desk, address)) {
    return ['support-address', `${address} is this desk's own address: it is never a CC.`]
  }
  if (address === canonicalAddress(stored.ticket.requester?.address ?? '')) {
    const words = `${address} is the requester and gets every public reply already.`
    return ['already-participant', words]
  }
  if (isBlocklisted(desk.policy, address)) {
    return ['blocklisted', `${address} is on the desk's blocklist.`]
  }
  if (!desk.policy.ccsEnabled) return ['ccs-off', 'CCs are switched off on this desk.']
  if (desk.policy.agentCc === 'refuse' && isInternal(desk, address)) {
    const words = `${address} is a colleague: make them a follower instead, customers do not see followers.`
    return ['agent-cc-refused', words]
  }
  return undefined
}

function addCcs(
  desk: Desk,
  stored: StoredTicket,
  people: readonly MailAddress[],
): TicketEventBody[] {
  const have = new Set(stored.participants.filter((p) => p.role === 'cc').map((p) => p.address))
  const wanted = new Map<string, MailAddress>()
  for (const person of people) {
    const address = mustBeValid(person.address)
    const problem = ccProblem(desk, stored, address)
    if (problem !== undefined) refuse(problem[1], { because: problem[0], what: address, address })
    if (!have.has(address)) wanted.set(address, { name: person.name, address })
  }
  const { ccLimit } = desk.policy
  if (have.size + wanted.size > ccLimit) {
    refuse(
      `A ticket has at most ${String(ccLimit)} CCs and this one has ${String(have.size)}: remove somebody first.`,
      { because: 'over-limit', limit: ccLimit, count: have.size },
    )
  }
  return wanted.size === 0 ? [] : [{ kind: 'cc.added', people: [...wanted.values()] }]
}

function mustBeCc(stored: StoredTicket, address: string): string {
  const canonical = canonicalAddress(address)
  if (stored.participants.some((p) => p.role === 'cc' && p.address === canonical)) return canonical
  return refuse(`${canonical} is not a CC of this ticket.`, {
    because: 'not-a-cc',
    address: canonical,
  })
}

function mustBeInternal(desk: Desk, address: string): string {
  const person = findPerson(desk, address)
  if (person !== undefined) return person.address
  return refuse(`${address} is not in the directory: only colleagues can do this.`, {
    because: 'not-internal',
    address,
  })
}

function changeRequester(desk: Desk, action: { address: string; name: string }): TicketEventBody[] {
  const address = mustBeValid(action.address)
  if (isSupportAddress(desk, address)) {
    refuse('A support address is never the requester.', { because: 'support-address' })
  }
  return [{ kind: 'requester.changed', address, name: action.name }]
}

function follow(desk: Desk, action: Extract<TicketAction, { do: 'follow' }>): TicketEventBody[] {
  if (!desk.policy.followersEnabled) {
    refuse('Followers are switched off on this desk.', { because: 'followers-off' })
  }
  const address = mustBeInternal(desk, action.address)
  return [{ kind: 'follower.added', address, level: action.level, because: 'agent-added' }]
}

/** Beside the tags that are there, so that many tickets can get one tag and keep their own. */
function addTag({ ticket: { tags } }: StoredTicket, tag: string): TicketEventBody[] {
  if (tags.includes(tag)) return []
  if (tags.length >= 50)
    refuse('A ticket has at most 50 tags: remove one first.', { because: 'too-many-tags' })
  return [{ kind: 'ticket.tagged', tags: [...tags, tag] }]
}

type Property = 'assign' | 'setStatus' | 'setGroup' | 'setTags'
type ListChange =
  | 'removeCc'
  | 'muteCc'
  | 'unmuteCc'
  | 'undoMailChange'
  | 'unfollow'
  | 'acceptSuggestion'
  | 'dismissSuggestion'
type Action<K extends TicketAction['do']> = Extract<TicketAction, { do: K }>

function propertyEvent(desk: Desk, action: Action<Property>): TicketEventBody {
  switch (action.do) {
    case 'assign':
      return {
        kind: 'ticket.assigned',
        assignee: action.assignee === null ? null : mustBeInternal(desk, action.assignee),
      }
    case 'setStatus':
      return { kind: 'ticket.statusSet', status: action.status }
    case 'setGroup':
      return { kind: 'ticket.grouped', group: action.group === '' ? null : action.group }
    case 'setTags':
      return { kind: 'ticket.tagged', tags: [...new Set(action.tags)] }
  }
}

function listEvent(stored: StoredTicket, action: Action<ListChange>): TicketEventBody {
  switch (action.do) {
    case 'removeCc':
      return { kind: 'cc.removed', address: mustBeCc(stored, action.address) }
    case 'muteCc':
      return { kind: 'cc.muted', address: mustBeCc(stored, action.address) }
    case 'unmuteCc':
      return { kind: 'cc.unmuted', address: mustBeCc(stored, action.address) }
    case 'undoMailChange':
      return { kind: 'cc.mailChangeUndone', messageId: action.messageId }
    case 'unfollow':
      return { kind: 'follower.removed', address: canonicalAddress(action.address) }
    case 'acceptSuggestion':
      return { kind: 'suggestion.accepted', address: canonicalAddress(action.address) }
    case 'dismissSuggestion':
      return { kind: 'suggestion.dismissed', address: canonicalAddress(action.address) }
  }
}

function acceptComment(
  stored: StoredTicket,
  action: Extract<TicketAction, { do: 'acceptComment' }>,
): TicketEventBody[] {
  const held = stored.comments.find((c) => c.messageId === action.messageId)
  if (held?.visibility !== 'held') {
    refuse('This comment is not held: there is nothing to accept.', { because: 'not-held' })
  }
  if (action.mode === 'alias' && action.aliasOf === null) {
    throw new AppError('invalid-input', 'Say whose address this is: aliasOf is missing.')
  }
  return [
    {
      kind: 'comment.accepted',
      messageId: action.messageId,
      mode: action.mode,
      aliasOf: action.aliasOf === null ? null : canonicalAddress(action.aliasOf),
    },
  ]
}

function discardComment(stored: StoredTicket, messageId: string): TicketEventBody[] {
  const held = stored.comments.find((c) => c.messageId === messageId)
  if (held?.visibility !== 'held') {
    refuse('This comment is not held: there is nothing to discard.', { because: 'not-held' })
  }
  return [{ kind: 'comment.discarded', messageId, because: 'agent-chose' }]
}

/** An acceptance can be taken back as long as nobody outside has been answered on the strength of it. */
function undoDecision(stored: StoredTicket, messageId: string): TicketEventBody[] {
  const at = stored.comments.findIndex((c) => c.messageId === messageId)
  const decided = stored.comments[at]
  if (decided === undefined)
    refuse('There is no such comment on this ticket.', { because: 'not-decided' })
  const isDecided = decided.flags.some((flag) => flag === 'accepted' || flag === 'discarded')
  if (!isDecided) refuse('Nothing has been decided about this comment.', { because: 'not-decided' })
  const decision = stored.audit.findLast(
    ({ what, detail }) => what === 'comment.accepted' && detail.messageId === messageId,
  )
  const isAnswered = stored.comments.some(
    (c) => c.kind === 'reply' && c.visibility === 'public' && c.at > (decision?.at ?? Infinity),
  )
  if (isAnswered && decided.flags.includes('accepted')) {
    refuse(
      'A public reply has gone out since it was accepted: that cannot be taken back any more.',
      { because: 'answered-since' },
    )
  }
  return [{ kind: 'comment.decisionUndone', messageId }]
}

/** The rules have the last word: what they would keep without effect is refused as a whole, and said. */
function refuseIneffective({ audit }: StoredTicket, ids: readonly string[]): void {
  const line = audit.find(
    ({ what, because, source }) =>
      what === 'event.ineffective' && because !== 'no-change' && ids.includes(source),
  )
  if (line === undefined) return
  const { because, detail } = line
  const who = detail.address === undefined ? '' : `${detail.address}: `
  refuse(`${who}${explain(because)}`, { ...detail, because })
}

function isProperty(action: Action<Property | ListChange>): action is Action<Property> {
  return ['assign', 'setStatus', 'setGroup', 'setTags'].includes(action.do)
}

function eventsOf(
  desk: Desk,
  stored: StoredTicket,
  action: Exclude<TicketAction, MergeAction>,
): TicketEventBody[] {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the rest is told apart below
  switch (action.do) {
    case 'addCcs':
      return addCcs(desk, stored, action.people)
    case 'changeRequester':
      return changeRequester(desk, action)
    case 'follow':
      return follow(desk, action)
    case 'acceptComment':
      return acceptComment(stored, action)
    case 'addTag':
      return addTag(stored, action.tag)
    case 'discardComment':
      return discardComment(stored, action.messageId)
    case 'undoDecision':
      return undoDecision(stored, action.messageId)
    default:
      return [isProperty(action) ? propertyEvent(desk, action) : listEvent(stored, action)]
  }
}

/**
 * Carries out one action of this agent.
 * @throws AppError `refused` with a sentence when role or rules forbid it, `not-found`, `invalid-input`
 */
export async function changeTicket(
  core: Core,
  ticketId: string,
  action: TicketAction,
): Promise<void> {
  await core.db.write(`tickets.${action.do}`, async (tx) => {
    const desk = await currentDesk(core, tx)
    const agent = await getAgent(tx)
    if (!mayDo(desk, agent.address, permission[action.do])) {
      refuse('Your role does not allow this: ask an agent or an admin.', { because: 'role' })
    }
    const stored = await getVisibleTicket(tx, { desk, agent }, ticketId)
    const events = isMerge(action)
      ? await mergeEvents(tx, { desk, agent }, stored, action)
      : eventsOf(desk, stored, action)
    if (events.length > 0) {
      const { id } = stored.ticket
      const ids = await recordTicketEvents(core, tx, { ticketId: id, bodies: events })
      refuseIneffective(await getTicket(tx, id), ids)
    }
  })
}

/** The same action on many tickets, each in a write of its own, so that other writes get their turn; one refusal stops none of the others. */
export async function changeTickets(
  core: Core,
  ticketIds: readonly string[],
  action: TicketAction,
): Promise<{ done: string[]; refused: { id: string; message: string }[] }> {
  const done: string[] = []
  const refused: { id: string; message: string }[] = []
  for (const id of new Set(ticketIds)) {
    try {
      await changeTicket(core, id, action)
      done.push(id)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refused.push({ id, message: error.message })
    }
  }
  return { done, refused }
}
