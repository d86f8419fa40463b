// Who does a duty, decided on a real Dovecot by desktops that race: exactly one, and somebody else once its lease is over.
// CLAIM_RACES sets how many duties are raced for on each kind of mailbox.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listClaims } from '#main/db/journalFolder'
import { claimDuties } from '#main/journal/claims'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import { holderOf } from '#shared/rules/claims'
import { joinDesk, journalFolder, keyOfDesk } from '#support/joinDesk'
import type { MailServer } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, type Desk } from '#support/startDesk'

const races = Number(process.env['CLAIM_RACES'] ?? 1_000)
/** So many duties come up at once, as after a night in which no agent was there. */
const atOnce = 20

describe.each(['maildir', 'sdbox'] as const)('claims in a %s', (format) => {
  let server: MailServer
  let desks: Desk[]
  let connections: ImapConnection[]
  let later = 0

  beforeAll(async () => {
    server = await startDeskServer({ format })
    const ada = await startDesk({ server })
    await ada.engine.journal.passOnce()
    desks = [ada]
    const now = (): number => Date.now() + later
    while (desks.length < 4) desks.push(await joinDesk(ada, { server, now }))
    const settings = server.imapSettings(ada.account.address)
    connections = await Promise.all(desks.map(() => connectImap(settings)))
  })
  afterAll(async () => {
    for (const imap of connections) await imap.close()
    for (const desk of desks) await desk.stop()
    await server.stop()
  })

  /** The duties that one desktop wins when it asks for these in two pieces, over a connection it keeps. */
  async function race(index: number, keys: readonly string[]): Promise<string[]> {
    const desk = desks[index]!
    const mailbox = desk.account.address
    const imap = connections[index]!
    const deps = { core: desk.core, imap, key: keyOfDesk(desk), folder: journalFolder, mailbox }
    // Each begins elsewhere in the list, so that none wins all of it.
    const from = Math.floor((index * keys.length) / desks.length)
    const order = [...keys.slice(from), ...keys.slice(0, from)]
    const half = Math.ceil(order.length / 2)
    const first = await claimDuties(deps, order.slice(0, half))
    const second = await claimDuties(deps, order.slice(half))
    return [...first.keys(), ...second.keys()]
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
    expect((await ada!.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await ada!.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await one!.journal.claim([key], 60_000)).size).toBe(0)
    later = 90_000
    // The server's clock, not ours, says whether a take-over came after the lease: this one is too early to count.
    expect((await two!.journal.claim([key], 60_000)).size).toBe(0)
    later = 0
    expect((await ada!.journal.claim([key], 60_000)).has(key)).toBe(true)
  })

  it('pass a duty on when its short lease has run out by the server’s own clock', async () => {
    const [ada, one] = desks.map(({ engine }) => engine)
    const key = 'notice:expired'
    expect((await ada!.journal.claim([key], 1_000)).has(key)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    expect((await one!.journal.claim([key], 60_000)).has(key)).toBe(true)
    expect((await ada!.journal.claim([key], 60_000)).size).toBe(0)
  })
})
