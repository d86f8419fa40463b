// Headless desktops (`copydesk serve`) on one mailbox while customers write and agents work. Meanwhile desktops are killed,
// ended, stopped and continued, and fall silent; each clock but the first is an hour wrong; the mail server restarts and
// numbers the journal and INBOX anew. Afterwards each follower has been told of each mail once, each duty was done by one
// desktop, all desktops have equal rows, and no private word has left the house. NEMESES_SECONDS and NEMESES_DESKTOPS set
// the size, NEMESES_SEED what happens; the profiles are left in the folder NEMESES_KEEP, to be read.
import { cp, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '#main/db/open'
import { changeTicket } from '#main/tickets/commands'
import { rows } from '#support/feedMails'
import { runCommand, serve, type Headless, type Served } from '#support/headless'
import { joinDesk, journalFolder } from '#support/joinDesk'
import { nextSecond } from '#support/nextSecond'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const seconds = Number(process.env['NEMESES_SECONDS'] ?? 300)
const count = Number(process.env['NEMESES_DESKTOPS'] ?? 4)
const seed = Number(process.env['NEMESES_SEED'] ?? Date.now() % 1_000_000_007)
const keep = process.env['NEMESES_KEEP']
const settleMs = Math.max(240_000, seconds * 500)
/** What would be longer hangs. How long an end takes is asked in `serveEnds`, where the machine does nothing else. */
const longestEndMs = 60_000
const hour = 3_600_000
/** What one person writes too often of is held (reliability.md §1.1), so ten write in turn on each ticket. */
const perTicket = 10
const tickets = Math.ceil(seconds / 180)
const customersOf = (ticket: number): string[] =>
  Array.from({ length: perTicket }, (_, n) => `carol${String(ticket)}-${String(n)}@customer.test`)
const everybody = Array.from({ length: tickets }, (_, ticket) => customersOf(ticket)).flat()
const canary = 'canary-of-the-house'

let state = seed >>> 0
function draw(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
function pick<T>(all: readonly T[]): T {
  const picked = all[draw(all.length)]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}

interface Desktop extends Headless {
  readonly desk: Desk
  readonly proxies: readonly [imap: FaultProxy, smtp: FaultProxy]
  running: Served | undefined
  /** Resolves once the running process has begun to talk to the server; before, a signal just ends Node. */
  begun: Promise<void>
}

let server: MailServer
let box: string
const ticketKeys: string[] = []
let ada: Desktop
const desktops: Desktop[] = []

function begin(desktop: Desktop): void {
  const sessions = desktop.proxies[0].sessions
  const before = sessions.length
  const running = serve(desktop)
  const talks = async (): Promise<void> => {
    while (sessions.length === before && desktop.running === running) await delay(50)
  }
  desktop.running = running
  desktop.begun = talks()
}

/** Ends a desktop and waits until it is gone. */
async function end(desktop: Desktop, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const { running } = desktop
  if (running === undefined) return
  if (signal === 'SIGTERM') await desktop.begun
  desktop.running = undefined
  const since = performance.now()
  running.signal(signal)
  const code = await running.ended
  if (signal === 'SIGKILL') return
  expect(code, 'exit code after SIGTERM').toBe(0)
  expect(performance.now() - since, 'ms from SIGTERM to the end').toBeLessThan(longestEndMs)
}

/** One command beside a running desktop; what it prints. @throws when it fails */
async function command(desktop: Desktop, ...words: string[]): Promise<string> {
  const { code, printed } = await runCommand(desktop, ...words)
  if (code !== 0) throw new Error(`${words.join(' ')}: ${printed}`)
  return printed
}

async function add(
  found: (ports: { imapPort: number; smtpPort: number }) => Promise<Desk>,
): Promise<Desktop> {
  const imap = await startFaultProxy(server.dovecot.imapPort)
  const smtp = await startFaultProxy(server.exim.smtpPort)
  const desk = await found({ imapPort: imap.port, smtpPort: smtp.port })
  const clockShift = [0, hour, -hour][desktops.length % 3] ?? 0
  const { profile } = desk
  const desktop: Desktop = {
    desk,
    profile,
    clockShift,
    proxies: [imap, smtp],
    running: undefined,
    begun: Promise.resolve(),
  }
  desktops.push(desktop)
  return desktop
}

beforeAll(async () => {
  server = await startDeskServer()
  for (const customer of everybody) await server.addUser(customer)
  ada = await add((ports) => startDesk({ server, ...ports }))
  box = ada.desk.account.address
  for (let n = 0; n < tickets; n += 1) {
    await write(n)
    await server.waitForMail(box, (raw) => raw.includes(marker(n)))
  }
  await ada.desk.engine.syncOnce()
  for (const { id, key } of await rows(ada.desk)) {
    ticketKeys.push(key)
    const follow = { do: 'follow', address: 'ben@desk.test', level: 'all' } as const
    await changeTicket(ada.desk.core, id, follow)
  }
  expect(ticketKeys).toHaveLength(tickets)
  await ada.desk.engine.syncOnce()
  while (desktops.length < count) {
    const { desk } = await add((ports) => joinDesk(ada.desk, { server, ...ports }))
    await desk.engine.syncOnce()
  }
  for (const { desk } of desktops) await desk.engine.stop()
  await nextSecond()
})
afterAll(async () => {
  for (const desktop of desktops) {
    await end(desktop, 'SIGKILL')
    for (const proxy of desktop.proxies) await proxy.stop()
    const { profile } = desktop
    if (keep !== undefined) await cp(profile, join(keep, basename(profile)), { recursive: true })
    await rm(profile, { recursive: true, force: true })
  }
  await server.stop()
})

const marker = (n: number): string => `marker-${String(n)}-end`

/** A customer's mail; the first of each ticket begins it. Where the server refuses it, because it restarts, it is sent again. */
async function write(n: number): Promise<void> {
  const ticket = n % tickets
  const customers = customersOf(ticket)
  const author = customers[Math.floor(n / tickets) % perTicket] ?? ''
  const mail = {
    from: `Carol <${author}>`,
    to: box,
    cc: customers.filter((each) => each !== author),
    subject: `Printer ${String(ticket)}`,
    messageId: `<nemeses-${String(n)}@customer.test>`,
    text: `It still burns, ${marker(n)}.`,
    headers: n === ticket ? {} : { 'In-Reply-To': `<nemeses-${String(ticket)}@customer.test>` },
  }
  const refusedBy = (): Promise<string[]> =>
    server.deliver(mail, { ehlo: 'dmarc-pass.test' }).then(
      ({ refused }) => refused,
      (error: Error) => {
        if (!error.message.startsWith('refused')) throw error
        return [box]
      },
    )
  while ((await refusedBy()).includes(box)) await delay(300)
}

async function numberAnew(folder: string): Promise<void> {
  const validity = String(1_000_000 + draw(1_000_000_000))
  await server.dovecot.doveadm('mailbox', 'update', '-u', box, '--uid-validity', validity, folder)
}

/** What may befall the desk while it works; each is over before the next begins. */
const nemeses: readonly (readonly [string, (desktop: Desktop) => Promise<void>])[] = [
  [
    'killed',
    async (desktop) => {
      await end(desktop, 'SIGKILL')
      await delay(draw(2_000))
      begin(desktop)
    },
  ],
  [
    'ended',
    async (desktop) => {
      await end(desktop, 'SIGTERM')
      await delay(draw(2_000))
      begin(desktop)
    },
  ],
  [
    'stopped',
    async ({ running }) => {
      running?.signal('SIGSTOP')
      await delay(1_000 + draw(10_000))
      running?.signal('SIGCONT')
    },
  ],
  [
    'silent',
    async ({ proxies }) => {
      const proxy = pick(proxies)
      const release = proxy.hold()
      await delay(1_000 + draw(10_000))
      // What hung may never be answered: the connection is gone, as after a change of network.
      if (draw(2) === 0) proxy.dropAll()
      release()
    },
  ],
  [
    'server restarted',
    async () => {
      await server.dovecot.halt()
      await delay(draw(2_000))
      await server.dovecot.start()
    },
  ],
  ['journal numbered anew', () => numberAnew(journalFolder)],
  ['INBOX numbered anew', () => numberAnew('INBOX')],
]

/** A change by some agent, or not: a desktop that is stopped in the middle of a write lets nobody else write. */
async function isDone(desktop: Desktop, ...words: string[]): Promise<boolean> {
  const { code, printed } = await runCommand(desktop, ...words)
  if (code !== 0 && !printed.includes('"refused"')) {
    throw new Error(`${words.join(' ')}: ${printed}`)
  }
  return code === 0
}

async function until(is: () => Promise<boolean>): Promise<boolean> {
  const limit = performance.now() + settleMs
  while (!(await is())) {
    if (performance.now() > limit) return false
    await delay(500)
  }
  return true
}

/**
 * How often Ben was told of each of these. A mailbox that goes down before it has answered gets the same mail again from
 * its mail server: such copies carry the same queue id.
 */
async function told(markers: readonly string[]): Promise<number[]> {
  const raw = await server.mailbox('ben@desk.test')
  return markers.map((each) => {
    const copies = raw.filter((mail) => mail.includes(each))
    return new Set(copies.map((mail, n) => /\sid (\w+-\w+-\w+)/u.exec(mail)?.[1] ?? n)).size
  })
}

/** What this desktop knows of the notices and duties that are open, for the message of a failure. */
async function openOn({ profile }: Desktop): Promise<unknown> {
  const db = await openDatabase(profile)
  const items = await db.read.all(
    `SELECT state, attempts, dutyKey, nextAt, lastReply,
       (SELECT count(*) FROM receipt r WHERE r.messageId = o.messageId) AS receipts
     FROM outbox_item o WHERE state <> 'sent'`,
  )
  const duties = await db.read.all('SELECT * FROM duty')
  const latest = await db.read.all(
    'SELECT kind, body FROM journal_event ORDER BY uid DESC, rowid DESC LIMIT 8',
  )
  await db.close()
  return { items, duties, latest }
}

interface Read {
  readonly digest: string
  readonly events: number
  readonly claims: number
  /** Duties that more than one event says were done. */
  readonly twice: readonly string[]
}

async function read(desktop: Desktop): Promise<Read> {
  await command(desktop, 'sync')
  const { digest } = JSON.parse(await command(desktop, 'hash')) as { digest: string }
  const db = await openDatabase(desktop.profile)
  const whole = await db.read.all('PRAGMA integrity_check')
  expect(whole).toEqual([{ integrity_check: 'ok' }])
  const count = async (where: string): Promise<number> =>
    (await db.read.first<{ n: number }>(`SELECT count(*) AS n FROM journal_event WHERE ${where}`))
      ?.n ?? 0
  const events = await count('1')
  const claims = await count("kind = 'duty.claimed'")
  const twice = await db.read.all<{ duty: string }>(
    `SELECT body ->> 'duty' || ' ' || (body ->> 'sourceId') AS duty FROM journal_event
     WHERE kind = 'duty.done' GROUP BY ticketId, duty HAVING count(*) > 1`,
  )
  await db.close()
  return { digest, events, claims, twice: twice.map(({ duty }) => duty) }
}

/** Customers, agents and nemeses at once. @returns what Ben must have been told of, and how the hour went */
async function play(): Promise<{ markers: string[]; changes: number; fates: string }> {
  const happened = new Map<string, number>()
  const markers: string[] = []
  let changes = 0
  let isOver = false
  const befall = async (): Promise<void> => {
    const limit = performance.now() + seconds * 1_000
    for (let n = draw(nemeses.length); performance.now() < limit; n += 1) {
      const [name, strike] = nemeses[n % nemeses.length] ?? pick(nemeses)
      await strike(pick(desktops))
      happened.set(name, (happened.get(name) ?? 0) + 1)
      await delay(500 + draw(2_000))
    }
  }
  const customers = async (): Promise<void> => {
    for (let n = tickets; !isOver; n += 1) {
      await write(n)
      markers.push(marker(n))
      await delay(1_000)
    }
  }
  const agents = async (): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      // Ben is told of Ada's notes, so hers are counted.
      if (n % 3 === 0) {
        const word = `${canary}-${String(n)}-end`
        if (await isDone(ada, 'note', pick(ticketKeys), '--body', word)) markers.push(word)
      } else {
        const status = pick(['open', 'pending', 'solved'])
        if (await isDone(pick(desktops), 'status', pick(ticketKeys), status)) changes += 1
      }
      await delay(500)
    }
  }
  const nemesis = befall().finally(() => {
    isOver = true
  })
  await Promise.all([nemesis, customers(), agents()])
  const fates = [...happened].map(([name, n]) => `${name} ${String(n)}`).join(', ')
  return { markers, changes, fates }
}

it('tell each follower of each mail once and end alike, whatever befalls them', async () => {
  for (const desktop of desktops) begin(desktop)
  const { markers, changes, fates } = await play()
  const overAt = performance.now()
  await until(async () => (await told(markers)).every((times) => times > 0))
  const settled = Math.round((performance.now() - overAt) / 100) / 10
  // A late second copy would come from a desktop that was stopped or cut off in the middle.
  await delay(10_000)
  for (const desktop of desktops) await end(desktop, 'SIGTERM')
  const times = await told(markers)
  process.stdout.write(
    `seed ${String(seed)}: ${String(count)} desktops, ${String(seconds)} s; ${String(markers.length)} mails and notes, ` +
      `${String(changes)} changes; ${fates}; all told ${String(settled)} s after\n`,
  )
  const wrong = markers.flatMap((each, n) =>
    times[n] === 1 ? [] : [`${each}: ${String(times[n])}`],
  )
  const open = wrong.length === 0 ? '' : JSON.stringify(await Promise.all(desktops.map(openOn)))
  expect(wrong, open).toEqual([])

  let all: Read[] = []
  const agree = async (): Promise<boolean> => {
    all = []
    for (const desktop of desktops) all.push(await read(desktop))
    return new Set(all.map(({ digest, events }) => `${digest} ${String(events)}`)).size === 1
  }
  const areOne = await until(agree)
  const left = areOne ? '' : JSON.stringify(await Promise.all(desktops.map(openOn)))
  expect(areOne, `${JSON.stringify(all)} ${left}`).toBe(true)
  process.stdout.write(
    `${String(all[0]?.events)} events, ${String(all[0]?.claims)} of them claims; one hash\n`,
  )
  expect(all.flatMap(({ twice }) => twice)).toEqual([])

  const outside = await server.outbox()
  for (const customer of everybody) outside.push(...(await server.mailbox(customer)))
  expect(outside.filter((raw) => raw.includes(canary))).toEqual([])
})
