// Binds the contract to the functions that do the work: one line per procedure.
import type { Contract, PlanView } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import { findDraft, saveDraft } from '../db/drafts'
import { findMessage, listBodies } from '../db/messages'
import { listItems, listSkipped } from '../db/outbox'
import { getSetting } from '../db/settings'
import { markRead, suggestPeople } from '../db/tickets'
import type { Engine } from '../engine'
import type { Host } from '../host'
import { queueNewTicket, queueNote, queueReply } from '../outbox/queueComment'
import { cancelItem, retryItem } from '../outbox/run'
import { toDelivery } from '../outbox/toDelivery'
import { changeTicket } from '../tickets/commands'
import { currentDesk, getAgent } from '../tickets/core'
import { getDetail, getVisibleTicket } from '../tickets/detail'
import { recordDeskEvents } from '../tickets/record'
import { previewPlan } from '../tickets/previewPlan'
import { countViews, listView, type Viewer } from '../tickets/views'
import { AppError } from '#shared/ipc/errors'

export interface Services {
  readonly engine: Engine
  readonly host: Host
  /** Whether showing this mail leaves out something remote. */
  readonly hasRemote: (mailId: string) => Promise<boolean>
}

export function createHandlers({ engine, host, hasRemote }: Services): Handlers<Contract> {
  const { core } = engine
  const { read } = core.db

  const viewer = async (): Promise<Viewer> => ({
    desk: await currentDesk(core, read),
    agent: await getAgent(read),
  })

  /** Files and sources of a mail are as restricted as its ticket. */
  const mustSeeMail = async (mailId: string): Promise<void> => {
    const mail = await findMessage(read, mailId)
    if (mail === undefined) throw new AppError('not-found', 'There is no such mail here.')
    await getVisibleTicket(read, await viewer(), mail.ticketId)
  }

  const file = async (id: string): ReturnType<Engine['attachment']> => {
    const found = await engine.attachment(id)
    await mustSeeMail(found.messageId)
    return found
  }

  return {
    session: {
      get: async () => {
        const [agent, accounts, desk] = await Promise.all([
          getSetting(read, 'agent'),
          engine.accounts(),
          currentDesk(core, read),
        ])
        return {
          isSetUp: agent !== null && accounts.length > 0,
          agent,
          accounts,
          passwords: engine.secrets.mode,
          composerDefault: desk.policy.composerDefault,
          people: [...desk.people],
        }
      },
      unlock: ({ accountId, password }) => engine.unlockAccount(accountId, password),
    },
    setup: {
      check: (input) => engine.check(input),
      save: async ({ account, agent }) => {
        const founder = { ...agent, role: 'admin' } as const
        await engine.setUp({ account, agent: founder, preset: null, policy: {}, directory: [] })
      },
    },
    tickets: {
      list: async (filter) => listView(read, await viewer(), filter),
      counts: async () => countViews(read, await viewer()),
      get: async ({ id }) => getDetail(read, await viewer(), id),
      change: ({ ticketId, action }) => changeTicket(core, ticketId, action),
      create: async (input) => ({ ticketId: (await queueNewTicket(core, input)).ticketId }),
      markRead: ({ id }) =>
        core.db.write('tickets.markRead', async (tx) => {
          await markRead(tx, id)
          tx.changed('ticket', id)
        }),
      suggestPeople: ({ query }) => suggestPeople(read, query),
    },
    replies: {
      plan: async (request): Promise<PlanView> => previewPlan(core, request),
      send: async (input) => queueReply(core, input),
      note: async (input) => queueNote(core, input),
    },
    drafts: {
      get: async ({ ticketId }) => (await findDraft(read, ticketId)) ?? null,
      save: (draft) => core.db.write('drafts.save', (tx) => saveDraft(tx, draft, core.now())),
    },
    outbox: {
      list: async () => {
        const items = await listItems(read)
        const skipped = await listSkipped(
          read,
          items.map((item) => item.commentId),
        )
        return items.map((item) => toDelivery(item, skipped.get(item.commentId) ?? []))
      },
      retry: ({ id }) => retryItem(core, id),
      cancel: ({ id }) => cancelItem(core, id),
    },
    policy: {
      get: async () => (await currentDesk(core, read)).policy,
      set: async ({ changes }) => {
        const { address } = await getAgent(read)
        await core.db.write('policy.set', (tx) =>
          recordDeskEvents(core, tx, address, [{ kind: 'policy.set', changes }]),
        )
      },
      choosePreset: async ({ preset }) => {
        const { address } = await getAgent(read)
        await core.db.write('policy.preset', (tx) =>
          recordDeskEvents(core, tx, address, [{ kind: 'policy.presetChosen', preset }]),
        )
      },
    },
    sync: {
      now: () => {
        engine.wake()
      },
      activity: () => engine.activity(),
    },
    mail: {
      frameHeight: async ({ mailId }) => ({
        height: await host.frameHeight(mailId),
        hasRemote: await hasRemote(mailId),
      }),
      openLink: ({ url }) => host.openExternal(url),
      source: async ({ mailId }) => {
        await mustSeeMail(mailId)
        return { text: (await listBodies(read, [mailId])).get(mailId)?.text ?? '' }
      },
    },
    attachments: {
      save: async ({ id }) => {
        const { name, bytes } = await file(id)
        return { isSaved: await host.saveFile(name, bytes) }
      },
      open: async ({ id }) => {
        const { name, bytes } = await file(id)
        await host.openFile(name, bytes)
      },
    },
  }
}
