import { z } from 'zod'
import type { TicketAction } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { MailAddress } from '#shared/model/address'
import { followLevel } from '#shared/model/participant'
import { explain } from '#shared/rules/explain'
import { mentionsIn } from '#shared/rules/mentions'
import { whyHere, whySeen } from '#shared/rules/why'
import { ticketView } from '#shared/model/ticket'
import { newId } from '../db/ids'
import { getTicket } from '../db/tickets'
import { queueNewTicket, queueNote, queueReply, type QueuedComment } from '../outbox/queueComment'
import { scheduleReply } from '../outbox/scheduled'
import { changeTicket } from '../tickets/commands'
import { currentDesk, getAgent } from '../tickets/core'
import { listDeliveries } from '../tickets/deliveries'
import { getDetail, getVisibleTicket } from '../tickets/detail'
import { previewPlan } from '../tickets/previewPlan'
import { blockSender, listHeld, unblockSender } from '../tickets/held'
import { listView } from '../tickets/views'
import { need, needNumber, UsageError } from './arguments'
import {
  act,
  choose,
  idOf,
  participantsOf,
  personOf,
  peopleIn,
  rowOf,
  viewerOf,
  type Command,
} from './command'

function queued({ commentId, deliveries }: QueuedComment): unknown {
  return { commentId, deliveries }
}

export const tickets: Command = async (engine, { options }) => {
  const filter = {
    view: choose(ticketView, options.view ?? 'all', '--view'),
    query: options.query ?? '',
    offset: 0,
    limit: Math.min(needNumber(options.limit ?? '100', '--limit'), 10_000),
  }
  const { rows } = await listView(engine.core.db.read, await viewerOf(engine), filter)
  return Promise.all(rows.map((row) => rowOf(engine, row.id)))
}

export const show: Command = async (engine, { rest }) => {
  const { read } = engine.core.db
  const id = await idOf(engine, rest[0])
  const detail = await getDetail(read, await viewerOf(engine), id)
  const deliveries = await listDeliveries(read, await getTicket(read, detail.ticket.id))
  const address = (person: MailAddress): string => person.address
  return {
    ticket: await rowOf(engine, detail.ticket.id),
    comments: detail.comments.map(({ deliveries: _deliveries, ...comment }) => ({
      ...comment,
      author: comment.author.address,
      authorName: comment.author.name,
      why: whySeen(comment),
    })),
    participants: detail.participants.map((person) => ({
      ...personOf(person),
      why: whyHere(person),
    })),
    suggestions: detail.suggestions.map((each) => ({ ...each, why: explain(each.because) })),
    notAdded: detail.notAdded,
    audit: detail.audit,
    conflicts: detail.conflicts,
    deliveries: deliveries.map((item) => ({
      id: item.id,
      commentId: item.commentId,
      kind: item.kind,
      to: item.to.map(address),
      cc: item.cc.map(address),
      state: item.state,
      messageId: item.messageId,
      lastReply: item.lastReply,
      refused: item.refused,
      skipped: item.skipped.map((each) => ({
        ...each,
        why: explain(each.because),
      })),
    })),
  }
}

export const create: Command = async (engine, { options }) => {
  const [requester, ...others] = peopleIn([need(options.requester, '--requester A')])
  if (requester === undefined || others.length > 0)
    throw new UsageError('--requester takes one address')
  const { ticketId } = await queueNewTicket(engine.core, {
    id: newId(),
    requester,
    ccs: peopleIn(options.cc ?? []),
    subject: need(options.subject, '--subject S'),
    text: need(options.body, '--body B'),
    mailbox: options.mailbox ?? null,
  })
  return rowOf(engine, ticketId)
}

export const reply: Command = async (engine, { rest, options }) => {
  const revision = options['expect-revision']
  if (options.at !== undefined) {
    const sendAt = Date.parse(options.at)
    if (Number.isNaN(sendAt))
      throw new UsageError('--at takes a time such as 2026-12-01T09:00+01:00')
    const ticketId = await idOf(engine, rest[0])
    const { ticket } = await getVisibleTicket(engine.core.db.read, await viewerOf(engine), ticketId)
    const { commentId } = await scheduleReply(engine.core, {
      id: newId(),
      ticketId,
      visibility: 'public',
      text: need(options.body, '--body B'),
      audience: [],
      seenRevision:
        revision === undefined ? ticket.revision : needNumber(revision, '--expect-revision'),
      status: null,
      sendAt,
      onlyIfQuiet: true,
    })
    // It is planned when it goes, with the people as of then.
    return { commentId, deliveries: [] }
  }
  return queued(
    await queueReply(engine.core, {
      id: newId(),
      ticketId: await idOf(engine, rest[0]),
      visibility: 'public',
      text: need(options.body, '--body B'),
      audience: [],
      seenRevision: revision === undefined ? null : needNumber(revision, '--expect-revision'),
      status: null,
    }),
  )
}

export const privateReply: Command = async (engine, { rest, options }) => {
  const audience = peopleIn(options.to ?? []).map((person) => person.address)
  if (audience.length === 0)
    throw new UsageError('--to A is missing: say who gets the private reply')
  return queued(
    await queueReply(engine.core, {
      id: newId(),
      ticketId: await idOf(engine, rest[0]),
      visibility: 'private',
      text: need(options.body, '--body B'),
      audience,
      seenRevision: null,
      status: null,
    }),
  )
}

export const note: Command = async (engine, { rest, options }) => {
  const input = {
    id: newId(),
    ticketId: await idOf(engine, rest[0]),
    text: need(options.body, '--body B'),
  }
  return queued(await queueNote(engine.core, input))
}

export const plan: Command = async (engine, { rest, options }) => {
  const chosen = (['public', 'note', 'private'] as const).filter((kind) => options[kind] === true)
  const [kind] = chosen
  if (kind === undefined || chosen.length > 1) {
    throw new UsageError('plan takes one of --public, --note, --private')
  }
  if (options.to !== undefined && kind !== 'private') {
    throw new UsageError(`--to goes with --private: who gets a ${kind} is for the rules to say`)
  }
  const audience = peopleIn(options.to ?? []).map((person) => person.address)
  const { people } = await currentDesk(engine.core, engine.core.db.read)
  const view = await previewPlan(engine.core, {
    ticketId: await idOf(engine, rest[0]),
    kind,
    audience,
    mentions: mentionsIn({ people }, options.body ?? ''),
  })
  const address = (person: MailAddress): string => person.address
  return {
    ...view,
    mails: view.mails.map((m) => ({ ...m, to: m.to.map(address), cc: m.cc.map(address) })),
  }
}

export const cc: Command = async (engine, { rest }) => {
  const [verb, key, ...texts] = rest
  const people = peopleIn(texts)
  if (people.length === 0)
    throw new UsageError('cc add|remove|mute|unmute KEY A…: an address is missing')
  const id = await idOf(engine, key)
  const verbs = { remove: 'removeCc', mute: 'muteCc', unmute: 'unmuteCc' } as const
  if (verb === 'add') {
    await changeTicket(engine.core, id, { do: 'addCcs', people })
  } else {
    const name = choose(z.enum(['remove', 'mute', 'unmute']), verb, 'cc')
    for (const { address } of people)
      await changeTicket(engine.core, id, { do: verbs[name], address })
  }
  return participantsOf(engine, id)
}

export const follow: Command = async (engine, { command, rest, options }) => {
  const id = await idOf(engine, rest[0])
  const address = rest[1] ?? (await getAgent(engine.core.db.read)).address
  const level = choose(followLevel.default('all'), options.level, '--level')
  const action: TicketAction =
    command === 'follow' ? { do: 'follow', address, level } : { do: 'unfollow', address }
  await changeTicket(engine.core, id, action)
  return participantsOf(engine, id)
}

async function commentOf(
  engine: Parameters<Command>[0],
  key: string | undefined,
  text: string | undefined,
): Promise<string> {
  const commentId = need(text, 'COMMENT')
  const id = await idOf(engine, key)
  const { comments } = await getDetail(engine.core.db.read, await viewerOf(engine), id)
  const comment = comments.find((c) => c.id === commentId || c.messageId === commentId)
  if (comment?.messageId !== undefined && comment.messageId !== null) return comment.messageId
  throw new AppError('not-found', `There is no mail ${commentId} on this ticket: see show KEY.`)
}

export const accept: Command = async (engine, { rest, options }) => {
  const people = options.alias === undefined ? [] : peopleIn(options.alias)
  const isAdded = options['add-cc'] === true
  if (options.alias !== undefined && (isAdded || people.length !== 1)) {
    throw new UsageError('accept takes --add-cc or one --alias A: whose further address it is')
  }
  const aliasOf = people[0]?.address ?? null
  const mode = aliasOf !== null ? 'alias' : isAdded ? 'add-cc' : 'accept'
  const messageId = await commentOf(engine, rest[0], rest[1])
  return act(engine, rest[0], { do: 'acceptComment', messageId, mode, aliasOf })
}

/** `discard` puts a held comment away; `undo` takes back whatever was decided about it. */
export const decide: Command = async (engine, { command, rest }) => {
  const messageId = await commentOf(engine, rest[0], rest[1])
  const action = command === 'discard' ? 'discardComment' : 'undoDecision'
  return act(engine, rest[0], { do: action, messageId })
}

export const held: Command = async (engine) => listHeld(engine.core.db.read, await viewerOf(engine))

export const block: Command = async (engine, { command, rest }) => {
  const verb = choose(z.enum(['add', 'remove', 'list']), rest[0] ?? 'list', command)
  const { core } = engine
  if (verb === 'add') return blockSender(core, need(rest[1], 'A|DOMAIN'))
  if (verb === 'remove') await unblockSender(core, need(rest[1], 'A|DOMAIN'), [])
  return { blocked: (await viewerOf(engine)).desk.blockedSenders }
}

export const suggestion: Command = (engine, { rest }) => {
  const verb = choose(z.enum(['accept', 'dismiss']), rest[0], 'suggestion')
  const names = { accept: 'acceptSuggestion', dismiss: 'dismissSuggestion' } as const
  return act(engine, rest[1], { do: names[verb], address: need(rest[2], 'A') })
}
