// The classes of Chen, Paxson, Jiang: Composition Kills (USENIX Security 2020), by which mail passed for verified. Each
// mail claims admin@legit.test and carries the verdicts that a fooled server of ours would write: none may count.
import { expect, it } from 'vitest'
import { parseMail } from '#main/mail/parse'
import { toArrival } from '#main/tickets/arrival'
import { emptyDesk } from '#shared/rules/desk'
import { judgeTrust } from '#shared/rules/trust'

const marks = {
  desk: emptyDesk,
  key: undefined,
  people: [],
  keys: [],
  accounts: new Map<string, string>(),
}
const evil = 'dkim=pass header.d=evil.test; spf=pass smtp.mailfrom=any@evil.test'
const mx = (results: string): string => `Authentication-Results: mx.desk.test; ${results}`

function trustOf(...lines: string[]) {
  const bytes = Buffer.from([...lines, 'To: help@desk.test', '', 'Pay now.'].join('\r\n'), 'latin1')
  const where = {
    accountId: 'a',
    source: 'inbox',
    receivedAt: 0,
    size: bytes.length,
    isSeen: false,
    bytes,
  } as const
  const { fact } = toArrival(parseMail(bytes), where, marks)
  return {
    from: fact.from.address,
    ...judgeTrust(fact, { trustedAuthservIds: ['mx.desk.test'] }),
  }
}

const from = 'From: <admin@legit.test>'
const classes: [string, string[]][] = [
  ['1 a sub-domain that does not exist', [mx('spf=none smtp.mailfrom=a@no.legit.test'), from]],
  ['2 an empty MAIL FROM, HELO in its place', [mx('spf=pass smtp.helo=legit.test'), from]],
  ['3 a NUL in the signing domain', [mx('dkim=pass header.d=legit.test\0.evil.test'), from]],
  ['4 a parenthesis in the signing domain', [mx('dkim=pass header.d=legit.test(.evil.test'), from]],
  ['4b the same, closed', [mx('dkim=pass header.d=legit.test(.evil.test)'), from]],
  ['5 a parenthesis in MAIL FROM', [mx('spf=pass smtp.mailfrom=legit.test(.evil.test'), from]],
  ['5b a quote in MAIL FROM', [mx(`spf=pass smtp.mailfrom="a@legit.test"@evil.test`), from]],
  ['6 several From fields', [mx('dmarc=pass header.from=legit.test'), from, 'From: <a@evil.test>']],
  ['7 a blank before the colon', [mx(evil), 'From : <admin@legit.test>', 'From: <a@evil.test>']],
  ['8 no From, but Sender', [mx(evil), 'Sender: <admin@legit.test>', 'Resent-From: <a@evil.test>']],
  ['9 several authors', [mx('dmarc=pass'), 'From: <admin@legit.test>, <a@evil.test>']],
  [
    '10 an encoded address',
    [mx(evil), 'From: =?utf-8?B?PGFkbWluQGxlZ2l0LnRlc3Q+?=, <a@evil.test>'],
  ],
  ['11 a route', [mx(evil), 'From: <@evil.test,@any.test:admin@legit.test>']],
  ['12 quoted pairs', [mx(evil), 'From: \\<admin@legit.test\\>, <a@evil.test>']],
  ['13 an address behind the brackets', [mx('dmarc=pass'), 'From: <a@evil.test>admin@legit.test']],
  ['14 two pairs of brackets', [mx('dmarc=pass'), 'From: <admin@legit.test><a@evil.test>']],
  ['15 a replayed signature, another From on top', [mx(evil), from, 'From: a@evil.test']],
  ['16 a verdict that the sender wrote', ['Received: from x by mx.desk.test', from, mx(evil)]],
  ['17 a verdict of another server', ['Authentication-Results: mx.evil.test; dmarc=pass', from]],
  ['18 DMARC of another domain', [mx('dmarc=pass header.from=evil.test'), from]],
]

it.each(classes)('is never shown as verified: %s', (_, lines) => {
  const verdict = trustOf(...lines)
  const isLegit = verdict.from.endsWith('@legit.test') || verdict.trust === 'failed'
  // Where the sender is shown as evil.test, that is who it was; as legit.test nobody is believed.
  if (isLegit) expect(verdict.trust).not.toBe('verified')
  expect([verdict.trust, verdict.from]).not.toEqual(['verified', 'admin@legit.test'])
})

it('believes the honest one', () => {
  expect(trustOf(mx('dmarc=pass (p=none) header.from=legit.test'), from).trust).toBe('verified')
  expect(trustOf(mx('dkim=pass (2048-bit key) header.d=legit.test'), from).trust).toBe('verified')
  expect(trustOf(mx('spf=pass(ok) smtp.mailfrom=admin@legit.test'), from).trust).toBe('verified')
})
