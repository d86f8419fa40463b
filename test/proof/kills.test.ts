// `copydesk sync` killed with SIGKILL at random moments while replies leave: in the end each recipient has each mail
// exactly once and the database is whole. KILLS: how many; KILL_SEED: when; KILL_SIDE: desks at a time.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '#main/db/open'
import { listItems } from '#main/db/outbox'
import { queueReply } from '#main/outbox/queueComment'
import { aMail, feed } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const cli = resolve(import.meta.dirname, '../../out/main/cli.cjs')
const wanted = Number(process.env.KILLS ?? 300)
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000_007)
const perDesk = 24
/** A desk whose every run is killed goes on so often; the rest may go in peace. */
const killsPerDesk = 30
/** A desk that waits for receipts leaves the machine to the others. */
const side = Number(process.env.KILL_SIDE ?? 3)
const customer = 'carol@customer.test'

let server: MailServer

beforeAll(async () => {
  if (!existsSync(cli)) throw new Error('build first: npm run build')
  server = await startDeskServer()
})
afterAll(async () => {
  await server.stop()
})

let state = seed >>> 0
function draw(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 4_294_967_296
}

/** Runs one `sync` to its end, or kills it after `ms`. Returns its exit code; null when it was killed. */
function sync(desk: Desk, args: readonly string[], ms: number): Promise<number | null> {
  const child = spawn(process.execPath, [cli, 'sync', ...args, '--profile', desk.profile], {
    env: {
      ...process.env,
      COPYDESK_PASSWORD: 'pass',
      XDG_CONFIG_HOME: join(desk.profile, 'config'),
    },
    stdio: 'ignore',
  })
  const timer = ms === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), ms)
  return new Promise((done) => {
    child.on('exit', (code) => {
      clearTimeout(timer)
      done(code)
    })
  })
}

let replies = 0
let desks = 0
async function prepare(): Promise<Desk> {
  const desk = await startDesk({
    server,
    // Two desks founded in one mailbox at the same moment become one, under one key.
    mailbox: `help${String((desks++ % 59) + 1)}@desk.test`,
    receiptWaitMs: 8_000,
  })
  const mails = Array.from({ length: perDesk }, (_, n) => ({
    raw: aMail({
      from: `Carol <${customer}>`,
      to: desk.account.address,
      cc: ['Dave <dave@customer.test>'],
      subject: `Kill ${String(replies)}.${String(n)}`,
      text: 'Hello?',
    }),
    at: Date.now() - (n + 1) * 3_600_000,
  }))
  await feed(desk, mails)
  const rows = await desk.core.db.read.all<{ id: string }>(
    'SELECT id FROM ticket WHERE requesterAddress IS NOT NULL',
  )
  for (const { id } of rows) {
    replies += 1
    await queueReply(desk.core, {
      id: `kill-${String(replies)}`,
      ticketId: id,
      visibility: 'public',
      text: 'Short.',
      audience: [],
      seenRevision: null,
      status: null,
    })
  }
  await desk.engine.stop()
  return desk
}

async function copiesIn(user: string): Promise<Map<string, number>> {
  const copies = new Map<string, number>()
  for (const raw of await server.mailbox(user)) {
    const id = /^Message-ID: <(cd\.[^>]+)>/im.exec(raw)?.[1]
    if (id !== undefined) copies.set(id, (copies.get(id) ?? 0) + 1)
  }
  return copies
}

it('loses nothing and repeats nothing however often it is killed', async () => {
  const probe = await prepare()
  const startedAt = performance.now()
  expect(await sync(probe, [], Infinity)).toBe(0)
  const whole = performance.now() - startedAt
  process.stdout.write(
    `seed ${String(seed)}: ${String(wanted)} kills, an unharmed run takes ${String(Math.round(whole))} ms\n`,
  )
  const score = { kills: 0, mails: 0, lost: 0, twice: 0, open: 0 }
  const settle = async (desk: Desk): Promise<void> => {
    expect(await sync(desk, ['--wait'], Infinity)).toBe(0)
    await delay(500)
    const db = await openDatabase(desk.profile)
    expect(await db.read.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    const items = await listItems(db.read)
    await db.close()
    const [carol, dave] = [await copiesIn(customer), await copiesIn('dave@customer.test')]
    for (const { kind, messageId, state: end } of items) {
      score.mails += 1
      if (end !== 'sent') score.open += 1
      // What the desk itself has to tell colleagues goes to neither.
      if (kind !== 'public') continue
      for (const copies of [carol.get(messageId) ?? 0, dave.get(messageId) ?? 0]) {
        if (copies === 0) score.lost += 1
        if (copies > 1) score.twice += 1
      }
    }
  }
  await settle(probe)
  await Promise.all(
    Array.from({ length: side }, async () => {
      while (score.kills < wanted) {
        const desk = await prepare()
        // Until nothing is left to send.
        for (let n = 0; n < killsPerDesk; n += 1) {
          const code = await sync(desk, [], whole * (0.2 + 0.8 * draw()))
          if (code === 0) break
          score.kills += 1
        }
        await settle(desk)
      }
    }),
  )
  process.stdout.write(`${JSON.stringify(score)}\n`)
  expect(score).toMatchObject({ lost: 0, twice: 0, open: 0 })
})
