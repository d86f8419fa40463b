import {
  deskEvent,
  ticketEvent,
  type DeskEventBody,
  type TicketEventBody,
} from '#shared/model/event'
import { AppError } from '#shared/ipc/errors'
import { deskNow } from '#shared/rules/desk'
import type { DeskRefusal } from '#shared/rules/deskChanges'
import { knownTo, topicsOf } from '#shared/rules/causality'
import { tick } from '#shared/rules/clock'
import { newId } from '../db/ids'
import { insertEvents, listTicketEvents } from '../db/journal'
import { getSetting, saveSetting } from '../db/settings'
import { markRead } from '../db/readMarkers'
import { resolveTickets } from '../db/threads'
import type { Writer } from '../db/write'
import { getAgent, type Core } from './core'
import { refreshTickets } from './refreshTickets'

async function stamp(core: Core, tx: Writer): Promise<{ hlc: string; device: string }> {
  const device = await getSetting(tx, 'device')
  const hlc = tick(await getSetting(tx, 'hlc'), core.now(), device)
  await saveSetting(tx, 'hlc', hlc)
  return { hlc, device }
}

export interface Facts {
  readonly ticketId: string
  readonly bodies: readonly TicketEventBody[]
  /** Made by the caller so that a repeated call is harmless; the n-th event gets `id-n`. */
  readonly id?: string
  /** What the desktop did by itself: nobody has read the ticket because of it. */
  readonly isQuiet?: boolean
}

/** The fact with what this desktop has seen of the same thing, so that colleagues can tell what it did not know. */
async function withKnowledge(
  tx: Writer,
  ticketId: string,
  body: TicketEventBody,
): Promise<TicketEventBody> {
  if (topicsOf(body).length === 0) return body
  const events = (await listTicketEvents(tx, [ticketId])).get(ticketId) ?? []
  return { ...body, knows: knownTo(body, events) ?? [] }
}

/** Appends facts about one ticket in this agent's name and projects it anew. @returns the ids of the events */
export async function recordTicketEvents(core: Core, tx: Writer, facts: Facts): Promise<string[]> {
  const { ticketId, bodies } = facts
  const agent = await getAgent(tx)
  const owner = (await resolveTickets(tx, [ticketId])).get(ticketId) ?? ticketId
  const ids: string[] = []
  for (const body of bodies) {
    const id = facts.id === undefined ? newId() : `${facts.id}-${String(ids.length)}`
    const said = await withKnowledge(tx, owner, body)
    const envelope = { id, ...(await stamp(core, tx)), by: agent.address, ticketId }
    // What no desktop would read back must not be written: a mail would go whose comment nobody knows.
    await insertEvents(tx, [ticketEvent.parse({ ...envelope, body: said })])
    ids.push(id)
  }
  await refreshTickets(core, tx, [owner])
  if (facts.isQuiet !== true) await markRead(tx, owner)
  return ids
}

const deskSentences: Record<DeskRefusal, string> = {
  'clock-unreadable': 'The clock of this computer cannot be read: set it, then try again.',
  'no-desk-yet': 'There is no desk yet: connect a mailbox first.',
  'desk-exists': 'This desk exists already.',
  'not-the-creator': 'A desk is founded by the person who will be its admin.',
  'not-admin': 'Only an admin may change the desk: ask one of them.',
  'invalid-address': 'This is not an address: check for typing mistakes.',
  'address-taken': 'This address belongs to somebody else in the directory.',
  'mailbox-taken':
    'Another mailbox of the desk has one of these addresses: an address belongs to one mailbox.',
  'last-admin': 'The desk needs an admin: make somebody else admin first.',
  'unknown-person': 'Nobody in the directory has this address.',
  'unknown-mailbox': 'The desk has no such mailbox.',
  'template-taken': 'Another template has this name: choose a different one.',
  'unknown-template': 'There is no such template any more.',
  'sender-inside': 'Colleagues and the desk’s own addresses cannot be blocked.',
  'not-blocked': 'This sender is not blocked.',
  'unknown-device': 'No desktop of this desk has this id.',
  'device-unknown': 'This desktop has not been announced to the desk: start Copydesk again.',
  'device-of-another':
    'This desktop belongs to somebody else: set it up again with your own address.',
  'device-revoked':
    'This desktop was taken off the desk: ask an admin, then set up a new profile on it.',
  'device-not-approved': 'This desktop waits for the approval of an admin.',
}

/**
 * Appends facts about the desk. The fold decides whether they take effect; one that would not is refused here.
 * @throws AppError `refused` when this agent may not change the desk
 */
export async function recordDeskEvents(
  core: Core,
  tx: Writer,
  by: string,
  bodies: readonly DeskEventBody[],
): Promise<void> {
  const ids: string[] = []
  for (const body of bodies) {
    const id = newId()
    ids.push(id)
    const envelope = { id, ...(await stamp(core, tx)), by, ticketId: null }
    await insertEvents(tx, [deskEvent.parse({ ...envelope, body })])
  }
  const history = await core.history(tx)
  const refused = history.ineffective.find((entry) => ids.includes(entry.event.id))
  if (refused !== undefined) {
    throw new AppError('refused', deskSentences[refused.because], { because: refused.because })
  }
  await applyDesk(core, tx)
}

/** After an event of the desk, ours or a colleague's: the database's guard and whoever shows the desk. */
export async function applyDesk(core: Core, tx: Writer): Promise<void> {
  await saveGuards(core, tx, deskNow(await core.history(tx)).mailboxes)
  tx.changed('policy', 'desk')
  tx.changed('session', 'session')
}

/** Tells the database's own guard which addresses are the desk's, and takes them off the tickets they are on. */
async function saveGuards(
  core: Core,
  tx: Writer,
  mailboxes: readonly { address: string; aliases: readonly string[] }[],
): Promise<void> {
  const addresses = mailboxes.flatMap((mailbox) => [mailbox.address, ...mailbox.aliases])
  await tx.run('DELETE FROM support_address')
  await tx.run('INSERT OR IGNORE INTO support_address SELECT value FROM json_each(?)', [
    JSON.stringify(addresses),
  ])
  const now = addresses.map((address) => address.split('@'))
  const affected = await tx.all<{ ticketId: string }>(
    `SELECT DISTINCT ticketId FROM participant JOIN json_each(?) AS own
       ON address = (own.value ->> 0) || '@' || (own.value ->> 1)
       OR (substr(address, 1, length(own.value ->> 0) + 1) = (own.value ->> 0) || '+'
         AND substr(address, instr(address, '@')) = '@' || (own.value ->> 1))`,
    [JSON.stringify(now)],
  )
  await refreshTickets(
    core,
    tx,
    affected.map((row) => row.ticketId),
  )
}
