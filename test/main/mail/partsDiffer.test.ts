// Whether the two forms of a mail say different things: a mark only where they do, however the form is made.
import { expect, it } from 'vitest'
import { parseMail } from '#main/mail/parse'
import { partsDiffer } from '#main/mail/partsDiffer'
import { hasCorpora, readCorpora } from '#support/corpora'
import { generateMail } from '#support/servers/genMail'
import { readTickets } from '../../../build/demo/letters.mjs'
import { writeMail } from '../../../build/demo/mail.mjs'

it.each([
  ['another word', 'Please cancel order 4711 today.', '<p>Please ship order 4711 today.</p>'],
  ['another amount', 'The price is 1,000 euros.', '<p>The price is <b>9,000</b> euros.</p>'],
  [
    'another account in a long text',
    `${'All is as we agreed on the phone last week. '.repeat(20)}Account 4711.`,
    `${'<p>All is as we agreed on the phone last week.</p>'.repeat(20)}Account 9999.`,
  ],
  ['nothing in common', 'Yes, go ahead.', '<p>Stop everything!</p>'],
  ['an HTML form without a word', 'My order never came.', '<p><br></p>'],
  ['more in the text', 'Hello.\nSend the money to my new bank at once.', '<p>Hello.</p>'],
  ['another script', '請取消訂單', '<p>請發貨</p>'],
])('marks %s', (_what, plain, html) => {
  expect(partsDiffer(plain, html)).toBe(true)
})

it.each([
  [
    'formats',
    '*Hello* _you_,\n\n* one\n* two\n',
    '<b>Hello</b> <i>you</i>,<ul><li>one<li>two</ul>',
  ],
  [
    'links written out',
    'Our shop <https://x.test/a?b=1>\nMore here: https://x.test/c [1]',
    '<a href="https://x.test/a">Our shop</a><p><a href="https://x.test/c">More here</a></p>',
  ],
  [
    'a picture',
    'Look!\n\n[image: Inline image 1]\n',
    'Look! <img src="cid:a" alt="Inline image 1">',
  ],
  [
    'a quote of its own kind',
    'Yes.\n\nOn Mon, 1 Jan 2024, Ada <ada@x.test> wrote:\n> Shall we meet at 10:30?\n',
    '<p>Yes.</p><hr><p>From: Ada<br>Shall we?</p>',
  ],
  ['a signature', 'Yes, please.\n-- \nCarol, +49 30 1234\n', '<p>Yes, please.</p><i>Carol</i>'],
  [
    'the footer of a list',
    'Yes.\n_______________\nhelp mailing list\nUnsubscribe whenever you like\n',
    '<p>Yes.</p>',
  ],
  [
    'a stub of a newsletter',
    'Please read this mail in HTML.',
    '<h1>New lamps</h1><p>Now in green and blue.</p>',
  ],
  [
    'a newsletter that says more',
    'Our news of May: new lamps.',
    '<p>Menu</p><p>Our news of May: new lamps.</p><p>Follow us, 12 shops, imprint</p>',
  ],
  [
    'words broken by formats',
    'That is un*believ*able, Jon.',
    '<p>That is un<b>believ</b>able, Jon.</p>',
  ],
  ['capitals', 'GROSSE STRASSE 5', '<h1>Große Straße 5</h1>'],
  [
    'entities',
    'Área de atenção, Žižka',
    '<p>&Aacute;rea de aten&ccedil;&atilde;o, &Zcaron;i&zcaron;ka',
  ],
  ['invisible letters', 'Donaudampfschiff', '<p>Donau&shy;dampf\u200bschiff</p>'],
  ['a tracker', 'Hello', '<p>Hello</p><img src="https://t.test/p.gif" width=1 height=1 alt="9">'],
  ['nothing at all', '', '<p>Hello</p>'],
])('does not mark %s', (_what, plain, html) => {
  expect(partsDiffer(plain, html)).toBe(false)
})

it.each(['a', '[', '<', '@', '-', '\n', 'a@', 'ab ', '字', '> '])(
  'is done at once with a great many %j (reliability.md B20)',
  (piece) => {
    const long = piece.repeat(40_000 / piece.length)
    const from = process.cpuUsage()
    for (const [plain, html] of [
      [long, long],
      [long, `<p>${long}</p>`],
      [`x${long}`, '<p>y</p>'],
    ] as const) {
      partsDiffer(plain, html)
    }
    const { user, system } = process.cpuUsage(from)
    expect((user + system) / 1_000).toBeLessThan(1_500)
  },
)

interface DemoTicket {
  readonly subject: string
  readonly requester: object
  readonly letters: readonly { readonly text: string; readonly options: readonly string[] }[]
}

const differs = (raw: Buffer): boolean => {
  const { text, html } = parseMail(raw)
  return html !== null && partsDiffer(text, html)
}

it('marks no mail of the demo and none that is generated', async () => {
  const at = Date.UTC(2026, 0, 5)
  const tickets: readonly DemoTicket[] = readTickets()
  const demo = tickets.flatMap(({ subject, letters, requester }) =>
    letters.map(({ text, options }, n) => ({
      ...{ id: `${String(n)}@x.test`, at, from: requester, to: [requester], cc: [], subject, text },
      ...{ references: [], isHtml: true, hasLogo: options.includes('logo'), files: [] },
    })),
  )
  const raws = await Promise.all(demo.map((fields) => writeMail(fields)))
  expect(raws.filter((raw) => parseMail(raw).html !== null).length).toBeGreaterThan(100)
  expect(raws.filter(differs)).toEqual([])
  expect([...generateMail({ count: 150 })].filter(({ raw }) => differs(raw))).toEqual([])
})

it.skipIf(!hasCorpora)('marks in the public collections what differs, and little else', () => {
  const both = readCorpora().filter(({ raw }) => parseMail(raw).html !== null)
  const marked = both.filter(({ raw }) => differs(raw)).map(({ name }) => name)
  const names = marked.map((name) => name.split('/').at(-1))
  // A parser is tested best with two forms that one can tell apart: `Test of text section`, `Test of HTML section`.
  for (const name of ['text_alt_plain_html.eml', 'multialtern.raw', 'html-mime-inline.raw']) {
    expect(names).toContain(name)
  }
  // Whole newsletters, answers and bounces whose forms were made by programs.
  for (const name of ['issue230', 'related.msg', 'ctype-bug.raw', 'm0008', 'outlook.eml']) {
    expect(both.map((mail) => mail.name.split('/').at(-1))).toContain(name)
    expect(names).not.toContain(name)
  }
  process.stdout.write(
    `${String(marked.length)} of ${String(both.length)} mails with HTML marked\n`,
  )
  expect(marked.length).toBeLessThanOrEqual(52)
})
