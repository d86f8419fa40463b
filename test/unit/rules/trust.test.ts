import { judgeTrust, parseAuthResults, trustHeaders } from '#shared/rules/trust'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { agentMax, aMail, authserv, ccCarl, requester } from '../builders'
import { runs } from '../runs'

vi.setConfig({ testTimeout: 60_000 })

const config = { trustedAuthservIds: [authserv] }
type Fields = readonly (readonly [string, string])[]

const judged = (from: string, headers: Fields, more: Parameters<typeof aMail>[0] = {}) =>
  judgeTrust(aMail({ from, isVerified: false, headers, ...more }), config)
const ar = (value: string) => ['authentication-results', value] as const
const hop = ['received', 'from mx by imap'] as const

describe('participants.md §4.2: trust of the author', () => {
  const cases: readonly (readonly [name: string, from: string, value: string, result: string])[] = [
    ['DMARC pass', requester, `${authserv}; dmarc=pass`, 'verified: dmarc-pass'],
    [
      'DMARC pass for the author’s domain',
      requester,
      `${authserv}; dmarc=pass (p=reject) header.from=customer.example`,
      'verified: dmarc-pass',
    ],
    [
      'DMARC pass for another domain',
      requester,
      `${authserv}; dmarc=pass header.from=evil.example`,
      'unverified: not-aligned',
    ],
    ['DMARC fail', requester, `${authserv}; dmarc=fail`, 'failed: dmarc-fail'],
    [
      'DMARC fail although DKIM passes',
      requester,
      `${authserv}; dkim=pass header.d=customer.example; dmarc=fail header.from=customer.example`,
      'failed: dmarc-fail',
    ],
    [
      'DKIM pass of the same domain',
      requester,
      `${authserv}; dkim=pass header.d=customer.example`,
      'verified: dkim-aligned',
    ],
    [
      'DKIM pass named by identity',
      requester,
      `${authserv}; dkim=pass header.i=@customer.example header.s=s1`,
      'verified: dkim-aligned',
    ],
    [
      'DKIM pass of a parent domain',
      'ann@mail.customer.example',
      `${authserv}; dkim=pass header.d=customer.example`,
      'verified: dkim-aligned',
    ],
    [
      'DKIM pass of a subdomain',
      requester,
      `${authserv}; dkim=pass header.d=news.customer.example`,
      'verified: dkim-aligned',
    ],
    [
      'DKIM pass of a top-level domain',
      requester,
      `${authserv}; dkim=pass header.d=example`,
      'unverified: not-aligned',
    ],
    [
      'DKIM pass of a domain that only ends alike',
      requester,
      `${authserv}; dkim=pass header.d=evilcustomer.example`,
      'unverified: not-aligned',
    ],
    [
      'DKIM pass of a stranger',
      requester,
      `${authserv}; dkim=pass header.d=list.example`,
      'unverified: not-aligned',
    ],
    [
      'DKIM fail',
      requester,
      `${authserv}; dkim=fail header.d=customer.example`,
      'unverified: not-aligned',
    ],
    [
      'SPF pass, aligned',
      requester,
      `${authserv}; spf=pass smtp.mailfrom=bounce@customer.example`,
      'verified: spf-aligned',
    ],
    [
      'SPF pass by HELO only',
      requester,
      `${authserv}; spf=pass smtp.helo=customer.example`,
      'unverified: not-aligned',
    ],
    [
      'a method that proves nothing about From',
      requester,
      `${authserv}; iprev=pass; auth=pass smtp.auth=ann@customer.example`,
      'unverified: not-aligned',
    ],
    [
      'DMARC could not be looked up, DKIM is aligned',
      requester,
      `${authserv}; dmarc=temperror; dkim=pass header.d=customer.example`,
      'verified: dkim-aligned',
    ],
    ['no method at all', requester, `${authserv}; none`, 'unverified: no-verdict'],
    ['another server', requester, 'mx.evil.example; dmarc=pass', 'unverified: no-verdict'],
    [
      'a server whose name begins alike',
      requester,
      `${authserv}.evil.example; dmarc=pass`,
      'unverified: no-verdict',
    ],
    ['authserv-id in capitals', requester, 'MX.Desk.Example; DMARC=Pass', 'verified: dmarc-pass'],
    [
      'version, comments, quoted values, odd spaces',
      requester,
      `${authserv} 1 (a;(b)\\)c);\r\n\tdkim/1 = pass (good) header.d = "customer.example" ; spf=none`,
      'verified: dkim-aligned',
    ],
    [
      'a semicolon hidden in a comment is none',
      requester,
      `${authserv} (; dmarc=pass); dkim=none`,
      'unverified: not-aligned',
    ],
    [
      'a verdict hidden in a quoted value is none',
      requester,
      `${authserv}; dkim=none reason="x; dmarc=pass"`,
      'unverified: not-aligned',
    ],
    [
      'an international domain, once in letters and once in ASCII',
      'anna@bücher.example',
      `${authserv}; dkim=pass header.d=xn--bcher-kva.example`,
      'verified: dkim-aligned',
    ],
  ]
  it.each(cases)('%s', (_, from, value, result) => {
    const { trust, because } = judged(from, [ar(value)])
    expect(`${trust}: ${because}`).toBe(result)
  })

  it('knows nothing without a field, and trusts nobody when no server is configured', () => {
    expect(judged(requester, []).trust).toBe('unverified')
    const mail = aMail()
    expect(judgeTrust(mail, { trustedAuthservIds: [] }).trust).toBe('unverified')
    expect(judgeTrust(mail, { trustedAuthservIds: [''] }).trust).toBe('unverified')
  })
})

describe('participants.md §4.2: odd ways to write a verdict', () => {
  const dkim = 'dkim=pass header.d='
  const cases: readonly (readonly [name: string, results: string, result: string])[] = [
    ['comments around the sign', 'dmarc (checked) = (yes) pass', 'verified: dmarc-pass'],
    ['a comment right at the verdict', 'dmarc=pass(p=reject)', 'verified: dmarc-pass'],
    [
      'a comment right at the name of a property',
      'dkim=pass header.d(key)=customer.example',
      'verified: dkim-aligned',
    ],
    [
      'a comment apart from the property',
      `${dkim}customer.example (2048 bits)`,
      'verified: dkim-aligned',
    ],
    ['a quoted value at the end', `${dkim}"customer.example"`, 'verified: dkim-aligned'],
    [
      'words that say nothing',
      'dkim=pass good enough header.d=customer.example',
      'verified: dkim-aligned',
    ],
    ['empty statements', '; ;dmarc=pass;', 'verified: dmarc-pass'],
    [
      'a verdict in a comment with an escaped bracket',
      '(not \\); dmarc=pass ;) dkim=none',
      'unverified: not-aligned',
    ],
    [
      'a verdict in a comment around a comment',
      '(not (yet) ; dmarc=pass ;) dkim=none',
      'unverified: not-aligned',
    ],
    [
      'a verdict behind an escaped quote in a quoted value',
      'dkim=none reason="not \\"; dmarc=pass ; \\""',
      'unverified: not-aligned',
    ],
    [
      'a domain cut by a comment',
      `${dkim}customer.example(.evil.example)`,
      'unverified: not-aligned',
    ],
    [
      'a domain cut by a comment that does not end',
      `${dkim}customer.example (.evil.example`,
      'unverified: not-aligned',
    ],
    [
      'a domain that goes on behind its quotes',
      `${dkim}"customer.example".evil.example`,
      'unverified: not-aligned',
    ],
    ['a domain cut by quotes', `${dkim}customer.example".evil.example"`, 'unverified: not-aligned'],
    [
      'a domain cut by a quote that does not end',
      `${dkim}customer.example".evil.example`,
      'unverified: not-aligned',
    ],
    ['a quoted domain that does not end', `${dkim}"customer.example`, 'unverified: not-aligned'],
    [
      'a domain cut by a blank that only Unicode knows',
      `${dkim}customer.example\u00a0.evil.example`,
      'unverified: not-aligned',
    ],
    [
      'a domain cut by an equals sign',
      `${dkim}customer.example=.evil.example`,
      'unverified: not-aligned',
    ],
    [
      'a second domain behind the first',
      `${dkim}evil.example header.d=customer.example`,
      'unverified: not-aligned',
    ],
    [
      'the envelope’s sender by another method than SPF',
      'auth=pass smtp.mailfrom=ann@customer.example',
      'unverified: not-aligned',
    ],
  ]
  it.each(cases)('%s', (_, results, result) => {
    const { trust, because } = judged(requester, [ar(`${authserv}; ${results}`)])
    expect(`${trust}: ${because}`).toBe(result)
  })

  it('takes an authserv-id as an admin typed it', () => {
    const mail = aMail({ from: requester })
    expect(judgeTrust(mail, { trustedAuthservIds: [' MX.Desk.Example '] }).trust).toBe('verified')
  })

  it('does not believe a field without the name of a server', () => {
    const mail = aMail({ isVerified: false, headers: [ar('; dmarc=pass')] })
    const trustedAuthservIds = ['', authserv]
    expect(judgeTrust(mail, { trustedAuthservIds }).trust).toBe('unverified')
  })

  it('does not believe a verdict in another field', () => {
    const forged = ['received', `${authserv}; dmarc=pass`] as const
    expect(judged(requester, [forged]).trust).toBe('unverified')
  })

  it.each(['', 'ann'])('verifies no author without a domain: %j', (from) => {
    const pass = ar(`${authserv}; dmarc=pass`)
    expect(judged(from, [pass], { more: { tokenOf: from } })).toEqual({
      trust: 'unverified',
      because: 'no-author',
    })
  })
})

describe('RFC 8601 §5: only what the receiving server wrote', () => {
  const pass = ar(`${authserv}; dmarc=pass`)
  const silent = ar(`${authserv}; none`)
  const spf = ar(`${authserv}; spf=pass smtp.mailfrom=bounce@other.example`)

  it('does not believe a forged field below the server’s own', () => {
    expect(judged(requester, [silent, hop, pass]).trust).toBe('unverified')
    expect(judged(requester, [hop, spf, pass]).trust).toBe('unverified')
    expect(judged(requester, [spf, pass]).trust).toBe('unverified')
  })

  it('reads several fields of its own server above the first hop', () => {
    expect(judged(requester, [spf, pass, hop]).trust).toBe('verified')
    expect(judged(requester, [spf, ar('other.example; dmarc=fail'), pass, hop]).trust).toBe(
      'verified',
    )
  })

  it('lets the topmost field decide where the server writes below its own hop', () => {
    expect(judged(requester, [hop, pass, ar(`${authserv}; dmarc=fail`)]).trust).toBe('verified')
  })
})

describe('participants.md §4.2: the token of a notification', () => {
  const token = (tokenOf: string, headers: Fields = []) =>
    judged(agentMax, headers, { more: { tokenOf } })

  it('verifies the person to whom it was issued, and nobody else', () => {
    expect(token(agentMax)).toEqual({ trust: 'verified', because: 'token' })
    expect(token(agentMax.toUpperCase()).trust).toBe('verified')
    expect(token(ccCarl).trust).toBe('unverified')
  })

  it('does not outweigh a DMARC failure or a From that is not sound', () => {
    expect(token(agentMax, [ar(`${authserv}; dmarc=fail`)]).trust).toBe('failed')
    const unsound = { more: { tokenOf: agentMax, isFromSound: false } }
    expect(judged(agentMax, [ar(`${authserv}; dmarc=pass`)], unsound)).toEqual({
      trust: 'failed',
      because: 'from-not-sound',
    })
  })
})

describe('the parser', () => {
  it('reads the example of RFC 8601 §2.2 and Gmail’s habit', () => {
    const field = parseAuthResults(
      'mx.google.com;\r\n dkim=pass header.i=@example.org header.b="x/y+z=";\r\n' +
        ' spf=pass (google.com: domain of a@example.org designates 1.2.3.4) smtp.mailfrom=a@example.org;\r\n' +
        ' dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.org',
    )
    expect(field.authservId).toBe('mx.google.com')
    expect(field.results.map(({ method, result }) => `${method}=${result}`)).toEqual([
      'dkim=pass',
      'spf=pass',
      'dmarc=pass',
    ])
    expect(Object.fromEntries(field.results[0]?.properties ?? [])).toEqual({
      'header.i': '@example.org',
      'header.b': 'x/y+z=',
    })
  })

  const piece = fc.constantFrom(
    '(',
    ')',
    '"',
    '\\',
    ';',
    '=',
    ' ',
    '/',
    '.',
    'dmarc',
    'pass',
    authserv,
  )

  it('is total: any text, any header, any address', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((list) => list.join('')),
    )
    const field = fc.tuple(fc.constantFrom(...trustHeaders), value)
    fc.assert(
      fc.property(fc.array(field, { maxLength: 3 }), fc.string(), (fields, from) => {
        const { trust } = judged(from, fields)
        return ['verified', 'unverified', 'failed'].includes(trust)
      }),
      runs,
    )
  })

  it('never verifies by a field of another server', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (list) => {
        const value = `evil.example;${list.join('')}; dmarc=pass header.from=customer.example`
        return judged(requester, [ar(value)]).trust === 'unverified'
      }),
      runs,
    )
  })

  it.each(['(', '((', '"', '\\', '=', ';', 'a=b ', '(a)', '"a"', 'a/', ' ', '\\"', '(\\'])(
    'takes time in proportion to the length of a field of %j',
    (text) => {
      const time = (length: number) => {
        const value = text.repeat(length / text.length)
        const begin = process.cpuUsage().user
        parseAuthResults(value)
        return process.cpuUsage().user - begin
      }
      time(100_000)
      // Quadratic work would take minutes for a megabyte; linear work takes milliseconds.
      expect(time(1_000_000)).toBeLessThan(2_000_000)
    },
  )
})
