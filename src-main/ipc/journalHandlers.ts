// The desk's shared journal and the desktops that write to it.
import type { Contract } from '#shared/ipc/contract'
import type { Handlers } from '#shared/ipc/procedure'
import type { DeskEventBody } from '#shared/model/event'
import { listProblems } from '../db/journalFolder'
import { listDevices } from '../journal/devices'
import { listMistrusted } from '../journal/mistrusted'
import { getAgent } from '../tickets/core'
import { recordDeskEvents } from '../tickets/record'
import type { Door } from './door'

export function journalHandlers({ engine }: Door): Pick<Handlers<Contract>, 'journal' | 'devices'> {
  const { core, journal } = engine
  const { read } = core.db
  const record = async (body: DeskEventBody): Promise<void> => {
    const { address } = await getAgent(read)
    await core.db.write(body.kind, (tx) => recordDeskEvents(core, tx, address, [body]))
  }
  return {
    journal: {
      status: () => journal.status(),
      rebuild: async () => ({ written: (await journal.rebuild()).pushed }),
      setAside: async () => ({
        messages: await listProblems(read),
        mistrusted: await listMistrusted(core),
      }),
    },
    devices: {
      list: () => listDevices(core),
      approve: ({ id }) => record({ kind: 'device.approved', device: id }),
      revoke: ({ id }) => record({ kind: 'device.revoked', device: id }),
      setApproval: ({ isOn }) => record({ kind: 'devices.approvalSet', isOn }),
    },
  }
}
