// The workspace as a fold of its events: who is internal, which mailboxes and policy it has, and
// who may change that. Like a ticket, the same for every order of arrival and every repetition.
import type { AgentRole, Person } from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import type { DeskEvent, DeskEventBody } from '#shared/model/event'
import { defaultPolicy } from '#shared/model/policy'
import type { AuditEntry } from '#shared/model/projection'
import { canonicalAddress, isValidAddress } from './address'
import { isHlc, physicalOf } from './clock'
import { auditOf } from './deskAudit'
import {
  addressesOf,
  applyTo,
  canonicalPerson,
  type DeskRefusal,
  type Outcome,
} from './deskChanges'
import { inOrder } from './deskOrder'
import { applyDevice, deviceRefusal, isDeviceBody } from './devices'

/** The desk from `at` (epoch ms) on. */
export interface DeskState {
  readonly at: number
  readonly desk: Desk
}

/** Everything the desk's events say: what it was when, who it is, and what was refused. */
export interface DeskHistory {
  /** Oldest first; never empty once the desk exists. */
  readonly states: readonly DeskState[]
  readonly created: { readonly deskId: string; readonly key: string; readonly at: number } | null
  /** Of all that was ever founded in this mailbox: two desktops may have founded it at the same moment. */
  readonly keys: readonly string[]
  readonly ineffective: readonly { readonly event: DeskEvent; readonly because: DeskRefusal }[]
  readonly audit: readonly AuditEntry[]
}

/** A desk before anything is known of it. */
export const emptyDesk: Desk = {
  name: '',
  policy: defaultPolicy,
  people: [],
  mailboxes: [],
  blockedSenders: [],
}

/** Set-up records its events in one go, slowly on a busy machine; a person is never so quick. */
const FOUNDING_GAP_MS = 1_000

const isRefusal = (outcome: Outcome): outcome is DeskRefusal => typeof outcome === 'string'

type Creation = DeskEvent & { body: DeskEventBody & { kind: 'desk.created' } }

function isCreation(event: DeskEvent): event is Creation {
  return event.body.kind === 'desk.created'
}

const byCreator = ({ body, by }: Creation) => {
  const creator = canonicalPerson(body.creator)
  const isSound = addressesOf(creator).every(isValidAddress)
  return isSound && addressesOf(creator).includes(canonicalAddress(by))
}

function refusalBefore(event: DeskEvent): DeskRefusal {
  if (!isHlc(event.hlc)) return 'clock-unreadable'
  return isCreation(event) ? 'not-the-creator' : 'no-desk-yet'
}

/** The creator is admin while the desk is founded; then as stated, if somebody else is admin. */
function settleFounder(desk: Desk, { address, role }: Person): Desk {
  const hasOther = desk.people.some((each) => each.role === 'admin' && each.address !== address)
  if (role === 'admin' || !hasOther) return desk
  const people = desk.people.map((each) => (each.address === address ? { ...each, role } : each))
  return { ...desk, people }
}

/** How many events belong to the set-up itself, which holds from the start and for earlier mail. */
function foundingCount(creation: DeskEvent, later: readonly DeskEvent[]): number {
  let last = physicalOf(creation.hlc)
  const end = later.findIndex((event) => {
    const gap = physicalOf(event.hlc) - last
    last += gap
    return event.device !== creation.device || event.by !== creation.by || gap > FOUNDING_GAP_MS
  })
  return end < 0 ? later.length : end
}

/** Who decides about held mail blocks senders as well; everything else about a desk is for admins. */
function actionOf({ kind }: DeskEventBody): DeskAction {
  return kind === 'sender.blocked' || kind === 'sender.unblocked' ? 'review' : 'admin'
}

/** What somebody sets for themselves needs no admin. */
function isOwn(desk: Desk, by: string, body: DeskEventBody): boolean {
  if (body.kind !== 'person.signatureSet') return false
  return isInternal(desk, by) && personKey(desk, by) === personKey(desk, body.address)
}

function outcomeOf(desk: Desk, { by, device, body }: DeskEvent): Outcome {
  const actor = { person: findPerson(desk, by), device }
  const isAllowed = isOwn(desk, by, body) || mayDo(desk, by, actionOf(body))
  if (isDeviceBody(body)) return applyDevice(desk, body, { ...actor, isAdmin: isAllowed })
  return deviceRefusal(desk, actor) ?? (isAllowed ? applyTo(desk, body) : 'not-admin')
}

function step(desk: Desk, event: DeskEvent, refused: Map<string, DeskRefusal>): Desk {
  const outcome = outcomeOf(desk, event)
  if (!isRefusal(outcome)) return outcome
  refused.set(event.id, outcome)
  return desk
}

function statesFrom(
  creation: Creation,
  later: readonly DeskEvent[],
  refused: Map<string, DeskRefusal>,
): DeskState[] {
  const founder = canonicalPerson(creation.body.creator)
  const bare: Desk = {
    ...emptyDesk,
    name: creation.body.name,
    people: [{ ...founder, role: 'admin' }],
  }
  const count = foundingCount(creation, later)
  const founded = later.slice(0, count).reduce<Desk>((desk, e) => step(desk, e, refused), bare)
  let desk = settleFounder(founded, founder)
  const states = [{ at: physicalOf(creation.hlc), desk }]
  for (const event of later.slice(count)) {
    const next = step(desk, event, refused)
    if (next !== desk) states.push({ at: physicalOf(event.hlc), desk: next })
    desk = next
  }
  return states
}

/** Folds the desk's events; any order, any repetition, same history (architecture.md §12). */
export function foldDesk(events: readonly DeskEvent[]): DeskHistory {
  const sorted = inOrder(events)
  const start = sorted.findIndex((e) => isHlc(e.hlc) && isCreation(e) && byCreator(e))
  const refused = new Map<string, DeskRefusal>()
  sorted.forEach((event, index) => {
    if (start < 0 || index < start || !isHlc(event.hlc)) refused.set(event.id, refusalBefore(event))
  })
  const later = sorted.slice(start + 1).filter((event) => !refused.has(event.id))
  const creation = sorted[start]
  const isFounded = creation !== undefined && isCreation(creation)
  const states = isFounded ? statesFrom(creation, later, refused) : []
  return {
    states,
    created: isFounded
      ? { deskId: creation.body.deskId, key: creation.body.key, at: physicalOf(creation.hlc) }
      : null,
    keys: [...new Set(sorted.flatMap((e) => (isCreation(e) && byCreator(e) ? [e.body.key] : [])))],
    ineffective: sorted.flatMap((event) => {
      const because = refused.get(event.id)
      return because === undefined ? [] : [{ event, because }]
    }),
    audit: sorted.map((event) => auditOf(event, refused.get(event.id) ?? null)),
  }
}

/** The desk at a moment (epoch ms); before it was founded, as it was founded (reliability.md D12). */
export function deskAt(history: DeskHistory, at: number): Desk {
  const { states } = history
  let low = 0
  let high = states.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((states[middle]?.at ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return (states[low - 1] ?? states[0])?.desk ?? emptyDesk
}

/** The desk after all that is known of it. By no clock: one that is slow would hide what has happened since. */
export function deskNow(history: DeskHistory): Desk {
  return deskAt(history, Infinity)
}

// A cache of a pure function: a desk is asked about thousands of addresses and never changes.
const indexes = new WeakMap<Desk['people'], ReadonlyMap<string, Person>>()

function indexOf(people: Desk['people']): ReadonlyMap<string, Person> {
  const known = indexes.get(people)
  if (known !== undefined) return known
  const entries = people.flatMap((person) =>
    addressesOf(canonicalPerson(person)).map((address) => [address, person] as const),
  )
  // The first person listed keeps an address that two claim.
  const index = new Map(entries.reverse())
  indexes.set(people, index)
  return index
}

/** The internal person with this address, main or alias (participants.md §1 "internal"). */
export function findPerson(desk: Pick<Desk, 'people'>, address: string): Person | undefined {
  return indexOf(desk.people).get(canonicalAddress(address))
}

/** Whether an address belongs to somebody in the directory (participants.md §1 "internal"). */
export function isInternal(desk: Pick<Desk, 'people'>, address: string): boolean {
  return findPerson(desk, address) !== undefined
}

/** One human under all their addresses: main address of an internal, else the canonical address. */
export function personKey(desk: Pick<Desk, 'people'>, address: string): string {
  return canonicalAddress(findPerson(desk, address)?.address ?? address)
}

/** What this person signs a reply with: their own lines, then those of the mailbox. */
export function signatureOf(desk: Desk, address: string, mailbox: string): string {
  const own = desk.signatures?.[personKey(desk, address)] ?? ''
  return [own, mailbox.trim()].filter((lines) => lines !== '').join('\n')
}

/** What somebody may want to do; `review` accepts held comments and suggestions. */
export type DeskAction =
  | 'read'
  | 'note'
  | 'follow'
  | 'public-reply'
  | 'private-reply'
  | 'change-cc'
  | 'change-requester'
  | 'change-status'
  | 'change-group'
  | 'assign'
  | 'tag'
  | 'merge'
  | 'review'
  | 'admin'

const lightActions: ReadonlySet<DeskAction> = new Set(['read', 'note', 'follow'])

/** Whether the role of this address allows an action; outsiders may nothing (participants.md §6). */
export function mayDo(desk: Desk, address: string, action: DeskAction): boolean {
  const role: AgentRole | undefined = findPerson(desk, address)?.role
  if (role === undefined) return false
  if (role === 'light') return lightActions.has(action)
  return role === 'admin' || action !== 'admin'
}
