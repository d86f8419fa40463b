// A reply → its final RFC 822 bytes. Equal input gives equal bytes, so that what was planned offline
// is exactly what goes out later, and twice if need be under the same Message-ID.
import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import { AppError } from '#shared/ipc/errors'
import { readAddresses } from './readFrom'
import type { MailAddress } from './types'

export type ComposeAttachment = {
  name: string
  type: string
  content: Buffer
  /** Content-ID without angle brackets: the HTML shows it inline. */
  cid?: string
}

export type ComposeInput = {
  from: MailAddress
  to: readonly MailAddress[]
  cc?: readonly MailAddress[]
  replyTo?: readonly MailAddress[]
  subject: string
  text: string
  html?: string
  /** Without angle brackets. */
  messageId: string
  inReplyTo?: string | null
  references?: readonly string[]
  /** Epoch ms; written in UTC, so that it does not tell where the agent is. */
  date: number
  /** Only names in `ALLOWED_HEADERS`. */
  headers?: Readonly<Record<string, string>>
  attachments?: readonly ComposeAttachment[]
}

export type ComposedMail = { bytes: Buffer; messageId: string }

const ALLOWED_HEADERS =
  /^(?:auto-submitted|precedence|x-auto-response-suppress|x-loop|list-id|list-unsubscribe|x-copydesk-[a-z0-9-]{1,40})$/i
// eslint-disable-next-line no-control-regex -- control characters are what is meant
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const LONE_SURROGATE = /\p{Surrogate}/u
// RFC 5322 3.6.4, wide enough for every id seen; no blanks, no brackets
const ID =
  /^[^\s<>()[\]\\,;:"]{1,250}@[^\s<>()\\,;:"@]{1,250}$|^[^\s<>@]{1,250}@\[[^\s<>[\]\\]{1,250}\]$/
const FOREIGN_ID = /^[^\s<>]{1,998}$/

function refuse(field: string, because: string): never {
  throw new AppError('invalid-input', `The mail cannot be written: ${field} ${because}.`, { field })
}

// nodemailer would fold line breaks into blanks; an attempt to inject is refused, not repaired.
function checkValue(field: string, value: string): string {
  if (CONTROL.test(value)) refuse(field, 'holds a line break or control character')
  if (LONE_SURROGATE.test(value)) refuse(field, 'holds half a character')
  return value
}

function checkAddress(field: string, { name, address }: MailAddress): MailAddress {
  checkValue(field, name)
  checkValue(field, address)
  const { addresses } = readAddresses(Buffer.from(`<${address}>`).toString('latin1'))
  if (addresses.length !== 1 || addresses[0]?.address !== address) {
    refuse(field, `has "${address.slice(0, 100)}", which is not one mail address`)
  }
  return { name, address }
}

function checkId(field: string, id: string, pattern: RegExp): string {
  checkValue(field, id)
  if (!pattern.test(id)) refuse(field, 'is not a Message-ID')
  return `<${id}>`
}

function checkHeaders(headers: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(headers).map(([key, value]) => {
    if (!ALLOWED_HEADERS.test(key)) refuse(key, 'is not a header Copydesk writes')
    return { key, value: checkValue(key, value) }
  })
}

function checkAttachment({ name, type, content, cid }: ComposeAttachment) {
  checkValue('attachment', name)
  if (!/^[\w.+-]{1,60}\/[\w.+-]{1,100}$/.test(type)) refuse('attachment', 'has no valid type')
  // Only bytes: nodemailer reads paths and URLs where it finds them, and sends what it read.
  if (!Buffer.isBuffer(content)) refuse('attachment', 'has no content')
  return {
    filename: name,
    contentType: type,
    content,
    // message/* may not be encoded (RFC 2046 5.2.1); nodemailer labels it by what it holds
    ...(type.startsWith('message/') ? {} : { contentTransferEncoding: 'base64' }),
    ...(cid === undefined
      ? { contentDisposition: 'attachment' }
      : { cid: checkId('attachment', cid, FOREIGN_ID).slice(1, -1), contentDisposition: 'inline' }),
  }
}

const toCrlf = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/\r\n?|\n/g, '\r\n')

/**
 * Renders a mail. Throws AppError `invalid-input` for line breaks or controls in any header value,
 * for addresses that are not exactly one address, and for headers not on the list.
 */
export async function composeMail(input: ComposeInput): Promise<ComposedMail> {
  const list = (field: string, addresses: readonly MailAddress[] = []) =>
    addresses.map((address) => checkAddress(field, address))
  const messageId = checkId('messageId', input.messageId, ID)
  if (input.to.length + (input.cc?.length ?? 0) === 0) refuse('to', 'is empty')
  if (!Number.isFinite(new Date(input.date).getTime())) refuse('date', 'is no date')
  const composer = new MailComposer({
    from: checkAddress('from', input.from),
    to: list('to', input.to),
    cc: list('cc', input.cc),
    replyTo: list('replyTo', input.replyTo),
    subject: checkValue('subject', input.subject),
    messageId,
    ...(input.inReplyTo ? { inReplyTo: checkId('inReplyTo', input.inReplyTo, FOREIGN_ID) } : {}),
    references: (input.references ?? []).map((id) => checkId('references', id, FOREIGN_ID)),
    date: new Date(input.date),
    text: toCrlf(input.text),
    ...(input.html === undefined ? {} : { html: toCrlf(input.html) }),
    headers: checkHeaders(input.headers ?? {}),
    attachments: (input.attachments ?? []).map(checkAttachment),
    textEncoding: 'Q',
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    boundaryPrefix: '=_copydesk',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const node = composer.compile()
  // Blind copies live in the envelope only (RFC 5322 3.6.3); no input of ours can make such a field.
  node.keepBcc = false
  return { bytes: await node.build(), messageId: input.messageId }
}
