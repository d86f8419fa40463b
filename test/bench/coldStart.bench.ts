// A new desktop on a desk whose journal holds BENCH_EVENTS (20,000) events of a tenth as many tickets, packed as a desk in use
// has it: from connecting to all events being stored and judged. The bare check of as many signatures, measured on the last segment, stands beside it. Then
// the cost of a pass that finds nothing, and of one that finds one change.
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine } from '#main/engine'
import { encodeBatch } from '#main/journal/codec'
import { readExistingDesk } from '#main/journal/join'
import { isSignedBy } from '#main/journal/signing'
import type { SignedEvent } from '#shared/model/batch'
import { appendEvents, journalFolder, keyOfDesk, signedBy, withImap } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'
import { print, ratio, seconds } from './report'

const count = Number(process.env['BENCH_EVENTS'] ?? 20_000)
const segment = 5_000

let server: MailServer
let ada: Desk
/** Some of the events, to see what checking one costs. */
let sample: SignedEvent[]

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
  const key = keyOfDesk(ada)
  const head = { from: ada.account.address, mailbox: ada.account.address, at: Date.now() }
  await withImap(server, ada.account.address, async (imap) => {
    for (let from = 0; from < count; from += segment) {
      const part = Array.from({ length: Math.min(segment, count - from) }, (_, n) =>
        signedBy(key, {
          by: ada.agent.address,
          ticketId: `ticket${String((from + n) % Math.ceil(count / 10))}`,
          body: { kind: 'ticket.tagged', tags: [`tag-${String(n % 7)}`] },
        }),
      )
      sample = part
      const packed = encodeBatch(part, { ...head, isPacked: true })
      await imap.append(journalFolder, packed, ['\\Seen'])
    }
  })
})
afterAll(async () => {
  await ada.stop()
  await server.stop()
})

async function timed(work: () => unknown): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

describe('a new desktop', () => {
  it('reads the whole journal', async () => {
    const some = await timed(() => {
      for (const { key, text, signature } of sample) isSignedBy(key, text, signature)
    })
    const floor = (some * count) / sample.length
    const profile = await temporaryProfile()
    const engine = await createEngine({ profile, secrets: memorySecrets() })
    const settings = { ...server.imapSettings(ada.account.address), password: 'pass' }
    const before = process.cpuUsage()
    const cold = await timed(() => readExistingDesk(engine.core, settings))
    const { user, system } = process.cpuUsage(before)
    const row = await engine.core.db.read.first<{ n: number }>(
      'SELECT count(*) AS n FROM journal_event',
    )
    expect(row?.n).toBeGreaterThanOrEqual(count)
    const idle = await timed(() => readExistingDesk(engine.core, settings))
    const event = signedBy(keyOfDesk(ada), {
      by: ada.agent.address,
      ticketId: 'ticket0',
      body: { kind: 'ticket.tagged', tags: ['new'] },
    })
    await appendEvents(server, ada.account.address, [event])
    const one = await timed(() => readExistingDesk(engine.core, settings))
    print(`A new desktop, ${String(count)} events in the journal`, [
      { what: 'checking the signatures one by one', value: seconds(floor) },
      { what: 'reading the journal', value: seconds(cold), beside: ratio(cold, floor) },
      { what: 'processor time for it', value: seconds((user + system) / 1_000) },
      { what: 'a pass that finds nothing', value: seconds(idle) },
      { what: 'a pass that finds one change', value: seconds(one) },
    ])
    await engine.stop()
    await rm(profile, { recursive: true, force: true })
  })
})
