// RFC 822 bytes → ParsedMail. Text parts are decoded, attachments are only described: nobody has
// opened them yet. Content never makes it throw; what is wrong is named in `problem`.
import { createHash } from 'node:crypto'
import { showHidden } from '#shared/rules/address'
import { automaticHeaders } from '#shared/rules/automatic'
import { trustHeaders } from '#shared/rules/trust'
import { readBlocks, textOf, type Bodies } from './bodies'
import { readBounce } from './bounce'
import { decodeRaw } from './charset'
import { readDate } from './dates'
import { cleanLine, decodeText, firstField, type Field } from './fields'
import { readFresh } from './fresh'
import { marksOf } from './marks'
import { agreesOnAuthor, readAddresses, readAuthors } from './readFrom'
import { readSkeleton, type Skeleton } from './skeleton'
import {
  WINDOW_BYTES,
  type FetchedMail,
  type MailAddress,
  type MailHeader,
  type ParsedMail,
} from './types'

// So much of the body every copy's window holds, whatever its hops put on top (see `digest`).
const DIGEST_BYTES = 8_192
const MAX_IDS = 50
const MAX_ID = 998
const MAX_SUBJECT = 2_000

const KEPT: ReadonlySet<string> = new Set([
  ...trustHeaders,
  ...automaticHeaders,
  'list-unsubscribe',
  'x-auto-response-suppress',
  'delivered-to',
  'envelope-to',
  'x-original-to',
  'x-failed-recipients',
])
const MAX_KEPT_VALUE = 4_096

/** Message-IDs of a value without angle brackets; blanks inside, left by bad folding, are dropped. */
export function readIds(raw: string): string[] {
  const ids = [...raw.matchAll(/<([^<>]{1,2000})>/g)].map((match) => match[1] as string)
  const found =
    ids.length > 0
      ? ids
      : raw
          .split(/[\s,;]+/)
          .map((word) => word.replace(/[<>]/g, ''))
          .filter((word) => word.includes('@'))
  // Decoded first: what is a blank or a bracket shows only in the charset of its bytes.
  return found
    .map((id) => cleanLine(decodeRaw(id)).replace(/[\s<>]+/g, ''))
    .filter((id) => id !== '' && id.length <= MAX_ID)
}

// Neither a control character nor what only Unicode takes for a blank may end a domain, nor may what nobody sees vanish
// from one.
const INSIDE = /[\p{Cc}\p{Cf}\p{Z}]/gu

function keptValue(name: string, value: string): string {
  const text = decodeRaw(value)
  if (name !== 'authentication-results') return cleanLine(text)
  return cleanLine(text.replace(INSIDE, (char) => (' \t\r\n'.includes(char) ? char : '?')))
}

function keptHeaders(fields: readonly Field[]): { headers: MailHeader[]; receivedCount: number } {
  const headers: MailHeader[] = []
  let receivedCount = 0
  fields.forEach(({ name, value }, at) => {
    if (name === 'received' && receivedCount++ > 0) return
    if (!KEPT.has(name) && !name.startsWith('x-copydesk-')) return
    headers.push({ name, value: keptValue(name, value.slice(0, MAX_KEPT_VALUE)), at })
  })
  return { headers, receivedCount }
}

// CRLF without blanks at the very end: copies differ in these, and nothing else is forgiven. IMAP gives
// CRLF for every line, so its first line end tells whether there is anything to do.
function canonicalBody({ bytes, bodyStart }: Skeleton): Buffer {
  let body = bytes.subarray(bodyStart, bodyStart + DIGEST_BYTES)
  const lineEnd = body.indexOf(10)
  if (lineEnd >= 0 && body[lineEnd - 1] !== 13) {
    const text = body.toString('latin1').replace(/\r\n?|\n/g, '\r\n')
    body = Buffer.from(text.slice(0, DIGEST_BYTES), 'latin1')
  }
  let end = body.length
  while (end > 0 && (body[end - 1] as number) <= 32) end--
  return body.subarray(0, end)
}

// The Date tells apart the mails of a machine that uses one Message-ID and one long preamble for all.
function digestOf(skeleton: Skeleton, froms: readonly Field[]): string {
  const authors = froms.map((field) => field.value.replace(/\s+/g, ' ')).join('\n')
  return createHash('sha256')
    .update(`${authors}\n${firstField(skeleton.fields, 'date')}\n`, 'latin1')
    .update(canonicalBody(skeleton))
    .digest('hex')
}

const IDENTITY = ['date', 'to', 'cc', 'subject', 'in-reply-to', 'references']

// From what the sender wrote, not from what each hop put on top: the copies in INBOX and Sent agree.
function syntheticId(fields: readonly Field[], digest: string): string {
  const hash = createHash('sha256').update(digest)
  for (const name of IDENTITY) hash.update(`\n${name}:${firstField(fields, name)}`)
  return `${hash.digest('hex').slice(0, 32)}@missing.invalid`
}

// Daemons sign without an address; people still want to see who it claims to be.
function nameOnly(raw: string): MailAddress[] {
  const name = decodeText(raw).slice(0, 200)
  return name === '' ? [] : [{ name, address: '' }]
}

// The entry that a field was cut in may look like the address of somebody else.
const wholeEntries = (value: string): string => value.slice(0, value.search(/[,;][^,;]*$/) + 1)

// Who cannot be read stays visible on the ticket, as somebody who cannot be written to.
function recipientsIn(fields: readonly Field[], name: 'to' | 'cc'): MailAddress[] {
  const { value = '', isCut } = fields.find((field) => field.name === name) ?? {}
  const { addresses, unread } = readAddresses(isCut ? wholeEntries(value) : value)
  return [
    ...addresses.map((each) => ({ name: each.name, address: showHidden(each.address) })),
    ...(isCut ? [...unread, '…'] : unread).map((address) => ({ name: '', address })),
  ]
}

// Field by field: spreading objects into one another here cost a tenth of all parsing.
function complete(skeleton: Skeleton, bodies: Bodies, isTruncated: boolean): ParsedMail {
  const { fields } = skeleton
  const froms = fields.filter((field) => field.name === 'from')
  const rawFrom = froms[0]?.value ?? ''
  const author = readAuthors(rawFrom)
  const digest = digestOf(skeleton, froms)
  const rawId = firstField(fields, 'message-id')
  // A bare word is no Message-ID by the grammar, but it is the only name this mail has.
  const ownId = readIds(rawId)[0] ?? /^[^\s<>]{4,998}$/.exec(rawId)?.[0]
  const list = (name: string) => readAddresses(firstField(fields, name)).addresses
  const { headers, receivedCount } = keptHeaders(fields)
  const inReplyTo = readIds(firstField(fields, 'in-reply-to')).slice(0, MAX_IDS)
  const references = readIds(firstField(fields, 'references')).slice(-MAX_IDS)
  const { freshLength, preview } = readFresh(bodies.text, inReplyTo.length + references.length > 0)
  return {
    rfcId: ownId ?? syntheticId(fields, digest),
    hasOwnId: ownId !== undefined,
    digest,
    from: author.addresses.length > 0 ? author.addresses : nameOnly(rawFrom),
    fromFields: froms.length,
    fromAgreed: froms.length === 1 && agreesOnAuthor(rawFrom, author),
    sender: list('sender')[0] ?? null,
    replyTo: list('reply-to'),
    to: recipientsIn(fields, 'to'),
    cc: recipientsIn(fields, 'cc'),
    subject: decodeText(firstField(fields, 'subject')).slice(0, MAX_SUBJECT),
    sentAt: readDate(firstField(fields, 'date')),
    inReplyTo,
    references,
    text: bodies.text,
    html: bodies.html,
    freshLength,
    preview,
    attachments: bodies.attachments,
    headers,
    receivedCount,
    reportDelivery: readBounce(skeleton, bodies.text, textOf),
    marks: marksOf(skeleton, bodies),
    isTruncated,
    problem: skeleton.problem,
  }
}

/** Reads a whole mail, or its beginning when `size` (RFC822.SIZE) says that there is more. */
export function parseMail(source: Buffer, size = source.length): ParsedMail {
  // Some servers misstate RFC822.SIZE; only a full window can have been cut.
  const isTruncated = source.length >= WINDOW_BYTES && size > source.length
  const skeleton = readSkeleton(source)
  return complete(skeleton, readBlocks(skeleton, isTruncated ? size : null), isTruncated)
}

/** A ParsedMail for a mail that could not be read at all; its id is still stable. */
export function unreadableMail(source: Buffer, problem: string): ParsedMail {
  const empty: Bodies = { text: '', html: null, isCut: false, attachments: [] }
  const skeleton = { ...readSkeleton(Buffer.alloc(0)), bytes: source, problem }
  return complete(skeleton, empty, false)
}

/** Parses one fetched mail. Never throws: a bug of ours costs one mail its text, not the folder. */
export function parseFetched(mail: Pick<FetchedMail, 'window' | 'size'>): ParsedMail {
  try {
    return parseMail(mail.window, mail.size)
  } catch (error) {
    return unreadableMail(mail.window, error instanceof Error ? error.message : 'unreadable')
  }
}
