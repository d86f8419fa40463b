// Who does a duty, decided on a real Dovecot by desktops that race: exactly one, and somebody else once its lease is over.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '#main/engine'
import type { MailServer } from '#support/servers/startMailServer'
import {
  memorySecrets,
  startDesk,
  startDeskServer,
  temporaryProfile,
  type Desk,
} from '#support/startDesk'

const races = Number(process.env['CLAIM_RACES'] ?? 20)
let server: MailServer
let ada: Desk
let others: Engine[]
let later = 0

async function further(): Promise<Engine> {
  const now = (): number => Date.now() + later
  const engine = await createEngine({
    profile: await temporaryProfile(),
    secrets: memorySecrets(),
    now,
  })
  const box = ada.account.address
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
  return engine
}

beforeAll(async () => {
  server = await startDeskServer()
  ada = await startDesk({ server })
  await ada.engine.journal.passOnce()
  others = [await further(), await further()]
})
afterAll(async () => {
  for (const engine of others) await engine.stop()
  await ada.stop()
  await server.stop()
})

describe('claims', () => {
  it('give each duty to exactly one of the desktops that race for it', async () => {
    const desktops = [ada.engine, ...others]
    for (let race = 0; race < races; race += 1) {
      const key = `notice:race-${String(race)}`
      const won = await Promise.all(desktops.map((each) => each.journal.claim([key])))
      expect(
        won.filter((keys) => keys.has(key)),
        key,
      ).toHaveLength(1)
    }
  })

  it('keep a duty until the lease is over, then give it to the next who asks', async () => {
    const [one, two] = others as [Engine, Engine]
    const key = 'notice:lease'
    expect((await ada.engine.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await ada.engine.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await one.journal.claim([key], 60_000)).size).toBe(0)
    later = 90_000
    // The server's clock, not ours, says whether a take-over came after the lease: this one is too early to count.
    expect((await two.journal.claim([key], 60_000)).size).toBe(0)
    later = 0
    expect((await ada.engine.journal.claim([key], 60_000)).has(key)).toBe(true)
  })

  it('pass a duty on when its short lease has run out by the server’s own clock', async () => {
    const [one] = others as [Engine]
    const key = 'notice:expired'
    expect((await ada.engine.journal.claim([key], 1_000)).has(key)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await one.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await ada.engine.journal.claim([key], 60_000)).size).toBe(0)
  })
})
