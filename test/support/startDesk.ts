// A desk on a profile of its own: the real engine, real SQLite, passwords in memory. Tests of one file
// share a mail server; each desk gets a mailbox of its own on it, so that tests do not see each other.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, type Engine } from '#main/engine'
import type { Fork, Secrets } from '#main/host'
import type { PresenceTimes } from '#main/presence/visit'
import { saveSendingSettings } from '#main/outbox/terms'
import type { Account, AgentProfile, Person, ServerSettings } from '#shared/model/account'
import type { Policy, PolicyPreset } from '#shared/model/policy'
import type { MailboxFormat } from './servers/startDovecot'
import { DEFAULT_USERS, startMailServer, type MailServer } from './servers/startMailServer'

export interface Desk {
  readonly engine: Engine
  readonly core: Engine['core']
  readonly profile: string
  readonly secrets: Secrets
  readonly account: Account
  readonly agent: AgentProfile
  /** Ends the engine and opens the same profile again, as after a restart of the app. */
  readonly reopen: () => Promise<Desk>
  /** Ends the engine and removes the profile. */
  readonly stop: () => Promise<void>
}

export interface DeskOptions {
  readonly server?: MailServer
  /** By default a fresh mailbox on `server`. */
  readonly mailbox?: string
  readonly agent?: Partial<AgentProfile>
  readonly directory?: readonly Partial<Person>[]
  readonly policy?: Partial<Policy>
  readonly preset?: PolicyPreset | null
  readonly now?: () => number
  /** Other ports, e.g. those of fault proxies. */
  readonly imapPort?: number
  readonly smtpPort?: number
  /** The way to the SMTP server; by default in clear. */
  readonly smtpSecurity?: ServerSettings['security']
  readonly password?: string
  /** The built sync process and how it is started; without it mail is read where the test runs. */
  readonly sync?: { readonly workers: string; readonly fork: Fork }
  /** By default a fresh temporary folder. */
  readonly profile?: string
  /** Presence in seconds instead of a minute. */
  readonly presence?: Partial<PresenceTimes>
  /** ms for which a claimed duty is this desktop's. */
  readonly leaseMs?: number
  /** ms until a missing receipt means “not sent”; by default short, as Exim here delivers at once. */
  readonly receiptWaitMs?: number
}

export function memorySecrets(): Secrets {
  const all = new Map<string, string>()
  return {
    mode: 'ask',
    get: (accountId) => Promise.resolve(all.get(accountId) ?? null),
    set: (accountId, password) => {
      all.set(accountId, password)
      return Promise.resolve()
    },
  }
}

export async function temporaryProfile(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'cd-profile-'))
}

let counter = 0

/** Mailboxes for desks: known to the server from its start, because it reads its list of users once a second. */
export const deskMailboxes: readonly string[] = Array.from(
  { length: 60 },
  (_, n) => `help${String(n + 1)}@desk.test`,
)

/** A mailbox that no other desk of this test file uses. */
export function freshMailbox(): string {
  counter += 1
  return `help${String(counter)}@desk.test`
}

/** The usual users and the desks' mailboxes. */
export function startDeskServer(
  kind: { format?: MailboxFormat; quota?: string } = {},
): Promise<MailServer> {
  return startMailServer({ users: [...DEFAULT_USERS, ...deskMailboxes], ...kind })
}

const ada: AgentProfile = { name: 'Ada Agent', address: 'ada@desk.test', role: 'admin' }
const colleagues: readonly Partial<Person>[] = [
  { name: 'Ben Bright', address: 'ben@desk.test' },
  { name: 'Cleo Clear', address: 'cleo@desk.test', role: 'light' },
]

function person(given: Partial<Person>): Person {
  return { name: '', address: '', aliases: [], role: 'agent', groups: [], ...given }
}

const nowhere = {
  host: '127.0.0.1',
  port: 1,
  security: 'none',
  user: 'nobody',
  password: 'pass',
} as const

/** Founds a desk with Ada as admin, Ben as agent and Cleo as light agent. */
export async function startDesk(options: DeskOptions = {}): Promise<Desk> {
  const { server } = options
  const address = options.mailbox ?? (server === undefined ? 'help@desk.test' : freshMailbox())
  const password = options.password ?? 'pass'
  const imap = server === undefined ? nowhere : server.imapSettings(address)
  const smtp = server === undefined ? nowhere : server.smtpSettings(address, options.smtpSecurity)
  const profile = options.profile ?? (await temporaryProfile())
  const secrets = memorySecrets()
  const agent = { ...ada, ...options.agent }
  const time = options.now === undefined ? {} : { now: options.now }
  const presence = options.presence === undefined ? {} : { presence: options.presence }
  const term = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }
  const open = (): Promise<Engine> =>
    createEngine({ profile, secrets, ...time, ...presence, ...term, ...options.sync })
  const engine = await open()
  const account = await engine.setUp({
    account: {
      address,
      aliases: [],
      name: 'Desk',
      imap: { ...imap, port: options.imapPort ?? imap.port, password },
      smtp: { ...smtp, port: options.smtpPort ?? smtp.port, password },
    },
    agent,
    preset: options.preset ?? null,
    policy: { trustedAuthservIds: ['mx.desk.test'], ...options.policy },
    directory: (options.directory ?? colleagues).map(person),
  })
  return deskOn(engine, open, { profile, secrets, account, agent }, options.receiptWaitMs)
}

/** The desk that was set up on `engine`, sending as fast as tests want it; `open` starts the engine anew. */
export async function deskOn(
  engine: Engine,
  open: () => Promise<Engine>,
  parts: Pick<Desk, 'profile' | 'secrets' | 'account' | 'agent'>,
  receiptWaitMs = 5_000,
): Promise<Desk> {
  await saveSendingSettings(engine.core.db, parts.account.id, {
    perMinute: 10_000,
    receiptWaitMs,
    replyTimeoutMs: 600_000,
  })
  const desk = (on: Engine): Desk => ({
    ...parts,
    engine: on,
    core: on.core,
    reopen: async () => {
      await on.stop()
      return desk(await open())
    },
    stop: async () => {
      await on.stop()
      await rm(parts.profile, { recursive: true, force: true })
    },
  })
  return desk(engine)
}
