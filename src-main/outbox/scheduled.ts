// Replies for later. Each waits as a journal event that carries all it needs, and is a duty when it is due: exactly one
// desktop plans it then, so that it reaches the people as of then (architecture.md §12, participants.md §5).
import type { ScheduledReply, ScheduleInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { AgentProfile } from '#shared/model/account'
import type { Duty } from '#shared/model/duty'
import type { TicketEventBody } from '#shared/model/event'
import type { Skipped } from '#shared/model/message'
import type { Desk } from '#shared/model/desk'
import { findPerson, isInternal, mayDo } from '#shared/rules/desk'
import { hiddenMentions } from '#shared/rules/hidden'
import { mentionsIn } from '#shared/rules/mentions'
import { colleaguesAmong, narrow } from '#shared/rules/narrow'
import { deleteDraft } from '../db/drafts'
import { findScheduled, listScheduled, type StoredSchedule } from '../db/scheduled'
import { getSetting } from '../db/settings'
import { deleteStagedOf, laterPlace, moveStaged } from '../db/stagedFiles'
import { resolveTickets } from '../db/threads'
import { getTicket, type StoredTicket } from '../db/tickets'
import type { Reader, Writer } from '../db/write'
import { log } from '../log'
import { currentDesk, getAgent, type Core } from '../tickets/core'
import { getVisibleTicket } from '../tickets/detail'
import { recordTicketEvents } from '../tickets/record'
import { backToDraft } from './backToDraft'
import { queueInto, type Origin } from './queueComment'
import { refuseTelling, secretsOf } from './refuseLeaks'
import { refuseStale, seenAt } from './refuseStale'

const nobodyElse = { added: [], removed: [] }

interface Context {
  readonly tx: Writer
  readonly agent: AgentProfile
  readonly stored: StoredTicket
}

/** Ids of the public comments its author knows. @throws AppError `conflict` when there is news already */
async function whatIsSeen(
  { tx, agent, stored }: Context,
  { seenRevision, onlyIfQuiet }: ScheduleInput,
): Promise<string[] | null> {
  if (!onlyIfQuiet) return null
  const seen = await seenAt(tx, stored, seenRevision ?? stored.ticket.revision)
  refuseStale(stored, { agent, seen, people: nobodyElse })
  return stored.comments.flatMap(({ id, visibility }) => (visibility === 'public' ? [id] : []))
}

/** What would be refused when it is due is refused now, while its author can mend it. */
async function refuseNaming(
  { tx, agent, stored }: Context,
  desk: Desk,
  { visibility, audience, text, html }: ScheduleInput,
): Promise<void> {
  if (visibility === 'private' && audience.every((address) => isInternal(desk, address))) return
  const writer = agent.address
  const secrets = await secretsOf(tx, { desk, stored }, { agentAddress: writer, text })
  const named = hiddenMentions(desk, stored, { writer, mentions: mentionsIn(desk, text) })
  refuseTelling(
    { headers: '', decodedBodies: [text, html ?? ''] },
    { ...secrets, followers: [...secrets.followers, ...named], privateTexts: [] },
  )
}

/** @throws AppError `conflict` when somebody has written since `seenRevision`, `refused` when it names a follower, `invalid-input` for a time that is over */
export async function scheduleReply(
  core: Core,
  input: ScheduleInput,
  origin: Origin = {},
): Promise<{ commentId: string }> {
  const { id: commentId, visibility, text, audience, status, sendAt, onlyIfQuiet } = input
  if (sendAt <= core.now()) {
    throw new AppError('invalid-input', 'This time is over: choose a later one.', {
      because: 'time-over',
    })
  }
  await core.db.write(
    'outbox.schedule',
    async (tx) => {
      const agent = await getAgent(tx)
      const desk = await currentDesk(core, tx)
      const stored = await getVisibleTicket(tx, { desk, agent }, input.ticketId)
      if (!mayDo(desk, agent.address, visibility === 'public' ? 'public-reply' : 'private-reply')) {
        throw new AppError(
          'refused',
          'Your role does not allow this kind of reply: ask an admin.',
          { because: 'role' },
        )
      }
      await refuseNaming({ tx, agent, stored }, desk, input)
      const ticketId = stored.ticket.id
      const files = [...(input.attachmentIds ?? [])]
      const body = {
        kind: 'reply.scheduled',
        ...{ commentId, visibility, text, html: input.html ?? null, audience, status },
        ...{ sendAt, onlyIfQuiet, files },
        ...(visibility === 'private'
          ? { colleagues: colleaguesAmong(desk, stored, audience) }
          : {}),
        seen: await whatIsSeen({ tx, agent, stored }, input),
      } as const
      await recordTicketEvents(core, tx, { ticketId, bodies: [body], id: `${commentId}-s` })
      await moveStaged(tx, files, laterPlace(commentId))
      if (origin.isFromDraft === true) {
        await deleteDraft(tx, ticketId, visibility)
        tx.changed('draft', ticketId)
      }
      tx.changed('outbox', commentId)
    },
    { isDurable: true },
  )
  return { commentId }
}

/** Its words and its files become the ticket's draft. */
async function editAgain(core: Core, tx: Writer, one: StoredSchedule): Promise<void> {
  const { ticketId, commentId, body } = one
  const { visibility: mode, text, html, audience } = body
  await backToDraft(core, tx, { ticketId, mode, text, html, audience })
  await moveStaged(tx, body.files, ticketId)
  await deleteStagedOf(tx, laterPlace(commentId), mode)
}

type End = Pick<Extract<TicketEventBody, { kind: 'reply.unscheduled' }>, 'because' | 'why'>

async function end(core: Core, tx: Writer, one: StoredSchedule, how: End): Promise<void> {
  const { ticketId, commentId } = one
  await recordTicketEvents(core, tx, {
    ticketId,
    bodies: [{ kind: 'reply.unscheduled', commentId, ...how }],
    isQuiet: true,
  })
  tx.changed('outbox', commentId)
}

/** Takes it back; with `isEdit` its text becomes the ticket's draft. @throws AppError `not-found` when it has gone or was taken back */
export async function unscheduleReply(
  core: Core,
  commentId: string,
  isEdit: boolean,
): Promise<void> {
  await core.db.write(
    'outbox.unschedule',
    async (tx) => {
      const one = (await listScheduled(tx)).find((each) => each.commentId === commentId)
      if (one === undefined) {
        throw new AppError(
          'not-found',
          'This reply is not scheduled any more: it has been sent or taken back.',
          { because: 'not-scheduled' },
        )
      }
      const agent = await getAgent(tx)
      const desk = await currentDesk(core, tx)
      await getVisibleTicket(tx, { desk, agent }, one.ticketId)
      if (!mayDo(desk, agent.address, 'public-reply')) {
        throw new AppError(
          'refused',
          'Your role does not allow taking back a reply: ask an admin.',
          { because: 'role' },
        )
      }
      await end(core, tx, one, { because: 'cancelled' })
      if (isEdit) await editAgain(core, tx, one)
      else await deleteStagedOf(tx, laterPlace(commentId), one.body.visibility)
    },
    { isDurable: true },
  )
}

/** What this agent may see of it, earliest first. */
export async function viewScheduled(core: Core): Promise<ScheduledReply[]> {
  const { read } = core.db
  const viewer = { desk: await currentDesk(core, read), agent: await getAgent(read) }
  const here = await getSetting(read, 'device')
  const shown: ScheduledReply[] = []
  for (const one of await listScheduled(read)) {
    const stored = await getVisibleTicket(read, viewer, one.ticketId).catch((error: unknown) => {
      if (error instanceof AppError) return undefined
      throw error
    })
    if (stored === undefined) continue
    const { visibility, text, html, audience, status, sendAt, onlyIfQuiet, files } = one.body
    const { commentId: id, ticketId, by, state, why } = one
    shown.push({
      ...{ id, ticketId, by, state, why, subject: stored.ticket.subject },
      ...{ visibility, text, html, audience, status, sendAt, onlyIfQuiet },
      fileCount: files.length,
      isFromHere: one.device === here,
    })
  }
  return shown
}

/** Whether this desktop could do it: its agent may reply on the ticket, and the files are here. */
export async function maySendScheduled(core: Core, db: Reader, duty: Duty): Promise<boolean> {
  const one = await findScheduled(db, duty.sourceId)
  if (one === undefined) return false
  if (one.body.files.length > 0 && one.device !== (await getSetting(db, 'device'))) return false
  const agent = await getAgent(db)
  const desk = await currentDesk(core, db)
  const { visibility } = one.body
  if (!mayDo(desk, agent.address, visibility === 'public' ? 'public-reply' : 'private-reply')) {
    return false
  }
  await getVisibleTicket(db, { desk, agent }, one.ticketId)
  return true
}

/** Whom of the chosen people it still may go to. @throws AppError `refused` when nobody is left */
async function stillChosen(
  tx: Writer,
  desk: Desk,
  { ticketId, body }: StoredSchedule,
): Promise<{ audience: string[]; gone: readonly Skipped[] }> {
  const { audience, colleagues = [] } = body
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const context = { desk, projected: await getTicket(tx, owner), mentions: [], colleagues }
  const to = audience.map((address) => ({ name: '', address }))
  const left =
    body.visibility === 'private' ? narrow({ kind: 'private', to, cc: [] }, context) : null
  if (left === null) return { audience, gone: [] }
  const [first] = left.skipped
  if (left.to.length === 0 && first !== undefined) {
    throw new AppError('refused', 'None of the chosen people may get it any more.', first)
  }
  return { audience: left.to.map(({ address }) => address), gone: left.skipped }
}

async function queue(core: Core, tx: Writer, duty: Duty): Promise<void> {
  const one = await findScheduled(tx, duty.sourceId)
  if (one?.state !== 'waiting') return
  const { body, commentId } = one
  const desk = await currentDesk(core, tx)
  const person = findPerson(desk, one.by)
  if (person === undefined) {
    throw new AppError('refused', 'Its author has left the desk.', { because: 'author-gone' })
  }
  const { name, address, role } = person
  const { audience, gone } = await stillChosen(tx, desk, one)
  const seen = body.onlyIfQuiet && body.seen !== null ? new Set(body.seen) : null
  await queueInto(core, tx, one.ticketId, {
    comment: {
      id: commentId,
      kind: body.visibility,
      text: body.text,
      html: body.html,
      attachmentIds: body.files,
      audience,
    },
    gone,
    status: body.status,
    seen: () => (seen === null ? null : Promise.resolve(seen)),
    byItself: { author: { name, address, role }, dutyKey: duty.key },
  })
}

/**
 * Queues the mails of a reply that is due, or holds it for an agent when it must not go as it is.
 * @throws what is in the way for the moment only: it stays due
 */
export async function performScheduled(core: Core, duty: Duty): Promise<void> {
  try {
    await core.db.write('outbox.scheduled', (tx) => queue(core, tx, duty), { isDurable: true })
  } catch (error) {
    const because = error instanceof AppError ? error.detail['because'] : undefined
    if (typeof because !== 'string') throw error
    log.info('outbox', 'scheduled reply held', { because })
    await core.db.write(
      'outbox.holdScheduled',
      async (tx) => {
        const one = await findScheduled(tx, duty.sourceId)
        if (one?.state === 'waiting') await end(core, tx, one, { because: 'held', why: because })
      },
      { isDurable: true },
    )
  }
}
