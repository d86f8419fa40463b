import fc from 'fast-check'
import { addressParser } from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { isValidAddress } from '#shared/rules/address'
import { readDate } from '#main/mail/dates'
import { parseMail, readIds } from '#main/mail/parse'
import { agreesOnAuthor, readAddresses } from '#main/mail/readFrom'
import { leavesOf, readSkeleton } from '#main/mail/skeleton'
import { generateMail } from '#support/servers/genMail'

const mail = (head: string, body = 'Hello\n') =>
  parseMail(Buffer.from(`${head}\n\n${body}`, 'latin1'))
const multi = (body: string, type = 'mixed', extra = '') =>
  mail(`From: a@x.test\nContent-Type: multipart/${type}; boundary=B${extra}`, body)

describe('who a mail is from', () => {
  it.each([
    ['a plain address', 'From: a@x.test', 'a@x.test', true],
    ['a name', 'From: Ada <a@x.test>', 'a@x.test', true],
    ['a quoted name with a comma', 'From: "Love, Ada" <a@x.test>', 'a@x.test', true],
    ['an encoded name', 'From: =?utf-8?q?J=C3=BCrgen?= <a@x.test>', 'a@x.test', true],
    ['a comment as name', 'From: a@x.test (Ada)', 'a@x.test', true],
    ['two From fields', 'From: a@x.test\nFrom: boss@desk.test', 'a@x.test', false],
    ['a blank before the colon', 'From : a@x.test\nFrom: boss@desk.test', 'a@x.test', false],
    ['two authors', 'From: a@x.test, boss@desk.test', 'a@x.test', false],
    ['an encoded word as address', 'From: <=?utf-8?q?boss=40desk.test?=>', '', false],
    ['an encoded word as local part', 'From: <=?utf-8?q?boss?=@desk.test>', '', false],
    ['an encoded address in the name', 'From: =?utf-8?q?boss=40desk=2Etest?=', '', false],
    ['an encoded list in the name', 'From: =?utf-8?q?B_=3Cboss=40desk.test=3E?=', '', false],
    ['two brackets', 'From: <boss@desk.test><evil@x.test>', 'boss@desk.test', false],
    ['an address as name', 'From: boss@desk.test <evil@x.test>', 'evil@x.test', false],
    ['a quoted address as name', 'From: "boss@desk.test" <evil@x.test>', 'evil@x.test', true],
    ['a carriage return', 'From: evil@x.test\rBcc: boss@desk.test', 'evil@x.test', false],
    ['a NUL', 'From: evil@x.test\0 <boss@desk.test>', 'evil@x.test', false],
    [
      'a quoted local part',
      'From: "boss@desk.test"@evil.test',
      '"boss@desk.test"@evil.test',
      false,
    ],
    ['an unclosed quote', 'From: "Ada <a@x.test>', '', false],
    ['no address', 'From: MAILER-DAEMON', '', false],
    ['dots side by side', 'From: a..b.@x.test', 'a..b.@x.test', false],
  ])('%s', (_, head, address, agreed) => {
    const parsed = mail(head)
    expect([parsed.from[0]?.address ?? '', parsed.fromAgreed]).toEqual([address, agreed])
  })

  it('counts From fields', () => {
    expect(mail('From: a@x.test\nfrom: b@x.test\nFROM : c@x.test').fromFields).toBe(3)
    expect(mail('Subject: none').fromFields).toBe(0)
  })

  it('keeps the name of a daemon without an address', () => {
    expect(mail('From: Mail Delivery System').from).toEqual([
      { name: 'Mail Delivery System', address: '' },
    ])
  })
})

describe('address lists', () => {
  it.each([
    ['a@x.test, B <b@x.test>', ['a@x.test', 'b@x.test'], true],
    ['Team: a@x.test, B <b@x.test>;, c@x.test', ['a@x.test', 'b@x.test', 'c@x.test'], true],
    ['undisclosed-recipients:;', [], true],
    ['Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>', ['pete@silly.test'], true],
    ['<@route.test,@b.test:mary@x.test>', ['mary@x.test'], true],
    ['a@[192.0.2.1]', ['a@[192.0.2.1]'], true],
    ['Ü <ü@bücher.test>', ['ü@bücher.test'], true],
    ['a@x.test; b@x.test', ['a@x.test', 'b@x.test'], false],
    ['Smith, John <j@x.test>', ['j@x.test'], false],
    ['Big Bug bug@x.test', ['bug@x.test'], false],
    ['a@x.test b@x.test', [], false],
    ['a @ x.test, <>', ['a@x.test'], false],
    ['', [], false],
  ])('%s', (raw, addresses, isStrict) => {
    const latin1 = Buffer.from(raw).toString('latin1')
    const read = readAddresses(latin1)
    expect([read.addresses.map((one) => one.address), read.isStrict]).toEqual([addresses, isStrict])
  })

  it.each([
    // The invisible character as the bytes of UTF-8 in the header.
    ['To', 'ann@x.test, bo\xe2\x80\x8bb@x.test, carl@x.test', 'bo\ufffdb@x.test'],
    ['Cc', 'ann@x.test,\r\n \xef\xbb\xbfbob@x.test,\r\n carl@x.test', '\ufffdbob@x.test'],
    ['Cc', 'ann@x.test, bob@x.test\xc2\xa0, carl@x.test', 'bob@x.test\ufffd'],
    ['Cc', 'ann@x.test, Bob <bob\xe2\x80\x8d@x.test>, carl@x.test', 'Bob <bob\ufffd@x.test>'],
    ['Cc', 'ann@x.test, bo\xe3\x85\xa4b@x.test, carl@x.test', 'bo\ufffdb@x.test'],
    ['Cc', 'ann@x.test, bob@x.test\0, carl@x.test', 'bob@x.test\ufffd'],
    ['Cc', 'ann@x.test, "Bob bob@x.test, carl@x.test', '"Bob bob@x.test'],
    ['Cc', 'ann@x.test, bob@x.test (Bob, carl@x.test', 'bob@x.test (Bob'],
    ['Cc', 'ann@x.test, bob@[192.0.2.1, carl@x.test', 'bob@[192.0.2.1'],
    ['Cc', 'ann@x.test, Bob <bob@x.test, carl@x.test', 'Bob <bob@x.test'],
    ['Cc', 'ann@x.test, Bob bob@x.test>, carl@x.test', 'Bob bob@x.test>'],
    ['Cc', 'ann@x.test, bob@x.test: bob@y.test, carl@x.test', 'bob@x.test: bob@y.test'],
    [
      'Cc',
      'ann@x.test, bob@x.test\rBcc: bob@y.test, carl@x.test',
      'bob@x.test\ufffdBcc: bob@y.test',
    ],
    ['Cc', 'ann@x.test, bob@x.test\\, carl@x.test', 'bob@x.test\\'],
    ['Cc', 'ann@x.test, bob@x@x.test, carl@x.test', 'bob@x@x.test'],
    ['Cc', 'ann@x.test, =?utf-8?q?bob?=@x.test, carl@x.test', '<=?utf-8?q?bob?=@x.test>'],
  ])('%s %j loses nobody behind the entry that is no address', (field, value, broken) => {
    const parsed = mail(`From: a@x.test\n${field}: ${value.replaceAll('\r\n', '\n')}`)
    const list = field === 'To' ? parsed.to : parsed.cc
    const valid = list.filter(({ address }) => isValidAddress(address))
    expect(valid.map(({ address }) => address)).toEqual(['ann@x.test', 'carl@x.test'])
    const rest = list.filter(({ address }) => !isValidAddress(address))
    expect(rest.map(({ address }) => address)).toEqual([broken])
  })

  it.each([
    ['\xc2\xa0', 'a blank that only Unicode knows'],
    ['\xe2\x80\x8b', 'what nobody sees'],
    ['\xc2\x85', 'a control character of Unicode'],
    ['\0', 'a zero byte'],
  ])('keeps a domain of a verdict whole where %j stands in it (%s)', (bytes) => {
    const verdict = `mx.test; dkim=pass header.d=x.test${bytes}.evil.test`
    const { headers } = mail(`Authentication-Results: ${verdict}\nFrom: a@x.test`)
    expect(headers[0]?.value).toBe('mx.test; dkim=pass header.d=x.test?.evil.test')
  })

  it.each(['Bo\xe2\x80\x8bb', '"Bob', 'Bob)', 'B\\"ob'])('reads the address behind %j', (name) => {
    const parsed = mail(`From: a@x.test\nCc: ${name} <bob@x.test>, carl@x.test`)
    expect(parsed.cc.map(({ address }) => address)).toEqual(['bob@x.test', 'carl@x.test'])
  })

  it('loses nobody to one broken entry, and makes nobody of it', () => {
    const name = fc.constantFrom('', 'Ann', '"Lee, Ann"', '=?utf-8?q?J=C3=BCrgen?=')
    const good = fc.tuple(name, fc.stringMatching(/^[a-z]{1,8}$/)).map(([words, local]) => {
      const address = `${local}@good.test`
      return { address, raw: words === '' ? address : `${words} <${address}>` }
    })
    const piece = fc.constantFrom(
      ...['\u200b', '\u00ad', '\ufeff', '\u00a0', '\u202e', '\0', '\r', '\u{e0041}', '\\'],
      ...['<', '>', '(', ')', '[', ']', '@', '.', '..', ' ', 'x', 'Bob', '=?utf-8?q?=40?='],
    )
    const broken = fc
      .tuple(fc.array(piece, { maxLength: 3 }), fc.array(piece, { minLength: 1, maxLength: 3 }))
      .map(([before, within]) => `${before.join('')} bo${within.join('')}b@bad.test`)
    const both = fc.array(good, { maxLength: 4 })
    fc.assert(
      fc.property(both, broken, both, (before, entry, after) => {
        const others = [...before, ...after]
        const raw = [...before.map((one) => one.raw), entry, ...after.map((one) => one.raw)]
        const { addresses, unread } = readAddresses(Buffer.from(raw.join(', ')).toString('latin1'))
        const read = addresses.map(({ address }) => address)
        const found = read.filter((address) => address.endsWith('@good.test'))
        expect(found).toEqual(others.map(({ address }) => address))
        // Of the broken one comes at the most what stands in it, letter by letter; else it stays to be seen.
        const own = read.filter((address) => !address.endsWith('@good.test'))
        expect(own.length + unread.length).toBeGreaterThan(0)
        for (const address of own) expect(entry.replace(/[ ()]/g, '')).toContain(address)
        expect(unread.filter((text) => isValidAddress(text))).toEqual([])
      }),
      { numRuns: 5_000 },
    )
  })

  it('counts whom it leaves out of a list of more than 1,000', () => {
    const many = Array.from({ length: 1_003 }, (_, n) => `p${String(n)}@x.test`)
    const { cc } = mail(`From: a@x.test\nCc: ${many.join(', ')}`)
    expect(cc.map(({ address }) => address)).toEqual([...many.slice(0, 1_000), '… + 3'])
  })

  it('makes nobody of the entry that a field of more than 64 KiB is cut in', () => {
    const name = 'x'.repeat(600)
    for (let shift = 0; shift < 40; shift += 1) {
      const long = Array.from({ length: 200 }, (_, n) => `${name} <p${String(n)}@example.company>`)
      const { cc } = mail(`From: a@x.test\nCc: ${'y'.repeat(shift)} <q@x.test>, ${long.join(', ')}`)
      const valid = cc.filter(({ address }) => isValidAddress(address))
      expect(valid.length).toBeGreaterThan(90)
      expect(valid.slice(1).every(({ address }) => address.endsWith('@example.company'))).toBe(true)
      expect(cc.at(-1)).toEqual({ name: '', address: '…' })
    }
  })

  it('keeps everybody to be seen where a quote that nothing closes shifts all that follow', () => {
    const raw = '"Ann <ann@x.test>, "Lee, Carl" <carl@x.test>, "Dora" <dora@x.test>'
    const { addresses, unread } = readAddresses(raw)
    const shown = [...addresses.map(({ address }) => address), ...unread].join(' ')
    for (const one of ['ann', 'carl', 'dora']) expect(shown).toContain(`${one}@x.test`)
  })

  it('reads a field of 64 KiB of broken entries at once', () => {
    for (const piece of [
      '"\\',
      '(',
      '[',
      '<',
      '\\(',
      '(a) (',
      '\u200b',
      '<@,',
      '"a\\"',
      'a@b "(,',
    ]) {
      const raw = piece.repeat(65_536 / piece.length)
      // Processor time: the machine may have more to do than this.
      const before = process.cpuUsage()
      readAddresses(raw)
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    }
  })

  it('decodes names and never addresses', () => {
    const raw = '=?utf-8?q?M=C3=BCller=2C_J?= <a@x.test>, "=?utf-8?b?w4Q=?=" <b@x.test>'
    expect(readAddresses(raw).addresses).toEqual([
      { name: 'Müller, J', address: 'a@x.test' },
      { name: 'Ä', address: 'b@x.test' },
    ])
    const spoof = '=?utf-8?q?x=0D=0ABcc=3A_evil=40x.test=E2=80=AE?= <a@x.test>'
    expect(readAddresses(spoof).addresses).toEqual([
      { name: 'x Bcc: evil@x.test', address: 'a@x.test' },
    ])
  })

  it('answers for any input, and finds what it writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { addresses } = readAddresses(Buffer.from(bytes).toString('latin1'))
        return addresses.every(
          ({ address, name }) =>
            // Cc: controls, Cf: bidi and zero-width marks
            !/[\p{Cc}\p{Cf}\s<>,;]/u.test(address.replace(/"[^"]*"/g, '')) && !/[\r\n]/.test(name),
        )
      }),
      { numRuns: 2_000 },
    )
    const atom = fc.stringMatching(/^[a-z0-9!#$%&'*+/^_`{|}~-]{1,10}$/)
    const address = fc.tuple(atom, atom, atom).map(([a, b, c]) => `${a}.${b}@${c}.test`)
    const name = fc.stringMatching(/^[A-Za-z ,.@()<>:;]{0,20}$/)
    fc.assert(
      fc.property(
        fc.array(fc.record({ address, name }), { minLength: 1, maxLength: 8 }),
        (list) => {
          const raw = list.map((one) => `"${one.name}" <${one.address}>`).join(', ')
          const read = readAddresses(raw)
          expect(read.isStrict).toBe(true)
          expect(read.addresses.map((one) => one.address)).toEqual(list.map((one) => one.address))
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('agreement on the author', () => {
  it('is never claimed where the other reader finds something else', () => {
    const piece = fc.constantFrom(
      ...[
        'Ada',
        ' ',
        '"',
        'Love, Ada',
        '=?utf-8?q?x=3Cb=40y.test=3E?=',
        '=?utf-8?b?YUBiLnRlc3Q=?=',
        '<',
        '>',
        'a@x.test',
        'a.b+c@x.test',
        'b@y.test',
        '@',
        '.',
        ',',
        ':',
        ';',
        '(',
        ')',
        "O'Neil",
        '-',
        '_',
        '\\',
      ],
    )
    let agreed = 0
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 7 }), (pieces) => {
        const raw = pieces.join('')
        const own = readAddresses(raw)
        if (!agreesOnAuthor(raw, own)) return
        agreed++
        expect(addressParser(raw).map((one) => one.address)).toEqual([own.addresses[0]?.address])
        expect(own.addresses).toHaveLength(1)
      }),
      { numRuns: 20_000 },
    )
    expect(agreed).toBeGreaterThan(100)
  })
})

describe('ids and dates', () => {
  it.each([
    ['<a@x> <b@y>', ['a@x', 'b@y']],
    ['<a\n @x>', ['a@x']],
    ['a@x b@y', ['a@x', 'b@y']],
    ['words of somebody', []],
    ['<a\xa0b@customer.test>', ['ab@customer.test']],
    ['<a\xef\xbb\xbf@customer.test>', ['a@customer.test']],
    ['<a\xe2\x80\xa8b@customer.test>', ['ab@customer.test']],
  ])('ids of %j', (raw, ids) => expect(readIds(raw)).toEqual(ids))

  it('makes one id for a mail without one, whatever its hops added', () => {
    const head = 'From: a@x.test\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: s'
    const one = mail(`Received: by one\n${head}`)
    const two = mail(`Received: by two\nDelivered-To: b@x.test\n${head}`)
    expect(one).toMatchObject({ hasOwnId: false, rfcId: two.rfcId, digest: two.digest })
    expect(one.rfcId).toMatch(/^[0-9a-f]{32}@missing\.invalid$/)
    expect(mail(head, 'Other\n').rfcId).not.toBe(one.rfcId)
  })

  it('tells a stranger who reuses an id by the digest', () => {
    const one = mail('From: a@x.test\nMessage-ID: <1@x>', 'Hello\n')
    const two = mail('From: a@x.test\nMessage-ID: <1@x>', 'Hello!\n')
    const three = mail('From: b@x.test\nMessage-ID: <1@x>', 'Hello\n')
    expect(new Set([one.digest, two.digest, three.digest]).size).toBe(3)
    expect(one.rfcId).toBe(two.rfcId)
  })

  it.each([
    ['Mon, 2 Jan 2006 15:04:05 -0700', '2006-01-02T22:04:05Z'],
    ['2 Jan 06 15:04 EST', '2006-01-02T20:04:00Z'],
    ['Wed, 20 Sep 1995 00:19:00 (EDT) -0400', '1995-09-20T04:19:00Z'],
    ['2023-05-05 10:00:00', '2023-05-05T10:00:00Z'],
    ['Thu, 32 Foo 2023 25:61:00 +9999', null],
    ['yesterday', null],
    ['', null],
  ])('date %s', (raw, iso) => expect(readDate(raw)).toBe(iso === null ? null : Date.parse(iso)))
})

describe('headers for the rules', () => {
  it('keeps trace fields in order with their places', () => {
    const parsed = mail(
      'Authentication-Results: mx.desk.test; dmarc=pass\nReceived: by one\nReceived: by two\nAuthentication-Results: forged;\n dmarc=pass\nX-Copydesk-Mail: 7\nX-Other: no\nAuto-Submitted: auto-replied\nFrom: a@x.test',
    )
    expect(parsed.headers).toEqual([
      { name: 'authentication-results', value: 'mx.desk.test; dmarc=pass', at: 0 },
      { name: 'received', value: 'by one', at: 1 },
      { name: 'authentication-results', value: 'forged; dmarc=pass', at: 3 },
      { name: 'x-copydesk-mail', value: '7', at: 4 },
      { name: 'auto-submitted', value: 'auto-replied', at: 6 },
    ])
    expect(parsed.receivedCount).toBe(2)
  })

  it('takes the first of several fields that should be one (B10), but never for the sender', () => {
    const twice = (name: string, one: string, two: string): string =>
      `${name}: ${one}\n${name}: ${two}`
    const parsed = mail(
      [
        'From: a@x.test',
        twice('Subject', 'first', 'second'),
        twice('To', 'one@x.test', 'two@x.test'),
        twice('Message-ID', '<1@x.test>', '<2@x.test>'),
        twice('In-Reply-To', '<3@x.test>', '<4@x.test>'),
        twice('Content-Type', 'text/plain; charset=utf-8', 'text/html'),
      ].join('\n'),
      '<b>Gr\xc3\xbc\xc3\x9fe</b>',
    )
    expect(parsed).toMatchObject({ subject: 'first', rfcId: '1@x.test', html: null })
    expect([parsed.to.map(({ address }) => address), parsed.text, parsed.fromAgreed]).toEqual([
      ['one@x.test'],
      '<b>Grüße</b>',
      true,
    ])
  })

  it('survives names that objects have already', () => {
    const parsed = mail(
      '__proto__: x\nconstructor: y\nContent-Type: text/plain; __proto__=z\nFrom: a@x.test',
    )
    expect(parsed).toMatchObject({ text: 'Hello', fromAgreed: true })
  })

  it('keeps the last fifty references', () => {
    const ids = Array.from({ length: 120 }, (_, n) => `<${n}@x>`)
    const parsed = mail(`References: ${ids.join('\n ')}\nFrom: a@x.test`)
    expect([parsed.references.length, parsed.references[0], parsed.references.at(-1)]).toEqual([
      50,
      '70@x',
      '119@x',
    ])
  })
})

describe('text', () => {
  it.each([
    ['utf-8', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
    ['iso-8859-1', 'Gr\xfc\xdfe', 'Grüße'],
    ['windows-1252', '\x80 \x93x\x94', '€ “x”'],
    ['koi8-r', '\xf0\xd2\xc9\xd7\xc5\xd4', 'Привет'],
    ['iso-2022-jp', '\x1b$B$3$s\x1b(B', 'こん'],
    ['shift_jis', '\x82\xb1\x82\xf1', 'こん'],
    ['tis-620', '\xca\xc7', 'สว'],
    ['utf-16be', '\0H\0i', 'Hi'],
    ['x-unknown-42', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
    ['x-unknown-42', 'Gr\xfc\xdfe', 'Grüße'],
    ['us-ascii', 'Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
    ['', 'Gr\xfc\xdfe', 'Grüße'],
    ['utf-7', '+AGA-', '+AGA-'],
  ])('charset %s', (charset, bytes, text) => {
    const type = charset === '' ? '' : `\nContent-Type: text/plain; charset=${charset}`
    expect(mail(`From: a@x.test${type}`, bytes).text).toBe(text)
  })

  it('decodes base64 and quoted-printable, broken ones too', () => {
    const head = 'From: a@x.test\nContent-Transfer-Encoding: '
    expect(mail(`${head}base64`, 'SGVs\r\nbG8=\n').text).toBe('Hello')
    expect(mail(`${head}BASE64`, 'SGVsbG8=SGVsbG8=\n').text).toBe('HelloHello')
    expect(mail(`${head}quoted-printable`, 'a=20b=\r\nc=3D=ZZ \nd=\n').text).toBe('a bc==ZZ\nd')
  })

  it('undoes format=flowed and keeps quoting', () => {
    const head = 'From: a@x.test\nContent-Type: text/plain; format=flowed'
    expect(mail(head, 'one \ntwo\n> q \n> r\n-- \nsig\n').text).toBe('one two\n> q r\n-- \nsig')
  })

  it('makes text from HTML where there is no other', () => {
    const html =
      '<style>p{}</style><p>Hello&nbsp;<b>you</b> &amp; me</p><blockquote>old</blockquote><script>x()</script>'
    const parsed = mail('From: a@x.test\nContent-Type: text/html', html)
    expect(parsed.text).toBe('Hello you & me\n\n> old')
    expect(parsed.html).toBe(html)
  })

  it('prefers the plain alternative for text and the last one for HTML', () => {
    const body =
      '--B\nContent-Type: text/plain\n\nplain\n--B\nContent-Type: text/html\n\n<p>rich</p>\n--B--\n'
    expect(multi(body, 'alternative')).toMatchObject({
      text: 'plain',
      html: '<p>rich</p>',
      attachments: [],
    })
  })

  it('shows all HTML of an alternative in which a file stands between (Apple Mail)', () => {
    const body =
      '--B\nContent-Type: text/plain\n\none\n\ntwo\n--B\nContent-Type: multipart/mixed; boundary=C\n\n' +
      '--C\nContent-Type: text/html\n\n<p>one</p>\n--C\nContent-Type: application/pdf; name=a.pdf\n\nx\n' +
      '--C\nContent-Type: text/html\n\n<p>two</p>\n--C--\n--B--\n'
    const { text, html, attachments } = multi(body, 'alternative')
    expect([text, html]).toEqual(['one\n\ntwo', '<p>one</p>\n<p>two</p>'])
    expect(attachments).toMatchObject([{ partId: '2.2', name: 'a.pdf' }])
  })

  it('joins text parts around an attachment', () => {
    const body =
      '--B\n\none\n--B\nContent-Type: image/png\n\nx\n--B\nContent-Type: text/html\n\n<p>two</p>\n--B--'
    const parsed = multi(body)
    expect(parsed.text).toBe('one\n\ntwo')
    expect(parsed.html).toBe('<div style="white-space:pre-wrap">one</div>\n<p>two</p>')
    expect(parsed.attachments).toMatchObject([
      { partId: '2', type: 'image/png', name: 'part-2.png' },
    ])
  })

  it.each([
    ['Fresh.\n\nOn Mon, 1 Jan 2024, Ada <a@x> wrote:\n> old\n> older\n', 'Fresh.'],
    ['Fresh.\n\nOn Mon, 1 Jan 2024 at 10:00,\nAda <a@x> wrote:\n\n> old\n', 'Fresh.'],
    ['Frisch.\n\nAm 1.1.24 schrieb Ada:\n> alt', 'Frisch.'],
    ['Fresh.\n-----Original Message-----\nFrom: a\n\nold', 'Fresh.'],
    [
      'Fresh.\n\n________________________________\nFrom: Ada <a@x>\nSent: Monday\nTo: b\n\nold',
      'Fresh.',
    ],
    ['Von: Ada\nwar hier', 'Von: Ada\nwar hier'],
    ['> old\n\nanswer below', '> old\n\nanswer below'],
    ['> only a quote', '> only a quote'],
    ['', ''],
  ])('finds the fresh part of %j', (text, fresh) => {
    const parsed = mail('From: a@x.test', text)
    expect(parsed.text.slice(0, parsed.freshLength)).toBe(fresh)
    expect(parsed.preview).toBe(fresh.replace(/\s+/g, ' '))
  })
})

describe('subjects', () => {
  it.each([
    ['=?utf-8?b?R3LDvA==?= =?utf-8?b?w59l?=', 'Grüße'],
    ['=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ==?=', 'Grüße'],
    ['=?iso-8859-1*de?q?Gr=FC=DFe?=', 'Grüße'],
    ['Gr\xc3\xbc\xc3\x9fe', 'Grüße'],
    ['Gr\xfc\xdfe', 'Grüße'],
    ['=?utf-8?q?a=0D=0ABcc:_x?=', 'a Bcc: x'],
    ['=?utf-8?q?exe=E2=80=AEfdp?=', 'exefdp'],
    ['=?broken', '=?broken'],
    ['a\n   b', 'a b'],
  ])('%j', (raw, subject) => expect(mail(`Subject: ${raw}`).subject).toBe(subject))
})

describe('attachments', () => {
  const named = (head: string) =>
    multi(`--B\nContent-Type: application/pdf${head}\n\nx\n--B--`).attachments[0]?.name

  it.each([
    ['; name="a b.pdf"', 'a b.pdf'],
    ['; name=a.pdf', 'a.pdf'],
    ["\nContent-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", 'Grüße.pdf'],
    [
      "\nContent-Disposition: attachment; filename*1*=%9Fe.pdf; filename*0*=utf-8''Gr%C3%BC%C3",
      'Grüße.pdf',
    ],
    ['\nContent-Disposition: attachment; filename*0="a; "; filename*1="b.pdf"', 'a; b.pdf'],
    ['\nContent-Disposition: attachment; filename="=?utf-8?q?=C3=A4.pdf?="', 'ä.pdf'],
    ['\nContent-Disposition: attachment; filename="../../etc/passwd"', 'passwd'],
    ['\nContent-Disposition: attachment; filename="C:\\dir\\evil.exe"', 'evil.exe'],
    ["\nContent-Disposition: attachment; filename*=utf-8''gpj.%E2%80%AEexe", 'gpj.exe'],
    ['\nContent-Disposition: attachment; filename="CON.txt"', '_CON.txt'],
    ['\nContent-Disposition: attachment; filename="..."', 'part-1.pdf'],
    ['', 'part-1.pdf'],
  ])('names %s', (head, name) => expect(named(head)).toBe(name))

  it.each([
    ['one piece twice', 'filename*0=a; filename*0=b; filename*1=.pdf'],
    ['a gap', 'filename*0=a; filename*2=.pdf'],
    [
      'an index without end',
      'filename*99999999999999999999=evil.exe; filename*0=a; filename*1=.pdf',
    ],
    ['half an escape', "filename*=utf-8''a%E"],
    ['a charset that nobody knows', "filename*=x-nobody'en'a%2Epdf"],
    [
      'a thousand pieces',
      Array.from({ length: 1_000 }, (_, n) => `filename*${String(n)}=a`).join(';'),
    ],
  ])('joins what there is of a name with %s (B8)', (_, params) => {
    const name = named(`\nContent-Disposition: attachment; ${params}`) ?? ''
    expect(name).toMatch(/^a/)
    expect(name).not.toContain('exe')
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
  })

  it('cuts long names to 120 bytes and keeps the extension', () => {
    const name = named(`; name="${'ü'.repeat(200)}.pdf"`) as string
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(120)
    expect(name).toMatch(/\.pdf$/)
  })

  it('counts decoded bytes of base64 without decoding', () => {
    for (const size of [0, 1, 2, 3, 56, 57, 58, 1_000, 4_321]) {
      const lines = Buffer.alloc(size, 7).toString('base64').replace(/.{76}/g, '$&\r\n')
      const body = `--B\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${lines}\r\n--B--\r\n`
      expect([size, multi(body).attachments[0]?.size]).toEqual([size, size])
    }
  })

  it('never fetches what lies elsewhere and never joins parts of a mail (B17)', () => {
    const parsed = multi(
      '--B\n\ntext\n--B\nContent-Type: message/external-body; access-type=URL; URL="http://evil.test/x"\n\nContent-Type: text/html\n\n<p>far</p>\n--B\nContent-Type: message/partial; id=1; number=2; total=2\n\nrest of a mail\n--B--',
    )
    expect([parsed.text, parsed.html]).toEqual(['text', null])
    expect(parsed.attachments.map(({ type }) => type)).toEqual([
      'message/external-body',
      'message/partial',
    ])
  })

  it('reads an unknown multipart as mixed and an unknown text as a file (RFC 2046 5.1.3, 4.1.4)', () => {
    const body =
      '--B\n\none\n--B\nContent-Type: text/x-own\n\nfile\n--B\nContent-Type: thing/unknown\n\nx\n--B--'
    const parsed = multi(body, 'x-unheard-of')
    expect(parsed.text).toBe('one')
    expect(parsed.attachments.map(({ type }) => type)).toEqual(['text/x-own', 'thing/unknown'])
  })

  it('leaves a forwarded mail closed', () => {
    const inner =
      'From: boss@desk.test\nMessage-ID: <inner@x>\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\ninner text\n--C--\n'
    const parsed = multi(`--B\n\nouter\n--B\nContent-Type: message/rfc822\n\n${inner}\n--B--`)
    expect(parsed).toMatchObject({ text: 'outer', from: [{ address: 'a@x.test' }] })
    expect(parsed.attachments).toMatchObject([
      { partId: '2', type: 'message/rfc822', name: 'message-2.eml' },
    ])
  })

  it('marks pictures that the HTML shows', () => {
    const body =
      '--B\nContent-Type: text/html\n\n<img src="cid:logo@x">\n--B\nContent-Type: image/png\nContent-ID: <logo@x>\n\nx\n--B--'
    expect(multi(body, 'related').attachments).toMatchObject([{ cid: 'logo@x', inline: true }])
  })
})

describe('delivery reports', () => {
  const report = (status: string) =>
    multi(
      `--B\n\nSorry.\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n${status}\n--B\nContent-Type: text/rfc822-headers\n\nSubject: Hi\nMessage-ID: <sent@desk.test>\n\n--B--`,
      'report',
      '; report-type=delivery-status',
    ).reportDelivery

  it('names failed recipients and the mail that came back', () => {
    expect(
      report(
        'Final-Recipient: rfc822; new@x.test\nOriginal-Recipient: rfc822;old@x.test\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; slow@x.test\nAction: delayed\nStatus: 4.4.1',
      ),
    ).toEqual({ failed: ['old@x.test', 'new@x.test'], originalId: 'sent@desk.test' })
  })

  it('does not take a forwarded report for one', () => {
    const parsed = multi(
      '--B\nContent-Type: message/delivery-status\n\nAction: failed\nFinal-Recipient: rfc822; a@x\n--B--',
    )
    expect(parsed.reportDelivery).toBeNull()
  })
})

describe('structure', () => {
  const parts = (source: string) =>
    leavesOf(readSkeleton(Buffer.from(source, 'latin1')).root).map(
      (part) => `${part.partId} ${part.type}`,
    )

  it.each([
    [
      'a boundary that begins with another',
      'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=ab\n\n--ab\n\nx\n--ab--\n--a\n\ny\n--a--',
      ['1.1 text/plain', '2 text/plain'],
    ],
    [
      'no end',
      'Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a\n\ny',
      ['1 text/plain', '2 text/plain'],
    ],
    [
      'an inner part that is not closed',
      'Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--',
      ['1.1 text/plain', '2 text/plain'],
    ],
    ['no boundary parameter', 'Content-Type: multipart/mixed\n\n--a\n\nx', ['1 text/plain']],
    [
      'a boundary that never comes',
      'Content-Type: multipart/mixed; boundary=zz\n\ntext',
      ['1 text/plain'],
    ],
    ['a broken type', 'Content-Type: <html>\n\nx', ['1 text/plain']],
    [
      'a forgotten semicolon',
      'Content-Type: application/pdf name=x.pdf\n\nx',
      ['1 application/pdf'],
    ],
  ])('%s', (_, source, expected) => expect(parts(source)).toEqual(expected))

  it('caps depth and number of parts', () => {
    let deep = 'x'
    for (let level = 0; level < 200; level++)
      deep = `Content-Type: multipart/mixed; boundary=b${level}_\n\n--b${level}_\n${deep}\n--b${level}_--`
    expect(parts(deep)).toHaveLength(1)
    const many = `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(100_000)}`
    expect(parts(many)).toHaveLength(999)
    expect(parseMail(Buffer.from(many)).problem).toBe('too many parts')
  })

  it.each([
    ['100,000 fields', 'X-A: b\r\n'.repeat(100_000)],
    ['one field of 10 MB', `X-A: ${'b'.repeat(10_000_000)}\r\n`],
    ['one field folded 200,000 times', `X-A: b${'\r\n b'.repeat(200_000)}\r\n`],
    ['10 MB of fields', `X-A: ${'b'.repeat(900)}\r\n`.repeat(11_000)],
  ])('keeps little of a header of %s, says so, and takes no time (B2)', (_, fields) => {
    const head = 'From: a@x.test\r\nSubject: s\r\nMessage-ID: <1@x.test>\r\n'
    const start = performance.now()
    const mail = parseMail(Buffer.from(`${head}${fields}\r\nText`))
    expect(performance.now() - start).toBeLessThan(2_000)
    expect(mail).toMatchObject({ subject: 's', rfcId: '1@x.test', problem: 'header too large' })
    expect(mail.headers.length).toBeLessThanOrEqual(1_000)
    expect(JSON.stringify(mail).length).toBeLessThan(600_000)
  })

  it('reads CR-only mail and never takes a single CR for a line end elsewhere', () => {
    const source = 'From: a@x.test\rSubject: s\r\rText\r'
    expect(parseMail(Buffer.from(source))).toMatchObject({ subject: 's', text: 'Text' })
    const smuggled = parseMail(
      Buffer.from('Subject: s\rFrom: boss@desk.test\nFrom: a@x.test\n\nText'),
    )
    expect(smuggled).toMatchObject({ fromFields: 1, subject: 's From: boss@desk.test' })
  })
})

describe('any input', () => {
  it('gives the same for LF and CRLF', () => {
    for (const { raw } of generateMail({ count: 150, seed: 5 })) {
      const crlf = Buffer.from(raw.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
      const sizes = <T extends { size: number }>(list: readonly T[]) =>
        list.map((one) => ({ ...one, size: 0 }))
      const [one, two] = [parseMail(raw), parseMail(crlf)]
      expect({ ...two, attachments: sizes(two.attachments) }).toEqual({
        ...one,
        attachments: sizes(one.attachments),
      })
    }
  })

  it('never throws and stays quick', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'From: ',
        'To: <',
        '>',
        '\n',
        '\r\n',
        '\r',
        '--B\n',
        '--B--',
        'Content-Type: multipart/mixed; boundary=B\n',
        'Content-Type: message/rfc822\n',
        'Content-Transfer-Encoding: base64\n',
        '=?utf-8?q?',
        '?=',
        '=',
        '"',
        '(',
        '<a',
        '&#',
        ';',
        ' ',
        '\0',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        parseMail(Buffer.from(pieces.join('')))
      }),
      { numRuns: 1_500 },
    )
  })

  it.each([
    '<',
    '>',
    '"',
    '(',
    '=',
    '=?',
    ' ',
    '\n',
    '\r',
    'a',
    '@',
    ',',
    ';',
    ':',
    '--B\n',
    '<a ="',
    '&',
    '-',
    '.',
    '\\',
    "='",
    '<!--',
    '</',
    '> ',
    'On ',
    '<i>a</i>',
    '<td>a ',
  ])('is linear for a megabyte of %j', (piece) => {
    const filler = piece.repeat(Math.ceil(1_000_000 / piece.length))
    const heads = [
      'From: ',
      'Subject: ',
      'Content-Type: multipart/mixed; boundary=B; x=',
      'Content-Disposition: x; filename*0=',
      'References: ',
    ]
    const sources = [
      ...heads.map((head) => `${head}${filler}\n\n`),
      `Content-Type: text/html\n\n${filler}`,
      `Content-Type: multipart/mixed; boundary=B\n\n${filler}`,
      `\n\n${filler}`,
    ]
    for (const source of sources) {
      // Of the processor: the clock on the wall counts what others do on this machine, too.
      const from = process.cpuUsage()
      parseMail(Buffer.from(source))
      // Generous: a quadratic scan would take minutes.
      expect(process.cpuUsage(from).user / 1_000).toBeLessThan(2_000)
    }
  })
})
