import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { composeMail, type ComposeInput } from '#main/mail/compose'
import { parseMail } from '#main/mail/parse'

const input = (change: Partial<ComposeInput> = {}): ComposeInput => ({
  from: { name: 'Desk', address: 'support@desk.test' },
  to: [{ name: 'Carol', address: 'carol@customer.test' }],
  subject: 'Your order',
  text: 'Hello',
  messageId: 'a1@desk.test',
  date: Date.UTC(2026, 0, 2, 3, 4, 5),
  ...change,
})
const bytesOf = async (change: Partial<ComposeInput> = {}) =>
  (await composeMail(input(change))).bytes

function headerNames(bytes: Buffer): string[] {
  const head = bytes.toString('latin1').split('\r\n\r\n')[0] as string
  return head
    .split(/\r\n(?![ \t])/)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    .sort()
}

describe('composeMail', () => {
  it('writes exactly the fields it was given, in UTC and without traces of the writer', async () => {
    const bytes = await bytesOf({
      cc: [{ name: '', address: 'pat@partner.test' }],
      replyTo: [{ name: 'Desk', address: 'support+t@desk.test' }],
      inReplyTo: 'old@x',
      references: ['older@x', 'old@x'],
      headers: { 'Auto-Submitted': 'auto-replied', 'X-Copydesk-Mail': 'm1' },
    })
    expect(headerNames(bytes)).toEqual(
      'auto-submitted cc content-transfer-encoding content-type date from in-reply-to message-id mime-version references reply-to subject to x-copydesk-mail'.split(
        ' ',
      ),
    )
    expect(bytes.toString()).toContain('\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n')
    expect(bytes.toString()).not.toMatch(/[^\r]\n|\r[^\n]|bcc|user-agent|x-mailer|nodemailer/i)
  })

  it('gives equal bytes for equal input', async () => {
    const change = {
      html: '<p>Hello</p>',
      attachments: [{ name: 'ä.pdf', type: 'application/pdf', content: Buffer.from('x') }],
    }
    const [one, two] = [await bytesOf(change), await bytesOf(change)]
    expect(one.equals(two)).toBe(true)
    expect(one.equals(await bytesOf({ ...change, messageId: 'a2@desk.test' }))).toBe(false)
  })

  it('is read back by three parsers as it was meant', async () => {
    const word = fc.string({
      unit: fc.constantFrom(...'aZ09 ,;:"<>@()\\äß中😀=?_'),
      maxLength: 30,
    })
    const name = word.map((text) => text.replace(/\s+/g, ' ').trim())
    const atom = fc.stringMatching(/^[a-z0-9+_-]{1,12}$/)
    const address = fc
      .tuple(atom, atom)
      .map(([local, host]) => `${local}@${host.replaceAll(/[^a-z0-9]/g, 'x')}.test`)
    const person = fc.record({ name, address })
    const people = fc.uniqueArray(person, {
      minLength: 1,
      maxLength: 5,
      selector: (one) => one.address,
    })
    const text = fc.string({ unit: fc.constantFrom(...'ab.ä中\n> From'.split('')), maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(person, people, people, name, text, async (from, to, cc, subject, body) => {
        const bytes = await bytesOf({ from, to, cc, subject, text: body })
        const own = parseMail(bytes)
        expect([own.from[0]?.address, own.fromAgreed, own.fromFields]).toEqual([
          from.address,
          true,
          1,
        ])
        expect(own.to.map((one) => one.address)).toEqual(to.map((one) => one.address))
        expect(own.cc.map((one) => one.address)).toEqual(cc.map((one) => one.address))
        expect(own.subject).toBe(subject)
        expect(own.text).toBe(body.trimEnd())
        const postal = await PostalMime.parse(bytes)
        expect(postal.to?.map((one) => one.address)).toEqual(to.map((one) => one.address))
        expect(postal.cc?.map((one) => one.address)).toEqual(cc.map((one) => one.address))
        expect(postal.from?.address).toBe(from.address)
        const other = await simpleParser(bytes)
        const list = [other.cc ?? []].flat().flatMap((one) => one.value)
        expect(list.map((one) => one.address)).toEqual(cc.map((one) => one.address))
        expect(other.from?.value.map((one) => one.address)).toEqual([from.address])
        const names =
          'cc content-transfer-encoding content-type date from message-id mime-version to'
        expect(headerNames(bytes)).toEqual(
          [...names.split(' '), ...(subject === '' ? [] : ['subject'])].sort(),
        )
      }),
      { numRuns: 150 },
    )
  })

  it('carries attachments unchanged and keeps inline pictures beside the HTML', async () => {
    const content = Buffer.from(Array.from({ length: 3_000 }, (_, n) => n % 256))
    const bytes = await bytesOf({
      html: '<img src="cid:logo@desk">',
      attachments: [
        { name: 'Größe "1".bin', type: 'application/octet-stream', content },
        { name: 'logo.png', type: 'image/png', content, cid: 'logo@desk' },
        {
          name: 'old.eml',
          type: 'message/rfc822',
          content: Buffer.from('Subject: x\r\n\r\ny\r\n'),
        },
      ],
    })
    const postal = await PostalMime.parse(bytes, { forceRfc822Attachments: true })
    const files = postal.attachments.filter((file) => file.mimeType !== 'message/rfc822')
    expect(files).toHaveLength(2)
    for (const file of files)
      expect(Buffer.from(file.content as ArrayBuffer).equals(content)).toBe(true)
    const own = parseMail(bytes)
    expect(own.attachments.map(({ name, cid, inline }) => [name, cid, inline])).toEqual([
      ['logo.png', 'logo@desk', true],
      ['Größe _1_.bin', null, false],
      ['old.eml', null, false],
    ])
  })

  it('encodes long and dotted lines for the way', async () => {
    const text = `${'x'.repeat(3_000)}\n.\n..\nFrom me\n`
    const bytes = await bytesOf({ text })
    expect(
      Math.max(
        ...bytes
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThan(999)
    expect(parseMail(bytes).text).toBe(text.trimEnd())
  })

  it.each<[string, Partial<ComposeInput>]>([
    ['a line break in the subject', { subject: 'x\r\nBcc: evil@x.test' }],
    ['a line feed in a name', { to: [{ name: 'x\nBcc: evil@x', address: 'a@x.test' }] }],
    ['a NUL in the subject', { subject: 'x\0' }],
    ['a line separator in the subject', { subject: 'x\u2028y' }],
    ['half a character in the subject', { subject: 'x\ud83d' }],
    ['two addresses in one', { to: [{ name: '', address: 'a@x.test, b@x.test' }] }],
    ['a bracket in an address', { to: [{ name: '', address: 'a@x.test>,<b@x.test' }] }],
    ['a comment in an address', { to: [{ name: '', address: 'a@x.test(b@x.test)' }] }],
    ['a blank in an address', { to: [{ name: '', address: 'a @x.test' }] }],
    ['no domain', { to: [{ name: '', address: 'a' }] }],
    ['an encoded address', { to: [{ name: '', address: '=?utf-8?q?a=40b?=@x.test' }] }],
    ['nobody', { to: [] }],
    ['a Message-ID with a bracket', { messageId: 'a@x>\r\nBcc: b' }],
    ['a Message-ID without a domain', { messageId: 'a' }],
    ['a reference with a blank', { references: ['a @x'] }],
    ['a Bcc header', { headers: { Bcc: 'evil@x.test' } }],
    ['another From header', { headers: { From: 'evil@x.test' } }],
    ['a header name with a colon', { headers: { 'X-Copydesk-A: b\r\nBcc': 'x' } }],
    ['a line break in a header', { headers: { 'X-Copydesk-A': 'x\r\nBcc: evil@x.test' } }],
    [
      'a line break in a file name',
      { attachments: [{ name: 'a\r\nb', type: 'a/b', content: Buffer.alloc(1) }] },
    ],
    [
      'a type with a parameter',
      { attachments: [{ name: 'a', type: 'a/b; x=y', content: Buffer.alloc(1) }] },
    ],
    [
      'a path as content',
      { attachments: [{ name: 'a', type: 'a/b', content: { path: '/etc/hostname' } as never }] },
    ],
    ['no date', { date: Number.NaN }],
  ])('refuses %s', async (_, change) => {
    await expect(composeMail(input(change))).rejects.toMatchObject({ code: 'invalid-input' })
  })

  it('writes to an address that the grammar forbids but people have', async () => {
    const bytes = await bytesOf({ to: [{ name: 'A', address: 'a..b.@docomo.test' }] })
    // Quoted it is the same address by the grammar; the envelope keeps the form people know.
    expect(parseMail(bytes).to[0]?.address).toBe('"a..b."@docomo.test')
  })
})
