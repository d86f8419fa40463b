import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { domainToAscii } from '#shared/rules/idna'
import { isLookalike, mixesScripts, skeletonOf } from '#shared/rules/lookalike'
import { decodePunycode } from '#shared/rules/punycode'
import { aDesk, aMail, requester, who } from '../builders'
import { projectTicket } from '#shared/rules/projectTicket'
import { runs } from '../runs'

const known = ['customer.example', 'desk.example', 'x.org']

vi.setConfig({ testTimeout: 60_000 })

describe('isLookalike', () => {
  it.each([
    'custorner.example',
    'cust0mer.example',
    'customer-.example',
    'customers.example',
    'cusotmer.example',
    'custmer.example',
    domainToAscii('сustomer.example'),
    domainToAscii('cüstomer.example'),
  ])('sees through %s', (domain) => {
    expect(isLookalike(domain, known)).toBe(true)
  })

  it.each([
    'customer.example',
    'mail.customer.example',
    'other.example',
    'y.org',
    'task.example',
    '',
  ])('lets %s be itself', (domain) => {
    expect(isLookalike(domain, known)).toBe(false)
  })

  it('is total, and nobody looks like themselves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.domain(), (text, domain) => {
        skeletonOf(text)
        mixesScripts(text)
        decodePunycode(text)
        expect(isLookalike(domain, [domain])).toBe(false)
      }),
      runs,
    )
  })
})

it('reads what IDNA wrote', () => {
  for (const word of ['сustomer', 'bücher', '例え', 'straße2']) {
    const ascii = domainToAscii(word)
    if (ascii.startsWith('xn--')) expect(decodePunycode(ascii.slice(4))).toBe(word.normalize('NFC'))
  }
  expect(mixesScripts(domainToAscii('сustomer.example'))).toBe(true)
  expect(mixesScripts(domainToAscii('москва.example'))).toBe(false)
})

it('marks the mail of somebody who looks like a colleague or a participant', () => {
  const flagsOf = (address: string, name: string): readonly string[] => {
    const mails = [
      aMail({}),
      aMail({
        id: 'm2',
        at: 1,
        from: address,
        answers: 'm1',
        more: { from: { ...who(address), name } },
      }),
    ]
    const facts = { id: 't', key: 'T', mails, events: [], deskAt: () => aDesk() }
    return projectTicket(facts).comments[1]?.flags ?? []
  }
  expect(requester.endsWith('@customer.example')).toBe(true)
  expect(flagsOf('ann@custorner.example', 'Ann')).toContain('domain-lookalike')
  expect(flagsOf('x@desk-.example', 'X')).toContain('domain-lookalike')
  expect(flagsOf('eve@elsewhere.example', 'АDА')).toContain('name-like-agent')
  expect(flagsOf('eve@elsewhere.example', 'support')).toContain('name-like-agent')
  expect(flagsOf('eve@elsewhere.example', 'Eve')).not.toContain('name-like-agent')
})
