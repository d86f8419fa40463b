// Deterministic chance, and text that looks like what customers write: a Zipf vocabulary, so that
// index sizes and search times are like those of real mail, and sentences that need their charsets.

export type Random = {
  (): number
  int: (low: number, high: number) => number
  pick: <T>(list: readonly T[]) => T
  chance: (probability: number) => boolean
  weighted: <T>(pairs: readonly (readonly [T, number])[]) => T
  hex: (length: number) => string
}

/** A number from any values; the same everywhere. */
export function hashOf(...values: readonly (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const value of values) {
    for (const char of `${value}|`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
    hash ^= hash >>> 13
  }
  return hash >>> 0
}

/** Mulberry32: small, fast, and the same in every engine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1))
  const pick = <T>(list: readonly T[]): T => list[int(0, list.length - 1)] as T
  const weighted = <T>(pairs: readonly (readonly [T, number])[]): T => {
    let left = next() * pairs.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [value, weight] of pairs) if ((left -= weight) < 0) return value
    return (pairs[0] as readonly [T, number])[0]
  }
  const hex = (length: number) => {
    let text = ''
    while (text.length < length)
      text += Math.floor(next() * 0x10000000)
        .toString(16)
        .padStart(7, '0')
    return text.slice(0, length)
  }
  return Object.assign(next, { int, pick, weighted, hex, chance: (p: number) => next() < p })
}

const COMMON =
  'the to and of a in is it you that for on with this have be are not we my can your please as will but was from at or if when so our do has me an by order account invoice error page login password email address update install version customer support team thanks help issue problem after before again still working tried click button message screen delivery payment refund charge card bank shipping tracking number item broken missing late wrong return label warehouse printer driver cable battery device router firmware setup license key activation expired renewal subscription cancel upgrade plan price discount tax receipt attached screenshot log file report export import sync server timeout connection refused certificate browser mobile phone windows linux network slow crash freeze restart reset code session cookie cache history profile company street city date time today yesterday week month morning urgent soon waiting reply answer question details steps reproduce expected actual behaviour feature request documentation manual link website portal dashboard settings menu option window dialog field form submit save delete remove change edit upload download size limit storage backup restore data table chart filter sort search user admin role permission denied'.split(
    ' ',
  )
const SYLLABLES =
  'ba be bi bo bu ca ce co da de di do fa fe fi fo ga ge go ha he hi ho ja jo ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po qua ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi ya yo za ze zo'.split(
    ' ',
  )
const ENDINGS = ['n', 'r', 's', 't', 'l', 'm', 'ng', 'x', '', '', '']
const VOCABULARY_SIZE = 12_000

function makeVocabulary(): string[] {
  const random = createRandom(424_242)
  const words = new Set(COMMON)
  while (words.size < VOCABULARY_SIZE) {
    let word = ''
    for (let left = random.int(2, 4); left > 0; left--) word += random.pick(SYLLABLES)
    words.add(word + random.pick(ENDINGS))
  }
  return [...words]
}

const VOCABULARY = makeVocabulary()
// A table of 65,536 slots in Zipf proportion: one draw, one look-up.
const ZIPF = (() => {
  const weights = VOCABULARY.map((_, rank) => 1 / (rank + 2.7))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const slots = new Uint16Array(65_536)
  let slot = 0
  let sum = 0
  weights.forEach((weight, rank) => {
    sum += weight / total
    while (slot < 65_536 && slot < sum * 65_536) slots[slot++] = rank
  })
  return slots
})()

export const wordOf = (random: Random): string =>
  VOCABULARY[ZIPF[random.int(0, 65_535)] as number] as string

function sentence(random: Random): string {
  const words = Array.from({ length: random.int(5, 18) }, () => wordOf(random))
  if (words.length > 9) words.splice(4, 1, `${words[4] ?? ''},`)
  const text = words.join(' ')
  return text.charAt(0).toUpperCase() + text.slice(1) + random.pick(['.', '.', '.', '.', '?', '!'])
}

export const paragraph = (random: Random, low = 2, high = 6): string =>
  Array.from({ length: random.int(low, high) }, () => sentence(random)).join(' ')

/** Breaks lines at blanks so that none is longer than `width`. */
export function wrap(text: string, width = 76): string {
  const wrapLine = (line: string): string => {
    const out: string[] = []
    let current = ''
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + 1 + word.length > width) {
        out.push(current)
        current = word
      } else current = current === '' ? word : `${current} ${word}`
    }
    return [...out, current].join('\n')
  }
  return text.split('\n').map(wrapLine).join('\n')
}

/** Charset → sentences that cannot be written without it. */
export const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  'iso-8859-1': [
    'Die Lieferung ist leider beschädigt angekommen, bitte prüfen Sie die Größe.',
    "Où est ma commande ? Le colis n'a pas été livré à la bonne adresse.",
    'Señor, mañana necesito la factura del año pasado.',
  ],
  'iso-8859-15': ['Der Preis beträgt 149 € inklusive Mehrwertsteuer, oder?'],
  'windows-1252': ['“Smart quotes” – dashes — and the € sign… came out wrong.'],
  'iso-8859-2': ['Prosimy o pilną odpowiedź w sprawie zamówienia. Żółć, gęś, jaźń.'],
  'windows-1251': ['Здравствуйте! Мой заказ до сих пор не пришёл, помогите пожалуйста.'],
  'koi8-r': ['Добрый день, счёт оплачен дважды. Верните деньги.'],
  shift_jis: ['注文した商品がまだ届きません。至急ご確認ください。'],
  'iso-2022-jp': ['お世話になっております。請求書の件でご連絡しました。'],
  'euc-jp': ['プリンタの設定方法を教えてください。'],
  gb18030: ['您好，我的订单还没有收到，请尽快处理。'],
  big5: ['您好，發票資料有誤，請協助更正。'],
  'euc-kr': ['안녕하세요, 주문한 상품이 파손되어 도착했습니다. 환불해 주세요.'],
  'iso-8859-7': ['Καλημέρα, το προϊόν δεν λειτουργεί.'],
  'windows-1255': ['שלום, ההזמנה שלי לא הגיעה.'],
  'windows-1256': ['مرحبا، لم يصل طلبي حتى الآن.'],
  'windows-1254': ['Siparişim hâlâ gelmedi, lütfen yardım edin.'],
  'tis-620': ['สวัสดีครับ สินค้ายังไม่มาถึง'],
}

export const ANY_LANGUAGE: readonly string[] = [
  ...Object.values(LANGUAGES).flat(),
  '😀 Thanks 🙏 the 📦 arrived ✅',
  'naïve café — “quoted” ¿dónde está? e\u0301',
]

export const CHARSETS: readonly (readonly [string, number])[] = [
  ['utf-8', 620],
  ['us-ascii', 160],
  ['iso-8859-1', 60],
  ['windows-1252', 50],
  ['iso-8859-15', 12],
  ['iso-8859-2', 15],
  ['windows-1251', 18],
  ['koi8-r', 8],
  ['shift_jis', 6],
  ['iso-2022-jp', 12],
  ['euc-jp', 2],
  ['gb18030', 10],
  ['big5', 4],
  ['euc-kr', 5],
  ['iso-8859-7', 3],
  ['windows-1255', 3],
  ['windows-1256', 3],
  ['windows-1254', 4],
  ['tis-620', 2],
]
