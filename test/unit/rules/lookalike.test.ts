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

  it('sees through it where one of the known people has no domain', () => {
    expect(isLookalike('custmer.example', ['', 'customer.example'])).toBe(true)
    expect(isLookalike('', ['', 'customer.example'])).toBe(false)
  })

  const likeOne = (domain: string, real: string): boolean => isLookalike(domain, [real])

  it.each([
    ['a letter more at the start', 'xcustomer.example'],
    ['a letter more within', 'custoomer.example'],
    ['a letter more at the end', 'customerx.example'],
    ['the first letter left out', 'ustomer.example'],
    ['a letter within left out', 'custmer.example'],
    ['the last letter left out', 'custome.example'],
    ['another first letter', 'tustomer.example'],
    ['another letter within', 'cusbomer.example'],
    ['another last letter', 'customek.example'],
    ['two neighbours swapped at the start', 'ucstomer.example'],
    ['two neighbours swapped at the end', 'customre.example'],
  ])('sees %s: %s', (_, domain) => {
    expect(likeOne(domain, 'customer.example')).toBe(true)
    expect(likeOne('customer.example', domain)).toBe(true)
  })

  it.each([
    ['two letters more', 'xxcustomer.example'],
    ['two letters apart changed', 'tusbomer.example'],
    ['two letters side by side changed', 'cuxxomer.example'],
    ['two letters apart swapped', 'tuscomer.example'],
    ['one letter for two others', 'cuxomer.example'],
    ['its own subdomain', 'x.customer.example'],
  ])('lets %s be another name: %s', (_, domain) => {
    expect(likeOne(domain, 'customer.example')).toBe(false)
    expect(likeOne('customer.example', domain)).toBe(false)
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

describe('skeletonOf', () => {
  const foreign = Array.from('авсԁеѕһіјкӏмнортухԝѵɡıøłαεικνορτυχγω')
  const latin = Array.from('abcdeshijklmhoptyxwvgiolaeikvoptuxyw')

  it.each(foreign.map((letter, at) => [letter, latin[at] ?? ''] as const))(
    'takes %s for %s',
    (letter, same) => {
      expect(skeletonOf(`1${letter}2`)).toBe(skeletonOf(`1${same}2`))
    },
  )

  it.each([
    ['rn', 'm'],
    ['vv', 'w'],
    ['cl', 'd'],
    ['1', 'l'],
    ['i', 'l'],
    ['|', 'l'],
    ['0', 'o'],
    ['5', 's'],
    ['É', 'e'],
    ['a-b', 'ab'],
    ['a_b', 'ab'],
  ])('takes %s for %s', (text, same) => {
    expect(skeletonOf(`q${text}q`)).toBe(`q${same}q`)
  })

  it('keeps the dots between labels and looks at no more than 300 characters', () => {
    expect(skeletonOf('mail.x.org')).toBe('mall.x.org')
    expect(skeletonOf('q'.repeat(400))).toHaveLength(300)
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
