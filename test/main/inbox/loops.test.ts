// Machines that answer machines, on real servers: at most two automatic mails of a desk to any one of them.
import { createConnection, createServer, type Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { rows } from '#support/feedMails'
import type { MailServer, SimpleMail } from '#support/servers/startMailServer'
import { startDesk, startDeskServer, freshMailbox, type Desk } from '#support/startDesk'

let server: MailServer
let door: Server
let doorPort = 0
const desks: Desk[] = []
const proven = { ehlo: 'dmarc-pass.test' }

/** A way to the SMTP server on which every desk counts as proven: only then does it answer at all. */
async function startDoor(target: number): Promise<Server> {
  const opened = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1')
    let isGreeted = false
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1')
      const named = isGreeted ? text : text.replace(/^EHLO \S+/, 'EHLO dmarc-pass.test')
      isGreeted ||= named !== text
      upstream.write(Buffer.from(named, 'latin1'))
    })
    upstream.on('data', (chunk) => client.write(chunk))
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((done) => opened.listen(0, '127.0.0.1', done))
  const address = opened.address()
  if (address === null || typeof address === 'string') throw new Error('the door has no port')
  doorPort = address.port
  return opened
}

beforeAll(async () => {
  server = await startDeskServer()
  door = await startDoor(server.exim.smtpPort)
})
afterAll(async () => {
  await new Promise((done) => door.close(done))
  await server.stop()
})
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop()
})

async function open(mailbox = freshMailbox()): Promise<Desk> {
  const desk = await startDesk({
    server,
    mailbox,
    smtpPort: doorPort,
    policy: { acknowledge: true, statusMailToRequester: true, relayToCcs: true },
  })
  desks.push(desk)
  // Mail of the second in which a desk begins belongs to it; what came before does not.
  await desk.engine.syncOnce()
  return desk
}

/** A field of the header, unfolded (RFC 5322 §2.2.3). */
const headerOf = (raw: string, name: string): string => {
  const head = raw.split(/\r?\n\r?\n/)[0]?.replace(/\r?\n[ \t]+/g, ' ') ?? ''
  return new RegExp(`^${name}:[ \\t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? ''
}
/** What lies in a mailbox, came from this address and says that no person wrote it. */
async function automaticFrom(mailbox: string, from: string): Promise<string[]> {
  return (await server.mailbox(mailbox)).filter(
    (raw) => headerOf(raw, 'From').includes(from) && headerOf(raw, 'Auto-Submitted') !== '',
  )
}

describe('machines that answer', () => {
  it('two desks that acknowledge each other stop at once', async () => {
    const [one, other] = [await open(), await open('dave@customer.test')]
    const [a, b] = [one.account.address, other.account.address]
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      await server.deliver({ from: `Desk <${from}>`, to, subject: 'Your order' }, proven)
      await server.waitForMail(to, (raw) => raw.includes('Your order'))
    }
    for (let round = 0; round < 6; round += 1) {
      for (const desk of [one, other]) await desk.engine.syncOnce()
    }
    const between = [...(await automaticFrom(a, b)), ...(await automaticFrom(b, a))]
    process.stderr.write(`two desks: ${String(between.length)} automatic mails\n`)
    expect(between.length).toBeGreaterThan(0)
    expect(between.length).toBeLessThanOrEqual(2)
    for (const desk of [one, other]) {
      // What a machine wrote stands in nobody's name.
      const asked = (await rows(desk)).filter(({ requester }) => requester !== null)
      expect(asked.map(({ subject }) => subject)).toEqual(['Your order'])
    }
  }, 120_000)

  /** Answers each mail that has come to `who` since, as `answer` words it. */
  async function respond(
    who: string,
    seen: Set<string>,
    answer: (raw: string, n: number) => SimpleMail | null,
  ): Promise<number> {
    let answered = 0
    for (const raw of await server.mailbox(who)) {
      const id = headerOf(raw, 'Message-ID')
      if (seen.has(id)) continue
      seen.add(id)
      const mail = answer(raw, seen.size)
      if (mail === null) continue
      await server.deliver(mail, proven)
      await server.waitForMail(String(mail.to), (one) => one.includes(mail.messageId ?? ''))
      answered += 1
    }
    return answered
  }

  const away = 'I am away until Monday.'
  const kinds: readonly [string, (raw: string) => Record<string, string>][] = [
    ['that says so', () => ({ 'Auto-Submitted': 'auto-replied' })],
    ['that says it the old way', () => ({ Precedence: 'bulk', 'X-Autoreply': 'yes' })],
    ['that hides it and threads', (raw) => ({ 'In-Reply-To': headerOf(raw, 'Message-ID') })],
    ['that hides it and begins anew each time', () => ({})],
  ]
  it.each(kinds)(
    'a vacation responder %s gets two automatic mails at most',
    async (kind, headers) => {
      const desk = await open()
      const carol = kinds.findIndex(([name]) => name === kind) % 2 === 0 ? 'carol' : 'erin'
      const who = `${carol}@customer.test`
      const seen = new Set((await server.mailbox(who)).map((raw) => headerOf(raw, 'Message-ID')))
      const before = (await automaticFrom(who, desk.account.address)).length
      await server.deliver({ from: who, to: desk.account.address, subject: 'Help' }, proven)
      await server.waitForMail(desk.account.address, (raw) => raw.includes('Subject: Help'))
      // Until nothing has come to answer for a while.
      for (let round = 0, calm = 0; calm < 8 && round < 60; round += 1) {
        await desk.engine.syncOnce()
        const answered = await respond(who, seen, (raw, n) => ({
          from: who,
          to: desk.account.address,
          subject: `Your letter ${String(n)}`,
          text: away,
          messageId: `<away${String(n)}.${String(round)}@customer.test>`,
          headers: headers(raw),
        }))
        calm = answered > 0 ? 0 : calm + 1
        if (answered === 0) await delay(150)
      }
      const got = (await automaticFrom(who, desk.account.address)).length - before
      process.stderr.write(`a responder ${kind}: ${String(got)} automatic mails\n`)
      // The last of them looks like a person with a new question each time: there the limit itself holds.
      expect(got).toBe(kind.includes('anew') ? 2 : 1)
    },
    120_000,
  )

  it('a list that puts itself into Reply-To and sends everything back is never answered', async () => {
    const desk = await open()
    const list = 'pat@partner.test'
    const munged = (raw: string, n: number): SimpleMail => ({
      from: 'Carol <carol@customer.test>',
      to: [desk.account.address],
      subject: `[friends] ${headerOf(raw, 'Subject')}`,
      messageId: `<list${String(n)}@partner.test>`,
      headers: {
        'Reply-To': list,
        'List-Id': '<friends.partner.test>',
        Precedence: 'list',
        'In-Reply-To': headerOf(raw, 'Message-ID'),
      },
    })
    const seen = new Set<string>()
    await server.deliver(munged('Subject: Meeting\n\n', 0), proven)
    await server.waitForMail(desk.account.address, (raw) => raw.includes('[friends] Meeting'))
    for (let round = 0; round < 4; round += 1) {
      await desk.engine.syncOnce()
      await respond(list, seen, munged)
    }
    expect(await automaticFrom(list, desk.account.address)).toEqual([])
  }, 120_000)
})
