import { z } from 'zod'
import { AppError } from '#shared/ipc/errors'
import { newId, ticketKey } from '../db/ids'
import { getSetting } from '../db/settings'
import type { Engine } from '../engine'
import { createBulk } from '../outbox/bulk'
import { need, UsageError } from './arguments'
import { choose, idOf, type Command } from './command'

type Bulk = ReturnType<typeof createBulk>
type Input = Parameters<Bulk['run']>[0]

/** Sends what is left of it, and says of each ticket how it fared. */
async function run(bulk: Bulk, input: Input): Promise<object[]> {
  const results = (await bulk.run(input))?.results ?? []
  return results.map((result) => ({ key: ticketKey(result.ticketId), ...result }))
}

/** Begun once more it would be another reply: those who have it would get it twice. */
async function refuseTwice(bulk: Bulk, text: string): Promise<void> {
  const same = (await bulk.interrupted()).find((one) => one.text === text)
  if (same === undefined) return
  const { id, tickets } = same
  const has = tickets.filter(({ isQueued }) => isQueued).length
  throw new AppError(
    'refused',
    `A bulk reply with this text has not ended: ${String(has)} of ${String(tickets.length)} tickets have it. ` +
      `“bulk-replies resume ${id}” sends it to the others, “bulk-replies drop ${id}” leaves them out.`,
    { id },
  )
}

export const bulkReply: Command = async (engine, { rest, options }) => {
  if (rest.length === 0) throw new UsageError('bulk-reply KEY… --body B: a key is missing')
  const ticketIds = await Promise.all(rest.map((key) => idOf(engine, key)))
  const text = need(options.body, '--body B')
  const bulk = createBulk(engine.core)
  await refuseTwice(bulk, text)
  return run(bulk, { id: newId(), ticketIds, text, status: null })
}

async function begun(engine: Engine, id: string): Promise<Input> {
  const all = await getSetting(engine.core.db.read, 'bulkReplies')
  const found = all.find((one) => one.id === id)
  if (found !== undefined) return found
  throw new AppError(
    'not-found',
    `No bulk reply ${id} waits to go on: “bulk-replies” lists those that do.`,
  )
}

/** Those that a crash or a kill cut short. */
export const bulkReplies: Command = async (engine, { command, rest }) => {
  const verb = choose(z.enum(['list', 'resume', 'drop']), rest[0] ?? 'list', command)
  const bulk = createBulk(engine.core)
  if (verb !== 'list') {
    const input = await begun(engine, need(rest[1], 'ID'))
    if (verb === 'resume') return run(bulk, input)
    await bulk.stop(input.id)
  }
  const open = await bulk.interrupted()
  return open.map(({ id, text, tickets }) => ({
    id,
    text,
    tickets: tickets.map((one) => ({ key: ticketKey(one.ticketId), ...one })),
  }))
}
