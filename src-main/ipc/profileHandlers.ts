// The profile itself: where it lies, what may be taken out of it, and trying out another policy on it.
import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import { policyPresets } from '#shared/rules/policyPresets'
import { profileStats } from '../db/profileStats'
import { diagnostics, exportTickets, rebuildTickets } from '../tickets/profileData'
import { simulate } from '../tickets/simulate'
import type { Door } from './door'

export function profileHandlers({
  engine,
  host,
  about,
  viewer,
}: Door): Pick<Handlers<Contract>, 'profile' | 'simulator'> {
  const { core } = engine
  const today = (): string => new Date(core.now()).toISOString().slice(0, 10)
  return {
    profile: {
      get: async () => ({ ...about, ...(await profileStats(core.db.read)) }),
      show: () => {
        host.showFile(about.folder)
      },
      rebuild: async () => ({ tickets: await rebuildTickets(core) }),
      diagnostics: async () => {
        const { accounts } = await engine.activity()
        const text = await diagnostics(core, about.version, accounts)
        const isSaved = await host.saveFile(
          `copydesk-diagnostics-${today()}.json`,
          Buffer.from(text),
        )
        return { isSaved }
      },
      export: async () => {
        const lines = exportTickets(core, await viewer())
        return { isSaved: await host.saveLines(`copydesk-tickets-${today()}.jsonl`, lines) }
      },
    },
    simulator: {
      run: ({ changes, preset, days }) => {
        const given = preset === null ? {} : policyPresets[preset]
        return simulate(core, { ...given, ...changes }, days)
      },
    },
  }
}
