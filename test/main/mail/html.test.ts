import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sanitizeMail, textFromHtml } from '#main/mail/html'
import { onePixel } from '#support/electron/hostileMails'

const clean = (html: string) =>
  sanitizeMail(html, (cid) => (cid === 'logo@x' ? 'mail-part:2' : null))

const bare = { isCut: false, sheet: '', pictures: [], trackers: 0 }

describe('sanitizeMail', () => {
  it.each([
    ['<p onclick="x()">a</p>', '<p>a</p>'],
    ['<script>x()</script>a', 'a'],
    ['<style>p{color:red}</style>a', 'a'],
    ['<iframe src="x"></iframe><object></object><embed>a', 'a'],
    ['<form action="https://x"><input name=a><button>b</button></form>', 'b'],
    [
      '<base href="https://x"><link rel=stylesheet href=x><meta http-equiv=refresh content="0;x">a',
      'a',
    ],
    [
      '<a href="javascript:x()">a</a>',
      '<a rel="noopener noreferrer nofollow" target="_blank">a</a>',
    ],
    [
      '<a href="https://x.test/?a=1&amp;b">a</a>',
      '<a href="https://x.test/?a=1&amp;b" rel="noopener noreferrer nofollow" target="_blank">a</a>',
    ],
    ['<a href="//x.test">a</a>', '<a rel="noopener noreferrer nofollow" target="_blank">a</a>'],
    [
      '<a href="mailto:a@x.test">a</a>',
      '<a href="mailto:a@x.test" rel="noopener noreferrer nofollow" target="_blank">a</a>',
    ],
    [
      '<a href="data:text/html,x">a</a>',
      '<a rel="noopener noreferrer nofollow" target="_blank">a</a>',
    ],
    ['<svg><script>x()</script></svg><math><a>b</a></math>c', 'c'],
    ['<p style="color:red; position:fixed; top:0">a</p>', '<p style="color:red">a</p>'],
    ['<p style="width:expression(x())">a</p>', '<p>a</p>'],
    ['<p style="margin:-999px">a</p>', '<p>a</p>'],
    ['<p style="color:\\72 ed">a</p>', '<p>a</p>'],
    ['<!-- c --><p>a', '<p>a</p>'],
  ])('%s', (html, expected) => expect(clean(html).html).toBe(expected))

  it('shows parts of the mail and nothing from elsewhere', () => {
    expect(clean('<img src="cid:logo@x" alt="Logo">')).toEqual({
      html: '<img alt="Logo" src="mail-part:2" />',
      hasRemote: false,
      ...bare,
    })
    expect(clean('<img src="cid:logo%40x">').html).toContain('mail-part:2')
    expect(clean('<img src="cid:other">')).toEqual({ html: '', hasRemote: false, ...bare })
    expect(clean('<img src="mail-part:9">').html).toBe('')
    expect(
      clean(`<img src="data:image/png;base64,${onePixel.toString('base64')}">`).html,
    ).toContain('data:image/png')
    expect(clean('<img src="data:image/svg+xml;base64,AAAA">').html).toBe('')
  })

  it.each([
    '<img src="https://t.test/p.gif">',
    '<img src="//t.test/p.gif">',
    '<img srcset="https://t.test/p.gif 2x" src="cid:logo@x">',
    '<table background="https://t.test/p.gif"><tr><td>a</td></tr></table>',
    '<p style="background:url(https://t.test/p.gif)">a</p>',
    '<p style="background:\\75rl(https://t.test/p.gif)">a</p>',
    '<style>@import "https://t.test/x.css";</style>a',
    '<link rel="stylesheet" href="https://t.test/x.css">a',
    '<video poster="https://t.test/p.gif"></video>',
    '<input type="image" src="https://t.test/p.gif">',
    '<svg><image href="https://t.test/p.gif"/></svg>',
  ])('removes what is remote and says so: %s', (html) => {
    const result = clean(html)
    expect(result.hasRemote).toBe(true)
    expect(result.html).not.toContain('t.test')
  })

  it('cuts at 2 MiB and is quick for hostile input', () => {
    const pieces = [
      '<div>',
      '<a href="',
      '<p style="',
      '&amp;',
      '<',
      '<!--',
      '<table><tr><td>',
      "<b x='",
    ]
    for (const piece of pieces) {
      const html = piece.repeat(Math.ceil(800_000 / piece.length))
      const start = performance.now()
      expect(clean(html).html.length).toBeLessThan(40_000_000)
      textFromHtml(html)
      expect(performance.now() - start).toBeLessThan(10_000)
    }
  })

  it('shows the beginning of a mail with more elements than anybody reads, and says so (B14)', () => {
    const start = performance.now()
    const { html, isCut } = clean('<b>x</b> '.repeat(200_000))
    expect(performance.now() - start).toBeLessThan(2_000)
    expect([html.match(/<b>/g)?.length, isCut]).toEqual([10_000, true])
    expect(clean(`${'<b>x</b> '.repeat(10_000)}<`)).toMatchObject({ isCut: false })
    expect(clean(`${'x'.repeat(2_097_152)}y`)).toMatchObject({ isCut: true })
  })

  it('shows all of it when asked, by the same rules (B14)', () => {
    const many = '<b onclick="x()">x</b><script>y()</script> '.repeat(20_000)
    const { html, isCut } = sanitizeMail(many, () => null, { isWhole: true })
    expect([html.match(/<b>/g)?.length, isCut]).toEqual([20_000, false])
    expect(html).not.toMatch(/onclick|script|y\(\)/)
  })

  const corpus = resolve('../shared/corpora/git-dompurify')
  it.skipIf(!existsSync(corpus))(
    'leaves nothing that runs in the payloads of a sanitiser suite',
    () => {
      const text = readFileSync(resolve(corpus, 'xss-payloads.json'), 'utf8')
      const payloads = JSON.parse(text) as { payload: string }[]
      expect(payloads.length).toBeGreaterThan(200)
      for (const { payload } of payloads) {
        const { html } = clean(payload)
        const tags = [...html.matchAll(/<\/?([a-z0-9]+)((?:[^>"]|"[^"]*")*)>/gi)]
        for (const [, name = '', attributes = ''] of tags) {
          expect(name).not.toMatch(
            /^(?:script|iframe|object|embed|svg|math|style|link|meta|base|form|input|template|noscript)$/i,
          )
          expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/\son/i)
          expect(attributes).not.toMatch(/(?:href|src)="\s*(?:javascript|vbscript|data:text)/i)
        }
        expect(html.replace(/<\/?[a-z0-9]+(?:[^>"]|"[^"]*")*>/gi, '')).not.toContain('<')
      }
    },
  )
})

describe('textFromHtml', () => {
  it.each([
    ['<p>a</p><p>b</p>', 'a\n\nb'],
    ['a<br>b<br/>c', 'a\nb\nc'],
    ['<div>a<div>b</div></div>c', 'a\nb\nc'],
    ['<ul><li>a<li>b</ul>', '- a\n- b'],
    ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['<blockquote>a<blockquote>b</blockquote></blockquote>c', '> a\n>> b\n\nc'],
    ['<pre>a\n  b</pre>', 'a\n  b'],
    ['<head><title>t</title></head><body>a', 'a'],
    ['a &lt;b&gt; &#8364; &#x20ac; &euro; &unknown; &#0;', 'a <b> € € € &unknown;'],
    ['<a title="x > y" href="z">a</a>', 'a'],
    ['a < b', 'a < b'],
    ['a <b', 'a <b'],
    ['<!-- <p>no</p> -->a', 'a'],
    ['  a \n\n b  ', 'a b'],
    ['', ''],
    [
      '&Aacute;rea &Zcaron;i&zcaron;ka &ccedil;&Ntilde; &Uuml; &xacute; &constructor;',
      'Área Žižka çÑ Ü x́ &constructor;',
    ],
  ])('%j', (html, text) => expect(textFromHtml(html)).toBe(text))
})
