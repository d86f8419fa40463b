// Mutated mail through the parser in its worker threads, as the sync reads it: none crashes one, none hangs one, and what
// comes back keeps its promises. FUZZ_INPUTS says how many (50,000), FUZZ_SEED repeats a run.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, cpSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createParsePool, type ParsePool } from '#main/mail/parsePool'
import type { FetchedMail, ParsedMail } from '#main/mail/types'
import { automaticReason } from '#shared/rules/automatic'
import { readCorpora } from '../support/corpora'
import { hostileMails } from '../support/hostileSeeds'

const total = Number(process.env['FUZZ_INPUTS'] ?? 50_000)
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const hangMs = 2_000
const batch = 200
const maxSeed = 48 * 1024

/** Mulberry32: the same numbers for the same seed everywhere. */
function createRandom(from: number): (below: number) => number {
  let state = from >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const tokens = [
  '\r\n\r\n',
  '\r',
  '\0',
  '--',
  '\r\n--B\r\n',
  '--B--',
  'Content-Type: multipart/mixed; boundary=B\r\n',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'Content-Type: text/plain; charset=utf-7; format=flowed; delsp=yes\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  'Content-Transfer-Encoding: quoted-printable\r\n',
  "name*0*=utf-8''%e2%82; name*1*=%ac; name*99999999999=x",
  '=?utf-8?q?boss=40desk.test?=',
  '=?iso-2022-jp?b?GyRCJDM=?=',
  '=?utf-8?B?====?=',
  'From: "a@b" <c@d>, e@f\r\n',
  'From : x@y\r\n',
  'Message-ID: <>\r\n',
  'References: <a@b> <a@b>\r\n',
  'Authentication-Results: mx; dmarc=pass (((((\r\n',
  'X-Failed-Recipients: a@b.c, ',
  'Subject: Undelivered Mail\r\n',
  '__proto__: x\r\n',
  '<<<<<<<<',
  '((((((((',
  '"\\"\\"',
  '> > > ',
  'On Mon, A <a@b.c> wrote:\r\n',
  '-- \r\n',
  '\u202e\u0000\ufeff',
]

type Random = (below: number) => number

function mutateOnce(bytes: Buffer, random: Random, other: Buffer): Buffer {
  const at = random(bytes.length + 1)
  const end = Math.min(bytes.length, at + 1 + random(64))
  const part = (...pieces: (Buffer | string)[]): Buffer =>
    Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
  const head = bytes.subarray(0, at)
  switch (random(8)) {
    case 0: {
      const copy = Buffer.from(bytes)
      if (at < copy.length) copy[at] = random(256)
      return copy
    }
    case 1:
      return part(head, bytes.subarray(end))
    case 2:
      return part(bytes.subarray(0, end), bytes.subarray(at))
    case 3:
    case 4:
      return part(head, tokens[random(tokens.length)] ?? '', bytes.subarray(at))
    case 5: {
      const piece = bytes.subarray(at, end)
      const times = Math.min(2_000, Math.floor(20_000 / (piece.length + 1)))
      return part(
        head,
        ...Array.from({ length: random(times + 1) }, () => piece),
        bytes.subarray(end),
      )
    }
    case 6:
      return part(head, other.subarray(random(other.length + 1)))
    default:
      return head
  }
}

function mutate(seeds: readonly Buffer[], random: Random): Buffer {
  const pick = (): Buffer => seeds[random(seeds.length)] ?? Buffer.alloc(0)
  let bytes = pick()
  for (let left = 1 + random(8); left > 0; left -= 1) {
    bytes = mutateOnce(bytes, random, pick()).subarray(0, 2 * maxSeed)
  }
  return bytes
}

/** Reasons the parser itself gives; anything else is a mail that broke it. */
const expected = new Set([
  null,
  'header too large',
  'too many parts',
  'no parts in a multipart mail',
])

function complaint(mail: ParsedMail): string | null {
  if (!expected.has(mail.problem)) return `problem: ${mail.problem ?? ''}`
  if (mail.rfcId === '' || /[\s<>]/.test(mail.rfcId)) return 'Message-ID with blanks or brackets'
  if (!/^[0-9a-f]{64}$/.test(mail.digest)) return 'no digest'
  if (mail.freshLength > mail.text.length || mail.freshLength < 0) return 'fresh part too long'
  if (mail.text.includes('\0')) return 'NUL in the text'
  if (mail.preview.length > 160) return 'preview too long'
  const isClean = ({ address }: { address: string }): boolean => !/[\r\n\0]/.test(address)
  if (![...mail.from, ...mail.to, ...mail.cc, ...mail.replyTo].every(isClean)) return 'address'
  if (mail.references.length > 50 || mail.headers.length > 1_000) return 'too much kept'
  // eslint-disable-next-line no-control-regex -- control characters are what is meant
  if (mail.attachments.some(({ name }) => /[/\\\u0000-\u001f\u202a-\u202e]/.test(name)))
    return 'name'
  automaticReason({ headers: mail.headers, marks: mail.marks })
  return null
}

let folder: string
let pool: ParsePool

beforeAll(() => {
  // Builds first when the sources are newer.
  execFileSync(process.execPath, ['build/cli.mjs', 'help'], { cwd: resolve('.'), stdio: 'ignore' })
  folder = mkdtempSync(join(tmpdir(), 'cd-fuzz-'))
  cpSync(resolve('out/main'), folder, { recursive: true })
  pool = createParsePool({ workerFile: join(folder, 'parseWorker.cjs'), size: 2, hangMs })
})
afterAll(async () => {
  await pool.stop()
  rmSync(folder, { recursive: true, force: true })
})

it(
  `reads ${String(total)} mutated mails without a crash or a hang`,
  async () => {
    const corpora = readCorpora().map(({ raw }) => raw.subarray(0, maxSeed))
    const seeds = [...hostileMails.map((raw) => Buffer.from(raw)), ...corpora]
    const random = createRandom(seed)
    process.stderr.write(
      `fuzz: ${String(total)} inputs, ${String(seeds.length)} seeds, FUZZ_SEED=${String(seed)}\n`,
    )
    const start = performance.now()
    const broken: string[] = []
    let slowest = 0
    let done = 0
    let peak = 0
    const one = async (): Promise<void> => {
      const mails: FetchedMail[] = Array.from({ length: Math.min(batch, total - done) }, (_, n) => {
        const window = mutate(seeds, random)
        return { uid: n + 1, flags: [], internalAt: 0, size: window.length, window }
      })
      done += mails.length
      const began = performance.now()
      const parsed = await pool.parse(mails)
      slowest = Math.max(slowest, performance.now() - began)
      peak = Math.max(peak, process.memoryUsage.rss())
      expect(parsed).toHaveLength(mails.length)
      for (const [index, mail] of parsed.entries()) {
        const because = complaint(mail)
        const bytes = mails[index]?.window.toString('base64').slice(0, 4_000) ?? ''
        if (because !== null) broken.push(`${because}: ${bytes}`)
      }
    }
    while (done < total) await Promise.all([one(), one(), one()])
    const seconds = (performance.now() - start) / 1_000
    process.stderr.write(
      `fuzz: ${seconds.toFixed(0)} s, ${(total / seconds).toFixed(0)} a second, ` +
        `slowest batch of ${String(batch)} ${slowest.toFixed(0)} ms, memory ${(peak / 2 ** 20).toFixed(0)} MiB, broken ${String(broken.length)}\n`,
    )
    expect(broken.slice(0, 3)).toEqual([])
    expect(peak).toBeLessThan(1024 * 2 ** 20)
  },
  120 * 60_000,
)
