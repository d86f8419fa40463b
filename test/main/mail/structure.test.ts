// Our part numbers against a server's: an attachment is fetched by number, so they must be the same.
import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectImap, type ImapConnection } from '#main/mail/imap'
import { parseFetched } from '#main/mail/parse'
import { leavesOf, readSkeleton } from '#main/mail/skeleton'
import type { FetchedMail } from '#main/mail/types'
import { generateMail } from '#support/servers/genMail'
import { startMailServer, type MailServer } from '#support/servers/startMailServer'

const COUNT = 500
const truths = [...generateMail({ count: COUNT, seed: 11 })]
let server: MailServer
let imap: ImapConnection
let mails: FetchedMail[]

beforeAll(async () => {
  server = await startMailServer()
  await server.inject('support@desk.test', 'INBOX', truths)
  imap = await connectImap(server.imapSettings('support@desk.test'))
  await imap.openFolder('INBOX')
  mails = []
  await imap.fetchWindows({ from: 1 }, (batch) => void mails.push(...batch))
  mails.sort((a, b) => a.uid - b.uid)
})
afterAll(async () => {
  await imap?.close()
  await server?.stop()
})

// postal-mime gives text attachments LF line ends; the bytes on the server have CRLF.
const hash = (bytes: Buffer, type: string | null) => {
  const isText = type?.startsWith('text/') === true
  const text = bytes.toString('latin1')
  return createHash('sha256')
    .update(isText ? text.replaceAll('\r\n', '\n') : text, 'latin1')
    .digest('hex')
}

describe('generated mail on a server', () => {
  it('is found with its ids, subjects, dates, needles and attachments', () => {
    expect(mails).toHaveLength(COUNT)
    mails.forEach((mail, index) => {
      const { truth, receivedAt } = truths[index] as (typeof truths)[number]
      const parsed = parseFetched(mail)
      expect(parsed.problem).toBeNull()
      expect(mail.internalAt).toBe(receivedAt)
      expect(parsed.hasOwnId ? `<${parsed.rfcId}>` : null).toBe(truth.messageId)
      expect(parsed.from[0]?.address).toBe(truth.from)
      expect(parsed.fromAgreed).toBe(truth.oddity !== 'two-authors')
      if (truth.oddity !== 'raw-8bit-subject') {
        expect(parsed.subject.normalize('NFC')).toBe(
          truth.subject.normalize('NFC').replace(/\s+/g, ' ').trim(),
        )
      }
      if (
        truth.oddity !== 'empty-body' &&
        truth.oddity !== 'unknown-charset' &&
        truth.oddity !== 'no-content-type' &&
        !parsed.isTruncated
      ) {
        expect(parsed.text).toContain(truth.needle)
      }
      expect(parsed.html !== null).toBe(truth.hasHtml)
      expect(parsed.reportDelivery?.originalId ?? null).toBe(truth.bounceOf?.slice(1, -1) ?? null)
      if (parsed.isTruncated || truth.kind === 'bounce') return
      expect(parsed.attachments.map((one) => one.type).sort()).toEqual(
        truth.attachments.map((one) => one.type).sort(),
      )
      for (const { name, size } of truth.attachments) {
        if (size > 0) expect(parsed.attachments.map((one) => one.size)).toContain(size)
        if (name !== null && name.length < 60) {
          expect(parsed.attachments.map((one) => one.name)).toContain(name.replaceAll('"', '_'))
        }
      }
    })
  })

  it('has the part numbers of the server, and the bytes another parser finds there', async () => {
    let files = 0
    for (const { uid, window, size } of mails) {
      const structure = leavesOf(await imap.fetchStructure(uid))
      const source = size > window.length ? await imap.fetchSource(uid) : window
      const own = leavesOf(readSkeleton(source).root)
      expect(own.map((part) => [part.partId, part.type])).toEqual(
        structure.map((part) => [part.partId, part.type]),
      )
      const { attachments } = parseFetched({
        size: source.length,
        window: source,
      })
      if (attachments.length === 0 || files > 60) continue
      const other = await PostalMime.parse(source, { forceRfc822Attachments: true })
      const known = new Set(
        other.attachments.map((one) => hash(Buffer.from(one.content as ArrayBuffer), one.mimeType)),
      )
      for (const { partId, encoding, type } of attachments) {
        files++
        const bytes = await imap.fetchPart(uid, partId, encoding)
        // A forwarded mail has no encoding; parsers differ in its last line break.
        if (type.startsWith('message/') || type === 'text/rfc822-headers') continue
        expect([uid, partId, type, known.has(hash(bytes, type))]).toEqual([uid, partId, type, true])
      }
    }
    expect(files).toBeGreaterThan(50)
  })
})
