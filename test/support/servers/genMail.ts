// A deterministic stream of support mail for benchmarks, tests and the demo: threads, charsets, HTML,
// attachments, auto-replies, bounces and oddities, each with what a correct client must find in it.
import { bodyText, bounceBody, mailBody } from './genBody'
import {
  personOf,
  type Context,
  type GeneratedMail,
  type GenerateOptions,
  type MailKind,
  type MailTruth,
  type Person,
  type Thread,
} from './genContext'
import { headersOf } from './genHeaders'
import { ANY_LANGUAGE, CHARSETS, createRandom, hashOf, LANGUAGES, wordOf } from './genText'

const SUBJECTS = [
  'Order {n} has not arrived',
  'Cannot log in after {w} update',
  'Refund for invoice {n}',
  '{w} {w} error {n}',
  'Question about {w}',
  'URGENT: {w} broken',
  'Feature request: {w} {w}',
  '[{w}] license key {n}',
  '{l}',
  '{l}',
  'printer {w} does not {w}',
  'fw: {w}',
]
const ODDITIES = [
  'no-message-id',
  'repeated-message-id',
  'no-date',
  'bad-date',
  'two-authors',
  'group-to',
  'raw-8bit-subject',
  'unknown-charset',
  'long-line',
  'long-references',
  'no-content-type',
  'no-blank-after-colon',
  'empty-body',
  'no-end-boundary',
  'upper-case-names',
  'deep-nesting',
]
const START = Date.UTC(2025, 0, 2, 6)
const STEP = 97_000

function openThread(id: number, seed: number): Thread {
  const random = createRandom(hashOf(seed, 'thread', id))
  const charset = random.weighted(CHARSETS)
  const sentences =
    charset === 'us-ascii' ? ['My order', 'Help'] : (LANGUAGES[charset] ?? ANY_LANGUAGE)
  const subject = random
    .pick(SUBJECTS)
    .replace(/\{n\}/g, () => `#${random.int(10_000, 99_999)}`)
    .replace(/\{w\}/g, () => wordOf(random))
    .replace(/\{l\}/g, () => random.pick(sentences).slice(0, random.int(15, 60)).trim())
  const cc = random.chance(0.3)
    ? Array.from({ length: random.int(1, 6) }, () => personOf(random))
    : []
  const agent = random.pick(['ada', 'ben', 'cleo'])
  return {
    id,
    customer: personOf(random),
    agent: { name: `${agent} (Support)`, address: `${agent}@desk.test`, kind: 'Q' },
    cc,
    charset,
    subject: random.chance(0.01) ? '' : subject,
    ids: [],
    last: '',
    turns: 0,
  }
}

function makeMail(
  index: number,
  kind: MailKind,
  thread: Thread,
  options: Required<GenerateOptions>,
): GeneratedMail {
  const random = createRandom(hashOf(options.seed, 'mail', index))
  const turn = thread.turns++
  const oddity = kind === 'mail' && random.chance(0.06) ? random.pick(ODDITIES) : ''
  const isAgent = kind === 'mail' && turn > 0 && random.chance(turn % 2 === 1 ? 0.8 : 0.1)
  const support: Person = { name: 'Desk Support', address: options.support, kind: 'Q' }
  const from = isAgent
    ? support
    : kind === 'list' || kind === 'spam'
      ? personOf(random)
      : thread.customer
  const at = START + index * STEP + random.int(0, 60) * 1_000
  const id = `<${random.pick([random.hex(32), `CA+${random.hex(20)}=${random.hex(10)}`, `${at}.${random.int(1, 1e6)}.JavaMail`])}@${from.address.split('@')[1]}>`
  const messageId =
    oddity === 'no-message-id'
      ? null
      : oddity === 'repeated-message-id'
        ? (thread.ids.at(-1) ?? id)
        : id
  const prefix = turn > 0 ? random.pick(['Re: ', 'Re: ', 'RE: ', 'AW: ', 'SV: ', 'Antw: ']) : ''
  const truth: MailTruth = {
    kind,
    thread: thread.id,
    turn,
    messageId,
    inReplyTo: null,
    from: kind === 'bounce' ? 'MAILER-DAEMON@mx1.desk.test' : from.address,
    subject: `${prefix}${thread.subject}`,
    charset: thread.charset,
    needle: `ref-${((index * 7_919) % 1_000_003).toString(36)}x`,
    hasHtml: false,
    attachments: [],
    oddity,
    bounceOf: null,
  }
  const context: Context = { random, options, thread, kind, at, index, truth }
  const headers = headersOf(context, from, isAgent ? thread.customer : support)
  const { body, own } = bodyText(context, from)
  const root = kind === 'bounce' ? bounceBody(context) : mailBody(context, body)
  if (oddity === 'no-content-type') headers.pop()
  else headers.push(root.head)
  thread.last = own.slice(0, options.profile === 'small' ? 600 : 6_000)
  if (kind === 'mail' && messageId === id) thread.ids = [...thread.ids.slice(-39), id]
  const raw = Buffer.from(`${headers.join('\n')}\n\n${root.body}\n`, 'latin1')
  return {
    index,
    raw,
    receivedAt: at,
    flags: `${turn > 0 && random.chance(0.3) ? 'R' : ''}${random.chance(0.85) ? 'S' : ''}`,
    truth,
  }
}

/** Yields `count` mails. The same options give the same bytes. */
export function* generateMail(given: GenerateOptions): Generator<GeneratedMail> {
  const options = { seed: 1, profile: 'full' as const, support: 'support@desk.test', ...given }
  const random = createRandom(hashOf(options.seed, 'plan'))
  const open: Thread[] = []
  let nextThread = 0
  for (let index = 0; index < options.count; index++) {
    let kind: MailKind = random.weighted([
      ['mail', 900],
      ['auto', 35],
      ['bounce', 25],
      ['list', 30],
      ['spam', 10],
    ] as const)
    const isAbout = kind === 'auto' || kind === 'bounce'
    const recent = Math.floor(Math.pow(random(), 2.2) * Math.min(open.length, 400))
    const known = open[open.length - 1 - recent]
    if (
      known !== undefined &&
      (isAbout || (kind === 'mail' && open.length > 30 && random.chance(0.72)))
    ) {
      if (!isAbout && random.chance(0.2)) open.splice(open.indexOf(known), 1)
      yield makeMail(index, kind, known, options)
      continue
    }
    if (isAbout) kind = 'mail'
    const thread = openThread(nextThread++, options.seed)
    if (kind === 'mail') open.push(thread)
    if (open.length > 3_000) open.shift()
    yield makeMail(index, kind, thread, options)
  }
}
