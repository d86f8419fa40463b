// A ticket is a pure function of its facts: sort, fold, show (architecture.md §0.3, §12).
import type { Comment } from '#shared/model/message'
import type { Participant } from '#shared/model/participant'
import type { TicketFacts, TicketProjection } from '#shared/model/projection'
import type { Ticket } from '#shared/model/ticket'
import { canonicalAddress } from './address'
import { openDuties, oweDuties } from './duties'
import { indexFacts } from './factIndex'
import { inOrder, type Fact } from './factOrder'
import { foldEvent } from './foldEvent'
import { foldMail } from './foldMail'
import { scheduledIn } from './foldScheduled'
import { emptyState, isSupportAt, type FoldState } from './foldState'
import { bareSubject } from './subject'

function fold(state: FoldState, fact: Fact, facts: TicketFacts): void {
  const by = fact.kind === 'mail' ? fact.mail.from.address : fact.event.by
  const step = {
    state,
    desk: facts.deskAt(fact.at),
    at: fact.at,
    by: canonicalAddress(by),
    source: fact.id,
    hasEffect: false,
  }
  const before = { comments: state.comments.length, audit: state.audit.length }
  if (fact.kind === 'mail') foldMail(step, fact.mail)
  else foldEvent(step, fact.event)
  if (!step.hasEffect) return
  if (facts.dutiesSince !== undefined) {
    oweDuties(
      step,
      before,
      fact.kind === 'mail' ? fact.mail : null,
      facts.dutiesSince(state.mailbox),
    )
  }
  state.createdAt ??= fact.at
  state.updatedAt = Math.max(state.updatedAt, fact.at)
  state.revision += 1
}

/** A public comment that went to customers from here. */
const isOurs = ({ kind, trust }: Comment) =>
  kind === 'reply' || (kind === 'mail' && trust === 'own')

/** Everybody who had a part in our last public mail or in what has been public since, without support addresses. */
function lastAudience(state: FoldState, facts: TicketFacts): string[] | null {
  const shared = state.comments
    .map(({ comment }) => comment)
    .filter(({ visibility, messageId }) => visibility === 'public' && messageId !== null)
  if (shared.length === 0) return null
  const recent = shared.slice(Math.max(shared.findLastIndex(isOurs), 0))
  const people = recent.flatMap((comment) => {
    const desk = facts.deskAt(comment.at)
    const isMail = comment.kind === 'mail' && comment.trust !== 'own'
    const all = isMail ? [comment.author.address, ...comment.audience] : comment.audience
    return all.filter((address) => !isSupportAt(state, desk, address))
  })
  return [...new Set(people)]
}

const shown = ({ author }: Comment) => (author.name === '' ? author.address : author.name)

/** What the list shows of the conversation: the newest comment that is not held. */
function newestOf({ comments }: FoldState): Pick<Ticket, 'preview' | 'lastAuthor'> {
  const newest = comments.findLast(
    ({ comment }) => comment.visibility !== 'held' && !comment.flags.includes('discarded'),
  )
  const last = newest ?? comments.at(-1)
  return {
    preview: newest?.preview ?? '',
    lastAuthor: last === undefined ? '' : shown(last.comment),
  }
}

/** Name and times; a ticket of which only our own mail has come in yet has them too. */
function headOf(state: FoldState, first: Fact | undefined) {
  const ownSubject = first?.kind === 'mail' ? first.mail.subject : ''
  const begin = first?.at ?? 0
  return {
    subject: bareSubject(state.subject ?? ownSubject),
    createdAt: state.createdAt ?? begin,
    updatedAt: state.revision === 0 ? begin : state.updatedAt,
  }
}

function ticketOf(state: FoldState, facts: TicketFacts, first: Fact | undefined): Ticket {
  const { requester } = state
  return {
    id: facts.id,
    key: facts.key,
    ...headOf(state, first),
    ...newestOf(state),
    status: state.status,
    requester: requester && { name: requester.name, address: requester.address },
    assignee: state.assignee,
    group: state.group,
    tags: [...state.tags],
    mailbox: state.mailbox,
    mergedInto: state.mergedInto,
    revision: state.revision,
    commentCount: state.comments.length,
    heldCount: state.comments.filter(({ comment }) => comment.visibility === 'held').length,
  }
}

function participantsOf({ requester, ccs, followers }: FoldState): Participant[] {
  return [...(requester === null ? [] : [requester]), ...ccs.values(), ...followers.values()]
}

/** Under which Message-IDs customers may know a comment: a colleague's mail also as it was passed on. */
function publicIds({ relayed }: FoldState, { id, visibility, messageId }: Comment): string[] {
  if (visibility !== 'public' || messageId === null) return []
  const passedOn = relayed.get(id)
  return passedOn === undefined ? [messageId] : [messageId, passedOn]
}

/**
 * Folds again whenever an event took a decision back, then without that decision: what followed from
 * it is gone with it, on every desktop alike. Each pass finds at least one more, so it ends.
 */
function foldAll(sorted: readonly Fact[], facts: TicketFacts): FoldState {
  const index = indexFacts(sorted, facts.deskAt)
  const undone = new Set<string>()
  for (;;) {
    const state = emptyState(facts.id, index, undone)
    for (const fact of sorted) fold(state, fact, facts)
    if (state.newlyUndone.size === 0) return state
    for (const source of state.newlyUndone) undone.add(source)
  }
}

/**
 * The ticket that these facts make, in any order and with any repetition (architecture.md §12). A
 * public mail of a customer opens a pending, solved or closed ticket again.
 */
export function projectTicket(facts: TicketFacts): TicketProjection {
  const sorted = inOrder(facts)
  const state = foldAll(sorted, facts)
  const comments = state.comments.map(({ comment }) => comment)
  return {
    ticket: ticketOf(state, facts, sorted[0]),
    participants: participantsOf(state),
    comments,
    suggestions: [...state.suggestions.values()],
    notAdded: [...state.notAdded.values()],
    audit: state.audit,
    lastPublicAudience: lastAudience(state, facts),
    publicMessageIds: comments.flatMap((comment) => publicIds(state, comment)),
    undeliverable: [...state.undeliverable],
    aliases: Object.fromEntries(state.aliases),
    conflicts: state.conflicts,
    duties: openDuties(state),
    scheduled: scheduledIn(state),
  }
}
