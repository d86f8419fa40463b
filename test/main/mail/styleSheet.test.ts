// What is left of the style sheets of mails: looks, and nothing that loads, covers or runs away.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sanitizeMail } from '#main/mail/html'
import { safeSheet } from '#main/mail/styleSheet'

const sheet = (css: string): string => safeSheet(`<style type="text/css">${css}</style>`)

it('keeps the rules of an ordinary newsletter, also for narrow windows', () => {
  const css = `<!-- .button { background: #06c; color: #fff !important; padding: 8px 12px }
    /* comment { color: red } */
    @media only screen and (max-width: 600px) { .column { width: 100% !important } } -->`
  expect(sheet(css)).toBe(
    '.button{background:#06c;color:#fff !important;padding:8px 12px}\n' +
      '@media only screen and (max-width: 600px){.column{width:100% !important}}',
  )
  const { html, sheet: kept } = sanitizeMail(
    '<style>.a{color:red}</style><p class="a" id="b">Hi</p>',
    () => null,
    { keepSheet: true },
  )
  expect([html, kept]).toEqual(['<p class="a">Hi</p>', '.a{color:red}'])
})

it.each([
  '@import url("https://evil.test/a.css");',
  '@font-face { font-family: x; src: url(https://evil.test/x.woff) }',
  '.a { background: url(https://evil.test/a.png) }',
  '.a { background: u\\72l(https://evil.test/a.png) }',
  '.a { background-image: image-set("https://evil.test/a.png" 1x) }',
  'input[value^="a"] { background: url(//evil.test/a) }',
  '.a { position: fixed; top: 0; left: 0; z-index: 9 }',
  '.a { content: "Verified sender" }',
  '@media (prefers-color-scheme: dark) { .a { color: #fff } }',
  '@keyframes x { from { color: red } }',
  '.a { behavior: x; -moz-binding: y; width: expression(alert(1)) }',
  '</style><script>alert(1)</script>',
  '.a<b { color: red }',
])('drops %s', (css) => {
  expect(sheet(css)).toBe('')
})

it('goes on after what it dropped', () => {
  expect(
    sheet('@import "x"; @charset "utf-8"; .a { color: red } .b { x: y } .c { margin: 0 }'),
  ).toBe('.a{color:red}\n.c{margin:0}')
})

const tokens = '{ } ; : /* */ @media @import url( \\ " \' < > .a p color red </style> <style> <!--'
const pieces = fc.oneof(fc.constantFrom(...tokens.split(' ')), fc.string({ maxLength: 6 }))

it('never lets a tag, an escape or an address through, in linear time', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (list) => {
      expect(sheet(list.join(' '))).not.toMatch(/[<\\]|url\s*\(|@import|@font-face/i)
    }),
    { numRuns: 2_000 },
  )
  for (const piece of ['{', '/*', '<style>', '@media x{', 'a{', '}', '<!--']) {
    safeSheet(`<style>${piece.repeat(200_000)}`)
    safeSheet(`<style>${piece.repeat(200_000)}</style>`)
  }
})
