import { join } from 'node:path'
import { z } from 'zod'
import { exportTicket } from '../outbox/exportTicket'
import { getDetail } from '../tickets/detail'
import { explainPerson } from '../tickets/explainPerson'
import { need } from './arguments'
import { choose, idOf, peopleIn, viewerOf, type Command } from './command'

/** Why somebody is on a ticket, and which of its mails they got. */
export const why: Command = async (engine, { rest }) => {
  const id = await idOf(engine, rest[0])
  const [person] = peopleIn([need(rest[1], 'A')])
  const address = person?.address ?? ''
  return explainPerson(engine.core.db.read, await viewerOf(engine), { id, address })
}

export const exportCommand: Command = async (engine, { rest, options, profile }) => {
  const format = choose(z.enum(['eml', 'json']), options.format ?? 'json', '--format')
  const id = await idOf(engine, rest[0])
  const detail = await getDetail(engine.core.db.read, await viewerOf(engine), id)
  const isPublicOnly = options['public-only'] === true
  return exportTicket(join(profile, 'exports'), detail, { format, isPublicOnly })
}
