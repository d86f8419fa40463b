// Binds the contract to the functions that do the work: one line per procedure.
import type { Contract } from '#shared/ipc/contract'
import { AppError } from '#shared/ipc/errors'
import type { Handlers } from '#shared/ipc/procedure'
import type { PreferenceChanges, Preferences } from '#shared/model/preferences'
import type { DeskEventBody } from '#shared/model/event'
import { signatureOf } from '#shared/rules/desk'
import { listDrafts, saveDraft } from '../db/drafts'
import { findAttachment, listBodies } from '../db/messages'
import { getSetting, saveSetting } from '../db/settings'
import { deleteStaged, listStaged } from '../db/stagedFiles'
import { markRead, markUnread } from '../db/readMarkers'
import { suggestPeople } from '../db/tickets'
import type { Engine } from '../engine'
import { queueNewTicket } from '../outbox/queueComment'
import { stageFile } from '../outbox/stageFile'
import { changeTicket, changeTickets } from '../tickets/commands'
import { currentDesk, getAgent } from '../tickets/core'
import { dismissConflict } from '../tickets/conflicts'
import { getDetail, getVisibleTicket, mustSeeMail, ticketIdByKey } from '../tickets/detail'
import { frameIdOf } from '../tickets/frameId'
import { chooseImages } from '../tickets/imageChoice'
import { listMailboxes } from '../tickets/mailboxes'
import { blockSender, countHeld, listHeld, unblockSender } from '../tickets/held'
import { recordDeskEvents } from '../tickets/record'
import { renameAgent, setSignature } from '../tickets/setup'
import { countViews, listView, type Viewer } from '../tickets/views'
import { accountHandlers } from './accountHandlers'
import { directoryHandlers } from './directoryHandlers'
import { desktopHandlers } from './desktopHandlers'
import { journalHandlers } from './journalHandlers'
import { outboxHandlers } from './outboxHandlers'
import { presenceHandlers } from './presenceHandlers'
import { profileHandlers } from './profileHandlers'
import { setupHandlers } from './setupHandlers'
import { templateHandlers } from './templateHandlers'
import type { Door, Services } from './door'

/** A field left out is not a field set to nothing. */
function definedOf(changes: PreferenceChanges): Partial<Preferences> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

function sessionHandlers({ engine }: Door): Pick<Handlers<Contract>, 'session' | 'sync'> {
  const { core } = engine
  const { read } = core.db
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
          signature: agent === null ? '' : signatureOf(desk, agent.address, ''),
          accounts,
          passwords: engine.secrets.mode,
          composerDefault: desk.policy.composerDefault,
          people: [...desk.people],
          mailboxes: [...desk.mailboxes],
          templates: [...(desk.templates ?? [])],
        }
      },
      unlock: ({ accountId, password }) => engine.unlockAccount(accountId, password),
      rename: ({ name }) => renameAgent(core, name),
      setSignature: ({ signature }) => setSignature(core, signature),
    },
    sync: {
      now: () => {
        engine.wake()
      },
      activity: () => engine.activity(),
    },
  }
}

function ticketHandlers({ engine, viewer }: Door): Pick<Handlers<Contract>, 'tickets' | 'drafts'> {
  const { core } = engine
  const { read, write } = core.db
  return {
    tickets: {
      list: async (filter) => listView(read, await viewer(), filter),
      counts: async () => {
        const who = await viewer()
        const [views, held] = await Promise.all([countViews(read, who), countHeld(read, who)])
        // The held queue lists mails, and people whom a full CC list left off: several may be of one ticket.
        return { ...views, held }
      },
      get: async ({ id }) => getDetail(read, await viewer(), id),
      byKey: async ({ key }) => {
        const id = await ticketIdByKey(read, key)
        return { id: (await getVisibleTicket(read, await viewer(), id)).ticket.id }
      },
      change: ({ ticketId, action }) => changeTicket(core, ticketId, action),
      changeMany: ({ ticketIds, action }) => changeTickets(core, ticketIds, action),
      dismissConflict: async ({ ticketId, id }) =>
        dismissConflict(core, await getVisibleTicket(read, await viewer(), ticketId), id),
      create: async (input) => {
        const { ticketId } = await queueNewTicket(core, input, { isFromDraft: true })
        return { ticketId }
      },
      markRead: ({ id }) =>
        write('tickets.markRead', async (tx) => {
          await markRead(tx, id)
          tx.changed('readMarker', id)
        }),
      markUnread: ({ id }) =>
        write('tickets.markUnread', async (tx) => {
          await markUnread(tx, id)
          tx.changed('readMarker', id)
        }),
      suggestPeople: ({ query }) => suggestPeople(read, query),
    },
    drafts: {
      list: ({ ticketId }) => listDrafts(read, ticketId),
      save: (draft) => write('drafts.save', (tx) => saveDraft(tx, draft, core.now())),
    },
  }
}

function heldHandlers({ engine, viewer }: Door): Pick<Handlers<Contract>, 'held'> {
  const { core } = engine
  return {
    held: {
      list: async () => listHeld(core.db.read, await viewer()),
      block: ({ entry }) => blockSender(core, entry),
      unblock: ({ entry, restore }) => unblockSender(core, entry, restore),
      blocked: async () => [...(await viewer()).desk.blockedSenders],
    },
  }
}

function preferenceHandlers({ engine }: Door): Pick<Handlers<Contract>, 'preferences'> {
  const { read, write } = engine.core.db
  return {
    preferences: {
      get: () => getSetting(read, 'preferences'),
      set: (changes) =>
        write('preferences.set', async (tx) => {
          const next = { ...(await getSetting(tx, 'preferences')), ...definedOf(changes) }
          await saveSetting(tx, 'preferences', next)
          tx.changed('preferences', 'preferences')
          return next
        }),
    },
  }
}

function policyHandlers({ engine }: Door): Pick<Handlers<Contract>, 'policy' | 'mailboxes'> {
  const { core } = engine
  const record = async (body: DeskEventBody): Promise<void> => {
    const { address } = await getAgent(core.db.read)
    await core.db.write(body.kind, (tx) => recordDeskEvents(core, tx, address, [body]))
  }
  return {
    mailboxes: {
      list: () => listMailboxes(core, core.db.read),
      set: (mailbox) => record({ kind: 'mailbox.set', ...mailbox }),
      remove: ({ address }) => record({ kind: 'mailbox.removed', address }),
    },
    policy: {
      get: async () => (await currentDesk(core, core.db.read)).policy,
      set: ({ changes }) => record({ kind: 'policy.set', changes }),
      choosePreset: ({ preset }) => record({ kind: 'policy.presetChosen', preset }),
    },
  }
}

function mailHandlers(door: Door): Pick<Handlers<Contract>, 'mail' | 'attachments'> {
  const { engine, host, leftOutOf, mustSeeMail } = door
  const file = async (id: string): ReturnType<Engine['attachment']> => {
    const known = await findAttachment(engine.core.db.read, id)
    if (known === undefined)
      throw new AppError('not-found', 'There is no such attachment.', { because: 'no-such-file' })
    await mustSeeMail(known.messageId)
    return engine.attachment(id)
  }
  return {
    mail: {
      frameHeight: async ({ mailId, ...extras }) => {
        await mustSeeMail(mailId)
        // First whether it can be shown at all.
        const leftOut = await leftOutOf(mailId, extras)
        return { height: await host.frameHeight(frameIdOf(mailId, extras)), ...leftOut }
      },
      showImages: async ({ mailId, scope }) => {
        await mustSeeMail(mailId)
        await chooseImages(engine.core, mailId, scope)
      },
      openLink: ({ url }) => host.openExternal(url),
      source: async ({ mailId }) => {
        await mustSeeMail(mailId)
        const bodies = await listBodies(engine.core.db.read, [mailId])
        return { text: bodies.get(mailId)?.text ?? '' }
      },
    },
    attachments: {
      stage: (input) => stageFile(engine.core, input),
      staged: ({ draftId }) => listStaged(engine.core.db.read, draftId),
      unstage: ({ id }) =>
        engine.core.db.write('attachments.unstage', (tx) => deleteStaged(tx, id)),
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

export function createHandlers(services: Services): Handlers<Contract> {
  const { core } = services.engine
  const { read } = core.db
  const viewer = async (): Promise<Viewer> => ({
    desk: await currentDesk(core, read),
    agent: await getAgent(read),
  })
  const door = {
    ...services,
    viewer,
    mustSeeMail: async (mailId: string) => mustSeeMail(read, await viewer(), mailId),
  }
  return {
    ...sessionHandlers(door),
    ...setupHandlers(door),
    ...accountHandlers(door),
    ...templateHandlers(door),
    ...profileHandlers(door),
    ...ticketHandlers(door),
    ...heldHandlers(door),
    ...outboxHandlers(door),
    ...preferenceHandlers(door),
    ...policyHandlers(door),
    ...mailHandlers(door),
    ...desktopHandlers(door),
    ...directoryHandlers(door),
    ...journalHandlers(door),
    ...presenceHandlers(door),
  }
}
