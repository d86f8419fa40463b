// One stay in the presence folder: connect, tell and hear in turn while somebody sits at this desktop, take the note back.
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '#shared/ipc/errors'
import type { Account, ServerSettings } from '#shared/model/account'
import type { PresentPerson, Whereabouts } from '#shared/model/presence'
import { whoIsHere } from '#shared/rules/presence'
import type { DeviceKey } from '../journal/signing'
import type { createBell } from '../journal/bell'
import { getSetting } from '../db/settings'
import { resolveTickets } from '../db/threads'
import { connectImap, type ImapConnection } from '../mail/imap'
import { currentDesk, type Core } from '../tickets/core'
import { openPresenceFolder, type PresenceFolder } from './folder'

export interface PresenceTimes {
  /** A note that has not been renewed for so long is of a desktop that is gone. */
  readonly ttlMs: number
  /** How often a note is renewed. */
  readonly renewMs: number
  /** Without a word of the window for so long nobody sits there. */
  readonly restMs: number
  /** At most one round trip in this time, however fast somebody leafs through tickets. */
  readonly quietMs: number
  /** How often a server without IDLE is asked. */
  readonly pollMs: number
}

export interface PresenceReach {
  readonly key: DeviceKey
  /** The account whose mailbox holds the desk; undefined before setup. */
  readonly account: () => Promise<Account | undefined>
  /** Null while the password is not known. */
  readonly imapSettings: (account: Account) => Promise<ServerSettings | null>
}

export interface Visit {
  readonly core: Core
  readonly reach: PresenceReach
  readonly times: PresenceTimes
  readonly bell: ReturnType<typeof createBell>
  readonly signal: AbortSignal
  /** Where the person at this desktop is; null: they do not say. */
  readonly where: () => Whereabouts | null
  readonly isAttended: () => boolean
  readonly show: (people: PresentPerson[]) => void
}

/** Everybody else who has a ticket open, as the folder stands now. */
async function colleagues(core: Core, folder: PresenceFolder, ttlMs: number) {
  const { read } = core.db
  const [desk, agent] = await Promise.all([currentDesk(core, read), getSetting(read, 'agent')])
  const watching = { desk, me: agent?.address ?? '', serverNow: folder.serverNow(), ttlMs }
  const found = whoIsHere(folder.seen(), watching)
  // A colleague may have it open under the id it had before it was merged.
  const ids = await resolveTickets(read, [...new Set(found.map(({ ticketId }) => ticketId))])
  return found.map((one) => ({ ...one, ticketId: ids.get(one.ticketId) ?? one.ticketId }))
}

/** Says where this desktop is, when that is new or its note grows old. True when it said something. */
function createVoice(folder: PresenceFolder, visit: Visit): () => Promise<boolean> {
  const { core, reach, times, where } = visit
  let said = ''
  let saidAt = -Infinity
  return async () => {
    const agent = await getSetting(core.db.read, 'agent')
    const { ticketId = null, state = 'viewing' } = where() ?? {}
    const words = ticketId === null ? '' : `${state} ${ticketId}`
    const isOld = words !== '' && performance.now() - saidAt >= times.renewMs
    if (agent === null || (words === said && !isOld)) return false
    if (ticketId === null) await folder.withdraw()
    else await folder.say({ v: 1, device: reach.key.device, by: agent.address, ticketId, state })
    said = words
    saidAt = performance.now()
    return true
  }
}

/** Tells and hears in turn for as long as somebody sits here. */
async function converse(imap: ImapConnection, folder: PresenceFolder, visit: Visit): Promise<void> {
  const { core, times, bell, signal } = visit
  const pause = (ms: number): Promise<void> =>
    delay(ms, undefined, { signal, ref: false }).catch(() => undefined)
  const speak = createVoice(folder, visit)
  // Remembered, because the folder may change at a moment when nobody listens for the bell.
  let isNews = true
  const watching = imap.idle(() => {
    isNews = true
    bell.ring()
  }, times.pollMs)
  try {
    while (visit.isAttended() && imap.isOpen()) {
      const rung = bell.heard()
      if ((await speak()) || isNews) {
        isNews = false
        await folder.read()
        await folder.tidy()
      }
      visit.show(await colleagues(core, folder, times.ttlMs))
      // A note runs out in silence, so the people are looked at anew also when nothing is said.
      const silence = pause(Math.min(times.renewMs, times.ttlMs, times.restMs) / 4)
      await Promise.race([rung, imap.whenClosed, silence])
      await pause(times.quietMs)
    }
  } finally {
    watching.stop()
  }
}

/** Stays until nobody sits here any more or the connection ends. Throws what the connection throws. */
export async function stay(visit: Visit): Promise<void> {
  const { reach, times, signal } = visit
  const account = await reach.account()
  const settings = account === undefined ? null : await reach.imapSettings(account)
  if (account === undefined || settings === null) {
    throw new AppError('auth', 'Enter the password to connect.', { because: 'password-needed' })
  }
  const imap = await connectImap(settings, { signal })
  try {
    const place = { imap, mailbox: account.address, ttlMs: times.ttlMs, now: Date.now }
    const folder = await openPresenceFolder({ ...place, key: reach.key })
    try {
      await converse(imap, folder, visit)
    } finally {
      if (imap.isOpen()) await folder.withdraw()
    }
  } finally {
    await imap.close()
    visit.show([])
  }
}
