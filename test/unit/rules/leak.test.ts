import { findLeaks, type FinalText, type Secrets } from '#shared/rules/leak'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patient, processorTime, runs } from '../runs'

const mail = (body: string, headers = ''): FinalText => ({ headers, decodedBodies: [body] })
const keep = (more: Partial<Secrets>): Secrets => ({
  followers: [],
  privateTexts: [],
  publicTexts: [],
  ...more,
})
const leaks = (text: FinalText, secrets: Partial<Secrets>) =>
  findLeaks(text, keep(secrets)).map(({ kind, what }) => `${kind}: ${what}`)

const max = { name: 'Max Power', address: 'max.power@desk.example' }

describe('addresses of followers', () => {
  const found: [string, string][] = [
    ['as text', 'ask max.power@desk.example about it'],
    ['in another case', 'MAX.POWER@Desk.Example'],
    ['at the end of a sentence', 'write to max.power@desk.example.'],
    ['in brackets', '<max.power@desk.example>'],
    ['in a link', '<a href="mailto:max.power@desk.example?subject=x">here</a>'],
    ['as a link’s parameter', 'https://x.org/?cc=max.power@desk.example&a=1'],
    ['percent-encoded', 'https://x.org/?who=max.power%40desk.example'],
    ['as an HTML entity', 'max.power&#64;desk.example'],
    ['as another HTML entity', 'max.power&commat;desk&#46;example'],
    ['in a bounce address', 'bounces+max.power=desk.example@mail.example'],
    ['with its dot as an HTML entity', 'max&period;power@desk.example'],
    ['with emphasis around', '*max.power@desk.example*, _max.power@desk.example_'],
    ['in bold', '**max.power@desk.example**'],
    ['with an invisible character', 'max.po\u200bwer@desk.example'],
    ['in wide letters', 'ｍａｘ.power＠desk.example'],
    ['cut by tags', '<td>to</td><td>max.power@desk.example</td>'],
  ]
  it.each(found)('are found %s', (_, body) => {
    expect(leaks(mail(body), { followers: [{ ...max, name: '' }] })).toEqual([
      'follower-address: max.power@desk.example',
    ])
  })

  it.each(
    ['txt', 'doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx', 'odt', 'ods', 'odp', 'jpg', 'jpeg'].concat(
      ['htm', 'html', 'eml', 'pdf.zip', 'tar.gz', 'log.tar.gz'],
    ),
  )('are found in the name of a .%s file', (ending) => {
    const headers = `Content-Disposition: attachment; filename=max.power@desk.example.${ending}\r\n`
    expect(leaks(mail('', headers), { followers: [{ ...max, name: '' }] })).toEqual([
      'follower-address: max.power@desk.example',
    ])
  })

  it('are found at the end of a header that another one follows', () => {
    const headers = 'X-Seen-By: max.power@desk.example\r\nSubject: Printer\r\n'
    expect(leaks(mail('', headers), { followers: [{ ...max, name: '' }] })).toHaveLength(1)
  })

  it('are found in folded headers and in every part', () => {
    const headers = 'To: ann@x.org\r\nX-Seen-By: ann@x.org,\r\n max.power@desk.example\r\n'
    const followers = [{ ...max, name: '' }]
    expect(leaks(mail('', headers), { followers })).toHaveLength(1)
    expect(
      findLeaks({ headers: '', decodedBodies: ['', headers] }, keep({ followers })),
    ).toHaveLength(1)
  })

  it.each([
    'climax.power@desk.example',
    'max.power@desk.example.org',
    'max.power@helpdesk.example',
    'power@desk.example',
    'max.power+x@desk.example',
    'max.power at desk.example',
    'max.power@desk.example.zipper.org',
  ])('are not seen in %s', (body) => {
    expect(leaks(mail(body), { followers: [{ ...max, name: '' }] })).toEqual([])
  })
})

describe('names of followers', () => {
  const name = (text: string) => ({ followers: [{ name: text, address: 'f@desk.example' }] })
  const found: [string, string, string][] = [
    ['as written', 'Max Power', 'Ask Max Power, he knows.'],
    ['in any case and spacing', 'Max Power', 'ask MAX\r\n POWER'],
    ['last name first', 'Max Power', 'From: Power, Max'],
    ['with a line break of HTML between', 'Max Power', 'Max<br>Power'],
    ['with an impossible character between', 'Max Power', 'Max&#x110000;Power'],
    ['last name first, with two first names', 'Anna Maria Lee', 'From: Lee, Anna Maria'],
    ['where the directory has it in quotes', '"Max Power"', 'Ask Max Power.'],
    ['with two words, however short', 'Al B', 'Ask Al B.'],
    ['across tags', 'Max Power', '<b>Max</b>&nbsp;<i>Power</i>'],
    ['in a file name', 'Max Power', 'filename="notes of Max Power.pdf"'],
    ['with apostrophes', 'Miles O’Brien', 'Miles O\u2019Brien will call'],
    ['composed or not', 'Jos\u00e9 Diaz', 'Jose\u0301 Diaz'],
    ['a long single name', 'Madonna', 'Dear Madonna,'],
    ['without spaces around, where a script has none', '山田太郎丸', '担当は山田太郎丸です'],
  ]
  it.each(found)('are found %s', (_, who, body) => {
    expect(leaks(mail(body), name(who))).toEqual([`follower-name: ${who}`])
  })

  it('are found in a folded header', () => {
    const headers = 'X-Note: ask Max\r\n Power\r\n'
    expect(leaks(mail('', headers), name('Max Power'))).toEqual(['follower-name: Max Power'])
  })

  const passed: [string, string, string][] = [
    ['the last name with only one of two first names', 'Anna Maria Lee', 'From: Lee, Anna'],
    ['short single names', 'Max', 'Dear Max'],
    ['parts of longer words', 'Anna Lee', 'Joanna Leeds'],
    ['a first name alone', 'Max Power', 'Max answered'],
    ['words between', 'Max Power', 'max the power'],
    ['an empty name', '', 'anything'],
    ['a name that is an address', 'x@y.example', 'x y example'],
  ]
  it.each(passed)('are not seen in %s', (_, who, body) => {
    expect(leaks(mail(body), name(who))).toEqual([])
  })
})

describe('private text', () => {
  const secret = 'The customer is about to cancel, offer thirty percent and do not tell.'

  const found: [string, string][] = [
    ['as it is', `Hello,\n${secret}\nBye`],
    ['quoted', `> ${secret.slice(0, 40)}\n> ${secret.slice(40)}`],
    ['quoted twice, wrapped elsewhere', secret.replace(/ /g, '\r\n>> ')],
    ['in HTML', `<p>${secret.replaceAll(' ', '&nbsp;')}</p>`],
    ['in HTML with markup', `<p>${secret.replace('thirty', '<b>thirty</b>')}</p>`],
    ['in capitals', secret.toUpperCase()],
    ['in part', `… ${secret.slice(10, 40)} …`],
  ]
  it.each(found)('is found %s', (_, body) => {
    expect(leaks(mail(body), { privateTexts: ['short', secret] })[0]).toMatch(/^private-text: /)
  })

  it('is found in the subject', () => {
    expect(leaks(mail('', `Subject: ${secret}\r\n`), { privateTexts: [secret] })).toEqual([
      `private-text: ${secret.toLowerCase()}`,
    ])
  })

  it('is no secret where a person made the same words public', () => {
    const typed = `We can offer this: ${secret.slice(33)}`
    expect(leaks(mail(`${typed}\n`), { privateTexts: [secret], publicTexts: [typed] })).toEqual([])
    const more = leaks(mail(secret), { privateTexts: [secret], publicTexts: [typed] })
    expect(more).toEqual(['private-text: the customer is about to cancel, offer thirty percent a'])
  })

  it('shows each passage, shortened', () => {
    const other = 'Her contract ends on the third of May anyway.'
    const body = `${secret} Public words in between here. ${other}${'x'.repeat(50)}`
    expect(leaks(mail(body), { privateTexts: [secret, other] })).toHaveLength(2)
    const long = 'one two three four five six seven '.repeat(9)
    expect(findLeaks(mail(long), keep({ privateTexts: [long] }))[0]?.what).toHaveLength(80)
  })

  it.each([
    ['short common phrases', 'Please see attached.', 'please see attached. thanks'],
    ['rulers', `${'-'.repeat(60)}\n${'=_'.repeat(30)}`, '-'.repeat(70) + '=_'.repeat(40)],
    ['23 equal characters', 'abcdefghijklmnopqrstuvw!', 'abcdefghijklmnopqrstuvw?'],
    ['a note of 23 characters', 'abcdefghijklmnopqrstuvw', 'abcdefghijklmnopqrstuvw'],
    ['23 characters and a line end', 'abcdefghijklmnopqrstuvw\n', 'abcdefghijklmnopqrstuvw or so'],
    ['a ruler below other words', `A note for us.${'-'.repeat(60)}`, `Good day!${'-'.repeat(60)}`],
    ['passages of eleven letters', 'xy--a-b-c-d-e-f-g-h-i-j-k-', 'uv--a-b-c-d-e-f-g-h-i-j-k-'],
  ])('is not seen in %s', (_, privateText, body) => {
    expect(leaks(mail(body), { privateTexts: [privateText] })).toEqual([])
  })

  it.each([...'/:`{§—─〰'])('is not seen in rulers of %s', (sign) => {
    const ruler = sign.repeat(70)
    expect(leaks(mail(ruler), { privateTexts: [ruler] })).toEqual([])
  })

  it.each([...'az09éя語か'])('is seen from twelve letters like %s on', (letter) => {
    const text = `${letter}-`.repeat(12)
    expect(leaks(mail(text), { privateTexts: [text] })).toEqual([`private-text: ${text}`])
  })

  it.each([
    ['&', '&amp;'],
    ['<', '&lt;'],
    ['>', '&gt;'],
    ['"', '&quot;'],
    ["'", '&apos;'],
    ['é', '&#233;'],
    ['é', '&#xE9;'],
  ])('is seen with its %s written as %s', (sign, entity) => {
    const note = (char: string) => `offer them ${char} say nothing`
    expect(leaks(mail(note(entity)), { privateTexts: [note(sign)] })).toEqual([
      `private-text: ${note(sign)}`,
    ])
  })

  it('is seen without the markup of the note, and no secret where that was made public', () => {
    const note = 'The customer <b>is about</b> to <i>cancel</i> soon'
    const plain = 'the customer is about to cancel soon'
    expect(leaks(mail(plain), { privateTexts: [note] })).toEqual([`private-text: ${plain}`])
    expect(leaks(mail(plain), { privateTexts: [plain], publicTexts: [note] })).toEqual([])
  })

  it('tells each passage by itself, and those that touch as one', () => {
    const [one, two] = ['abcdefghijklmnopqrstuvwx', 'zyxwvutsrqponmlkjihgfedc']
    const privateTexts = [one, two]
    expect(leaks(mail(`${one}, well, ${two}`), { privateTexts })).toEqual([
      `private-text: ${one}`,
      `private-text: ${two}`,
    ])
    expect(leaks(mail(one + two), { privateTexts })).toEqual([`private-text: ${one}${two}`])
  })

  it('is seen from 24 equal characters on', () => {
    const text = 'abcdefghijklmnopqrstuvwx'
    expect(leaks(mail(`!!${text}??`), { privateTexts: [text] })).toEqual([`private-text: ${text}`])
  })
})

describe('findLeaks as a whole', () => {
  const word = fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnop'),
    minLength: 5,
    maxLength: 9,
  })
  const prose = fc.array(word, { minLength: 6, maxLength: 20 }).map((words) => words.join(' '))

  it('finds a canary wherever it is put, and nothing in a mail without it', patient, () => {
    const secrets = {
      followers: [{ name: 'Zoe Quux', address: 'zoe@desk.example' }],
      privateTexts: ['ZZZ canary of a note, never to be seen outside ZZZ'],
    }
    const canary = fc.constantFrom('zoe@desk.example', 'Zoe Quux', ...secrets.privateTexts)
    fc.assert(
      fc.property(prose, prose, canary, (before, after, secret) => {
        const clean = leaks(mail(`${before} ${after}`), secrets)
        return (
          clean.length === 0 && leaks(mail(`${before} ${secret} ${after}`), secrets).length === 1
        )
      }),
      runs,
    )
  })

  it('is total', patient, () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'<>&#;x@%40=a.>| \n\ud800') }),
    )
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 5, maxLength: 5 }),
        ([a = '', b = '', c = '', d = '', e = '']) => {
          const followers = [{ name: d, address: e }]
          findLeaks(mail(a, b), { followers, privateTexts: [c, a], publicTexts: [b, d] })
        },
      ),
      runs,
    )
  })

  const floods: [string, string][] = [
    ['letters', 'a'.repeat(300_000)],
    ['signs', '@'.repeat(300_000)],
    ['tags', '<a'.repeat(150_000)],
    ['entities', '&#'.repeat(150_000)],
    ['line ends', '\n'.repeat(300_000)],
    ['quote marks', '>\n'.repeat(150_000)],
    ['stars around a sign', `${'*'.repeat(150_000)}@${'*'.repeat(150_000)}`],
    ['file endings', `a@x.org${'.md'.repeat(100_000)}`],
    ['names', 'Max Power '.repeat(30_000)],
  ]
  it.each(floods)('takes linear time for a flood of %s', patient, (_, text) => {
    const from = processorTime()
    findLeaks(mail(text, text), { followers: [max], privateTexts: [text], publicTexts: [text] })
    expect(processorTime() - from).toBeLessThan(8_000)
  })
})
