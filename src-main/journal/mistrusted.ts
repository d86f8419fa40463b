// Desktops that spoke for somebody they may not speak for: kept, without effect, and shown.
import { deskAt, findPerson } from '#shared/rules/desk'
import { physicalOf } from '#shared/rules/clock'
import { deviceRefusal, type DeviceRefusal } from '#shared/rules/devices'
import { listSpeakers } from '../db/journalFolder'
import type { Core } from '../tickets/core'

export interface Mistrusted {
  readonly device: string
  /** In whose name it spoke. */
  readonly by: string
  readonly because: DeviceRefusal
  /** Epoch ms of the last event of this kind. */
  readonly at: number
}

/** By device and person, as their last event stands. */
export async function listMistrusted(core: Core): Promise<Mistrusted[]> {
  const history = await core.history(core.db.read)
  return (await listSpeakers(core.db.read)).flatMap(({ device, by, hlc }) => {
    const at = physicalOf(hlc)
    const desk = deskAt(history, at)
    const because = deviceRefusal(desk, { person: findPerson(desk, by), device })
    return because === null ? [] : [{ device, by, because, at }]
  })
}
