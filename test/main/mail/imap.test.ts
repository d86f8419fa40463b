import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectImap, testImap, type ImapConnection } from '#main/mail/imap'
import { toSequence } from '#main/mail/imapFetch'
import { completeMails, completeText } from '#main/mail/completeMail'
import { parseFetched } from '#main/mail/parse'
import { WINDOW_BYTES, type FetchedMail } from '#main/mail/types'
import type { AppError } from '#shared/ipc/errors'
import { startFaultProxy } from '#support/servers/faultProxy'
import { renderMail, startMailServer, type MailServer } from '#support/servers/startMailServer'
import { wrongSettings } from '#support/wrongSettings'

let server: MailServer
let imap: ImapConnection

const settings = () => server.imapSettings('support@desk.test')
const mailNumber = (n: number) =>
  Buffer.from(
    renderMail({
      from: 'Carol <carol@customer.test>',
      to: 'support@desk.test',
      subject: `Mail ${n}`,
      messageId: `<n${n}@customer.test>`,
      text: `Body ${n}`,
    }),
  )

beforeAll(async () => {
  server = await startMailServer()
  imap = await connectImap(settings())
})
afterAll(async () => {
  await imap?.close()
  await server?.stop()
})

async function failure(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => {
      throw new Error('it should have failed')
    },
    (error: AppError) => error,
  )
}

async function collect(connection: ImapConnection, from = 1): Promise<FetchedMail[][]> {
  const batches: FetchedMail[][] = []
  await connection.fetchWindows({ from }, (batch) => void batches.push(batch))
  return batches
}

describe('folders', () => {
  it('finds Sent by its special use', async () => {
    const folders = await imap.listFolders()
    expect(folders.find((folder) => folder.specialUse === '\\Sent')).toMatchObject({
      path: 'Sent',
      delimiter: '/',
      isSpecialByName: false,
      canSelect: true,
    })
  })

  it('creates a folder once and says so when it exists', async () => {
    expect(await imap.createFolder(['Copydesk', 'Journal'])).toEqual({
      path: 'Copydesk/Journal',
      created: true,
    })
    expect(await imap.createFolder('Copydesk/Journal')).toMatchObject({ created: false })
  })

  it('says not-found for a folder that does not exist', async () => {
    expect(await failure(imap.openFolder('Nowhere'))).toMatchObject({ code: 'not-found' })
    expect(await failure(imap.append('Nowhere', mailNumber(0)))).toMatchObject({
      code: 'not-found',
    })
  })

  it('appends with flags and answers the UID', async () => {
    const { uid, uidValidity } = await imap.append('Copydesk/Journal', mailNumber(1), ['\\Seen'])
    const folder = await imap.openFolder('Copydesk/Journal')
    expect(uid).toBe(1)
    expect(folder).toMatchObject({ uidValidity, exists: 1, uidNext: 2 })
    expect(await imap.fetchFlags({ from: 1 })).toEqual([{ uid: 1, flags: ['\\Seen'] }])
    expect(await imap.searchMessageId('n1@customer.test')).toEqual([1])
    expect(await imap.searchMessageId('1@customer.test')).toEqual([])
  })
})

describe('fetchWindows', () => {
  it('streams bounded batches, newest first, and reports what is gone', async () => {
    const user = 'vera@vendor.test'
    await server.inject(
      user,
      'INBOX',
      Array.from({ length: 950 }, (_, n) => mailNumber(n)),
    )
    const connection = await connectImap(server.imapSettings(user))
    expect(await connection.openFolder('INBOX')).toMatchObject({ exists: 950, uidNext: 951 })
    const batches = await collect(connection)
    const uids = batches.flatMap((batch) => batch.map((mail) => mail.uid))
    expect(uids).toHaveLength(950)
    expect(new Set(uids).size).toBe(950)
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(100)
    expect(Math.min(...(batches[0] ?? []).map((mail) => mail.uid))).toBeGreaterThan(500)
    const parsed = batches.flat().map(parseFetched)
    expect(new Set(parsed.map((mail) => mail.rfcId)).size).toBe(950)
    expect(await collect(connection, 951)).toEqual([])
    const summary = await connection.fetchWindows({ uids: [950, 951, 5] }, () => undefined)
    expect(summary).toEqual({ fetched: 2, missing: [951] })
    await connection.close()
  })

  it('ends with the error of the batch handler and stays usable', async () => {
    await imap.openFolder('Copydesk/Journal')
    const broken = imap.fetchWindows({ from: 1 }, () => Promise.reject(new Error('disk full')))
    await expect(broken).rejects.toThrow('disk full')
    expect(await imap.fetchFlags({ from: 1 })).toHaveLength(1)
  })

  it('completes a mail that is larger than the window', async () => {
    const filler = Buffer.alloc(150_000, 'x').toString('base64').replace(/.{76}/g, '$&\r\n')
    const raw = [
      'From: a@customer.test',
      'Subject: Large',
      'Message-ID: <large@customer.test>',
      'Content-Type: multipart/mixed; boundary=B',
      '',
      '--B',
      'Content-Type: application/pdf; name="first.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      filler,
      '--B',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Text behind the attachment.',
      '--B',
      'Content-Type: image/png; name="second.png"',
      'Content-Transfer-Encoding: base64',
      '',
      'aGVsbG8=',
      '--B--',
      '',
    ].join('\r\n')
    await imap.openFolder('Copydesk/Journal')
    const { uid } = await imap.append('Copydesk/Journal', Buffer.from(raw))
    const [mail] = (await collect(imap, uid ?? 0)).flat() as [FetchedMail]
    expect(mail.window.length).toBe(WINDOW_BYTES)
    const cut = parseFetched(mail)
    expect(cut).toMatchObject({ isTruncated: true, text: '' })
    const whole = await completeText(imap, mail.uid, cut)
    expect(whole).toMatchObject({
      rfcId: 'large@customer.test',
      isTruncated: false,
      text: 'Text behind the attachment.',
      preview: 'Text behind the attachment.',
    })
    expect(whole.attachments.map(({ partId, name }) => [partId, name])).toEqual([
      ['1', 'first.pdf'],
      ['3', 'second.png'],
    ])
    expect(whole.attachments[0]?.size).toBeGreaterThan(149_000)
    expect(whole.attachments[0]?.size).toBeLessThan(151_000)
    expect((await imap.fetchPart(mail.uid, '1')).equals(Buffer.alloc(150_000, 'x'))).toBe(true)
    expect((await imap.fetchPart(mail.uid, '3', 'base64')).toString()).toBe('hello')
    expect((await imap.fetchSource(mail.uid)).toString()).toBe(raw)
  })

  it('asks only for the structure when the window held the text', async () => {
    const file = (name: string) => [
      '--B',
      `Content-Type: application/pdf; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.alloc(120_000, 'y').toString('base64').replace(/.{76}/g, '$&\r\n'),
    ]
    const head = ['From: a@customer.test', 'Content-Type: multipart/mixed; boundary=B', '']
    const raw = [...head, '--B', '', 'Text.', ...file('1.pdf'), ...file('2.pdf'), '--B--', '']
    await imap.openFolder('Copydesk/Journal')
    const stored = await imap.append('Copydesk/Journal', Buffer.from(raw.join('\r\n')))
    const [mail] = (await collect(imap, stored.uid ?? 0)).flat() as [FetchedMail]
    const parsed = parseFetched(mail)
    expect(parsed).toMatchObject({ isTruncated: true, text: 'Text.' })
    const reader = {
      fetchStructures: imap.fetchStructures,
      fetchRawPart: () => Promise.reject(new Error('not needed')),
    }
    const cut = { uid: mail.uid, window: mail.window, parsed }
    const [whole, lost] = await completeMails(reader, [cut, { ...cut, uid: 9_999 }])
    expect(whole?.attachments.map((one) => [one.partId, one.name])).toEqual([
      ['2', '1.pdf'],
      ['3', '2.pdf'],
    ])
    expect(whole).toMatchObject({ isTruncated: false, text: 'Text.' })
    expect(lost).toBe(parsed)
  })

  it('moves, flags and removes by UID', async () => {
    await imap.createFolder('Scratch')
    await imap.openFolder('Scratch')
    const uids: number[] = []
    for (const n of [1, 2, 3]) uids.push((await imap.append('Scratch', mailNumber(n))).uid ?? 0)
    await imap.addFlags([uids[0] as number], ['\\Flagged'])
    await imap.move([uids[1] as number], 'Archive')
    await imap.remove([uids[2] as number])
    expect(await imap.fetchFlags({ from: 1 })).toEqual([{ uid: uids[0], flags: ['\\Flagged'] }])
    expect(await imap.folderStatus('Archive')).toMatchObject({ exists: 1 })
  })
})

describe('idle', () => {
  it('calls back when a mail arrives and while other commands run', async () => {
    const connection = await connectImap(server.imapSettings('ada@desk.test'))
    await connection.openFolder('INBOX')
    let wake: () => void = () => undefined
    const watch = connection.idle(() => wake())
    for (const n of [1, 2]) {
      const changed = new Promise<void>((resolve) => (wake = resolve))
      await server.deliver({ from: 'carol@customer.test', to: 'ada@desk.test', subject: `n${n}` })
      await changed
      expect((await connection.openFolder('INBOX')).exists).toBe(n)
    }
    watch.stop()
    await connection.noop()
    await connection.close()
  })
})

describe('failures', () => {
  it('accepts STARTTLS and TLS with a certificate that is trusted', async () => {
    for (const security of ['starttls', 'tls'] as const) {
      const folders = await testImap(server.imapSettings('ada@desk.test', security), {
        ca: server.ca,
      })
      expect(folders.some((folder) => folder.path === 'INBOX')).toBe(true)
    }
  })

  it.each(wrongSettings)('names the field for %s', async (_, change, code, field, words) => {
    const error = await failure(testImap({ ...settings(), ...change }))
    expect(error).toMatchObject({ code, detail: { field } })
    expect(error.message).toContain(words)
  })

  it('says offline when the connection is cut in the middle of a fetch', async () => {
    const proxy = await startFaultProxy(server.dovecot.imapPort)
    const user = 'vera@vendor.test'
    for (const kind of ['rst', 'fin'] as const) {
      proxy.setFault({ kind, direction: 'server', afterBytes: 30_000 })
      const connection = await connectImap({ ...server.imapSettings(user), port: proxy.port })
      await connection.openFolder('INBOX')
      let seen = 0
      const cut = connection.fetchWindows({ from: 1 }, (batch) => void (seen += batch.length))
      expect(await failure(cut)).toMatchObject({ code: 'offline' })
      expect(seen).toBeLessThan(950)
      await connection.whenClosed
      expect(connection.isOpen()).toBe(false)
      await connection.close()
    }
    await proxy.stop()
  })

  it('says uncertain when an append was sent and its answer is lost', async () => {
    const proxy = await startFaultProxy(server.dovecot.imapPort)
    proxy.breakAfterText('client', 'Body 77', 'fin')
    const connection = await connectImap({ ...settings(), port: proxy.port })
    const lost = connection.append('Copydesk/Journal', mailNumber(77))
    expect(await failure(lost)).toMatchObject({ code: 'uncertain' })
    await proxy.stop()
  })

  it('stops connecting when told to', async () => {
    const signal = AbortSignal.timeout(50)
    const proxy = await startFaultProxy(server.dovecot.imapPort)
    proxy.setFault({ kind: 'blackhole', direction: 'server', afterBytes: 1 })
    const error = await failure(connectImap({ ...settings(), port: proxy.port }, { signal }))
    expect(error).toMatchObject({ code: 'offline' })
    await proxy.stop()
  })
})

describe('toSequence', () => {
  it.each([
    [[], ''],
    [[5], '5'],
    [[1, 2, 3, 7, 9, 10], '1:3,7,9:10'],
  ])('%j is %s', (uids, text) => expect(toSequence(uids)).toBe(text))
})
