// The desktops of the desk, as an admin sees them.
import type { DeviceList } from '#shared/ipc/contract'
import { physicalOf } from '#shared/rules/clock'
import { findPerson } from '#shared/rules/desk'
import { listSpeakers } from '../db/journalFolder'
import { getSetting } from '../db/settings'
import { currentDesk, type Core } from '../tickets/core'

/** Every desktop that announced itself, the one that waits for approval first, then the one heard of last. */
export async function listDevices(core: Core): Promise<DeviceList> {
  const { read } = core.db
  const desk = await currentDesk(core, read)
  const own = await getSetting(read, 'device')
  const heard = new Map<string, number>()
  for (const { device, hlc } of await listSpeakers(read)) {
    heard.set(device, Math.max(heard.get(device) ?? 0, physicalOf(hlc)))
  }
  const devices = (desk.devices ?? []).map((device) => ({
    ...device,
    ownerName: findPerson(desk, device.owner)?.name ?? '',
    isThis: device.id === own,
    heardAt: heard.get(device.id) ?? null,
  }))
  const rank = ({ isApproved, isRevoked }: (typeof devices)[number]): number =>
    isRevoked ? 2 : isApproved ? 1 : 0
  devices.sort((a, b) => rank(a) - rank(b) || (b.heardAt ?? 0) - (a.heardAt ?? 0))
  return { asksApproval: desk.approvesDevices === true, devices }
}
