// What a person may take out of a profile, and how its cache is made anew. The database is a cache of mail and events.
import { arch, platform, release } from 'node:os'
import { listAllTicketIds, profileStats } from '../db/profileStats'
import { getSetting } from '../db/settings'
import { markStale } from '../db/saveTickets'
import { currentDesk, type Core } from './core'
import { getDetail } from './detail'
import { refreshStale } from './refreshStale'
import type { Viewer } from './views'
import { AppError } from '#shared/ipc/errors'

const batch = 500

/** Folds every ticket again from mail and events, in small writes. @returns how many */
export async function rebuildTickets(core: Core): Promise<number> {
  const ids = await listAllTicketIds(core.db.read)
  for (let at = 0; at < ids.length; at += batch) {
    await core.db.write('tickets.rebuild', (tx) => markStale(tx, ids.slice(at, at + batch)))
  }
  await refreshStale(core)
  return ids.length
}

/** Every ticket this person may see, one JSON value a line: participants, comments, mails, history. */
export async function* exportTickets(core: Core, viewer: Viewer): AsyncGenerator<string> {
  const { read } = core.db
  for (const id of await listAllTicketIds(read)) {
    try {
      yield `${JSON.stringify(await getDetail(read, viewer, id))}\n`
    } catch (error) {
      // A restricted ticket is not this person's; one merged meanwhile stands under the other.
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error
    }
  }
}

interface AccountState {
  readonly state: string
  readonly syncedAt: number | null
}

/**
 * What helps to find a fault: versions, sizes, states. No address, no host, no subject, no password.
 * @param states of the accounts, in their order
 */
export async function diagnostics(
  core: Core,
  version: string,
  states: readonly AccountState[],
): Promise<string> {
  const { read } = core.db
  const [accounts, desk] = [await getSetting(read, 'accounts'), await currentDesk(core, read)]
  const { savedSearches, ...preferences } = await getSetting(read, 'preferences')
  const server = ({ port, security }: { port: number; security: string }): object => ({
    port,
    security,
  })
  const { ccBlocklist, restrictedGroups, trustedAuthservIds, ...policy } = desk.policy
  const report = {
    at: new Date(core.now()).toISOString(),
    version,
    system: { platform: platform(), release: release(), arch: arch(), ...process.versions },
    profile: await profileStats(read),
    accounts: accounts.map((account, at) => ({
      imap: server(account.imap),
      smtp: server(account.smtp),
      state: states[at]?.state ?? 'unknown',
      syncedAt: states[at]?.syncedAt ?? null,
    })),
    desk: {
      people: desk.people.length,
      mailboxes: desk.mailboxes.length,
      templates: (desk.templates ?? []).length,
      policy: {
        ...policy,
        ccBlocklist: ccBlocklist.length,
        restrictedGroups: restrictedGroups.length,
        trustedAuthservIds: trustedAuthservIds.length,
      },
    },
    preferences: { ...preferences, savedSearches: savedSearches.length },
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
