import { hostname } from 'node:os'
import {
  publicServer,
  type Account,
  type AccountInput,
  type AgentProfile,
  type Mailbox,
  type Person,
} from '#shared/model/account'
import type { Desk } from '#shared/model/desk'
import { AppError } from '#shared/ipc/errors'
import type { DeskEventBody } from '#shared/model/event'
import type { Policy, PolicyPreset } from '#shared/model/policy'
import { canonicalAddress, isValidAddress } from '#shared/rules/address'
import { findPerson, mayDo } from '#shared/rules/desk'
import { mustAnnounce } from '#shared/rules/devices'
import { newId, newKey } from '../db/ids'
import { getSetting, saveSetting } from '../db/settings'
import type { Reader, Writer } from '../db/write'
import { currentDesk, getAgent, type Core } from './core'
import { recordDeskEvents } from './record'

/** What a first start or `setup --config` brings. */
export interface SetupInput {
  readonly account: AccountInput
  readonly agent: AgentProfile
  readonly preset: PolicyPreset | null
  readonly policy: Partial<Policy>
  readonly directory: readonly Person[]
  /** Seconds in which a reply can be taken back; absent: as it is. */
  readonly undoSeconds?: number | undefined
  /** What the person was shown and agreed to; absent: whichever the mailbox calls for. */
  readonly intent?: 'found' | 'join' | undefined
}

/** @throws AppError when a first start would found or join a desk that the person did not mean to */
export async function mustMean(core: Core, intent: 'found' | 'join'): Promise<void> {
  const { read } = core.db
  if ((await getSetting(read, 'agent')) !== null) return
  const hasDesk = (await core.history(read)).created !== null
  if (intent === 'join' && !hasDesk) {
    throw new AppError('offline', 'The desk in this mailbox could not be read now. Try again.')
  }
  if (intent === 'found' && hasDesk) {
    throw new AppError(
      'conflict',
      'Meanwhile somebody has made a desk in this mailbox. Go back one step to join it.',
    )
  }
}

function valid(address: string, what: string): string {
  const canonical = canonicalAddress(address)
  if (isValidAddress(canonical)) return canonical
  throw new AppError('invalid-input', `The ${what} “${address}” is not an address.`, {
    field: what,
  })
}

function toAccount(input: AccountInput, id: string): Account {
  const imap = publicServer.parse(input.imap)
  const smtp = publicServer.parse(input.smtp)
  return {
    id,
    address: valid(input.address, 'mailbox address'),
    aliases: input.aliases.map((alias) => valid(alias, 'alias')),
    name: input.name,
    imap,
    smtp,
  }
}

/** Colleagues see this name when they decide whether a desktop is still trusted. */
function announcement(device: string): DeskEventBody {
  return { kind: 'device.announced', device, name: hostname().slice(0, 100) }
}

/**
 * Says whose this desktop is where the desk does not know: after joining, with a new key, or once an admin has added its
 * agent to the directory. Until then nothing it records takes effect.
 */
export async function announceDevice(core: Core): Promise<void> {
  const isNeeded = async (db: Reader): Promise<DeskEventBody | null> => {
    const agent = await getSetting(db, 'agent')
    const device = await getSetting(db, 'device')
    if (agent === null || device === '' || (await core.history(db)).created === null) return null
    const desk = await currentDesk(core, db)
    const isRevoked = (desk.devices ?? []).some(({ id, isRevoked: is }) => id === device && is)
    const person = findPerson(desk, agent.address)
    return !isRevoked && mustAnnounce(desk, { person, device }) ? announcement(device) : null
  }
  if ((await isNeeded(core.db.read)) === null) return
  await core.db.write('device.announced', async (tx) => {
    const body = await isNeeded(tx)
    const agent = await getSetting(tx, 'agent')
    if (body !== null && agent !== null) await recordDeskEvents(core, tx, agent.address, [body])
  })
}

function foundingEvents(input: SetupInput, agent: AgentProfile, device: string): DeskEventBody[] {
  const creator = { ...agent, aliases: [], groups: [] }
  return [
    { kind: 'desk.created', deskId: newId(), name: input.account.name, key: newKey(), creator },
    announcement(device),
    ...(input.preset === null
      ? []
      : [{ kind: 'policy.presetChosen', preset: input.preset } as const]),
  ]
}

/** What setup says of a mailbox; what it leaves out stays as the desk has it. */
function mailboxOf(input: AccountInput, account: Account, known: Mailbox | undefined): Mailbox {
  const { address, aliases, name } = account
  const { signature = known?.signature ?? '', group = known?.group ?? null } = input
  return { address, aliases, name, signature, group, account: null }
}

function deskEvents(input: SetupInput, account: Account, desk: Desk): DeskEventBody[] {
  const known = desk.mailboxes.find((box) => box.address === account.address)
  const mailbox = mailboxOf(input.account, account, known)
  const people = input.directory.map((person) => ({
    ...person,
    address: valid(person.address, 'directory address'),
  }))
  const isSame =
    known !== undefined &&
    JSON.stringify({ ...mailbox, account: known.account }) === JSON.stringify(known)
  return [
    // Who connects a mailbox as the desk has it changes nothing of the desk, so that agents may as well.
    ...(isSame ? [] : [{ kind: 'mailbox.set', ...mailbox } as const]),
    ...people.map((person) => ({ kind: 'person.set', person }) as const),
    ...(Object.keys(input.policy).length === 0
      ? []
      : [{ kind: 'policy.set', changes: input.policy } as const]),
  ]
}

/** Who joins a desk that exists already: only somebody its directory knows, in the role it gives them. */
function joining(desk: Desk, agent: AgentProfile): AgentProfile {
  const person = findPerson(desk, agent.address)
  if (person !== undefined) {
    return { name: person.name || agent.name, address: person.address, role: person.role }
  }
  const admins = desk.people.filter(({ role }) => role === 'admin')
  const whom = admins.map(({ name, address }) => `${name || address} <${address}>`).join(' or ')
  throw new AppError(
    'refused',
    `This mailbox already has a desk, and ${agent.address} is not in its directory. Ask ${whom} to add you, then try again.`,
    { field: 'agent address' },
  )
}

async function identify(tx: Writer): Promise<string> {
  const known = await getSetting(tx, 'device')
  if (known !== '') return known
  const device = newId().slice(0, 12)
  await saveSetting(tx, 'device', device)
  return device
}

/**
 * Connects a mailbox and, the first time, founds the desk with this agent as its admin.
 * Repeating it with the same mailbox address replaces that account's settings.
 * @returns the stored account
 * @throws AppError `invalid-input` for addresses that are none, `refused` when this agent may not change the desk
 */
export async function saveSetup(core: Core, input: SetupInput): Promise<Account> {
  return core.db.write(
    'setup',
    async (tx) => {
      const device = await identify(tx)
      const given = { ...input.agent, address: valid(input.agent.address, 'agent address') }
      const accounts = await getSetting(tx, 'accounts')
      const known = accounts.find((a) => a.address === canonicalAddress(input.account.address))
      const account = toAccount(input.account, known?.id ?? newId())
      if (given.address === account.address) {
        throw new AppError(
          'invalid-input',
          'Your own address must differ from the support mailbox: customers write to one, colleagues to the other.',
          { field: 'agent address' },
        )
      }
      const hasDesk = (await core.history(tx)).created !== null
      const desk = await currentDesk(core, tx)
      const isJoin = hasDesk && (await getSetting(tx, 'agent')) === null
      const agent = isJoin ? joining(desk, given) : given
      const isKnown = desk.mailboxes.some((box) => box.address === account.address)
      const events = [
        ...(hasDesk ? [] : foundingEvents(input, agent, device)),
        ...(hasDesk && mustAnnounce(desk, { person: findPerson(desk, agent.address), device })
          ? [announcement(device)]
          : []),
        // Who joins takes the desk as it is.
        ...(isJoin && isKnown ? [] : deskEvents(input, account, desk)),
      ]
      await recordDeskEvents(core, tx, agent.address, events)
      // In its place: the first account is the one whose mailbox holds the journal.
      const others = accounts.map((each) => (each.id === account.id ? account : each))
      await saveSetting(tx, 'accounts', known === undefined ? [...accounts, account] : others)
      await saveSetting(tx, 'agent', agent)
      const { undoSeconds } = input
      if (undoSeconds !== undefined) {
        await saveSetting(tx, 'preferences', {
          ...(await getSetting(tx, 'preferences')),
          undoSeconds,
        })
      }
      tx.changed('session', 'session')
      return account
    },
    { isDurable: true },
  )
}

/** Names the person at this desktop anew; an admin's name changes for the whole desk, where it is known. */
export async function renameAgent(core: Core, name: string): Promise<void> {
  await core.db.write('session.rename', async (tx) => {
    const agent = await getAgent(tx)
    const desk = await currentDesk(core, tx)
    const person = findPerson(desk, agent.address)
    if (person !== undefined && mayDo(desk, agent.address, 'admin')) {
      const body = { kind: 'person.set', person: { ...person, name } } as const
      await recordDeskEvents(core, tx, agent.address, [body])
    }
    await saveSetting(tx, 'agent', { ...agent, name })
    tx.changed('session', 'session')
  })
}

/** What the person at this desktop signs with, for the whole desk. */
export async function setSignature(core: Core, signature: string): Promise<void> {
  await core.db.write('session.setSignature', async (tx) => {
    const { address } = await getAgent(tx)
    await recordDeskEvents(core, tx, address, [{ kind: 'person.signatureSet', address, signature }])
    tx.changed('session', 'session')
  })
}
