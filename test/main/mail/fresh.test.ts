// What of an answer is new, in the ways of many mail programs and languages.
import { describe, expect, it } from 'vitest'
import { freshLengthOf, readFresh } from '#main/mail/fresh'
import { quotedTailOf } from '#main/mail/quotedTail'

const fresh = (text: string): string => text.slice(0, readFresh(text, true).freshLength)

const quoted = '> Guten Tag\n> wie geht es?'
const answers: [string, string, string][] = [
  ['English', 'Yes.', 'On Mon, 1 Jan 2024 at 10:00, Desk <help@desk.test> wrote:\n\n> Hello'],
  [
    'German',
    'Ja.\n\nGruß\nAnna',
    `Am 12.03.2024 um 14:05 schrieb Desk <help@desk.test>:\n${quoted}`,
  ],
  ['French', 'Oui.', 'Le mar. 12 mars 2024 à 14:05, Desk <help@desk.test> a écrit :\n\n> Bonjour'],
  [
    'Spanish',
    'Sí.',
    'El mar, 12 mar 2024 a las 14:05, Desk (<help@desk.test>) escribió:\n\n> Hola',
  ],
  ['Japanese', 'はい。', '2024年3月12日(火) 14:05 Desk <help@desk.test>:\n\n> こんにちは'],
  ['Korean', '네.', '2024년 3월 12일 (화) 오후 2:05, Desk <help@desk.test>님이 작성:\n\n> 안녕'],
  ['Finnish', 'Kyllä.', 'ti 12. maalisk. 2024 klo 14.05 Desk (help@desk.test) kirjoitti:\n\n> Hei'],
  ['Hebrew', 'כן', 'ביום ג׳, 12 במרץ 2024 ב-14:05 מאת Desk <help@desk.test>:\n\n> שלום'],
  [
    'Outlook, English',
    'See below.',
    '________________________________\nFrom: Desk <help@desk.test>\nSent: Tuesday\nTo: Anna\nSubject: x\n\nHello',
  ],
  [
    'Outlook, German',
    'Siehe unten.',
    'Von: Desk <help@desk.test>\nGesendet: Dienstag, 12. März 2024 14:05\nAn: Anna\nBetreff: AW: x\n\nTag',
  ],
  [
    'Outlook, French',
    'Oui.',
    'De : Desk <help@desk.test>\nEnvoyé : mardi 12 mars 2024 14:05\nÀ : Anna\nObjet : x\n\nBonjour',
  ],
  [
    'Outlook, Japanese',
    'はい。',
    '差出人: Desk <help@desk.test>\n送信日時: 2024年3月12日 14:05\n宛先: Anna\n件名: x\n\nこんにちは',
  ],
  [
    'Outlook, Greek',
    'Ναι.',
    'Από: Desk <help@desk.test>\nΣτάλθηκε: Τρίτη, 12 Μαρτίου 2024 14:05\nΠρος: Anna\nΘέμα: x\n\nΓεια',
  ],
  ['a rule', 'Ja.', '-----Ursprüngliche Nachricht-----\nVon: S\nGesendet: x\n\nalt'],
  ['a signature', 'Yes, thanks.', '-- \nAnna Example\nACME Ltd\n+49 1234'],
  ['a quote without a word about it', 'Yes.', '> Do you like it?'],
]

describe('freshLengthOf', () => {
  it.each(answers)('folds what follows an answer: %s', (_, answer, rest) => {
    expect(fresh(`${answer}\n\n${rest}\n`)).toBe(answer)
  })

  it.each([
    ['answers between quotes', '> one?\nyes\n> two?\nno'],
    ['an answer below the quote', 'On Mon, 1 Jan 2024 at 10:00, D <d@x.test> wrote:\n> old\n\nnew'],
    ['nothing but a quote', '> all of it\n> is old'],
    ['a form', 'Name: Anna\nEmail: anna@x.test\nPhone: 123\nOrder: 7'],
    ['a list after a colon', 'I need these:\n\nOrders at 10:30\nand coffee'],
    ['a long text below two dashes', `Report\n--\n${'line\n'.repeat(40)}end`],
  ])('hides nothing of %s', (_, text) => {
    expect(fresh(text)).toBe(text)
  })

  it('takes linear time on any repeated character and on what its patterns look for', () => {
    const pieces = [
      'a',
      '>',
      ' ',
      '\n',
      '-',
      '_',
      ':',
      '：',
      'From: a@b.c',
      '-- \n',
      '> \n',
      'On \n',
    ]
    for (const piece of [...pieces, 'a: b@c.d 10:30 2024\n', 'Am wrote:\n>']) {
      const text = piece.repeat(Math.ceil(1_000_000 / piece.length))
      const start = performance.now()
      freshLengthOf(text)
      expect([piece, performance.now() - start < 2_000]).toEqual([piece, true])
    }
  })

  it('ends the library where its patterns run away, and then hides nothing', () => {
    const text = `${'Op a\n'.repeat(1_500)}${'schreef '.repeat(1_000)}`
    const start = performance.now()
    expect(quotedTailOf(text)).toBe(text.length)
    expect(performance.now() - start).toBeLessThan(1_500)
  })
})
