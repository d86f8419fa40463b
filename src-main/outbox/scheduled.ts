// Replies for later. Each waits as a journal event and is planned when it goes, so that it reaches the people as of then.
import type { ScheduledReply, ScheduleInput } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { TicketEventBody } from '#shared/model/event'
import { mayDo } from '#shared/rules/desk'
import { saveDraft } from '../db/drafts'
import { listScheduled, type StoredSchedule } from '../db/scheduled'
import type { Writer } from '../db/write'
import { currentDesk, getAgent, type Core } from '../tickets/core'
import { getVisibleTicket } from '../tickets/detail'
import { recordTicketEvents } from '../tickets/record'
import { log } from '../log'
import { queueReply } from './queueComment'

type Unscheduled = Extract<TicketEventBody, { kind: 'reply.unscheduled' }>['because']

export async function scheduleReply(
  core: Core,
  input: ScheduleInput,
): Promise<{ commentId: string }> {
  const { id: commentId, ticketId, ...rest } = input
  if (input.sendAt <= core.now()) {
    throw new AppError('invalid-input', 'This time is over: choose a later one.')
  }
  await core.db.write(
    'outbox.schedule',
    async (tx) => {
      const agent = await getAgent(tx)
      const desk = await currentDesk(core, tx)
      await getVisibleTicket(tx, { desk, agent }, ticketId)
      if (
        !mayDo(
          desk,
          agent.address,
          input.visibility === 'public' ? 'public-reply' : 'private-reply',
        )
      ) {
        throw new AppError('refused', 'Your role does not allow this kind of reply: ask an admin.')
      }
      const body = { kind: 'reply.scheduled', commentId, ...rest } as const
      await recordTicketEvents(core, tx, { ticketId, bodies: [body], id: `${commentId}-s` })
      await saveDraft(
        tx,
        { ticketId, mode: input.visibility, text: '', seenRevision: null },
        core.now(),
      )
      tx.changed('draft', ticketId)
      tx.changed('outbox', commentId)
    },
    { isDurable: true },
  )
  return { commentId }
}

async function end(
  core: Core,
  tx: Writer,
  { commentId, ticketId }: StoredSchedule,
  because: Unscheduled,
): Promise<void> {
  await recordTicketEvents(core, tx, {
    ticketId,
    bodies: [{ kind: 'reply.unscheduled', commentId, because }],
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
        )
      }
      await end(core, tx, one, 'cancelled')
      if (!isEdit) return
      const { ticketId, text, visibility, audience, seenRevision } = one
      await saveDraft(tx, { ticketId, mode: visibility, text, audience, seenRevision }, core.now())
      tx.changed('draft', ticketId)
    },
    { isDurable: true },
  )
}

export async function viewScheduled(core: Core): Promise<ScheduledReply[]> {
  const { read } = core.db
  const viewer = { desk: await currentDesk(core, read), agent: await getAgent(read) }
  const shown: ScheduledReply[] = []
  for (const { commentId, device: _device, ...one } of await listScheduled(read)) {
    const stored = await getVisibleTicket(read, viewer, one.ticketId).catch((error: unknown) => {
      if (error instanceof AppError) return undefined
      throw error
    })
    if (stored !== undefined) shown.push({ id: commentId, subject: stored.ticket.subject, ...one })
  }
  return shown
}

/** Sends what is due and was written on this desktop; another desktop's waits for that desktop, so that none goes twice. */
export async function performScheduled(core: Core, device: string): Promise<void> {
  const due = (await listScheduled(core.db.read)).filter(
    (one) => one.device === device && one.state === 'waiting' && one.sendAt <= core.now(),
  )
  for (const one of due) await perform(core, one)
}

async function perform(core: Core, one: StoredSchedule): Promise<void> {
  const { commentId, ticketId, visibility, text, audience, status, onlyIfQuiet, seenRevision } = one
  let because: Unscheduled = 'sent'
  try {
    // The same id at each try: a crash between the two writes sends nothing twice.
    await queueReply(core, {
      id: commentId,
      ticketId,
      visibility,
      text,
      audience,
      status,
      seenRevision: onlyIfQuiet ? seenRevision : null,
    })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.info('outbox', 'scheduled reply held', { commentId, code: error.code })
    because = 'held'
  }
  await core.db.write('outbox.scheduled', (tx) => end(core, tx, one, because), { isDurable: true })
}
