// A further desktop on a desk's mailbox, and what tests of several desktops do with the journal folder.
import { setTimeout as delay } from 'node:timers/promises'
import { createEngine, type Engine } from '#main/engine'
import { encodeBatch } from '#main/journal/codec'
import { loadDeviceKey, type DeviceKey } from '#main/journal/signing'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import type { SignedEvent } from '#shared/model/batch'
import { tick } from '#shared/rules/clock'
import type { MailServer } from './servers/startMailServer'
import { deskOn, memorySecrets, temporaryProfile, type Desk } from './startDesk'

export const journalFolder = 'Copydesk/Journal'

export interface JoinOptions {
  readonly server: MailServer
  readonly name?: string
  readonly address?: string
  readonly now?: () => number
  /** Other ports, e.g. those of fault proxies. */
  readonly imapPort?: number
  readonly smtpPort?: number
  readonly receiptWaitMs?: number
  readonly leaseMs?: number
}

/** Sets a further desktop up on the mailbox of `first`: by default Ben's. It joins if its agent is in the directory. */
export async function joinDesk(first: Desk, options: JoinOptions): Promise<Desk> {
  const { server, name = 'Ben Bright', address = 'ben@desk.test' } = options
  const profile = await temporaryProfile()
  const secrets = memorySecrets()
  const time = options.now === undefined ? {} : { now: options.now }
  const term = options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }
  const open = (): Promise<Engine> => createEngine({ profile, secrets, ...time, ...term })
  const engine = await open()
  const box = first.account.address
  const imap = server.imapSettings(box)
  const smtp = server.smtpSettings(box)
  const agent = { name, address, role: 'agent' } as const
  const account = await engine.setUp({
    account: {
      address: box,
      aliases: [],
      name: 'Desk',
      imap: { ...imap, port: options.imapPort ?? imap.port, password: 'pass' },
      smtp: { ...smtp, port: options.smtpPort ?? smtp.port, password: 'pass' },
    },
    agent,
    preset: null,
    policy: {},
    directory: [],
  })
  return deskOn(engine, open, { profile, secrets, account, agent }, options.receiptWaitMs)
}

/** A connection to the desk's mailbox of its own, closed afterwards. */
export async function withImap<T>(
  server: MailServer,
  box: string,
  work: (imap: ImapConnection) => Promise<T>,
): Promise<T> {
  const imap = await connectImap(server.imapSettings(box))
  try {
    return await work(imap)
  } finally {
    await imap.close()
  }
}

let written = 0

/** An event as any program that holds this key can write it. */
export function signedBy(
  key: DeviceKey,
  { by, ticketId = null, body }: { by: string; ticketId?: string | null; body: object },
): SignedEvent {
  written += 1
  const text = JSON.stringify({
    id: `appended-${key.device}-${String(written)}`,
    hlc: tick(null, Date.now(), key.device),
    by,
    device: key.device,
    ticketId,
    body,
  })
  return { text, signature: key.sign(text), key: key.publicKey }
}

/** Appends events to the folder as any program with the mailbox's password can. */
export async function appendEvents(
  server: MailServer,
  box: string,
  events: readonly SignedEvent[],
): Promise<void> {
  const head = { from: box, mailbox: box, at: Date.now() }
  await withImap(server, box, (imap) => imap.append(journalFolder, encodeBatch(events, head)))
}

export const keyOfDesk = ({ profile }: Desk): DeviceKey => loadDeviceKey(profile)

/** Waits for a condition, never for a time. Resolves with how long it took (ms). @throws when it never came */
export async function until(is: () => Promise<boolean>, ms = 60_000): Promise<number> {
  const from = performance.now()
  while (!(await is())) {
    if (performance.now() - from > ms) throw new Error('not in time')
    await delay(20)
  }
  return performance.now() - from
}
