import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLink } from '#main/electron/links'

describe('readLink', () => {
  it.each([
    ['https://desk.test/a?b=1#c', 'https://desk.test/a?b=1#c'],
    ['HTTP://Desk.Test', 'http://desk.test/'],
    ['https://desk.test:8443/ü', 'https://desk.test:8443/%C3%BC'],
    ['mailto:ana@desk.test', 'mailto:ana@desk.test'],
    [
      'mailto:ana@desk.test?subject=Hi%20you&cc=b@desk.test',
      'mailto:ana@desk.test?subject=Hi%20you&cc=b%40desk.test',
    ],
    [
      'mailto:a@b.test?attach=/etc/passwd&attachment=x&bcc=e@f.test&Body=x',
      'mailto:a@b.test?body=x',
    ],
  ])('lets %s through as %s', (text, url) => {
    expect(readLink(text)).toEqual({ url, doubt: null })
  })

  it.each([
    ['https://paypal.com@evil.test/', /evil\.test/],
    ['https://user:secret@evil.test/', /evil\.test/],
    ['https://xn--pypal-4ve.com/', /xn--pypal-4ve\.com/],
    ['https://pаypal.com/', /xn--/],
  ])('asks before %s', (text, doubt) => {
    expect(readLink(text)?.doubt).toMatch(doubt)
  })

  const refused = [
    '',
    ' ',
    '#top',
    '/path',
    'desk.test',
    '//desk.test',
    'https:',
    'https://',
    'http:desk.test',
    'https:/desk.test',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\tscript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'vbscript:x',
    'data:text/html,x',
    'blob:https://a.test/1',
    'file:///etc/passwd',
    'file://host/share',
    'smb://host/share',
    '\\\\host\\share',
    'https:\\\\host\\x',
    'ftp://a.test',
    'sftp://a.test',
    'ssh://a.test',
    'telnet://a.test',
    'ms-msdt:/id x',
    'ms-officecmd:{}',
    'ms-settings:',
    'search-ms:query=x',
    'shell:startup',
    'cmd:calc',
    'vscode://file/x',
    'steam://run/1',
    'tel:+1',
    'sms:+1',
    'facetime:x',
    'zoommtg://a.test',
    'intent://x',
    'app://copydesk/',
    'mail://copydesk/a/',
    'chrome://gpu',
    'devtools://x',
    'about:blank',
    'view-source:https://a.test',
    'https://a.test/\u0000',
    'https://a.test/\r\nHost: b',
    'https://a.test/ b',
    'https://a.test/\u202Egnp.exe',
    'https://a\u200Bb.test/',
    '\u0001https://a.test/',
    'https://a.test\\@b.test/',
    'mailto:a@b.test\r\nBcc: c',
    `https://a.test/${'x'.repeat(2_048)}`,
    `https://a.test/${'ü'.repeat(1_000)}`,
    'https://[::1',
    'https://a b.test/',
  ]
  it.each(refused)('refuses %j', (text) => expect(readLink(text)).toBeNull())

  it('gives nothing but short http, https and mailto links, from any text', () => {
    const scheme = fc.constantFrom('https://', 'http://', 'mailto:', 'file:///', 'javascript:', '')
    const text = fc.tuple(scheme, fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.string()))
    fc.assert(
      fc.property(text, ([start, rest]) => {
        const link = readLink(start + rest)
        if (!link) return
        expect(link.url).toMatch(/^(?:https?:\/\/|mailto:)[\x21-\x7e]*$/)
        expect(link.url.length).toBeLessThanOrEqual(2_048)
      }),
      { numRuns: 1_000 },
    )
  })
})
