// What the generator knows about one mail while it is being made, and the people in it.
import { encodeWords, isAscii, type AttachmentTruth } from './genMime'
import { type Random } from './genText'

export type MailKind = 'mail' | 'auto' | 'bounce' | 'list' | 'spam'

export type MailTruth = {
  kind: MailKind
  thread: number
  /** Place in its thread; 0 begins it. */
  turn: number
  /** With brackets; null when the mail has none. */
  messageId: string | null
  inReplyTo: string | null
  from: string
  subject: string
  charset: string
  /** A word that stands in the body of this mail only. */
  needle: string
  hasHtml: boolean
  attachments: AttachmentTruth[]
  oddity: string
  bounceOf: string | null
}

export type GeneratedMail = {
  index: number
  /** LF line ends. */
  raw: Buffer
  /** Epoch ms. */
  receivedAt: number
  /** Maildir letters. */
  flags: string
  truth: MailTruth
}

export type GenerateOptions = {
  count: number
  seed?: number
  /** `small`: 1 to 3 KB of text each, for very many. */
  profile?: 'full' | 'small'
  /** The mailbox they are sent to. */
  support?: string
}

export type Person = { name: string; address: string; kind: 'B' | 'Q' }
export type Thread = {
  id: number
  customer: Person
  agent: Person
  cc: Person[]
  charset: string
  subject: string
  ids: string[]
  last: string
  turns: number
}
export type Context = {
  random: Random
  options: Required<GenerateOptions>
  thread: Thread
  kind: MailKind
  at: number
  index: number
  truth: MailTruth
}

const FIRST =
  'Anna Peter Maria José Zoë Jürgen Łukasz Siân Olivier François Björn Søren Chloé Dmitri Olga Yuki Wei Min-jun Fatima Ahmed Noah Emma Liam Elif Mehmet Priya Kofi Amara Tomás Inés Katarína Þóra'.split(
    ' ',
  )
const LAST =
  'Müller Smith García Nowak O’Brien van-der-Berg Kowalczyk Jensen Øvergaard Dupont Lefèvre Ivanov Tanaka Wang Kim Al-Sayed Okafor Silva Rossi Yılmaz Sharma Novák Popescu Lindström Johnson Čapek'.split(
    ' ',
  )
const HOSTS =
  'customer.test partner.test vendor.test example.com mail.example.org firma.example.de post.example.fr corp.example.net shop.example.co.uk'.split(
    ' ',
  )
export const ascii = (text: string): string =>
  text.normalize('NFKD').replace(/[^A-Za-z0-9]/g, '') || 'user'

export function personOf(random: Random): Person {
  const [first, last] = [random.pick(FIRST), random.pick(LAST)]
  const address =
    `${ascii(first)}.${ascii(last)}${random.int(1, 4_000)}@${random.pick(HOSTS)}`.toLowerCase()
  const name = random.chance(0.92)
    ? random.chance(0.15)
      ? `${last}, ${first}`
      : `${first} ${last}`
    : ''
  return { name, address, kind: random.pick(['Q', 'B']) }
}

export function renderPerson({ name, address, kind }: Person): string {
  if (name === '') return address
  if (!isAscii(name)) return `${encodeWords(name, 'utf-8', kind)} <${address}>`
  return /^[\w -]+$/.test(name) ? `${name} <${address}>` : `"${name}" <${address}>`
}

export function renderDate(at: number, zone = 0): string {
  const text = new Date(at + zone * 60_000).toUTCString().replace(' GMT', '')
  const minutes = Math.abs(zone)
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${text} ${zone < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`
}
