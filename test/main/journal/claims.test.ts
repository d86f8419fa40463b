// Who does a duty, decided on a real Dovecot by desktops that race: exactly one, and somebody else once its lease is over.
// CLAIM_RACES sets how many duties are raced for on each kind of mailbox.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listClaims } from '#main/db/journalFolder'
import { claimDuties } from '#main/journal/claims'
import { createServerClock, type ServerClock } from '#main/journal/serverClock'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import { holderOf } from '#shared/rules/claims'
import { joinDesk, journalFolder, keyOfDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const races = Number(process.env['CLAIM_RACES'] ?? 1_000)
/** So many duties come up at once, as after a night in which no agent was there. */
const atOnce = 20
const hour = 3_600_000

describe.each(['maildir', 'sdbox'] as const)('claims in a %s', (format) => {
  let server: MailServer
  let desks: Desk[]
  /** An hour fast and an hour slow. */
  const skewed: Desk[] = []
  let connections: ImapConnection[]
  let clocks: ServerClock[]
  let later = 0

  beforeAll(async () => {
    server = await startDeskServer({ format })
    const ada = await startDesk({ server })
    await ada.engine.journal.passOnce()
    desks = [ada]
    const now = (): number => Date.now() + later
    while (desks.length < 4) desks.push(await joinDesk(ada, { server, now }))
    for (const skew of [hour, -hour]) {
      const clock = { skew: 0 }
      skewed.push(await joinDesk(ada, { server, now: () => Date.now() + clock.skew }))
      clock.skew = skew
    }
    clocks = desks.map(({ core }) => createServerClock(core.now))
    const settings = server.imapSettings(ada.account.address)
    connections = await Promise.all(desks.map(() => connectImap(settings)))
  })
  afterAll(async () => {
    for (const imap of connections) await imap.close()
    for (const desk of [...desks, ...skewed]) await desk.stop()
    await server.stop()
  })

  /** The duties that one desktop wins when it asks for these in two pieces, over a connection it keeps. */
  async function race(index: number, keys: readonly string[]): Promise<string[]> {
    const desk = desks[index]!
    const mailbox = desk.account.address
    const imap = connections[index]!
    const { core } = desk
    const clock = clocks[index]!
    const deps = { core, imap, key: keyOfDesk(desk), folder: journalFolder, mailbox, clock }
    // Each begins elsewhere in the list, so that none wins all of it.
    const from = Math.floor((index * keys.length) / desks.length)
    const order = [...keys.slice(from), ...keys.slice(0, from)]
    const half = Math.ceil(order.length / 2)
    const first = await claimDuties(deps, order.slice(0, half))
    const second = await claimDuties(deps, order.slice(half))
    return [...first.mine.keys(), ...second.mine.keys()]
  }

  it(
    'give each duty to exactly one of the desktops that race for it',
    { timeout: 60_000 + races * 1_000 },
    async () => {
      const owners = new Map<string, number>()
      for (let done = 0; done < races; done += atOnce) {
        const keys = Array.from({ length: Math.min(atOnce, races - done) }, (_, n) => {
          return `notice:race-${String(done + n)}`
        })
        const won = await Promise.all(desks.map((_, index) => race(index, keys)))
        won.forEach((list, index) => {
          for (const key of list) {
            if (owners.has(key)) expect.fail(`${key} has two owners`)
            owners.set(key, index)
          }
        })
      }
      expect(owners.size).toBe(races)
      let contested = 0
      for (const [index, { core, engine }] of desks.entries()) {
        await engine.journal.passOnce()
        const claims = await listClaims(core.db.read, [...owners.keys()])
        const devices = desks.map((desk) => keyOfDesk(desk).device)
        for (const [key, owner] of owners) {
          const all = claims.get(key) ?? []
          expect(holderOf(all)?.device).toBe(devices[owner])
          if (index === 0 && new Set(all.map(({ device }) => device)).size > 1) contested += 1
        }
      }
      process.stdout.write(
        `${format}: ${String(races)} duties, ${String(contested)} of them claimed by several desktops\n`,
      )
      expect(contested).toBeGreaterThan(races / 4)
    },
  )

  it('keep a duty until the lease is over, then give it to the next who asks', async () => {
    const [ada, one, two] = desks.map(({ engine }) => engine)
    const key = 'notice:lease'
    expect((await ada!.journal.claim([key], 60_000)).mine.has(key)).toBe(true)
    expect((await ada!.journal.claim([key], 60_000)).mine.has(key)).toBe(true)
    expect((await one!.journal.claim([key], 60_000)).mine.size).toBe(0)
    later = 90_000
    // The server's clock, not ours, says whether a take-over came after the lease: this one is too early to count.
    expect((await two!.journal.claim([key], 60_000)).mine.size).toBe(0)
    later = 0
    expect((await ada!.journal.claim([key], 60_000)).mine.has(key)).toBe(true)
  })

  it('pass a duty on when its short lease has run out by the server’s own clock', async () => {
    const [ada, one] = desks.map(({ engine }) => engine)
    const key = 'notice:expired'
    expect((await ada!.journal.claim([key], 1_000)).mine.has(key)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await one!.journal.claim([key], 60_000)).mine.has(key)).toBe(true)
    expect((await ada!.journal.claim([key], 60_000)).mine.size).toBe(0)
  })

  /** How many claims of this duty lie in the folder. */
  async function claimsOf(key: string): Promise<number> {
    const [ada] = desks
    await ada!.engine.journal.passOnce()
    return (await listClaims(ada!.core.db.read, [key])).get(key)?.length ?? 0
  }

  it('ask a desktop whose clock is wrong for one claim, which tells it the server’s time, and then for none too many', async () => {
    const keys = ['notice:skewed', 'notice:skewed-too']
    const ask = ({ engine }: Desk) => engine.journal.claim(keys, 60_000)
    const [ada] = desks
    expect([...(await ask(ada!)).mine.keys()]).toEqual(keys)
    for (const desk of skewed) {
      for (let n = 0; n < 3; n += 1) {
        const { mine, others } = await ask(desk)
        expect(mine.size).toBe(0)
        for (const key of keys) {
          expect(others.get(key)).toBeGreaterThan(0)
          expect(others.get(key)).toBeLessThanOrEqual(61_000)
        }
      }
    }
    expect(await Promise.all(keys.map(claimsOf))).toEqual([3, 1])
    // Whoever has them need not write that to know it.
    expect((await ask(ada!)).mine.get(keys[0]!)).toBeLessThan(60_000)
    expect(await Promise.all(keys.map(claimsOf))).toEqual([3, 1])
  })

  it.each([
    ['fast', 0],
    ['slow', 1],
  ])(
    'let a desktop whose clock is an hour %s take over when a lease is over',
    async (name, index) => {
      const key = `notice:over-${name}`
      const { journal } = skewed[index]!.engine
      expect((await desks[0]!.engine.journal.claim([key], 3_000)).mine.has(key)).toBe(true)
      expect((await journal.claim([key], 60_000)).mine.size).toBe(0)
      await new Promise((resolve) => setTimeout(resolve, 5_500))
      expect((await journal.claim([key], 60_000)).mine.has(key)).toBe(true)
      expect((await desks[0]!.engine.journal.claim([key], 60_000)).mine.size).toBe(0)
    },
  )
})
