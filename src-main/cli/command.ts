import type { z } from 'zod'
import type { TicketAction } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { MailAddress } from '#shared/model/address'
import { parseAddressList } from '#shared/rules/address'
import type { Participant } from '#shared/model/participant'
import { readRevision } from '../db/readMarkers'
import type { Engine } from '../engine'
import { changeTicket } from '../tickets/commands'
import { currentDesk, getAgent } from '../tickets/core'
import { getDetail, getVisibleTicket, ticketIdByKey } from '../tickets/detail'
import type { Viewer } from '../tickets/views'
import { need, UsageError } from './arguments'
import type { Arguments } from './options'

/** Runs one command and returns what goes to stdout as JSON. */
export type Command = (engine: Engine, call: Arguments & { profile: string }) => Promise<unknown>

export async function viewerOf(engine: Engine): Promise<Viewer> {
  const { read } = engine.core.db
  return { desk: await currentDesk(engine.core, read), agent: await getAgent(read) }
}

export async function idOf(engine: Engine, key: string | undefined): Promise<string> {
  return ticketIdByKey(engine.core.db.read, need(key, 'KEY'))
}

/** One row of `tickets`, with the people by address. */
export async function rowOf(engine: Engine, id: string): Promise<unknown> {
  const { read } = engine.core.db
  const { ticket, participants } = await getVisibleTicket(read, await viewerOf(engine), id)
  const withRole = (role: string): string[] =>
    participants.filter((p) => p.role === role).map((p) => p.address)
  return {
    id: ticket.id,
    key: ticket.key,
    subject: ticket.subject,
    status: ticket.status,
    requester: ticket.requester?.address ?? null,
    assignee: ticket.assignee,
    group: ticket.group,
    ccs: withRole('cc'),
    followers: withRole('follower'),
    unread: ticket.revision > (await readRevision(read, ticket.id)),
    held: ticket.heldCount,
    updatedAt: ticket.updatedAt,
    revision: ticket.revision,
  }
}

export function choose<T extends z.ZodType>(schema: T, value: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(`${what}: ${parsed.error.issues[0]?.message ?? 'is not valid'}`)
}

export function peopleIn(texts: readonly string[]): MailAddress[] {
  const { people, invalid } = parseAddressList(texts.join('\n'))
  const [wrong] = invalid
  if (wrong !== undefined) {
    throw new AppError('invalid-input', `“${wrong.text}” is not an address.`, {
      because: wrong.because,
    })
  }
  return [...people]
}

export async function act(
  engine: Engine,
  key: string | undefined,
  action: TicketAction,
): Promise<unknown> {
  const id = await idOf(engine, key)
  await changeTicket(engine.core, id, action)
  return rowOf(engine, id)
}

/** One participant as `show` prints it. */
export function personOf({ isMuted, ...person }: Participant): object {
  return { ...person, muted: isMuted }
}

export async function participantsOf(engine: Engine, id: string): Promise<unknown> {
  const { participants } = await getDetail(engine.core.db.read, await viewerOf(engine), id)
  return participants.map(personOf)
}
