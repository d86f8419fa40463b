import {
  addressProblem,
  canonicalAddress,
  canonicalBlockEntry,
  cleanName,
  domainOf,
  formatAddress,
  isBlocklisted,
  isSupportAddress,
  isValidAddress,
  parseAddressList,
  sameAddress,
  showHidden,
  supportAddresses,
} from '#shared/rules/address'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aDesk, aMailbox, support } from '../builders'
import { patient, processorTime, runs, stride } from '../runs'

describe('canonicalAddress', () => {
  const forms: [string, string, string][] = [
    ['lower-cases the whole', 'Manager@Example.COM', 'manager@example.com'],
    ['trims', ' \t ann@x.org\r\n', 'ann@x.org'],
    ['composes', 'jose\u0301@x.org', 'jos\u00e9@x.org'],
    ['keeps a dotted capital I apart, in every locale', 'İ@x.org', 'i̇@x.org'],
    ['lower-cases I to i, in every locale', 'I@x.org', 'i@x.org'],
    ['keeps ß', 'Straße@x.org', 'straße@x.org'],
    ['writes the domain in A-labels', 'ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
    ['folds upper-case A-labels', 'ann@XN--BCHER-KVA.example', 'ann@xn--bcher-kva.example'],
    ['writes a domain alone in A-labels', '@BÜCHER.example', '@xn--bcher-kva.example'],
    ['keeps the local part out of IDNA', 'jörg@x.org', 'jörg@x.org'],
    ['keeps tags', 'a+X@b', 'a+x@b'],
    ['does its best without a domain', 'Ännchen', 'ännchen'],
    ['does its best with nothing', '', ''],
    ['splits at the last @', 'a@Ü@b', 'a@ü@b'],
  ]
  it.each(forms)('%s', (_, text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it('composes what lower-casing takes apart', () => {
    // There is a small ǰ of one character, and no capital one.
    expect(canonicalAddress('J\u030cane@x.org')).toBe('\u01f0ane@x.org')
    expect(canonicalAddress('\u01f0ane@x.org')).toBe('\u01f0ane@x.org')
  })

  it('is one form for whatever Unicode calls the same text', patient, () => {
    // Letters of which only the small or only the composed form is one character; marks that change places.
    const letters = fc.constantFrom(...'aJHTWYsΣσαΩ\u212a\u212bİıß한')
    const marks = fc.constantFrom(
      ...['\u0301', '\u0307', '\u0308', '\u030a', '\u030c', '\u0323', '\u0331', '\u0345', '\u302e'],
    )
    const cluster = fc
      .tuple(letters, fc.array(marks, { maxLength: 3 }))
      .map(([letter, list]) => letter + list.join(''))
    const word = fc.array(cluster, { minLength: 1, maxLength: 4 }).map((list) => list.join(''))
    fc.assert(
      fc.property(word, word, (local, host) => {
        const text = `${local}@${host}.org`
        const once = canonicalAddress(text)
        expect(canonicalAddress(once)).toBe(once)
        expect(once.normalize('NFC')).toBe(once)
        for (const form of ['NFC', 'NFD'] as const) {
          expect(canonicalAddress(text.normalize(form))).toBe(once)
        }
      }),
      runs,
    )
  })

  it('is idempotent for every character in local part, domain and alone', patient, () => {
    const failed: string[] = []
    for (let point = 0; point < 0x20000; point += stride) {
      const char = String.fromCodePoint(point)
      for (const text of [`a${char}@x.org`, `a@x${char}y.org`, char]) {
        const once = canonicalAddress(text)
        if (canonicalAddress(once) !== once) failed.push(point.toString(16))
      }
    }
    expect(failed).toEqual([])
  })

  it('is idempotent and total for any text', patient, () => {
    const parts = fc.array(
      fc.constantFrom('@', '.', ' ', 'a', 'Σ', 'İ', 'é', 'e\u0301', 'ｅ', '＠'),
    )
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
        .map((p) => p.join('@')),
      parts.map((list) => list.join('')),
    )
    fc.assert(
      fc.property(any, (text) => {
        const once = canonicalAddress(text)
        return canonicalAddress(once) === once && sameAddress(text, once)
      }),
      runs,
    )
  })
})

describe('addressProblem', () => {
  const good = [
    'a@b',
    'ann@x.org',
    ' Ann@X.ORG ',
    "o'brien+tag=1@x-y.example",
    '!#$%&*/=?^_`{|}~-@x.org',
    'jörg@bücher.example',
    '用户@例え.テスト',
    '1@1.2',
    `${'a'.repeat(64)}@x.org`,
    `a@${'b'.repeat(63)}.org`,
    `${'é'.repeat(32)}@x.org`,
    `${'한'.repeat(21)}a@x.org`,
    `${'😀'.repeat(16)}@x.org`,
    `${'\u{10000}'.repeat(16)}@x.org`,
    `a@${'b.'.repeat(125)}cc`,
  ]
  it.each(good)('%j is valid', (text) => {
    expect(addressProblem(text)).toBeNull()
    expect(isValidAddress(text)).toBe(true)
  })

  const bad: [string, string][] = [
    ['', 'empty-address'],
    ['  ', 'empty-address'],
    ['ann', 'no-at-sign'],
    ['a@b@c', 'several-at-signs'],
    ['@relay:a@x', 'several-at-signs'],
    ['a@', 'bad-domain'],
    ['@x.org', 'bad-local-part'],
    ['a..b@x.org', 'bad-local-part'],
    ['.a@x.org', 'bad-local-part'],
    ['a.@x.org', 'bad-local-part'],
    ['a,b@x.org', 'bad-local-part'],
    ['Ann<a@x.org', 'bad-local-part'],
    ['Team:a@x.org', 'bad-local-part'],
    ['a(b)@x.org', 'bad-local-part'],
    ['"a b"@x.org', 'quoted-local-part'],
    ['"x@evil y"@ours.example', 'quoted-local-part'],
    ['a b@x.org', 'invisible-character'],
    ['a\u200bb@x.org', 'invisible-character'],
    ['\u202ea@x.org', 'invisible-character'],
    ['a\ufffd@x.org', 'invisible-character'],
    ['a\ud800@x.org', 'invisible-character'],
    ['a\0@x.org', 'control-character'],
    ['a@x.org\r\nBcc: b@x.org', 'control-character'],
    ['a\u0085@x.org', 'control-character'],
    ['a@[127.0.0.1]', 'bad-domain'],
    ['a@x..org', 'bad-domain'],
    ['a@x.org.', 'bad-domain'],
    ['a@-x.org', 'bad-domain'],
    ['a@x-.org', 'bad-domain'],
    ['a@x_y.org', 'bad-domain'],
    ['a@i❤.example', 'bad-domain'],
    [`a@${'b'.repeat(64)}.org`, 'bad-domain'],
    [`${'a'.repeat(65)}@x.org`, 'address-too-long'],
    [`${'é'.repeat(33)}@x.org`, 'address-too-long'],
    [`${'\u0800'.repeat(22)}@x.org`, 'address-too-long'],
    [`${'한'.repeat(22)}@x.org`, 'address-too-long'],
    [`${'ﬁ'.repeat(22)}@x.org`, 'address-too-long'],
    [`${'😀'.repeat(17)}@x.org`, 'address-too-long'],
    [`a@${'b.'.repeat(125)}ccc`, 'address-too-long'],
    ['a'.repeat(321), 'no-at-sign'],
  ]
  it.each(bad)('%j: %s', (text, problem) => {
    expect(addressProblem(text)).toBe(problem)
    expect(isValidAddress(text)).toBe(false)
  })

  it(
    'finds in every valid address one @, no control character and at most 254 octets',
    patient,
    () => {
      const any = fc
        .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.domain())
        .map((p) => p.join('@'))
      fc.assert(
        fc.property(any, (text) => {
          const address = canonicalAddress(text)
          if (addressProblem(text) !== null) return true
          const isPlain = /^[^@\p{Cc}\p{Z}"<>(),;:\\[\]]+@[a-z0-9.-]+$/u.test(address)
          return isPlain && Buffer.byteLength(address) <= 254 && isValidAddress(address)
        }),
        runs,
      )
    },
  )
})

describe('domainOf', () => {
  it('is canonical, and empty without a domain', () => {
    const domains = ['A@X.Org', '@X.Org', 'a', 'a@'].map(domainOf)
    expect(domains).toEqual(['x.org', 'x.org', '', ''])
  })
})

describe('isSupportAddress', () => {
  const desk = aDesk(
    {},
    {
      mailboxes: [
        aMailbox(support, { aliases: ['Help@Desk.Example'] }),
        aMailbox('team+de@desk.example'),
      ],
    },
  )
  const addresses: [string, boolean][] = [
    [support, true],
    ['SUPPORT@Desk.example', true],
    ['support+t.K7M2QX@desk.example', true],
    ['help@desk.example', true],
    ['help+anything+more@desk.example', true],
    ['team+de@desk.example', true],
    ['team+de+token@desk.example', true],
    ['team@desk.example', false],
    ['team+fr@desk.example', false],
    ['supporter@desk.example', false],
    ['support@other.example', false],
    ['support@sub.desk.example', false],
    ['x+support@desk.example', false],
    ['support', false],
    ['', false],
  ]
  it.each(addresses)('%s: %s', (address, isOurs) => {
    expect(isSupportAddress(desk, address)).toBe(isOurs)
  })

  it('knows an address of one letter', () => {
    expect(
      isSupportAddress(aDesk({}, { mailboxes: [aMailbox('x@desk.example')] }), 'x@desk.example'),
    ).toBe(true)
  })

  it('knows the canonical addresses of all mailboxes', () => {
    expect(supportAddresses(desk)).toEqual([support, 'help@desk.example', 'team+de@desk.example'])
  })
})

describe('isBlocklisted', () => {
  const policy = {
    ccBlocklist: [
      'Bad@x.org',
      'Spam.example',
      '@ads.example',
      '*.wild.example',
      '*@all.example',
      '.dots.example',
      '',
    ],
  }
  const addresses: [string, boolean][] = [
    ['bad@X.ORG', true],
    ['good@x.org', false],
    ['bad+tag@x.org', false],
    ['a@spam.example', true],
    ['a@deep.er.spam.example', true],
    ['a@notspam.example', false],
    ['a@ads.example', true],
    ['a@wild.example', true],
    ['a@all.example', true],
    ['a@dots.example', true],
    ['a@deep.dots.example', true],
    ['a', false],
    ['', false],
  ]
  it.each(addresses)('%s: %s', (address, isBlocked) => {
    expect(isBlocklisted(policy, address)).toBe(isBlocked)
  })

  it('stores entries in one form', () => {
    expect([' @Ads.Example', '*.Bücher.example', 'A@X.org'].map(canonicalBlockEntry)).toEqual([
      'ads.example',
      'xn--bcher-kva.example',
      'a@x.org',
    ])
  })
})

describe('formatAddress', () => {
  it('shows name and address, quoting what would mislead', () => {
    const format = (name: string) => formatAddress({ name, address: 'a@x.org' })
    expect(format('')).toBe('a@x.org')
    expect(format('a@x.org')).toBe('a@x.org')
    expect(format('Ann Lee')).toBe('Ann Lee <a@x.org>')
    expect(format('Lee, "Ann"')).toBe('"Lee, \\"Ann\\"" <a@x.org>')
    expect(format('boss@desk.example')).toBe('"boss@desk.example" <a@x.org>')
    expect(format('A\u202enn\r\n  Lee\0')).toBe('Ann Lee <a@x.org>')
  })

  it('bounds a name without cutting a character in two', () => {
    expect(cleanName(`${'a'.repeat(199)}😀`)).toBe('a'.repeat(199))
    expect(cleanName('😀'.repeat(100))).toHaveLength(200)
  })
})

describe('names with characters that nobody sees', () => {
  it('keep a blank where a control character stood', () => {
    expect(cleanName('Ann\0Lee')).toBe('Ann Lee')
  })

  it.each([
    ['', ''],
    ['Ann Lee ~', 'Ann Lee ~'],
    ['Jörg Ünal', 'Jörg Ünal'],
    ['An\u200bn Lee', 'An\ufffdn Lee'],
    ['\u202eexe.gnp', '\ufffdexe.gnp'],
    ['ann\u00a0', 'ann\ufffd'],
    ['one\r\ntwo', 'one\ufffd\ufffdtwo'],
  ])('show a sign for each in %j', (text, shown) => {
    expect(showHidden(text)).toBe(shown)
  })
})

describe('parseAddressList', () => {
  const lists: [string, string, string[], string[]][] = [
    [
      'the three of the page',
      'Ann <a@x.org>, b@x.org; c@x.org',
      ['Ann <a@x.org>', 'b@x.org', 'c@x.org'],
      [],
    ],
    ['nothing', ' ,;\n ', [], []],
    ['lines of any system', 'a@x.org\nb@x.org\r\nc@x.org', ['a@x.org', 'b@x.org', 'c@x.org'], []],
    [
      'quoted names with commas',
      '"Lee, Ann" <a@x.org>, b@x.org',
      ['"Lee, Ann" <a@x.org>', 'b@x.org'],
      [],
    ],
    ['escapes in names', '"Ann \\"A\\" Lee" <a@x.org>', ['"Ann \\"A\\" Lee" <a@x.org>'], []],
    ['groups', 'Team: a@x.org, "B" <b@x.org>;c@x.org', ['a@x.org', 'B <b@x.org>', 'c@x.org'], []],
    ['empty groups', 'undisclosed-recipients:;', [], []],
    [
      'copied header fields',
      'To: a@x.org, b@x.org\nCc: c@x.org',
      ['a@x.org', 'b@x.org', 'c@x.org'],
      [],
    ],
    ['mailto links', 'mailto:a@x.org', ['a@x.org'], []],
    [
      'duplicates, keeping a name',
      'a@x.org, Ann <A@X.org>, Other <a@x.org>',
      ['Ann <a@x.org>'],
      [],
    ],
    ['comments as names', 'a@x.org (Ann, of sales)', ['"Ann, of sales" <a@x.org>'], []],
    ['a comma in a comment', 'Ann (Sales, EU) <a@x.org>', ['"Ann (Sales, EU)" <a@x.org>'], []],
    ['spaces between addresses', 'a@x.org b@x.org\tc@x.org', ['a@x.org', 'b@x.org', 'c@x.org'], []],
    [
      'columns of a table',
      'Ann Lee\ta@x.org\nBob\tb@x.org',
      ['Ann Lee <a@x.org>', 'Bob <b@x.org>'],
      [],
    ],
    [
      'names without commas between',
      'Ann <a@x.org> Bob <b@x.org>',
      ['Ann <a@x.org>', 'Bob <b@x.org>'],
      [],
    ],
    [
      'single quotes of mail programs',
      "'a@x.org' <a@x.org>, 'b@x.org'",
      ['a@x.org', 'b@x.org'],
      [],
    ],
    ['an address as its own name', 'A@x.org <a@x.org>', ['a@x.org'], []],
    ['an unclosed quote', '"Ann <a@x.org>, b@x.org', ['"\\"Ann" <a@x.org>', 'b@x.org'], []],
    ['an unclosed bracket', 'Ann <a@x.org, b@x.org', ['Ann <a@x.org>', 'b@x.org'], []],
    [
      'an unclosed quote ends with its line',
      '"Ann\nb@x.org, c@x.org',
      ['b@x.org', 'c@x.org'],
      ['"Ann: no-at-sign'],
    ],
    [
      'invalid ones beside valid ones',
      'nobody, a@x.org, b@',
      ['a@x.org'],
      ['nobody: no-at-sign', 'b@: bad-domain'],
    ],
    ['invalid ones once', 'x, x', [], ['x: no-at-sign']],
    ['a name without address', 'Ann <>', [], ['Ann <>: empty-address']],
    ['routes', '<@relay:a@x.org>', [], ['<@relay:a@x.org>: several-at-signs']],
    ['quoted local parts', '"ann lee"@x.org', [], ['"ann lee"@x.org: quoted-local-part']],
    [
      'words with several addresses',
      'see a@x.org or b@x.org',
      [],
      ['see a@x.org or b@x.org: several-at-signs'],
    ],
    ['an address after a name', 'Ann Lee a@x.org', ['Ann Lee <a@x.org>'], []],
    ['text after a bracket', 'Ann <a@x.org> b@x.org', ['Ann <a@x.org>', 'b@x.org'], []],
    [
      'one bad of two in brackets',
      '<boss@desk><e vil@x>',
      ['boss@desk'],
      ['e vil@x: invisible-character'],
    ],
    [
      'international addresses',
      'Jörg <JÖRG@Bücher.example>',
      ['Jörg <jörg@xn--bcher-kva.example>'],
      [],
    ],
  ]
  it.each(lists)('reads %s', (_, text, people, invalid) => {
    const list = parseAddressList(text)
    expect(list.people.map(formatAddress)).toEqual(people)
    expect(list.invalid.map((each) => `${each.text}: ${each.because}`)).toEqual(invalid)
  })

  const untidy: [string, string, string[]][] = [
    ['a quoted word in a name', 'Ann "A" <a@x.org>', ['"Ann \\"A\\"" <a@x.org>']],
    ['two quoted names', '"Ann" "Lee" <a@x.org>', ['Ann Lee <a@x.org>']],
    ['single quotes at the end of a name', "Miles 'Mo' <a@x.org>", ["Miles 'Mo' <a@x.org>"]],
    ['single quotes at the start of a name', "'Mo' Miles <a@x.org>", ["'Mo' Miles <a@x.org>"]],
    ['a quoted name without brackets', '"Lee, Ann" a@x.org', ['"Lee, Ann" <a@x.org>']],
    ['words behind a quoted name', '"Ann" Lee a@x.org', ['Ann Lee <a@x.org>']],
    ['a comment behind several addresses', 'a@x.org b@x.org (both)', ['a@x.org', 'b@x.org']],
    ['a comment without blanks around', 'Ann(Sales)a@x.org', ['Ann <a@x.org>']],
    ['two comments', 'a@x.org (Ann) (Sales)', ['Ann Sales <a@x.org>']],
    ['a quoted group', '"Team A": a@x.org, b@x.org;', ['a@x.org', 'b@x.org']],
    ['a quoted group with a blank', '"Team A" : a@x.org', ['a@x.org']],
    ['two unclosed brackets', 'Ann <a@x.org <b@x.org>', ['Ann <a@x.org>', 'b@x.org']],
  ]
  it.each(untidy)('reads %s', (_, text, people) => {
    const list = parseAddressList(text)
    expect(list.people.map(formatAddress)).toEqual(people)
    expect(list.invalid).toEqual([])
  })

  it.each(['\n', '\r', '\r\n'])('ends an unclosed quote with a line that ends in %j', (end) => {
    const list = parseAddressList(['Ann 5" <a@x.org>', '"Lee, Bob" <b@x.org>'].join(end))
    expect(list.people.map((each) => each.address)).toEqual(['a@x.org', 'b@x.org'])
    expect(list.people[1]?.name).toBe('Lee, Bob')
    expect(list.invalid).toEqual([])
  })

  it('is total: every person valid and canonical, once', patient, () => {
    const piece = fc.constantFrom(
      ...'",;:<>()@.\\\n\r\t \'ab',
      'a@x.org',
      'Ann <b@x.org>',
      'é',
      '\u202e',
      '\ud800',
    )
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 40 }).map((p) => p.join('')),
    )
    fc.assert(
      fc.property(any, (text) => {
        const { people, invalid } = parseAddressList(text)
        const addresses = people.map((each) => each.address)
        const isSound = addresses.every(
          (each) => isValidAddress(each) && canonicalAddress(each) === each,
        )
        const isOnce = new Set(addresses).size === addresses.length
        return isSound && isOnce && invalid.every((each) => text.includes(each.text))
      }),
      runs,
    )
  })

  it('reads back what it shows', patient, () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 20 }).map(cleanName)
    const people = fc.uniqueArray(
      fc.record({ name: name.filter((each) => !/['\\]/.test(each)), address: fc.emailAddress() }),
      { selector: (each) => canonicalAddress(each.address), maxLength: 5 },
    )
    fc.assert(
      fc.property(people, (list) => {
        const valid = list.filter((each) => isValidAddress(each.address))
        const again = parseAddressList(valid.map(formatAddress).join('; '))
        expect(again.people).toEqual(
          valid.map((each) => ({ ...each, address: canonicalAddress(each.address) })),
        )
      }),
      runs,
    )
  })

  const floods: [string, string][] = [
    ['quotes', '"'.repeat(400_001)],
    ['escaped quotes', '"\\'.repeat(200_000)],
    ['parentheses', '('.repeat(400_000)],
    ['brackets', '<'.repeat(400_000)],
    ['letters', 'a'.repeat(400_000)],
    ['colons', ':'.repeat(400_000)],
    ['spaces', `a${' '.repeat(400_000)}b`],
    ['umlauts in a domain', `a@${'ü'.repeat(400_000)}`],
    ['addresses', Array.from({ length: 20_000 }, (_, i) => `a${i}@x.org`).join(',')],
  ]
  it.each(floods)('takes linear time for a flood of %s', patient, (_, text) => {
    const from = processorTime()
    parseAddressList(text)
    expect(processorTime() - from).toBeLessThan(2_000)
  })
})
