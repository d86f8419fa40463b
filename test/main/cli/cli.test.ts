// The command line as scripts see it: a process with arguments, one JSON value and an exit code.
import { execFile, spawn } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { aMail } from '#support/feedMails'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDeskServer } from '#support/startDesk'

const root = resolve(import.meta.dirname, '../../..')
// A copy of the build: another run may build again meanwhile. Beside node_modules, which it needs.
const built = join(root, 'node_modules', '.cache', `cli-${String(process.pid)}`)
const cli = join(built, 'cli.cjs')
let server: MailServer
let home: string

interface Result {
  readonly code: number
  readonly value: unknown
  readonly stdout: string
  readonly stderr: string
}

const environment = () => ({
  ...process.env,
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_DATA_HOME: join(home, 'data'),
  COPYDESK_PASSWORD: '',
})

/** A desk on the command line: a profile and its mailbox. */
interface Profile {
  readonly mailbox: string
  readonly profile: string
  readonly run: (...args: string[]) => Promise<Result>
}

function read(code: number, stdout: string, stderr: string): Result {
  let value: unknown
  try {
    value = JSON.parse(stdout)
  } catch {
    value = undefined
  }
  return { code, value, stdout, stderr }
}

function call(args: readonly string[], input = ''): Promise<Result> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { env: environment(), maxBuffer: 50_000_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        done(read(code, stdout, stderr))
      },
    )
    child.stdin?.end(input)
  })
}

const configOf = (mailbox: string, more: object = {}) => ({
  account: {
    address: mailbox,
    aliases: [],
    name: 'Desk',
    imap: server.imapSettings(mailbox),
    smtp: server.smtpSettings(mailbox),
  },
  agent: { name: 'Ada Agent', address: 'ada@desk.test', role: 'admin' },
  directory: [
    { name: 'Ben Bright', address: 'ben@desk.test', role: 'agent', groups: ['Printers'] },
  ],
  policy: 'workestra',
  trustedAuthservIds: ['mx.desk.test'],
  ...more,
})

async function setUp(mailbox = freshMailbox()): Promise<Profile> {
  const profile = await mkdtemp(join(home, 'p-'))
  const run = (...args: string[]) => call([...args, '--profile', profile, '--json'])
  const config = join(profile, 'config.json')
  await writeFile(config, JSON.stringify(configOf(mailbox)))
  const result = await run('setup', '--config', config)
  if (result.code !== 0) throw new Error(result.stdout + result.stderr)
  return { mailbox, profile, run }
}

beforeAll(async () => {
  // Builds first when the sources are newer.
  await promisify(execFile)(process.execPath, ['build/cli.mjs', 'help'], { cwd: root })
  await cp(join(root, 'out', 'main'), built, { recursive: true })
  home = await mkdtemp(join(tmpdir(), 'cd-cli-'))
  server = await startDeskServer()
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await rm(home, { recursive: true, force: true })
  await rm(built, { recursive: true, force: true })
})

const row = z.strictObject({
  id: z.string(),
  key: z.string().regex(/^[0-9A-Z]{6}$/),
  subject: z.string(),
  status: z.enum(['new', 'open', 'pending', 'solved', 'closed']),
  requester: z.string().nullable(),
  assignee: z.string().nullable(),
  group: z.string().nullable(),
  ccs: z.array(z.string()),
  followers: z.array(z.string()),
  unread: z.boolean(),
  held: z.number(),
  updatedAt: z.number(),
  revision: z.number(),
})
const participant = z.object({
  address: z.string(),
  role: z.enum(['requester', 'cc', 'follower']),
  muted: z.boolean(),
  level: z.string().nullable(),
  origin: z.object({
    kind: z.string(),
    by: z.string(),
    at: z.number(),
    messageId: z.string().nullable(),
  }),
})
const skipped = z.array(z.object({ address: z.string(), because: z.string() }))
const shown = z.object({
  ticket: row,
  comments: z.array(
    z.object({
      id: z.string(),
      author: z.string(),
      authorRole: z.string(),
      visibility: z.enum(['public', 'private', 'held']),
      because: z.string(),
      flags: z.array(z.string()),
      text: z.string(),
      audience: z.array(z.string()),
      at: z.number(),
    }),
  ),
  participants: z.array(participant),
  suggestions: z.array(z.object({ address: z.string(), because: z.string() })),
  notAdded: z.array(z.object({ address: z.string(), because: z.string() })),
  audit: z.array(z.object({ at: z.number(), by: z.string(), what: z.string() })),
  deliveries: z.array(
    z.object({
      kind: z.string(),
      to: z.array(z.string()),
      cc: z.array(z.string()),
      state: z.string(),
      messageId: z.string(),
      skipped,
    }),
  ),
})
const queued = z.object({
  commentId: z.string(),
  deliveries: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string() })),
})
const synced = z.strictObject({
  pulled: z.number(),
  events: z.number(),
  pushed: z.number(),
  sent: z.number(),
  failed: z.number(),
  uncertain: z.number(),
})
const planned = z.object({
  mails: z.array(
    z.object({
      kind: z.string(),
      to: z.array(z.string()),
      cc: z.array(z.string()),
      messageId: z.string(),
    }),
  ),
  skipped,
  audienceChange: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    newDomains: z.array(z.string()),
  }),
})
const problem = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string().regex(/\.$/),
    detail: z.record(z.string(), z.unknown()),
  }),
})

describe('the command line', () => {
  it('takes a ticket from the first mail to the answer, every output in its shape', async () => {
    const { mailbox, run } = await setUp()
    await server.deliver(
      {
        from: 'Carol <carol@customer.test>',
        to: mailbox,
        cc: 'dave@customer.test',
        subject: 'Printer',
        text: 'It burns.',
      },
      { to: [mailbox], ehlo: 'dmarc-pass.test' },
    )
    await server.waitForMail(mailbox, (raw) => raw.includes('It burns.'))
    const good = async <T extends z.ZodType>(schema: T, ...args: string[]) => {
      const { code, value, stdout, stderr } = await run(...args)
      if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`)
      return schema.parse(value)
    }
    expect(await good(synced, 'sync')).toMatchObject({ pulled: 1, sent: 0 })
    const [ticket] = await good(z.array(row), 'tickets', '--view', 'all', '--limit', '5')
    expect(ticket).toMatchObject({
      subject: 'Printer',
      requester: 'carol@customer.test',
      ccs: ['dave@customer.test'],
      unread: true,
    })
    const key = ticket?.key ?? ''
    expect(await good(z.array(row), 'tickets', '--query', 'burns')).toHaveLength(1)
    expect(await good(z.array(row), 'tickets', '--query', 'unheard')).toHaveLength(0)
    const people = await good(z.array(participant), 'cc', 'add', key, 'Erin <erin@customer.test>')
    expect(people.map((each) => each.role)).toEqual(['requester', 'cc', 'cc'])
    await good(z.array(participant), 'cc', 'mute', key, 'erin@customer.test')
    await good(z.array(participant), 'cc', 'unmute', key, 'erin@customer.test')
    await good(z.array(participant), 'cc', 'remove', key, 'erin@customer.test')
    await good(z.array(participant), 'follow', key, 'ben@desk.test', '--level', 'public')
    expect(await good(planned, 'plan', key, '--public')).toMatchObject({
      mails: [
        { kind: 'public', to: ['carol@customer.test'], cc: ['dave@customer.test'] },
        { kind: 'follower', to: ['ben@desk.test'] },
      ],
    })
    expect((await good(queued, 'reply', key, '--body', 'Water!')).deliveries).toHaveLength(2)
    await good(queued, 'note', key, '--body', 'He does this often.')
    await good(queued, 'private', key, '--to', 'dave@customer.test', '--body', 'Is it true?')
    await good(row, 'assign', key, 'ben@desk.test')
    await good(row, 'status', key, 'pending')
    expect(await good(row, 'group', key, 'Printers')).toMatchObject({ group: 'Printers' })
    expect(await good(row, 'group', key)).toMatchObject({ group: null })
    await good(z.array(participant), 'unfollow', key, 'ben@desk.test')
    const waiting = await good(z.array(z.object({ state: z.string() })), 'outbox')
    expect(waiting.every((item) => item.state === 'queued')).toBe(true)
    // And the mail that tells Ben, the assignee, of the status (participants.md §5).
    expect(await good(synced, 'sync')).toMatchObject({ sent: waiting.length + 1, failed: 0 })
    const detail = await good(shown, 'show', key.toLowerCase())
    expect(detail.deliveries).toHaveLength(waiting.length + 1)
    expect(detail.deliveries.at(-1)).toMatchObject({ kind: 'follower', to: ['ben@desk.test'] })
    expect(detail.comments.map((c) => c.visibility).sort()).toEqual([
      'private',
      'private',
      'public',
      'public',
    ])
    expect(detail.deliveries.every((each) => each.state === 'sent')).toBe(true)
    const made = await good(
      row,
      'new',
      ...['--requester', 'vera@vendor.test', '--subject', 'Order', '--body', 'Please send ink.'],
      ...['--cc', 'pat@partner.test'],
    )
    expect(made).toMatchObject({ requester: 'vera@vendor.test', ccs: ['pat@partner.test'] })
    await good(row, 'requester', made.key, 'erin@customer.test')
    await good(row, 'merge', made.key, key)
    const policy = await good(z.record(z.string(), z.unknown()), 'policy', 'set', 'ccLimit=5')
    expect(String(policy['ccLimit'])).toBe('5')
    await good(z.unknown(), 'policy', 'preset', 'zendesk')
    await good(z.array(z.object({ address: z.string() })), 'directory', 'list')
    await good(z.strictObject({ tickets: z.number(), digest: z.string().length(64) }), 'hash')
  }, 120_000)

  it('ends with 1 and one error for what is refused, with 2 for wrong usage', async () => {
    const { run, profile } = await setUp()
    const refused: [string[], string][] = [
      [['show', 'ZZZZZZ'], 'not-found'],
      [['reply', 'ZZZZZZ', '--body', 'x'], 'not-found'],
      [['outbox', 'retry', 'none'], 'not-found'],
      [['policy', 'set', 'ccLimit=99'], 'invalid-input'],
      [['policy', 'set', 'nonsense=1'], 'invalid-input'],
      [['directory', 'remove', 'ada@desk.test'], 'refused'],
      [['new', '--requester', 'x', '--subject', 's', '--body', 'b'], 'invalid-input'],
      [['setup', '--config', '/nowhere.json'], 'invalid-input'],
    ]
    for (const [args, code] of refused) {
      const result = await run(...args)
      expect([args, result.code]).toEqual([args, 1])
      expect(problem.parse(result.value).error.code).toBe(code)
    }
    const wrong = [
      ['nonsense'],
      ['show'],
      ['tickets', '--limit', 'many'],
      ['tickets', '--view', 'none'],
      ['sync', '--frobnicate'],
      ['status', 'ZZZZZZ', 'sleeping'],
      ['new', '--subject', 's'],
      ['cc', 'add', 'ZZZZZZ'],
    ]
    for (const args of wrong) {
      const result = await run(...args)
      expect([args, result.code, result.stdout]).toEqual([args, 2, ''])
      expect(result.stderr).toContain('copydesk:')
    }
    const bad = await call(
      ['setup', '--config', '-', '--profile', profile],
      JSON.stringify({ ...configOf('help1@desk.test'), agent: { name: '' } }),
    )
    expect(bad.code).toBe(1)
    expect(problem.parse(bad.value).error.detail).toMatchObject({ field: 'agent.name' })
  }, 120_000)

  it('keeps a second one off a profile that is in use, and serve stops on SIGTERM', async () => {
    const { run, profile, mailbox } = await setUp()
    const child = spawn(process.execPath, [cli, 'serve', '--profile', profile], {
      env: environment(),
      stdio: 'ignore',
    })
    const ended = new Promise<number | null>((done) => child.once('exit', done))
    await server.deliver({ from: 'carol@customer.test', to: mailbox, subject: 'Served' })
    const end = Date.now() + 30_000
    const list = async () => z.array(row).parse((await run('tickets')).value)
    while ((await list()).length === 0 && Date.now() < end) await delay(200)
    expect(await list()).toHaveLength(1)
    const second = await run('sync')
    expect(second.code).toBe(1)
    expect(problem.parse(second.value).error.message).toContain('Another Copydesk')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect((await run('sync')).code).toBe(0)
  })
})

describe('a sync that is killed', () => {
  it('ten times at any moment comes to the same hash as an undisturbed one', async () => {
    const mailbox = freshMailbox()
    const mails = Array.from({ length: 600 }, (_, n) => ({
      raw: aMail({
        from: `Carol <carol${String(n % 9)}@customer.test>`,
        to: mailbox,
        subject: `Number ${String(n)}`,
        messageId: `<kill${String(n)}@customer.test>`,
        headers: n % 3 === 0 ? {} : { 'In-Reply-To': `<kill${String(n - 1)}@customer.test>` },
      }),
      flags: 'S',
      receivedAt: Date.UTC(2026, 0, 5) + n * 60_000,
    }))
    await server.inject(mailbox, 'INBOX', mails)
    const calm = await setUp(mailbox)
    const begin = Date.now()
    expect(synced.parse((await calm.run('sync')).value).pulled).toBe(600)
    const whole = Date.now() - begin
    const disturbed = await setUp(mailbox)
    let killed = 0
    for (let n = 0; n < 10; n += 1) {
      const child = spawn(process.execPath, [cli, 'sync', '--profile', disturbed.profile], {
        env: environment(),
        stdio: 'ignore',
      })
      const ended = new Promise<void>((done) => {
        child.once('exit', (_code, signal) => {
          if (signal === 'SIGKILL') killed += 1
          done()
        })
      })
      await delay(whole * (0.3 + Math.random() * 0.6))
      child.kill('SIGKILL')
      await ended
    }
    expect(killed).toBeGreaterThanOrEqual(2)
    expect((await disturbed.run('sync')).code).toBe(0)
    expect((await disturbed.run('hash')).value).toEqual((await calm.run('hash')).value)
  }, 180_000)
})
