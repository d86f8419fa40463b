// Answers of IMAP and SMTP servers, mangled on their way: whatever a server says, each call of ours ends, with a value
// or with an error made for people; and an answer that is garbled never makes a mail pass for sent, nor go twice.
// ANSWER_FUZZ says how many conversations of each kind (1,000), FUZZ_SEED repeats a run.
import { createServer, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { connectImap } from '#main/mail/imap'
import { sendMail } from '#main/mail/smtp'
import type { FetchedMail } from '#main/mail/types'
import { AppError } from '#shared/ipc/errors'
import { createRandom, type Random } from '#support/servers/genText'
import { startScriptedImap } from '#support/servers/scriptedImap'

const total = Number(process.env['ANSWER_FUZZ'] ?? 1_000)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const atOnce = 8
const hangMs = 5_000
/** A server that has fallen silent hangs up, so that what is measured is not how long we wait for it. */
const silenceMs = 150

const stops: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const stop of stops) await stop()
})

const words = [
  '{99999999999}',
  '{-1}',
  '{3}',
  '(((((((',
  ')',
  '"',
  '\\',
  'NIL',
  '\0',
  '\x80\xff',
  ' ',
]
const more = [
  '* BYE bye',
  '* OK [ALERT] x',
  '* 4294967296 EXISTS',
  '* 1 EXPUNGE',
  '[UIDVALIDITY 0]',
]
const numbers = [
  '0',
  '-1',
  '4294967296',
  '99999999999999999999',
  '1e9',
  '__proto__',
  'A'.repeat(9_000),
]

/** One change, or some, to the bytes of an answer. Without `isFree` the lines stay as many as they were. */
function mangle(bytes: Buffer, random: Random, isFree: boolean): Buffer {
  let text = bytes.toString('latin1')
  for (let left = random.int(1, 3); left > 0; left -= 1) {
    const at = random.int(0, Math.max(0, text.length - 3))
    const to = Math.min(text.length - 2, at + random.int(1, 12))
    const put = random.pick([...words, ...numbers, ...(isFree ? more : [])])
    const end = isFree && random.int(0, 3) === 0 ? '\r\n' : ''
    const ways = [
      () => text.slice(0, at) + put + end + text.slice(at),
      () => text.slice(0, at) + text.slice(Math.max(at, to)),
      () => text.slice(0, at) + String.fromCharCode(random.int(0, 255)) + text.slice(at + 1),
      () => text.replace(/\d+/, random.pick(numbers)),
      () => (isFree ? text + text : text),
      () => (isFree ? text.slice(0, at) : text),
    ]
    text = random.pick(ways)()
    // A line end of chance would be a further answer.
    if (!isFree) text = `${text.replace(/[\r\n]/g, ' ').trimEnd()}\r\n`
  }
  return Buffer.from(text, 'latin1')
}

interface Hang {
  readonly socket: Socket
  timer: NodeJS.Timeout
}

/** Hangs up when nothing has been said for a while. */
function endInSilence(socket: Socket): Hang {
  const hang: Hang = { socket, timer: setTimeout(() => socket.destroy(), silenceMs) }
  const again = (): void => {
    clearTimeout(hang.timer)
    hang.timer = setTimeout(() => socket.destroy(), silenceMs)
  }
  socket.on('data', again)
  socket.on('close', () => clearTimeout(hang.timer))
  return hang
}

const settings = (port: number) => ({
  host: '127.0.0.1',
  port,
  security: 'none' as const,
  user: 'help@desk.test',
  password: 'secret',
})

async function runAll(what: string, one: (random: Random) => Promise<void>): Promise<void> {
  process.stderr.write(`${what}: ${String(total)} conversations, FUZZ_SEED=${String(seed)}\n`)
  let next = 0
  const start = performance.now()
  let slowest = 0
  const work = async (): Promise<void> => {
    while (next < total) {
      const random = createRandom(seed + (next += 1))
      const began = performance.now()
      await one(random)
      slowest = Math.max(slowest, performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  const seconds = (performance.now() - start) / 1_000
  const peak = process.memoryUsage.rss() / 2 ** 20
  process.stderr.write(
    `${what}: ${seconds.toFixed(0)} s, slowest ${slowest.toFixed(0)} ms, memory ${peak.toFixed(0)} MiB\n`,
  )
  expect(slowest).toBeLessThan(hangMs)
  expect(peak).toBeLessThan(1_024)
}

const mailOf = (n: number) =>
  Buffer.from(
    `From: c${String(n)}@customer.test\r\nMessage-ID: <n${String(n)}@customer.test>\r\n\r\nNumber ${String(n)}\r\n`,
  )

it('IMAP: each call ends with a value or an error for people', async () => {
  const mangled = new WeakMap<Socket, Random>()
  let answers = 0
  const capabilities = ['IDLE', 'UIDPLUS', 'CONDSTORE', 'MOVE', 'SPECIAL-USE']
  const waiting: Random[] = []
  const server = await startScriptedImap({
    capabilities,
    change: (bytes, socket) => {
      let random = mangled.get(socket)
      if (random === undefined) {
        random = waiting.shift()
        if (random === undefined) return bytes
        mangled.set(socket, random)
        endInSilence(socket)
      }
      if (random.int(0, 9) > 0) return bytes
      answers += 1
      return mangle(bytes, random, true)
    },
  })
  stops.push(server.stop)
  const inbox = server.folders.get('INBOX')
  if (inbox === undefined) throw new Error('no INBOX')
  inbox.mails = Array.from({ length: 5 }, (_, n) => ({ uid: n + 1, raw: mailOf(n) }))
  const broken: string[] = []
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppError)) broken.push(`${what}: ${String(error)}`)
      return undefined
    }
  }
  const checkMail = ({ uid, window, flags }: FetchedMail): void => {
    if (!Number.isSafeInteger(uid) || uid < 1) broken.push(`UID ${String(uid)}`)
    if (!Buffer.isBuffer(window) || !Array.isArray(flags)) broken.push('a mail without its bytes')
  }
  await runAll('IMAP', async (random) => {
    waiting.push(random)
    const imap = await attempt('connect', () => connectImap(settings(server.port)))
    if (imap === undefined) return
    await attempt('list', () => imap.listFolders())
    const folder = await attempt('open', () => imap.openFolder('INBOX'))
    if (folder?.uidValidity !== undefined && !/^\d+$/.test(folder.uidValidity ?? '1'))
      broken.push(`UIDVALIDITY ${String(folder.uidValidity)}`)
    await attempt('fetch', () =>
      imap.fetchWindows({ from: 1 }, (mails) => mails.forEach(checkMail)),
    )
    await attempt('structures', () => imap.fetchStructures([1, 2, 3]))
    await attempt('part', () => imap.fetchRawPart(2, '1', 10_000))
    await attempt('flags', () => imap.fetchFlags({ from: 1 }))
    await attempt('search', () => imap.searchMessageId('n1@customer.test'))
    await attempt('append', () => imap.append('Sent', mailOf(9), ['\\Seen']))
    await attempt('status', () => imap.folderStatus('Sent'))
    await attempt('close', () => imap.close())
    server.folders.get('Sent')?.mails.splice(0)
  })
  process.stderr.write(`IMAP: ${String(answers)} answers mangled\n`)
  expect(broken.slice(0, 5)).toEqual([])
  expect(answers).toBeGreaterThan(total / 2)
})

interface Told {
  /** All of the content has arrived. */
  hasContent: boolean
  /** What was said to it. */
  last: string
}

it('SMTP: nothing garbled makes a mail pass for sent, nor go twice', async () => {
  const waiting: { random: Random; told: Told }[] = []
  let answers = 0
  const server = createServer((socket) => {
    const { random, told } = waiting.shift() ?? {
      random: createRandom(1),
      told: { hasContent: false, last: '' },
    }
    endInSilence(socket)
    socket.on('error', () => undefined)
    let isContent = false
    let buffer = ''
    const say = (text: string): string => {
      const isMangled = random.int(0, 5) === 0
      if (isMangled) answers += 1
      const bytes = isMangled
        ? mangle(Buffer.from(`${text}\r\n`), random, false)
        : Buffer.from(`${text}\r\n`)
      if (socket.writable) socket.write(bytes)
      return bytes.toString('latin1')
    }
    const answer = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'EHLO') say(`250-desk.test\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN`)
      else if (verb === 'AUTH') say('235 welcome')
      else if (verb === 'DATA') {
        say('354 go on')
        isContent = true
      } else if (verb === 'QUIT') {
        say('221 bye')
        socket.end()
      } else say(verb === 'RCPT' && random.int(0, 9) === 0 ? '550 nobody' : '250 ok')
    }
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      for (;;) {
        const mark = isContent ? '\r\n.\r\n' : '\r\n'
        const end = buffer.indexOf(mark)
        if (end < 0) return
        const text = buffer.slice(0, end)
        buffer = buffer.slice(end + mark.length)
        if (!isContent) answer(text)
        else {
          isContent = false
          told.hasContent = true
          told.last = say(random.int(0, 3) === 0 ? '451 later' : '250 taken')
        }
      }
    })
    say('220 desk.test ESMTP')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  stops.push(() => new Promise((done) => server.close(done)))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const mail = {
    envelope: {
      from: 'help@desk.test',
      to: ['a@customer.test', 'b@customer.test'],
      receipt: 'help@desk.test',
    },
    bytes: mailOf(1),
  }
  const outcomes: Record<string, number> = {}
  const broken: string[] = []
  await runAll('SMTP', async (random) => {
    const told: Told = { hasContent: false, last: '' }
    waiting.push({ random, told })
    try {
      const { outcome } = await sendMail(settings(address.port), mail, { replyTimeout: 2_000 })
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      const isYes = /^2\d\d[ -]/.test(told.last) || /^2\d\d\r/.test(told.last)
      const isNo = /^[45]/.test(told.last)
      const said = JSON.stringify(told.last.slice(0, 60))
      if (outcome === 'accepted' && !(told.hasContent && isYes))
        broken.push(`accepted after ${said}`)
      // Either would send it once more.
      if (['retry', 'refused'].includes(outcome) && told.hasContent && !isNo)
        broken.push(`${outcome} after ${said}`)
    } catch (error) {
      if (!(error instanceof AppError)) broken.push(String(error))
      else if (told.hasContent) broken.push(`${error.code} after all was sent`)
    }
  })
  process.stderr.write(`SMTP: ${String(answers)} answers mangled: ${JSON.stringify(outcomes)}\n`)
  expect(broken.slice(0, 5)).toEqual([])
  expect(outcomes['accepted']).toBeGreaterThan(0)
  expect(outcomes['uncertain']).toBeGreaterThan(0)
})
