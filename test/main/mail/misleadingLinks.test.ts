import { describe, expect, it } from 'vitest'
import { misleadingLinks } from '#main/mail/misleadingLinks'

const of = (href: string, text: string) => misleadingLinks(`<p><a href="${href}">${text}</a></p>`)

describe('a link whose text names another site', () => {
  it.each([
    ['https://evil.test/login', 'https://bank.example/login'],
    ['http://evil.test/', 'bank.example'],
    ['https://evil.test/a?b=1&amp;c=2', '<b>www.bank.example</b>'],
    ['https://bank.example.evil.test/', 'bank.example'],
    ['https://notbank.example/', 'bank.example'],
  ])('%s as %s', (href, text) => {
    expect(of(href, text)).toEqual([new URL(href.replaceAll('&amp;', '&')).href])
  })

  it.each([
    ['https://bank.example/x', 'bank.example'],
    ['https://www.bank.example/x', 'https://bank.example'],
    ['https://login.bank.example/', 'bank.example'],
    ['https://evil.test/', 'Click here'],
    ['https://evil.test/', 'Version 2.0'],
    ['mailto:a@x.test', 'b@y.test'],
  ])('not %s as %s', (href, text) => {
    expect(of(href, text)).toEqual([])
  })

  it('takes time in proportion to the mail', () => {
    const hostile = '<a href="https://x.test/">'.repeat(20_000)
    const from = performance.now()
    misleadingLinks(hostile)
    expect(performance.now() - from).toBeLessThan(5_000)
  })
})
