// One text to many tickets: each gets a reply of its own, to its own people, with its own result.
import type { BulkInput, BulkPlan, BulkProgress } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import { log } from '../log'
import { currentDesk, getAgent, type Core } from '../tickets/core'
import { getVisibleTicket } from '../tickets/detail'
import { previewPlan } from '../tickets/previewPlan'
import { queueReply } from './queueComment'

/** So many finished jobs can still be asked about. */
const remembered = 20

function wordsOf(error: unknown): string {
  if (error instanceof AppError) return error.message
  log.error('outbox', 'bulk reply failed', { error })
  return 'Something went wrong with this ticket: nothing was sent for it.'
}

/** Who would get what, ticket by ticket. */
export async function planBulk(core: Core, ticketIds: readonly string[]): Promise<BulkPlan[]> {
  const { read } = core.db
  const viewer = { desk: await currentDesk(core, read), agent: await getAgent(read) }
  const plans: BulkPlan[] = []
  for (const ticketId of new Set(ticketIds)) {
    const base = { ticketId, key: '', subject: '', revision: 0, to: [], cc: [], problem: '' }
    try {
      const { ticket } = await getVisibleTicket(read, viewer, ticketId)
      const { key, subject, revision } = ticket
      const known = { ...base, key, subject, revision }
      const { mails } = await previewPlan(core, { ticketId, kind: 'public', audience: [] })
      const mail = mails.find((each) => each.kind === 'public')
      const problem =
        mail === undefined ? 'Nobody would get it: there is no requester and no CC.' : ''
      plans.push({ ...known, to: mail?.to ?? [], cc: mail?.cc ?? [], problem })
    } catch (error) {
      plans.push({ ...base, problem: wordsOf(error) })
    }
  }
  return plans
}

export function createBulk(core: Core) {
  const jobs = new Map<string, BulkProgress>()

  const run = async (input: BulkInput, ticketIds: readonly string[]): Promise<void> => {
    const shown = new Map((input.shown ?? []).map((one) => [one.ticketId, one]))
    for (const ticketId of ticketIds) {
      const job = jobs.get(input.id)
      if (job?.state !== 'running') return
      const result = await queueReply(core, {
        // One id per ticket: starting the same bulk reply again sends nothing twice.
        id: `${input.id.slice(0, 40)}-${ticketId.slice(0, 16)}`,
        ticketId,
        visibility: 'public',
        text: input.text,
        audience: [],
        seenRevision: shown.get(ticketId)?.revision ?? null,
        shownAudience: shown.get(ticketId)?.audience,
        status: input.status,
      }).then(
        ({ deliveries }) => ({ ticketId, isOk: true, problem: '', deliveries: deliveries.length }),
        (error: unknown) => ({ ticketId, isOk: false, problem: wordsOf(error), deliveries: 0 }),
      )
      const now = jobs.get(input.id) ?? job
      const results = [...now.results, result]
      const isDone = results.length === now.total && now.state === 'running'
      jobs.set(input.id, { ...now, results, state: isDone ? 'done' : now.state })
    }
  }

  return {
    /** Returns when all is queued or it was stopped. */
    run: async (input: BulkInput): Promise<BulkProgress | undefined> => {
      const ticketIds = [...new Set(input.ticketIds)]
      if (jobs.get(input.id)?.state !== 'running') {
        jobs.set(input.id, { id: input.id, total: ticketIds.length, state: 'running', results: [] })
        const [oldest] = jobs.keys()
        if (jobs.size > remembered && oldest !== undefined) jobs.delete(oldest)
        await run(input, ticketIds)
      }
      return jobs.get(input.id)
    },
    get: (id: string): BulkProgress | undefined => jobs.get(id),
    stop: (id: string): void => {
      const job = jobs.get(id)
      if (job?.state === 'running') jobs.set(id, { ...job, state: 'stopped' })
    },
  }
}
