// Connections of this desktop to the desk's mailboxes, after the first run.
import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import type { Mailbox } from '#shared/model/account'
import { findMailbox } from '#shared/rules/mailbox'
import { currentDesk, getAgent } from '../tickets/core'
import type { Door } from './door'

const textsOf = ({ aliases, name, signature, group }: Mailbox) => ({
  aliases,
  name,
  signature,
  group,
})

export function accountHandlers({ engine }: Door): Pick<Handlers<Contract>, 'accounts'> {
  return {
    accounts: {
      connect: async ({ account }) => {
        const { core } = engine
        const agent = await getAgent(core.db.read)
        // What the desk says of the mailbox stays as it is.
        const known = findMailbox(await currentDesk(core, core.db.read), account.address)
        const whole = known === undefined ? account : { ...account, ...textsOf(known) }
        await engine.setUp({ account: whole, agent, preset: null, policy: {}, directory: [] })
      },
      check: ({ accountId }) => engine.checkAccount(accountId),
      setPassword: ({ accountId, password }) => engine.changePassword(accountId, password),
      remove: ({ accountId }) => engine.removeAccount(accountId),
    },
  }
}
