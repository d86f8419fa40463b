// Every command of architecture.md §14 by its name.
import { ticketStatus } from '#shared/model/ticket'
import { need } from './arguments'
import { bulkReplies, bulkReply } from './bulkCommands'
import { act, choose, idOf, type Command } from './command'
import { directory, mailbox, outbox, policyCommand, setup } from './deskCommands'
import { exportCommand, why } from './explainCommands'
import {
  tickets,
  show,
  create,
  reply,
  privateReply,
  note,
  plan,
  cc,
  follow,
  accept,
  block,
  decide,
  held,
  suggestion,
} from './ticketCommands'

/** Every command by its name. */
export const commands: Readonly<Record<string, Command>> = {
  setup,
  sync: async (engine, { options }) => {
    // The longest a receipt is waited for: then every mail is settled.
    const patience = options.wait === true ? { receiptMs: 35 * 60_000 } : {}
    return engine.syncOnce(patience)
  },
  tickets,
  show,
  new: create,
  reply,
  note,
  private: privateReply,
  'bulk-reply': bulkReply,
  'bulk-replies': bulkReplies,
  plan,
  cc,
  follow,
  unfollow: follow,
  assign: (engine, { rest }) => act(engine, rest[0], { do: 'assign', assignee: rest[1] ?? null }),
  status: (engine, { rest }) =>
    act(engine, rest[0], { do: 'setStatus', status: choose(ticketStatus, rest[1], 'status') }),
  group: (engine, { rest }) => act(engine, rest[0], { do: 'setGroup', group: rest[1] ?? null }),
  requester: (engine, { rest }) =>
    act(engine, rest[0], { do: 'changeRequester', address: need(rest[1], 'A'), name: '' }),
  merge: async (engine, { rest, options }) =>
    options.undo === true
      ? act(engine, rest[0], { do: 'unmerge' })
      : act(engine, rest[0], { do: 'merge', into: await idOf(engine, rest[1]) }),
  accept,
  discard: decide,
  undo: decide,
  held,
  block,
  suggestion,
  outbox,
  policy: policyCommand,
  mailbox,
  directory,
  why,
  export: exportCommand,
  hash: (engine) => engine.hash(),
}
