// Which desktop may speak for whom (architecture.md §12). A device's id derives from the key it signs with, so its
// announcement binds the key to a person: trusted on first use, or once an admin approves it.
import type { Person } from '#shared/model/account'
import type { Desk, Device } from '#shared/model/desk'
import type { DeskEventBody } from '#shared/model/event'
import { canonicalAddress } from './address'

export type DeviceBody = Extract<
  DeskEventBody,
  { kind: 'device.announced' | 'device.approved' | 'device.revoked' | 'devices.approvalSet' }
>

export type DeviceRefusal =
  | 'not-admin'
  | 'unknown-person'
  | 'unknown-device'
  | 'device-unknown'
  | 'device-of-another'
  | 'device-revoked'
  | 'device-not-approved'

type Devices = Pick<Desk, 'devices' | 'approvesDevices'>

export function isDeviceBody(body: DeskEventBody): body is DeviceBody {
  return body.kind.startsWith('device')
}

interface Actor {
  /** Undefined: nobody in the directory. */
  readonly person: Person | undefined
  readonly device: string
}

const isOf = ({ owner }: Device, person: Person | undefined): boolean =>
  person !== undefined && [person.address, ...person.aliases].map(canonicalAddress).includes(owner)

/**
 * Why what this device says in this person's name counts for nothing, or null. Founding a desk announces its first
 * device, so from then on every device must have announced itself: a clock set back cannot come before that.
 */
export function deviceRefusal(desk: Devices, { person, device }: Actor): DeviceRefusal | null {
  const { devices = [], approvesDevices = false } = desk
  const known = devices.find(({ id }) => id === device)
  if (known === undefined) return devices.length > 0 || approvesDevices ? 'device-unknown' : null
  if (known.isRevoked) return 'device-revoked'
  if (!isOf(known, person)) return 'device-of-another'
  return approvesDevices && !known.isApproved ? 'device-not-approved' : null
}

/** Whether this desktop must say whose it is before it can do anything. */
export function mustAnnounce(desk: Devices, actor: Actor): boolean {
  const known = (desk.devices ?? []).find(({ id }) => id === actor.device)
  return actor.person !== undefined && (known === undefined || !isOf(known, actor.person))
}

function put(desk: Desk, device: Device): Desk {
  const others = (desk.devices ?? []).filter(({ id }) => id !== device.id)
  return { ...desk, devices: [...others, device] }
}

function announce(
  desk: Desk,
  body: Extract<DeviceBody, { kind: 'device.announced' }>,
  { person, device }: Actor,
): Desk | DeviceRefusal {
  if (person === undefined) return 'unknown-person'
  if (body.device !== device) return 'device-of-another'
  const known = (desk.devices ?? []).find(({ id }) => id === device)
  if (known?.isRevoked === true) return 'device-revoked'
  if (known !== undefined && isOf(known, person)) return desk
  const owner = canonicalAddress(person.address)
  const isApproved = desk.approvesDevices !== true
  return put(desk, { id: device, owner, name: body.name, isApproved, isRevoked: false })
}

/** What a device event makes of the desk, or why nothing. Owners may revoke their own; the rest is for admins. */
export function applyDevice(
  desk: Desk,
  body: DeviceBody,
  actor: Actor & { readonly isAdmin: boolean },
): Desk | DeviceRefusal {
  if (body.kind === 'device.announced') return announce(desk, body, actor)
  const refusal = deviceRefusal(desk, actor)
  if (refusal !== null) return refusal
  if (body.kind === 'devices.approvalSet') {
    return actor.isAdmin ? { ...desk, approvesDevices: body.isOn } : 'not-admin'
  }
  const known = (desk.devices ?? []).find(({ id }) => id === body.device)
  if (known === undefined) return actor.isAdmin ? 'unknown-device' : 'not-admin'
  if (body.kind === 'device.approved') {
    return actor.isAdmin ? put(desk, { ...known, isApproved: true }) : 'not-admin'
  }
  const mayRevoke = actor.isAdmin || isOf(known, actor.person)
  return mayRevoke ? put(desk, { ...known, isRevoked: true }) : 'not-admin'
}

/** Facts for the audit sentence. */
export function deviceDetail(body: DeviceBody): Record<string, string> {
  if (body.kind === 'devices.approvalSet') return { isOn: body.isOn ? 'on' : 'off' }
  return body.kind === 'device.announced'
    ? { device: body.device, name: body.name }
    : { device: body.device }
}
