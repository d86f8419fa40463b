// The first run, and every further mailbox: look, test, then save.
import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import { log } from '../log'
import type { Door } from './door'

export function setupHandlers({ engine }: Door): Pick<Handlers<Contract>, 'setup'> {
  return {
    setup: {
      find: ({ address }) => engine.findServers(address),
      check: (input) => engine.check(input),
      look: async (input) => {
        const desk = await engine.lookAtDesk(input)
        if (desk === null) return null
        const people = desk.people.map(({ name, address, role }) => ({ name, address, role }))
        return { name: desk.name, people }
      },
      save: async ({ account, agent, intent, preset }) => {
        const founder = { ...agent, role: 'admin' } as const
        const rest = { preset, policy: {}, directory: [], intent }
        const { id } = await engine.setUp({ account, agent: founder, ...rest })
        // Nobody has to wait for it: the outbox shows what it has learned.
        engine.selfTest(id).catch((error: unknown) => {
          log.warn('outbox', 'self test failed', { error })
        })
      },
    },
  }
}
