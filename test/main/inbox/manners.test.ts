// Servers as they are: without extensions, with wrong numbers, lying, tired or silent. A1 to A28 are the rows of the
// catalogue of IMAP failures (reliability.md §2A). Where each is proved:
//   A1, A5, A26 (deleted)  pull.test.ts: "nothing twice after UIDVALIDITY has changed", "keep what was deleted"
//   A2, A6 to A9, A13, A14, A18 to A25, A28  here; A7: every one of 64 sets with IMAP_SETS=all
//   A3, A4                 proof/imapCuts.test.ts; pull.test.ts: "goes on where the connection was cut"
//   A10 to A12, A15        importMail.test.ts: "the same copy", "reuses a Message-ID", "without Message-ID", "stores what
//                          cannot be read"; proof/corpora.test.ts: the same on a second desktop
//   A16                    here (no hierarchy); imap.test.ts: "finds Sent by its special use"
//   A17                    journal/journal.test.ts: "notices a deleted folder"
//   A21                    here, and pull.test.ts: "asks for the password once"
//   A25                    here; mail/connect.test.ts: PREAUTH without TLS, words said before TLS
//   A19, A22, A23, A27     on a real server: dovecot.test.ts (quota, a server that is stopped, a gap of weeks)
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { findCursor } from '#main/db/cursors'
import { createWatch } from '#main/inbox/watch'
import { connectImap } from '#main/mail/imap'
import { createParsePool } from '#main/mail/parsePool'
import type { AppError } from '#shared/ipc/errors'
import { aMail } from '#support/feedMails'
import { inSet } from '#support/servers/imapGrammar'
import {
  startScriptedImap,
  type Script,
  type ScriptedImap,
  type ScriptedMail,
} from '#support/servers/scriptedImap'
import { startDesk, type Desk } from '#support/startDesk'

const desks: Desk[] = []
const servers: ScriptedImap[] = []
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop()
  for (const server of servers.splice(0)) await server.stop()
})

const mailbox = 'help@desk.test'
const mailOf = (n: number, uid = n, text = `Body ${String(n)}`): ScriptedMail => ({
  uid,
  raw: Buffer.from(
    aMail({
      from: `Carol <carol${String(n % 5)}@customer.test>`,
      to: mailbox,
      subject: `Number ${String(n)}`,
      messageId: `<${String(n)}@customer.test>`,
      date: new Date(Date.UTC(2026, 0, 5, 10, n)),
      text,
      headers: n % 3 === 2 ? { 'In-Reply-To': `<${String(n - 1)}@customer.test>` } : {},
    }),
  ),
  internalDate: `05-Jan-2026 10:${String(n % 60).padStart(2, '0')}:00 +0000`,
})
const mailsOf = (uids: readonly number[]): ScriptedMail[] =>
  uids.map((uid, at) => mailOf(at + 1, uid))
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1)

async function serve(script: Script, mails: ScriptedMail[] = mailsOf(upTo(9))) {
  const server = await startScriptedImap(script)
  servers.push(server)
  inbox(server).mails = mails
  return server
}

function inbox(server: ScriptedImap) {
  const folder = server.folders.get('INBOX')
  if (folder === undefined) throw new Error('no INBOX')
  return folder
}

async function open(server: ScriptedImap): Promise<Desk> {
  const desk = await startDesk({ mailbox, imapPort: server.port })
  desks.push(desk)
  return desk
}

const subjects = async (desk: Desk): Promise<string[]> =>
  (
    await desk.core.db.read.all<{ subject: string }>(
      'SELECT subject FROM message ORDER BY receivedAt',
    )
  ).map(({ subject }) => subject)
const numbers = (count: number): string[] => upTo(count).map((n) => `Number ${String(n)}`)
const cursorOf = (desk: Desk) => findCursor(desk.core.db.read, desk.account.id, 'INBOX')

async function until(check: () => Promise<boolean> | boolean, ms = 30_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await delay(30)
  }
}

/** Passes until one goes through; fails after so many. @returns how many failed before */
async function persist(desk: Desk, most = 12): Promise<number> {
  for (let failed = 0; failed < most; failed += 1) {
    const error = await desk.engine.syncOnce().then(
      () => null,
      (reason: AppError) => reason,
    )
    if (error === null) return failed
    expect(['offline', 'refused']).toContain(error.code)
  }
  throw new Error('no pass went through')
}

const extensions = ['IDLE', 'CONDSTORE', 'UIDPLUS', 'MOVE', 'SPECIAL-USE', 'NAMESPACE'] as const
/** IMAP_SETS=all: each of the 64 sets, else none, one alone, and all. */
const areAll = process.env['IMAP_SETS'] === 'all'
const setsMs = areAll ? 1_800_000 : 300_000

describe('A7: a server that lacks extensions', () => {
  it('leads to the same desk with each set of them', { timeout: setsMs }, async () => {
    const sets = Array.from({ length: 2 ** extensions.length }, (_, bits) =>
      extensions.filter((_name, at) => (bits >> at) % 2 === 1),
    ).filter(({ length }) => areAll || [0, 1, extensions.length].includes(length))
    const found = new Set<string>()
    for (const capabilities of sets) {
      const server = await serve({ capabilities })
      const desk = await open(server)
      expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
      expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
      // The journal has been written and read as well.
      const journal = [...server.folders].find(([path]) => /journal/i.test(path))
      expect(journal?.[1].mails.length).toBeGreaterThan(0)
      found.add(JSON.stringify(await desk.engine.hash()))
      await desks.pop()?.stop()
      await servers.pop()?.stop()
    }
    expect(found.size).toBe(1)
  })

  it('has none and no hierarchy either: one flat folder for the journal (A16)', async () => {
    const server = await serve({ capabilities: [], delimiter: null })
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
    expect([...server.folders.keys()]).toContain('Copydesk-Journal')
    expect([...server.folders.keys()].filter((path) => /sent/i.test(path))).toEqual(['Sent'])
  })

  it('keeps to the Sent folder that another program has renamed (A16)', async () => {
    const server = await serve({ capabilities: ['SPECIAL-USE'] })
    const desk = await open(server)
    await desk.engine.syncOnce()
    const sent = server.folders.get('Sent')
    if (sent === undefined) throw new Error('no Sent')
    server.folders.delete('Sent')
    server.folders.set('Envoy&AOk-s &- autres', sent)
    sent.mails.push(mailOf(10, 1))
    const from = server.lines.length
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 1 })
    expect(await subjects(desk)).toEqual(numbers(10))
    expect(server.lines.slice(from).filter((line) => / CREATE /i.test(line))).toEqual([])
  })

  it('has no IDLE: new mail is still met, by asking', async () => {
    const server = await serve({ capabilities: [] })
    const desk = await open(server)
    await desk.engine.start()
    await until(async () => (await subjects(desk)).length === 9)
    await until(() => server.lines.some((line) => / SELECT "?INBOX/i.test(line)))
    server.deliver('INBOX', mailOf(10))
    desk.engine.wake()
    await until(async () => (await subjects(desk)).includes('Number 10'))
    expect(server.lines.filter((line) => / IDLE$/i.test(line))).toEqual([])
  })

  it('refuses the IDLE that it announces: news are still heard of, by asking', async () => {
    const server = await serve({
      capabilities: ['IDLE'],
      onCommand: ({ name, tag, session }) => {
        if (name === 'IDLE') session.say(`${tag} NO not today\r\n`)
        if (name === 'NOOP') session.say(`* ${String(inbox(server).mails.length)} EXISTS\r\n`)
        return name === 'IDLE'
      },
    })
    const { account } = await open(server)
    const imap = await connectImap({ ...account.imap, password: 'pass' })
    await imap.openFolder('INBOX')
    let news = 0
    const watch = imap.idle(() => (news += 1), 200)
    await until(() => server.lines.some((line) => / IDLE$/i.test(line)))
    inbox(server).mails.push(mailOf(10))
    await until(() => news > 0)
    watch.stop()
    await imap.close()
  })
})

describe('A2, A8, A9: numbers that are wrong', () => {
  it.each([
    ['UIDVALIDITY 0', 0],
    ['no UIDVALIDITY', null],
  ] as const)('%s: every pass walks the folder, nothing comes twice', async (_, uidValidity) => {
    const server = await serve({})
    inbox(server).uidValidity = uidValidity
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
    // Renumbered in silence: without UIDVALIDITY nobody could tell.
    inbox(server).mails = mailsOf(upTo(9)).map((mail) => ({ ...mail, uid: mail.uid + 40 }))
    inbox(server).mails.unshift(mailOf(10, 3))
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 1 })
    expect(await subjects(desk)).toEqual(numbers(10))
  })

  it('UIDs with gaps of a million up to the highest there is', async () => {
    const uids = [1, 2, 1_000_002, 2_000_002, 4_000_000_000, 4_294_967_294, 4_294_967_295]
    const server = await serve({}, mailsOf(uids))
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 7 })
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
    expect(await subjects(desk)).toEqual(numbers(7))
    expect(await cursorOf(desk)).toMatchObject({ topUid: 4_294_967_295, floorUid: 1 })
    // Bounded work: no command names the numbers between, and no gap is asked for piece by piece.
    expect(Math.max(...server.lines.map((line) => line.length))).toBeLessThan(500)
    expect(server.lines.filter((line) => line.includes('UID SEARCH')).length).toBeLessThan(30)
  })

  it('a large folder is never listed at once, so that the first screen does not wait for it', async () => {
    const server = await serve({}, mailsOf([1, 2_500, 2_999, 3_000, 3_001, 4_999, 5_000]))
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 7 })
    expect(await cursorOf(desk)).toMatchObject({ topUid: 5_000, floorUid: 1 })
    const asked = server.lines
      .map((line) => /UID SEARCH UID (\d+):(\d+)$/i.exec(line.trim()) ?? [])
      .filter((found) => found.length > 0)
      .map(([, from, to]) => [Number(from), Number(to)])
    expect(asked[0]).toEqual([3_001, 5_000])
    // Down to the first mail, without a hole.
    expect(asked.slice(1).map(([, to]) => to)).toEqual(
      asked.slice(0, -1).map(([from]) => Number(from) - 1),
    )
    expect(asked.at(-1)?.[0]).toBe(1)
  })

  it.each([
    ['too low', 3],
    ['too high', 5_000],
    ['absent', null],
    ['zero', 0],
  ] as const)('UIDNEXT %s', async (_, uidNext) => {
    const server = await serve({})
    inbox(server).uidNext = uidNext
    const desk = await open(server)
    await desk.engine.syncOnce()
    inbox(server).mails.push(mailOf(10))
    await desk.engine.syncOnce()
    if (uidNext === 5_000) inbox(server).mails.push(mailOf(11, 5_000))
    await desk.engine.syncOnce()
    const expected = uidNext === 5_000 ? [...numbers(9), 'Number 11'] : numbers(10)
    expect(await subjects(desk)).toEqual(expect.arrayContaining(expected))
  })

  it('CONDSTORE announced, and a folder that has none of it', async () => {
    const server = await serve({
      capabilities: ['CONDSTORE'],
      onCommand: ({ name, session, tag, words }) => {
        if (name !== 'SELECT' || String(words[0]) !== 'INBOX') return false
        session.say('* OK [NOMODSEQ] none\r\n')
        return tag === ''
      },
    })
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
  })

  it('A28: an old copy of the mailbox is put back, and UIDs are used again', async () => {
    const server = await serve({})
    const desk = await open(server)
    await desk.engine.syncOnce()
    inbox(server).mails = [...mailsOf(upTo(5)), mailOf(10, 6)]
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 1 })
    // What the server no longer has stays here.
    expect(await subjects(desk)).toEqual(numbers(10))
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
  })

  it('A18: INTERNALDATE and Date from 1970, 2099 or nowhere', async () => {
    const mails = mailsOf(upTo(4))
    const dates = ['01-Jan-1970 00:00:00 +0000', '31-Dec-2099 23:59:59 +0000', 'rubbish', '']
    dates.forEach((internalDate, at) => Object.assign(mails[at] ?? {}, { internalDate }))
    const desk = await open(await serve({}, mails))
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 4 })
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
  })
})

/** Item of a FETCH answer that announces `size` and holds `bytes`. */
const literal = (size: string, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`BODY[]<0> {${size}}\r\n`), bytes])

describe('A14, A15: one mail that cannot be fetched', () => {
  it.each([
    ['longer than it is', (part: Buffer) => literal(String(part.length + 4_000), part)],
    ['of 2^63 bytes', (part: Buffer) => literal('9223372036854775808', part)],
    ['of 5 GB', (part: Buffer) => literal('5000000000', part)],
    ['of a negative size', (part: Buffer) => literal('-5', part)],
  ] as const)('a literal %s is set aside after three tries; the others come', async (_, lie) => {
    const server = await serve({
      bodyOf: (mail, part, session) => {
        if (mail.uid !== 5) return undefined
        // A server that has promised more than it has ends the connection at last.
        setTimeout(() => session.socket.destroy(), 50)
        return lie(part)
      },
    })
    const desk = await open(server)
    const others = numbers(9).filter((one) => one !== 'Number 5')
    // Three tries, each of which may end late or early.
    for (let n = 0; n < 9; n += 1) {
      await desk.engine.syncOnce().catch(() => undefined)
      if (n >= 2 && (await subjects(desk)).length >= others.length) break
    }
    expect(await subjects(desk)).toEqual(others)
    inbox(server).mails.push(mailOf(10))
    await persist(desk)
    expect(await subjects(desk)).toContain('Number 10')
    const [account] = (await desk.engine.activity()).accounts
    expect(account).toMatchObject({ state: 'online' })
    expect(account?.problem).toContain('1 mail')
  })

  it('shorter than it is: the rest of it is not taken for answers', async () => {
    const evil = '* 99 FETCH (UID 99 BODY[]<0> {3}\r\nabc)\r\n'
    const server = await serve({
      bodyOf: (mail, part) =>
        mail.uid === 5
          ? literal('10', Buffer.concat([part.subarray(0, 10), Buffer.from(`)\r\n${evil}`)]))
          : undefined,
    })
    const desk = await open(server)
    await persist(desk)
    expect((await subjects(desk)).filter((one) => one.startsWith('Number'))).toEqual(
      expect.arrayContaining(numbers(9).filter((one) => one !== 'Number 5')),
    )
    const uids = await desk.core.db.read.all('SELECT uid FROM message_location WHERE uid = 99')
    expect(uids).toEqual([])
  })

  it('the connection ends each time it is due, until the server is mended', async () => {
    let isBroken = true
    const server = await serve({
      bodyOf: (mail, _part, session) => {
        if (mail.uid === 4 && isBroken) session.socket.destroy()
        return undefined
      },
    })
    let now = Date.now()
    const desk = await startDesk({ mailbox, imapPort: server.port, now: () => now })
    desks.push(desk)
    expect(await persist(desk)).toBe(3)
    expect(await subjects(desk)).toHaveLength(8)
    isBroken = false
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
    now += 25 * 3_600_000
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 1 })
    expect(await subjects(desk)).toEqual(numbers(9))
    expect((await desk.engine.activity()).accounts[0]?.problem).toBe('')
  })

  it('NO to a FETCH that names it, as some servers answer for a damaged mail', async () => {
    const server = await serve({
      onCommand: ({ name, words, tag, session }) => {
        const uids = inbox(server).mails.map(({ uid }) => uid)
        const set = String(words[0])
        if (name !== 'UID FETCH' || !inSet(set, uids).includes(6)) return false
        session.say(`${tag} NO [SERVERBUG] message 6 is corrupt\r\n`)
        return true
      },
    })
    const desk = await open(server)
    for (let n = 0; n < 40; n += 1) {
      const done = await desk.engine.syncOnce().then(
        () => true,
        () => false,
      )
      if (done) break
    }
    expect(await subjects(desk)).toEqual(numbers(9).filter((one) => one !== 'Number 6'))
  })
})

describe('A6, A25: what the server says unasked', () => {
  it('EXPUNGE, EXISTS and flags of others in the middle of a FETCH', async () => {
    const server = await serve({})
    let isDone = false
    server.script = {
      onCommand: ({ name, session }) => {
        if (name !== 'UID FETCH' || isDone) return false
        isDone = true
        inbox(server).mails.shift()
        session.say('* 1 EXPUNGE\r\n* 9 EXISTS\r\n* 2 FETCH (FLAGS (\\Flagged))\r\n')
        return false
      },
    }
    const desk = await open(server)
    await desk.engine.syncOnce()
    expect(await subjects(desk)).toEqual(numbers(9).slice(1))
    const rows = await desk.core.db.read.all<{ uid: number }>(
      "SELECT uid FROM message_location WHERE folder = 'INBOX' ORDER BY uid",
    )
    expect(rows.map(({ uid }) => uid)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    // Numbers that shift are never used: every command that names mails is a UID command.
    expect(
      server.lines.filter((line) => /^\S+ (?:FETCH|SEARCH|STORE|COPY|MOVE) /i.test(line)),
    ).toEqual([])
  })

  it('answers to commands that nobody gave, and to the next one before it was given', async () => {
    const server = await serve({
      onCommand: ({ session, tag }) => {
        const next = (Number.parseInt(tag, 16) + 1).toString(16).toUpperCase()
        session.say(`ZZ9 NO who is that\r\n${next} OK done already\r\n`)
        return false
      },
    })
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
    expect(await subjects(desk)).toEqual(numbers(9))
  })

  it('a line without an end: the connection is given up, not the memory', async () => {
    let isEndless = true
    let said = 0
    const part = Buffer.alloc(1_048_576, 'x')
    const server = await serve({
      onCommand: async ({ session: { socket, say }, name }) => {
        if (name !== 'SELECT' || !isEndless) return false
        say('* OK ')
        for (; said < 400 && !socket.destroyed; said += 1) {
          if (!socket.write(part)) {
            await new Promise((done) => socket.once('drain', done).once('close', done))
          }
        }
        return true
      },
    })
    const desk = await open(server)
    expect(await desk.engine.syncOnce().catch(({ code }: AppError) => code)).toBe('offline')
    process.stderr.write(`a line without an end: given up after ${String(said)} MiB\n`)
    expect(said).toBeLessThan(64)
    isEndless = false
    await persist(desk)
    expect(await subjects(desk)).toEqual(numbers(9))
  })

  it('a flood of untagged lines before each answer', async () => {
    const server = await serve({
      onCommand: ({ session, name }) => {
        if (name === 'SELECT') session.say('* OK still here\r\n'.repeat(20_000))
        return false
      },
    })
    const desk = await open(server)
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 9 })
  })
})

describe('A13: a mail of 200 MB', () => {
  it('is read by its beginning and its text, in little memory', async () => {
    const large = 200 * 1_048_576
    const mail = mailOf(5)
    mail.size = large
    const header = mail.raw.subarray(0, mail.raw.indexOf('\r\n\r\n') + 4)
    const mails = mailsOf(upTo(9)).map((one) => (one.uid === 5 ? mail : one))
    const server = await serve(
      {
        bodyOf: ({ uid }, _part, _session, item) => {
          const [, section = '', start = '0', wanted = '0'] =
            /\[([^\]]*)\]<(\d+)\.(\d+)>/.exec(item) ?? []
          if (uid !== 5) return undefined
          const from = Number(start)
          const filler = Buffer.alloc(Math.min(Number(wanted), large - from), 'many words \r\n')
          if (section === '' && from === 0) header.copy(filler)
          return Buffer.concat([
            Buffer.from(`BODY[${section}]<${start}> {${String(filler.length)}}\r\n`),
            filler,
          ])
        },
      },
      mails,
    )
    const desk = await open(server)
    const before = process.memoryUsage.rss()
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 10)
    await desk.engine.syncOnce()
    clearInterval(watch)
    expect(await subjects(desk)).toEqual(numbers(9))
    const grown = (peak - before) / 1_048_576
    process.stderr.write(`a mail of 200 MB: memory +${grown.toFixed(0)} MiB\n`)
    expect(grown).toBeLessThan(200)
  })
})

describe('A19, A24: writing', () => {
  const journalOf = (server: ScriptedImap) =>
    [...server.folders].find(([path]) => /journal/i.test(path))?.[1].mails ?? []

  it('a full mailbox is said, and nothing is lost when there is room again', async () => {
    const server = await serve({})
    let isFull = true
    server.script = {
      capabilities: ['UIDPLUS'],
      onCommand: ({ name, tag, session }) => {
        if (name !== 'APPEND' || !isFull) return false
        session.say(`${tag} NO [OVERQUOTA] Quota exceeded\r\n`)
        return true
      },
    }
    const desk = await open(server)
    const error = await desk.engine.syncOnce().then(
      () => undefined,
      (reason: AppError) => reason,
    )
    expect(error).toMatchObject({ code: 'refused' })
    expect(error?.message).toContain('full')
    isFull = false
    await desk.engine.syncOnce()
    const unpushed = 'SELECT count(*) AS n FROM journal_event WHERE uid IS NULL'
    expect(await desk.core.db.read.first(unpushed)).toEqual({ n: 0 })
    expect(journalOf(server).length).toBeGreaterThan(0)
  })

  it('stored, but the answer was lost: looked for, and not stored again', async () => {
    const server = await serve({})
    let cuts = 0
    server.script = {
      onCommand: ({ name, words, session }) => {
        if (name !== 'APPEND' || cuts >= 2) return false
        cuts += 1
        const folder = server.folders.get(String(words[0]))
        const raw = Buffer.from(String(words.at(-1)), 'latin1')
        folder?.mails.push({ uid: folder.mails.length + 1, raw })
        session.socket.destroy()
        return true
      },
    }
    const desk = await open(server)
    for (let n = 0; n < 5; n += 1) await desk.engine.syncOnce().catch(() => undefined)
    expect(cuts).toBeGreaterThan(0)
    const bodies = journalOf(server).map(({ raw }) => raw.toString('latin1').split('\r\n\r\n')[1])
    expect(bodies.length).toBeGreaterThan(0)
    expect(new Set(bodies).size).toBe(bodies.length)
    const unpushed = 'SELECT count(*) AS n FROM journal_event WHERE uid IS NULL'
    expect(await desk.core.db.read.first(unpushed)).toEqual({ n: 0 })
  })
})

describe('A20 to A23: a server that is tired, silent or has changed its mind', () => {
  it('too many connections: no storm, and on as soon as there is room', async () => {
    const server = await serve({ greeting: '* BYE Too many connections' })
    const desk = await open(server)
    await desk.engine.start()
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'waiting')
    await delay(4_000)
    // One for mail and one for the journal, each waiting longer after each failure.
    expect(server.connections()).toBeLessThan(20)
    server.script = {}
    await until(async () => (await subjects(desk)).length === 9)
  })

  it.each(['[THROTTLED] slow down', '[LIMIT] too many commands', '[UNAVAILABLE] later'])(
    'NO %s to a FETCH casts suspicion on no mail',
    async (words) => {
      const server = await serve({})
      let left = 2
      server.script = {
        onCommand: ({ name, tag, session }) => {
          if (name !== 'UID FETCH' || left === 0) return false
          left -= 1
          session.say(`${tag} NO ${words}\r\n`)
          return true
        },
      }
      const desk = await open(server)
      await persist(desk)
      expect(await subjects(desk)).toEqual(numbers(9))
      expect(await desk.core.db.read.all('SELECT * FROM suspect_mail')).toEqual([])
    },
  )

  it('is never asked by more than three connections at once', async () => {
    const server = await serve({ capabilities: ['IDLE'] })
    const desk = await open(server)
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, server.open().length)
    }, 2)
    await desk.engine.start()
    await until(async () => (await subjects(desk)).length === 9)
    for (let n = 10; n < 16; n += 1) {
      server.deliver('INBOX', mailOf(n))
      desk.engine.wake()
      await until(async () => (await subjects(desk)).length === n)
    }
    clearInterval(watch)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(3)
  })

  it('a password that is revoked while connected is asked for once, without trying on', async () => {
    const server = await serve({ capabilities: ['IDLE'] })
    const desk = await open(server)
    await desk.engine.start()
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'online')
    server.script = {
      onCommand: ({ name, tag, session }) => {
        if (name !== 'LOGIN') return false
        session.say(`${tag} NO [AUTHENTICATIONFAILED] no more\r\n`)
        return true
      },
    }
    const before = server.connections()
    for (const { socket } of server.open()) socket.destroy()
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'needs-password')
    await delay(2_500)
    expect(server.connections() - before).toBeLessThanOrEqual(3)
  })

  it('a connection that dies in silence is found by the watchdog, and on waking from sleep', async () => {
    const server = await serve({ capabilities: ['IDLE'] })
    const desk = await open(server)
    const pool = createParsePool()
    const watch = createWatch(desk.core, {
      account: desk.account,
      pool,
      imapSettings: () => Promise.resolve({ ...desk.account.imap, password: 'pass' }),
      onActivity: () => undefined,
      onPulled: () => undefined,
      watchdogMs: 300,
    })
    watch.start()
    await until(async () => (await subjects(desk)).length === 9)
    await until(() => server.lines.some((line) => / IDLE$/i.test(line)))
    const deaf = new Set(server.open())
    server.script = { capabilities: ['IDLE'], onCommand: ({ session }) => deaf.has(session) }
    inbox(server).mails.push(mailOf(10))
    await until(async () => (await subjects(desk)).includes('Number 10'))
    await until(() => server.lines.filter((line) => / IDLE$/i.test(line)).length > 1)
    for (const session of server.open()) deaf.add(session)
    inbox(server).mails.push(mailOf(11))
    watch.wake()
    await until(async () => (await subjects(desk)).includes('Number 11'))
    await watch.stop()
    await pool.stop()
  })
})
