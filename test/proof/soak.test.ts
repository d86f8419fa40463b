// Several desktops on one mailbox while customers write, agents work, the server restarts and desktops end and come back:
// afterwards each follower has been told of each mail once, and all desktops agree. SOAK_SECONDS and SOAK_DESKTOPS set the size.
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '#main/engine'
import type { Secrets } from '#main/host'
import { changeTicket } from '#main/tickets/commands'
import {
  startDeskServer,
  startDesk,
  memorySecrets,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'
import { theTicket } from '#support/feedMails'
import { nextSecond } from '#support/nextSecond'
import type { MailServer } from '#support/servers/startMailServer'

const seconds = Number(process.env['SOAK_SECONDS'] ?? 20)
const count = Number(process.env['SOAK_DESKTOPS'] ?? 3)
const settleMs = 120_000

interface Further {
  engine: Engine
  readonly profile: string
  readonly secrets: Secrets
}

let server: MailServer
let ada: Desk
const further: Further[] = []

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
  const box = ada.account.address
  while (further.length < count - 1) {
    const profile = await temporaryProfile()
    const secrets = memorySecrets()
    const engine = await createEngine({ profile, secrets })
    await engine.setUp({
      account: {
        address: box,
        aliases: [],
        name: 'Desk',
        imap: { ...server.imapSettings(box), password: 'pass' },
        smtp: { ...server.smtpSettings(box), password: 'pass' },
      },
      agent: { name: 'Ben', address: 'ben@desk.test', role: 'agent' },
      preset: null,
      policy: {},
      directory: [],
    })
    further.push({ engine, profile, secrets })
  }
})
afterAll(async () => {
  for (const { engine, profile } of further) {
    await engine.stop()
    await rm(profile, { recursive: true, force: true })
  }
  await ada.stop()
  await server.stop()
})

async function until(is: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + settleMs
  while (!(await is())) {
    if (performance.now() > end) return false
    await delay(500)
  }
  return true
}

/** Ten people write in turn: what one person writes too often of is held (reliability.md §1.1). */
const customers = Array.from({ length: 10 }, (_, n) => `carol${String(n)}@customer.test`)

const write = (n: number) =>
  server.deliver(
    {
      from: `Carol <${customers[n % customers.length] ?? ''}>`,
      to: ada.account.address,
      cc: customers.filter((_, index) => index !== n % customers.length),
      subject: 'Printer',
      messageId: `<soak-${String(n)}@customer.test>`,
      text: `It still burns, marker-${String(n)}-end.`,
      headers: n === 0 ? {} : { 'In-Reply-To': '<soak-0@customer.test>' },
    },
    { ehlo: 'dmarc-pass.test' },
  )

/**
 * How often Ben was told of each of these mails. The mail server may deliver a mail it has taken once a second time, when
 * the mailbox goes down before it has answered: such copies carry the same queue id.
 */
async function told(mails: number): Promise<number[]> {
  const raw = await server.mailbox('ben@desk.test')
  return Array.from({ length: mails }, (_, index) => {
    const marker = `marker-${String(index + 1)}-end`
    const copies = raw.filter((mail) => mail.includes(marker))
    return new Set(copies.map((mail, n) => /\sid (\w+-\w+-\w+)/u.exec(mail)?.[1] ?? n)).size
  })
}

/** What each desktop has of the notices, for the message of a failure. */
async function notices(): Promise<unknown[]> {
  const engines = [ada.engine, ...further.map(({ engine }) => engine)]
  return Promise.all(
    engines.map(({ core }) =>
      core.db.read.all(
        `SELECT state, attempts, dutyKey, nextAt - CAST(unixepoch('subsec') * 1000 AS INTEGER) AS inMs, lastReply,
           (SELECT count(*) FROM receipt r WHERE r.messageId = o.messageId) AS receipts
         FROM outbox_item o WHERE kind <> 'public'`,
      ),
    ),
  )
}

const digests = async (): Promise<Set<string>> => {
  const all = [ada.engine, ...further.map(({ engine }) => engine)]
  return new Set((await Promise.all(all.map((each) => each.hash()))).map(({ digest }) => digest))
}

async function restartServer(): Promise<void> {
  await server.dovecot.halt()
  await delay(1_000)
  await server.dovecot.start()
}

async function restartDesktop(desktop: Further): Promise<void> {
  await desktop.engine.stop()
  await delay(500)
  desktop.engine = await createEngine({ profile: desktop.profile, secrets: desktop.secrets })
  await desktop.engine.start()
}

describe('several desktops', () => {
  it('tell each follower of each mail once and end alike', async () => {
    await write(0)
    await ada.engine.syncOnce()
    const { id } = (await theTicket(ada)).ticket
    await changeTicket(ada.core, id, { do: 'follow', address: 'ben@desk.test', level: 'all' })
    await ada.engine.journal.passOnce()
    for (const { engine } of further) await engine.syncOnce()
    await ada.engine.start()
    for (const { engine } of further) await engine.start()
    await nextSecond()

    const end = performance.now() + seconds * 1_000
    const statuses = ['open', 'pending', 'solved'] as const
    let mails = 0
    while (performance.now() < end) {
      mails += 1
      await write(mails)
      const desktop = further[mails % further.length]
      const status = statuses[mails % statuses.length] ?? 'open'
      if (desktop !== undefined)
        await changeTicket(desktop.engine.core, id, { do: 'setStatus', status })
      if (mails % 4 === 2) await restartServer()
      if (mails % 4 === 0 && desktop !== undefined) await restartDesktop(desktop)
      await delay(1_000)
    }

    const isDone = await until(async () => (await told(mails)).every((times) => times >= 1))
    const times = await told(mails)
    process.stdout.write(
      `mails ${String(mails)}, notices per mail ${times.join(' ')}, all there: ${String(isDone)}\n`,
    )
    const isExact = times.every((each) => each === 1)
    const state = isExact ? '' : JSON.stringify(await notices(), null, 1)
    expect(times, state).toEqual(Array.from({ length: mails }, () => 1))
    expect(await until(async () => (await digests()).size === 1)).toBe(true)
    // A late second copy would come from a duty that somebody else holds open.
    await delay(5_000)
    expect(await told(mails)).toEqual(times)
  })
})
