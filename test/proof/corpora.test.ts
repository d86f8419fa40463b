// Every mail of the public collections goes through a real mail server into a real desk: each is accounted for, nothing
// is answered, and looking again changes nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseMail } from '#main/mail/parse'
import type { Comment } from '#shared/model/message'
import { hasCorpora, readCorpora } from '../support/corpora'
import { startDesk, startDeskServer, type Desk } from '../support/startDesk'
import type { MailServer } from '../support/servers/startMailServer'

const mailbox = 'help1@desk.test'
const begin = Date.UTC(2026, 0, 5)
/** Far enough apart that no sender of the collections is a flood by accident. */
const step = 4 * 60_000

type Row = { data: string | null; isOwnId: number; problem: string | null }

function becameOf({ data, problem, isOwnId }: Row): string {
  if (isOwnId === 1) return 'own mail'
  if (data === null) return 'missing'
  const comment = JSON.parse(data) as Comment
  if (comment.kind === 'system') return comment.because
  if (problem !== null) return `${comment.visibility}, with a problem`
  return comment.visibility === 'held' ? `held: ${comment.because}` : comment.visibility
}

async function account(desk: Desk): Promise<Record<string, number>> {
  const rows = await desk.core.db.read.all<Row>(
    `SELECT m.fact ->> '$.isOwnId' AS isOwnId, m.fact ->> '$.problem' AS problem,
       (SELECT c.data FROM comment c WHERE c.ticketId = m.ticketId AND c.data ->> '$.mailId' = m.id) AS data
     FROM message m`,
  )
  const counts: Record<string, number> = {}
  for (const row of rows) counts[becameOf(row)] = (counts[becameOf(row)] ?? 0) + 1
  return counts
}

const numberOf = async (desk: Desk, sql: string): Promise<number> =>
  (await desk.core.db.read.first<{ n: number }>(sql))?.n ?? -1

describe.skipIf(!hasCorpora)('public corpora (../shared/corpora)', () => {
  const mails = readCorpora()
  let server: MailServer
  const desks: Desk[] = []
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 50)

  const openDesk = async (): Promise<Desk> => {
    const desk = await startDesk({ server, mailbox, policy: { acknowledge: true } })
    desks.push(desk)
    return desk
  }
  const firstDesk = (): Desk => {
    const [desk] = desks
    if (desk === undefined) throw new Error('the first proof made no desk')
    return desk
  }

  beforeAll(async () => {
    server = await startDeskServer()
    const stored = mails.map(({ raw }, n) => ({ raw, flags: 'S', receivedAt: begin + n * step }))
    await server.inject(mailbox, 'INBOX', stored)
  })
  afterAll(async () => {
    clearInterval(watch)
    for (const desk of desks) await desk.stop()
    await server.stop()
  })

  it('accounts for every mail, answers none, and stays small', async () => {
    const before = process.memoryUsage.rss()
    const desk = await openDesk()
    const start = performance.now()
    const pass = await desk.engine.syncOnce()
    const seconds = (performance.now() - start) / 1_000
    const counts = await account(desk)
    const located = await numberOf(desk, 'SELECT count(*) AS n FROM message_location')
    const grown = (peak - before) / 2 ** 20
    process.stderr.write(
      `corpora: ${String(mails.length)} mails, ${String(pass.pulled)} different, in ${seconds.toFixed(1)} s, ` +
        `memory +${grown.toFixed(0)} MiB: ${JSON.stringify(counts)}\n`,
    )
    expect(located).toBe(mails.length)
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(pass.pulled)
    expect(counts['missing']).toBeUndefined()
    expect(await numberOf(desk, 'SELECT count(*) AS n FROM outbox_item')).toBe(0)
    expect(pass).toMatchObject({ sent: 0, failed: 0, uncertain: 0 })
    expect(await server.outbox()).toEqual([])
    expect(await server.mailbox(mailbox, 'Sent')).toEqual([])
    expect(grown).toBeLessThan(512)
  })

  it('opens no ticket for a bounce or an automatic mail', async () => {
    const opened = await numberOf(
      firstDesk(),
      `SELECT count(*) AS n FROM ticket t
       WHERE EXISTS (SELECT 1 FROM participant p WHERE p.ticketId = t.id)
         AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.ticketId = t.id AND c.data ->> '$.kind' <> 'system')`,
    )
    expect(opened).toBe(0)
  })

  it('changes nothing in a second pass, nor on a second desktop', async () => {
    const desk = firstDesk()
    const first = await desk.engine.hash()
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0, sent: 0 })
    expect(await desk.engine.hash()).toEqual(first)
    const other = await openDesk()
    await other.engine.syncOnce()
    expect(await other.engine.hash()).toEqual(first)
  })

  it('reads an LF and a CRLF copy of a mail alike', () => {
    let compared = 0
    for (const { name, raw } of mails) {
      const lf = raw.toString('latin1').replaceAll('\r\n', '\n')
      // A CR of its own means something else in each of them, and in UTF-16 a line end is two other bytes.
      if (lf.includes('\r') || lf.includes('\0')) continue
      const [one, other] = [lf, lf.replaceAll('\n', '\r\n')].map((text) => {
        const parsed = parseMail(Buffer.from(text, 'latin1'))
        return { ...parsed, attachments: parsed.attachments.map((file) => ({ ...file, size: 0 })) }
      })
      expect([name, one]).toEqual([name, other])
      compared += 1
    }
    process.stderr.write(`corpora: ${String(compared)} mails alike as LF and CRLF\n`)
    expect(compared).toBeGreaterThan(1_000)
  })
})
