// One text to many tickets: each gets a reply of its own, to its own people, with its own result.
import type {
  BulkInput,
  BulkPlan,
  BulkProgress,
  InterruptedBulk,
  ReplyInput,
} from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { MailAddress } from '#shared/model/address'
import type { Participant } from '#shared/model/participant'
import { isWritten } from '../db/journal'
import { getSetting, saveSetting } from '../db/settings'
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

/** One id per ticket: starting the same bulk reply again sends nothing twice. */
const commentIdOf = (id: string, ticketId: string): string =>
  `${id.slice(0, 40)}-${ticketId.slice(0, 16)}`

/** Remembered until it has ended, so that one that a crash cuts short can be told of and go on. */
async function remember(core: Core, input: BulkInput): Promise<void> {
  await core.db.write(
    'outbox.bulkBegun',
    async (tx) => {
      const begun = await getSetting(tx, 'bulkReplies')
      const others = begun.filter(({ id }) => id !== input.id)
      await saveSetting(tx, 'bulkReplies', [...others, input])
    },
    { isDurable: true },
  )
}

async function forget(core: Core, id: string): Promise<void> {
  await core.db.write('outbox.bulkOver', async (tx) => {
    const begun = await getSetting(tx, 'bulkReplies')
    const others = begun.filter((each) => each.id !== id)
    await saveSetting(tx, 'bulkReplies', others)
  })
}

/** Whom the reply of a ticket is for, by name. */
function peopleOf(
  participants: readonly Participant[],
  shown: readonly string[] | undefined,
): MailAddress[] {
  const onList = participants.filter(({ role, isMuted }) => role !== 'follower' && !isMuted)
  const names = new Map(participants.map(({ address, name }) => [address, name]))
  const addresses = shown ?? onList.map(({ address }) => address)
  return addresses.map((address) => ({ name: names.get(address) ?? '', address }))
}

async function describe(core: Core, input: BulkInput): Promise<InterruptedBulk> {
  const { read } = core.db
  const viewer = { desk: await currentDesk(core, read), agent: await getAgent(read) }
  const tickets: InterruptedBulk['tickets'] = []
  for (const ticketId of new Set(input.ticketIds)) {
    const stored = await getVisibleTicket(read, viewer, ticketId).catch((error: unknown) => {
      if (error instanceof AppError) return undefined
      throw error
    })
    const isQueued = await isWritten(read, commentIdOf(input.id, ticketId))
    const shown = input.shown?.find((one) => one.ticketId === ticketId)?.audience
    const people = stored === undefined ? [] : peopleOf(stored.participants, shown)
    tickets.push({ ticketId, subject: stored?.ticket.subject ?? '', people, isQueued })
  }
  return { id: input.id, text: input.text, tickets }
}

export function createBulk(core: Core) {
  const jobs = new Map<string, BulkProgress>()
  const isRunning = (id: string): boolean => jobs.get(id)?.state === 'running'

  const run = async (input: BulkInput, ticketIds: readonly string[]): Promise<void> => {
    const shown = new Map((input.shown ?? []).map((one) => [one.ticketId, one]))
    for (const ticketId of ticketIds) {
      const job = jobs.get(input.id)
      if (job?.state !== 'running') return
      const reply: ReplyInput = {
        id: commentIdOf(input.id, ticketId),
        ticketId,
        visibility: 'public',
        text: input.text,
        audience: [],
        seenRevision: shown.get(ticketId)?.revision ?? null,
        shownAudience: shown.get(ticketId)?.audience,
        status: input.status,
      }
      const result = await queueReply(core, reply, { isBulk: true }).then(
        ({ deliveries }) => ({ ticketId, isOk: true, problem: '', deliveries: deliveries.length }),
        (error: unknown) => ({ ticketId, isOk: false, problem: wordsOf(error), deliveries: 0 }),
      )
      const now = jobs.get(input.id) ?? job
      jobs.set(input.id, { ...now, results: [...now.results, result] })
    }
  }

  /** Returns when all is queued or it was stopped. */
  const start = async (input: BulkInput, begun: () => void): Promise<BulkProgress | undefined> => {
    const { id } = input
    const ticketIds = [...new Set(input.ticketIds)]
    if (!isRunning(id)) {
      jobs.set(id, { id, total: ticketIds.length, state: 'running', results: [] })
      const [oldest] = jobs.keys()
      if (jobs.size > remembered && oldest !== undefined) jobs.delete(oldest)
      try {
        await remember(core, input)
      } catch (error) {
        jobs.delete(id)
        throw error
      }
      begun()
      await run(input, ticketIds)
      // Done is said last: until it is forgotten it would be told of as one cut short.
      try {
        await forget(core, id)
      } finally {
        const job = jobs.get(id)
        if (job?.state === 'running') jobs.set(id, { ...job, state: 'done' })
      }
    }
    return jobs.get(id)
  }

  /** Resolves once it is on its way: from then on a crash loses nothing of it. */
  const begin = (input: BulkInput): Promise<void> =>
    new Promise((resolve, reject) => {
      start(input, resolve).then(
        () => {
          resolve()
        },
        (error: unknown) => {
          log.error('outbox', 'bulk reply stopped', { error })
          reject(error instanceof Error ? error : new Error(String(error)))
        },
      )
    })

  return {
    begin,
    run: (input: BulkInput) => start(input, () => undefined),
    get: (id: string): BulkProgress | undefined => jobs.get(id),
    /** Also one that was interrupted: what it has not done is not offered again. */
    stop: async (id: string): Promise<void> => {
      const job = jobs.get(id)
      if (job?.state === 'running') jobs.set(id, { ...job, state: 'stopped' })
      else await forget(core, id)
    },
    /** Those that began and were cut short, with what each ticket has got. */
    interrupted: async (): Promise<InterruptedBulk[]> => {
      const begun = await getSetting(core.db.read, 'bulkReplies')
      const cut = begun.filter(({ id }) => !isRunning(id))
      const described = await Promise.all(cut.map((input) => describe(core, input)))
      return described.filter(({ tickets }) => tickets.some(({ isQueued }) => !isQueued))
    },
    resume: async (id: string): Promise<void> => {
      const input = (await getSetting(core.db.read, 'bulkReplies')).find((each) => each.id === id)
      if (input === undefined) {
        throw new AppError('not-found', 'This bulk reply is over: there is nothing left to send.', {
          because: 'bulk-over',
        })
      }
      await begin(input)
    },
  }
}
