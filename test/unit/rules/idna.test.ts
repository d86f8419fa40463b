import { domainToAscii, encodePunycode } from '#shared/rules/idna'
import fc from 'fast-check'
import { domainToASCII } from 'node:url'
import { describe, expect, it } from 'vitest'
import { patient, runs } from '../runs'

// RFC 3492 §7.1, samples whose case does not matter.
const samples: [string, string, string][] = [
  ['A Arabic', 'ليهمابتكلموشعربي؟', 'egbpdaj6bu4bxfgehfvwxn'],
  ['B Chinese, simplified', '他们为什么不说中文', 'ihqwcrb4cv8a8dqg056pqjye'],
  ['C Chinese, traditional', '他們爲什麽不說中文', 'ihqwctvzc91f659drss3x8bo0yb'],
  ['E Hebrew', 'למההםפשוטלאמדבריםעברית', '4dbcagdahymbxekheh6e0a7fei0b'],
  ['G Japanese', 'なぜみんな日本語を話してくれないのか', 'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa'],
  ['L Japanese with ASCII', '3年b組金八先生', '3b-ww4c5e180e575a65lsy2b'],
  ['R Japanese', 'そのスピードで', 'd9juau41awczczp'],
  ['S ASCII alone', '-> $1.00 <-', '-> $1.00 <--'],
]

describe('encodePunycode', () => {
  it.each(samples)('encodes the sample of RFC 3492: %s', (_, text, code) => {
    expect(encodePunycode(text)).toBe(code)
  })
})

describe('domainToAscii', () => {
  const domains: [string, string][] = [
    ['Example.COM', 'example.com'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['straße.example', 'xn--strae-oqa.example'],
    ['ΟΔΟΣ.example', 'xn--pxavbq.example'],
    ['ｅｘａｍｐｌｅ。ｃｏｍ', 'example.com'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['', ''],
    ['i❤.example', 'i❤.example'],
    ['so\u00adft.example', 'so\u00adft.example'],
    ['xn--ü.example', 'xn--ü.example'],
  ]
  it.each(domains)('%j becomes %j', (domain, ascii) => {
    expect(domainToAscii(domain)).toBe(ascii)
  })

  it('agrees with Node’s ICU wherever both encode European and East Asian labels', patient, () => {
    const letters = fc.constantFrom(
      ...'abzABZ059äöüßÄÖÜéñçøåœşğıİłžčřđþæΑΒΓΩαβγωςΣабвяЯжщ日本語中文字かなカナ한글',
    )
    const label = fc.string({ unit: letters, minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(label, (text) => {
        expect(domainToAscii(`${text}.org`)).toBe(domainToASCII(`${text}.org`))
      }),
      runs,
    )
  })

  it('is total and idempotent', patient, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = domainToAscii(text)
        expect(domainToAscii(once)).toBe(once)
      }),
      runs,
    )
  })
})
