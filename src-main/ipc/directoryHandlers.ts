import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import type { DeskEventBody } from '#shared/model/event'
import { currentDesk, getAgent } from '../tickets/core'
import { explainPerson } from '../tickets/explainPerson'
import { recordDeskEvents } from '../tickets/record'
import type { Door } from './door'

/** Who works here, and why somebody is on a ticket. */
export function directoryHandlers({
  engine,
  viewer,
}: Door): Pick<Handlers<Contract>, 'directory' | 'explain'> {
  const { core } = engine
  const { read } = core.db
  const record = async (body: DeskEventBody): Promise<void> => {
    const { address } = await getAgent(read)
    await core.db.write(body.kind, (tx) => recordDeskEvents(core, tx, address, [body]))
  }
  return {
    directory: {
      list: async () => [...(await currentDesk(core, read)).people],
      set: (person) => record({ kind: 'person.set', person }),
      remove: ({ address }) => record({ kind: 'person.removed', address }),
    },
    explain: {
      person: async (request) => explainPerson(read, await viewer(), request),
    },
  }
}
