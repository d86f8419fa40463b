import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import type { DeskEventBody } from '#shared/model/event'
import { getAgent } from '../tickets/core'
import { recordDeskEvents } from '../tickets/record'
import type { Door } from './door'

/** Words that the whole desk shares; only admins change them, which the fold decides. */
export function templateHandlers({ engine }: Door): Pick<Handlers<Contract>, 'templates'> {
  const { core } = engine
  const record = async (body: DeskEventBody): Promise<void> => {
    const { address } = await getAgent(core.db.read)
    await core.db.write(body.kind, (tx) => recordDeskEvents(core, tx, address, [body]))
  }
  return {
    templates: {
      set: (template) => record({ kind: 'template.set', template }),
      remove: ({ id }) => record({ kind: 'template.removed', id }),
    },
  }
}
