// Where the mail that an HTML mail answers begins: in any language, and never at the price of an answer.
import { expect, it } from 'vitest'
import { sanitizeMail, textFromHtml } from '#main/mail/html'
import { quoteStartOf } from '#main/mail/htmlQuote'

/** What is left of a mail when its quote is folded, as text with a sign for each picture. */
function folded(html: string, isAnswer = true): string {
  const clean = sanitizeMail(html, (cid) => `part/${cid}`).html
  const shown = clean.slice(0, quoteStartOf(clean, isAnswer) ?? clean.length)
  return textFromHtml(shown.replace(/<img[^>]*>/g, '[picture]'))
}

const quoted = '<blockquote type="cite"><p>The lamp flickers.</p><p>Carol</p></blockquote>'

it.each([
  [
    'Gmail',
    '<div dir="ltr">It is fixed.</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, 3 Jun 2024 at 10:12, Carol &lt;<a href="mailto:carol@x.test">carol@x.test</a>&gt; wrote:<br></div>' +
      quoted +
      '</div>',
  ],
  [
    'Gmail in German',
    `<div>It is fixed.</div><div class="gmail_quote"><div>Am Mo., 3. Juni 2024 um 10:12 Uhr schrieb Carol &lt;carol@x.test&gt;:<br></div>${quoted}</div>`,
  ],
  [
    'Gmail in Japanese',
    `<div>It is fixed.</div><div class="gmail_quote"><div>2024年6月3日(月) 10:12 Carol &lt;carol@x.test&gt;:<br></div>${quoted}</div>`,
  ],
  [
    'Apple Mail in Finnish',
    `It is fixed.<br><div><br><blockquote type="cite"><div>Carol &lt;carol@x.test&gt; kirjoitti 3.6.2024 kello 10.12:</div><br>The lamp flickers.</blockquote></div>`,
  ],
  [
    'Outlook',
    '<p>It is fixed.</p><hr><div style="border-top:solid #E1E1E1 1pt"><p><b>From:</b> Carol &lt;carol@x.test&gt;<br><b>Sent:</b> Monday, 3 June 2024 10:12<br><b>To:</b> Desk &lt;desk@x.test&gt;<br><b>Subject:</b> Lamp</p></div><p>The lamp flickers.</p><p><img src="cid:logo"></p>',
  ],
  [
    'Outlook in Polish',
    '<p>It is fixed.</p><div><p><b>Od:</b> Carol &lt;carol@x.test&gt;<br><b>Wysłano:</b> poniedziałek, 3 czerwca 2024 10:12<br><b>Do:</b> Desk &lt;desk@x.test&gt;<br><b>Temat:</b> Lampa</p></div><p>The lamp flickers.</p>',
  ],
  ['a bare quote', `<table><tr><td><p>It is fixed.</p>${quoted}</td></tr></table>`],
])('folds the quote of %s', (_name, html) => {
  expect(folded(html)).toBe('It is fixed.')
})

it.each([
  ['an answer between quotes', `${quoted}<p>Which one?</p>${quoted}<p>It is fixed.</p>`],
  ['an answer below the quote', `<p>Hello,</p>${quoted}<p>It is fixed.</p>`],
  ['a picture below the quote', `<p>See:</p>${quoted}<p><img src="cid:shot"></p>`],
  ['a mail that is a quote and nothing else', quoted],
  ['a mail without a quote', '<p>It is fixed.</p><table><tr><td>Lamp:</td><td>1</td></tr></table>'],
])('shows whole %s', (_name, html) => {
  expect(quoteStartOf(html, true)).toBeNull()
})

it('keeps the picture above a quote, and folds one inside it', () => {
  const html = `<p>See:<br><img src="cid:shot"></p><div>On Monday Carol wrote:</div><blockquote><img src="cid:logo"><p>The lamp flickers.</p></blockquote>`
  expect(folded(html)).toBe('See:\n[picture]')
  expect(folded(html.replace('<div>On Monday Carol wrote:</div>', ''))).toBe('See:\n[picture]')
})

it('cuts between tags, also where attributes and entities look like some', () => {
  const html = `<p title="a > b">1 &lt; 2 &amp; <i>3</i></p><pre>x\n&gt;y</pre><blockquote title="<p>">old</blockquote>`
  const clean = sanitizeMail(html, () => null).html
  const start = quoteStartOf(clean, true) ?? 0
  expect(clean.slice(0, start)).toMatch(/&gt;y$|x$/)
  expect(clean.slice(start)).toContain('old')
})
