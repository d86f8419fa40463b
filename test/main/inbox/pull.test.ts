// The sync against a real Dovecot: newest first, resumable at any point, and nothing twice.
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findCursor } from '#main/db/cursors'
import { pullFolder, type PullDeps } from '#main/inbox/pull'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import { createParsePool } from '#main/mail/parsePool'
import type { AppError } from '#shared/ipc/errors'
import { aMail, failure, rows, theTicket } from '#support/feedMails'
import { startFaultProxy, type FaultProxy } from '#support/servers/faultProxy'
import type { MailServer } from '#support/servers/startMailServer'
import { freshMailbox, startDesk, startDeskServer, type Desk } from '#support/startDesk'

let server: MailServer
let proxy: FaultProxy
const desks: Desk[] = []

beforeAll(async () => {
  server = await startDeskServer()
  proxy = await startFaultProxy(server.dovecot.imapPort)
})
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})
afterEach(async () => {
  proxy.setFault(null)
  for (const desk of desks.splice(0)) await desk.stop()
})

async function open(options: Parameters<typeof startDesk>[0] = {}): Promise<Desk> {
  const desk = await startDesk({ server, ...options })
  desks.push(desk)
  return desk
}

const begin = Date.UTC(2026, 0, 5)
const mailOf = (to: string, n: number, text = `Body ${String(n)}`) => ({
  raw: aMail({
    from: `Carol <carol${String(n % 7)}@customer.test>`,
    to,
    subject: `Number ${String(n)}`,
    messageId: `<${String(n)}.${to.replace('@', '.')}>`,
    text,
    headers: n % 3 === 2 ? { 'In-Reply-To': `<${String(n - 1)}.${to.replace('@', '.')}>` } : {},
  }),
  flags: 'S',
  receivedAt: begin + n * 60_000,
})

async function filled(count: number): Promise<string> {
  const mailbox = freshMailbox()
  const mails = Array.from({ length: count }, (_, n) => mailOf(mailbox, n))
  await server.inject(mailbox, 'INBOX', mails)
  return mailbox
}

const mailCount = async (desk: Desk) =>
  (await desk.core.db.read.first<{ n: number }>('SELECT count(*) AS n FROM message'))?.n ?? 0
const cursorOf = (desk: Desk) => findCursor(desk.core.db.read, desk.account.id, 'INBOX')

async function until(check: () => Promise<boolean>, ms = 15_000): Promise<void> {
  const end = Date.now() + ms
  while (!(await check())) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await delay(50)
  }
}

/** A pull of INBOX by hand, so that it can be aborted at an exact point. */
async function pullBy(
  desk: Desk,
  onProgress: (done: number, stop: AbortController, imap: ImapConnection) => void,
): Promise<number> {
  const stop = new AbortController()
  const imap = await connectImap(server.imapSettings(desk.account.address))
  const deps: PullDeps = {
    core: desk.core,
    imap,
    pool: createParsePool(),
    signal: stop.signal,
    onProgress: (done) => {
      onProgress(done, stop, imap)
    },
  }
  const source = { accountId: desk.account.id, folder: 'INBOX', kind: 'inbox' } as const
  try {
    return await pullFolder(deps, source)
  } finally {
    await imap.close()
  }
}

describe('the first sync', () => {
  it('brings the newest mail first and is the same after being broken off again and again', async () => {
    const mailbox = await filled(460)
    const whole = await open({ mailbox })
    expect(await whole.engine.syncOnce()).toMatchObject({ pulled: 460 })
    const broken = await open({ mailbox })
    let runs = 0
    const seen: number[] = []
    while (((await cursorOf(broken))?.syncedAt ?? null) === null) {
      runs += 1
      await pullBy(broken, (_done, stop) => {
        stop.abort()
      })
      seen.push(await mailCount(broken))
      const cursor = await cursorOf(broken)
      const uids = await broken.core.db.read.all<{ uid: number }>(
        'SELECT uid FROM message_location ORDER BY uid DESC',
      )
      // What the cursor says is done is stored, from the newest down.
      expect(uids.at(-1)?.uid).toBe(cursor?.floorUid)
      expect(uids).toHaveLength(460 - (cursor?.floorUid ?? 0) + 1)
      expect(uids[0]?.uid).toBe(460)
      expect(runs).toBeLessThan(30)
    }
    expect(runs).toBeGreaterThan(2)
    expect(seen[0]).toBeLessThan(200)
    expect(await broken.engine.syncOnce()).toMatchObject({ pulled: 0 })
    expect(await broken.engine.hash()).toEqual(await whole.engine.hash())
  })

  it('goes on where the connection was cut', async () => {
    const mailbox = await filled(250)
    const whole = await open({ mailbox })
    await whole.engine.syncOnce()
    const desk = await open({ mailbox, imapPort: proxy.port })
    const counts: number[] = []
    for (const afterBytes of [60_000, 90_000, 20_000]) {
      proxy.setFault({ kind: 'rst', direction: 'server', afterBytes })
      const error = await failure<AppError>(desk.engine.syncOnce())
      expect(error).toMatchObject({ code: 'offline' })
      counts.push(await mailCount(desk))
    }
    proxy.setFault(null)
    await desk.engine.syncOnce()
    expect(counts.every((count) => count < 250)).toBe(true)
    expect(await desk.engine.hash()).toEqual(await whole.engine.hash())
  })

  it('does not stop at mail that nobody can read', async () => {
    const mailbox = freshMailbox()
    await server.inject(mailbox, 'INBOX', [
      mailOf(mailbox, 0),
      Buffer.from([0xff, 0xfe, 0x80, 0x01, 0x0a, 0xc3, 0x28]),
      'Content-Type: multipart/mixed; boundary=x\n\nno part at all\n',
      `Subject: long\n${'X-Filler: y\n'.repeat(30_000)}\ntext\n`,
      mailOf(mailbox, 1),
    ])
    const desk = await open({ mailbox })
    await desk.engine.syncOnce()
    expect(await mailCount(desk)).toBe(5)
    const broken = await desk.core.db.read.all<{ problem: string; n: number }>(
      `SELECT fact ->> 'problem' AS problem, length(bytes) AS n FROM message
       JOIN message_raw ON messageId = id`,
    )
    expect(broken.map((row) => row.problem).sort()).toEqual([
      'header too large',
      'no parts in a multipart mail',
    ])
    expect(broken.every((row) => row.n > 0)).toBe(true)
    expect(await cursorOf(desk)).toMatchObject({ floorUid: 1, topUid: 5 })
  })

  it('fetches the whole text of a mail that is larger than its window', async () => {
    const mailbox = freshMailbox()
    const text = `${'A long line of text that goes on.\n'.repeat(9_000)}The very end.`
    await server.inject(mailbox, 'INBOX', [mailOf(mailbox, 0, text)])
    const desk = await open({ mailbox })
    await desk.engine.syncOnce()
    const [comment] = (await theTicket(desk)).comments
    expect(comment?.text.endsWith('The very end.')).toBe(true)
    expect(comment?.text.length).toBeGreaterThan(250_000)
    expect(comment?.flags).not.toContain('text-cut')
  })

  it('reads the first 2 MB of a text that goes on, and says that it does', async () => {
    const mailbox = freshMailbox()
    await server.inject(mailbox, 'INBOX', [
      mailOf(mailbox, 0, 'A line that goes on.\n'.repeat(120_000)),
    ])
    const desk = await open({ mailbox })
    await desk.engine.syncOnce()
    const [comment] = (await theTicket(desk)).comments
    expect(comment?.text.length).toBeGreaterThan(1_900_000)
    expect(comment?.flags).toContain('text-cut')
  })
})

describe('attachments', () => {
  it('are fetched by id when wanted, byte for byte, and kept; also after renumbering', async () => {
    const mailbox = freshMailbox()
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256))
    const encoded = (bytes.toString('base64').match(/.{1,76}/g) ?? []).join('\n')
    const raw = [
      'From: carol@customer.test',
      `To: ${mailbox}`,
      'Subject: Scan',
      'Message-ID: <scan@customer.test>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'See the scan.',
      '--b',
      'Content-Type: application/octet-stream; name=scan.bin',
      'Content-Disposition: attachment; filename=scan.bin',
      'Content-Transfer-Encoding: base64',
      '',
      encoded,
      '--b--',
      '',
    ].join('\n')
    await server.inject(mailbox, 'INBOX', [raw])
    const desk = await open({ mailbox })
    await desk.engine.syncOnce()
    const [file] = (await theTicket(desk)).comments[0]?.attachments ?? []
    expect(file).toMatchObject({ name: 'scan.bin', isInline: false })
    await server.dovecot.doveadm(
      'mailbox',
      'update',
      '-u',
      mailbox,
      '--uid-validity',
      '1234567',
      'INBOX',
    )
    await desk.engine.syncOnce()
    const got = await desk.engine.attachment(file?.id ?? '')
    expect(got.bytes.equals(bytes)).toBe(true)
    await server.dovecot.doveadm('expunge', '-u', mailbox, 'mailbox', 'INBOX', 'all')
    expect((await desk.engine.attachment(file?.id ?? '')).bytes.equals(bytes)).toBe(true)
    expect(await failure<AppError>(desk.engine.attachment('none'))).toMatchObject({
      code: 'not-found',
    })
  })
})

describe('later syncs', () => {
  it('bring only what is new, and nothing twice after UIDVALIDITY has changed', async () => {
    const mailbox = await filled(120)
    const desk = await open({ mailbox })
    await desk.engine.syncOnce()
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
    await server.inject(mailbox, 'INBOX', [mailOf(mailbox, 120), mailOf(mailbox, 121)])
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 2 })
    const before = await desk.engine.hash()
    const first = await cursorOf(desk)
    await server.dovecot.doveadm(
      'mailbox',
      'update',
      '-u',
      mailbox,
      '--uid-validity',
      '987654321',
      'INBOX',
    )
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 0 })
    expect(await cursorOf(desk)).toMatchObject({ uidValidity: '987654321', floorUid: 1 })
    expect(first?.uidValidity).not.toBe('987654321')
    expect(await desk.engine.hash()).toEqual(before)
    expect(await mailCount(desk)).toBe(122)
  })

  it('keep what was deleted on the server, and do not stumble over mail deleted meanwhile', async () => {
    const mailbox = await filled(300)
    const desk = await open({ mailbox })
    let isExpunged = false
    await pullBy(desk, (_done, stop) => {
      isExpunged = true
      stop.abort()
    })
    expect(isExpunged).toBe(true)
    await server.dovecot.doveadm(
      'expunge',
      '-u',
      mailbox,
      'mailbox',
      'INBOX',
      'uid',
      '1:50,295:300',
    )
    await desk.engine.syncOnce()
    expect(await cursorOf(desk)).toMatchObject({ floorUid: 1, topUid: 300 })
    expect(await mailCount(desk)).toBe(250)
    await server.inject(mailbox, 'INBOX', [mailOf(mailbox, 900)])
    expect(await desk.engine.syncOnce()).toMatchObject({ pulled: 1 })
  })
})

describe('a desk that is open', () => {
  it('shows new mail by itself, and again after the connection was lost', async () => {
    const mailbox = freshMailbox()
    const desk = await open({ mailbox, imapPort: proxy.port })
    await desk.engine.start()
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'online')
    const send = (subject: string) =>
      server.deliver({ from: 'Carol <carol@customer.test>', to: mailbox, subject })
    await send('Hello one')
    await until(async () => (await rows(desk)).some((row) => row.subject === 'Hello one'))
    const before = proxy.sessions.length
    proxy.dropAll()
    await until(() => Promise.resolve(proxy.sessions.length > before))
    await send('Hello two')
    await until(async () => (await rows(desk)).some((row) => row.subject === 'Hello two'))
  })

  it('asks for the password once it is refused, and does not try again until it is given', async () => {
    const mailbox = freshMailbox()
    const desk = await open({ mailbox, imapPort: proxy.port, password: 'wrong' })
    const before = proxy.sessions.length
    await desk.engine.start()
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'needs-password')
    await delay(2_500)
    expect(proxy.sessions.length - before).toBe(1)
    expect((await desk.engine.activity()).accounts[0]).toMatchObject({ retryAt: null })
    await desk.engine.unlockAccount(desk.account.id, 'pass')
    await until(async () => (await desk.engine.activity()).accounts[0]?.state === 'online')
  })
})

describe('the connection test', () => {
  it.each([
    ['an unknown host', { host: 'no-such-host.invalid', security: 'tls' }, 'host'],
    ['a port where nothing answers', { port: 1 }, 'port'],
    ['a wrong password', { password: 'wrong' }, 'user'],
    ['a certificate of unknown origin', { security: 'starttls' }, 'certificate'],
    ['TLS where there is none', { security: 'tls' }, 'security'],
    ['plain text to another machine', { host: 'mail.example.com' }, 'security'],
  ] as const)('names the field for %s', async (_, change, field) => {
    const desk = await open()
    const { address } = desk.account
    const result = await desk.engine.check({
      address,
      aliases: [],
      name: '',
      imap: { ...server.imapSettings(address), ...change },
      smtp: { ...server.smtpSettings(address), ...change },
    })
    for (const part of [result.imap, result.smtp]) {
      expect(part).toMatchObject({ isOk: false, field })
      expect(part.message).toMatch(/^[A-Z].*\.$/)
      expect(part.message).not.toContain('wrong')
    }
  })

  it('is content with the right settings', async () => {
    const desk = await open()
    const { address } = desk.account
    const account = {
      address,
      aliases: [],
      name: '',
      imap: server.imapSettings(address),
      smtp: server.smtpSettings(address),
    }
    const good = { isOk: true, field: 'none', message: '' }
    expect(await desk.engine.check(account)).toEqual({ imap: good, smtp: good })
  })
})
