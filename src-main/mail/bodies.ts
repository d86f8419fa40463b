// The bodies of a mail: which parts are its text, which are attachments.
import { declaredName, decodedSize, describeAttachment } from './attachments'
import { decodeBytes, decodeTransfer, withLf } from './charset'
import { escapeHtml, textFromHtml } from './htmlText'
import { readInvitation } from './invitation'
import type { Part, Skeleton } from './skeleton'
import type { MailAttachment } from './types'

export type Bodies = {
  text: string
  html: string | null
  /** Some of the text is longer than what is read of it. */
  isCut: boolean
  attachments: MailAttachment[]
}

/** Text of one place in the mail: its plain form, its rich one (HTML, with text between), or both (multipart/alternative). */
type Block = { plain: readonly Part[]; rich: readonly Part[] }

const MAX_CALENDARS = 3
export const MAX_TEXT = 2_097_152

/** Whether a leaf is part of what people read, rather than an attachment. */
export function isTextPart(part: Part, isOnly: boolean): boolean {
  if (part.type !== 'text/plain' && part.type !== 'text/html') return false
  if (part.disposition === 'attachment') return false
  // A named text part is a file that the sender's mailer happened to show (Apple Mail, mutt)
  return isOnly || declaredName(part) === ''
}

const isHtml = ({ type }: Part): boolean => type === 'text/html'

function collect(part: Part, root: Part, blocks: Block[], files: Part[]): void {
  const { children } = part
  if (children === null) {
    if (!isTextPart(part, part === root)) files.push(part)
    else blocks.push(isHtml(part) ? { plain: [], rich: [part] } : { plain: [part], rich: [] })
    return
  }
  if (part.type !== 'multipart/alternative') {
    for (const child of children) collect(child, root, blocks, files)
    return
  }
  const forms = children.map((child) => {
    const form: Block[] = []
    collect(child, root, form, files)
    return form
  })
  // RFC 2046 5.1.4: the last alternative is the richest; the first plain one is the plainest. Apple Mail puts a file
  // between two HTML parts of the richest.
  const richest = forms.findLast((form) => form.some(({ rich }) => rich.length > 0)) ?? []
  const plainest =
    forms.find((form) => form !== richest && form.some(({ plain }) => plain.length > 0)) ?? []
  const block = {
    plain: plainest.flatMap(({ plain }) => plain),
    rich: richest.flatMap(({ plain, rich }) => (rich.length > 0 ? rich : plain)),
  }
  if (block.plain.length + block.rich.length > 0) blocks.push(block)
}

/** Undoes format=flowed (RFC 3676 4): lines that end in a blank go on in the next of the same depth. */
function unflow(text: string, hasDelSp: boolean): string {
  const out: string[] = []
  let isOpen = false
  let openDepth = -1
  for (const line of text.split('\n')) {
    const quote = /^>*/.exec(line)?.[0] ?? ''
    let body = line.slice(quote.length)
    if (body.startsWith(' ')) body = body.slice(1)
    const isSoft = body.endsWith(' ') && body !== '-- '
    const content = isSoft && hasDelSp ? body.slice(0, -1) : body
    if (isOpen && openDepth === quote.length && body !== '-- ')
      out.push((out.pop() ?? '') + content)
    else out.push(quote === '' ? content : `${quote} ${content}`)
    isOpen = isSoft
    openDepth = quote.length
  }
  return out.join('\n')
}

/** The decoded text of one leaf, at most 2 MiB. */
export function textOf(bytes: Buffer, part: Part): string {
  const body = decodeTransfer(bytes.subarray(part.start, part.end), part.encoding).subarray(
    0,
    MAX_TEXT,
  )
  const charset = part.params.get('charset') ?? ''
  const isWide = /^utf-?(?:16|32)|^ucs/i.test(charset)
  let text = decodeBytes(isWide ? body : withLf(body), charset)
  if (isWide) text = text.replace(/\r\n?/g, '\n')
  // NUL ends a string for some readers of the database
  if (text.includes('\0')) text = text.replaceAll('\0', '')
  if (part.params.get('format')?.toLowerCase() !== 'flowed') return text
  return unflow(text, part.params.get('delsp')?.toLowerCase() === 'yes')
}

const asHtml = (text: string): string =>
  `<div style="white-space:pre-wrap">${escapeHtml(text)}</div>`

const isLong = (part: Part): boolean => part.end - part.start >= MAX_TEXT

/** Decodes the text of a mail and describes its other parts. `fullSize` is set for a cut window. */
export function readBlocks(skeleton: Skeleton, fullSize: number | null): Bodies {
  const { bytes, root } = skeleton
  const blocks: Block[] = []
  const files: Part[] = []
  collect(root, root, blocks, files)
  const hasHtml = blocks.some(({ rich }) => rich.length > 0)
  const texts: string[] = []
  const htmls: string[] = []
  for (const { plain, rich } of blocks) {
    const plainText = plain.map((part) => textOf(bytes, part)).join('\n\n')
    const htmlText = rich
      .map((part) => (isHtml(part) ? textOf(bytes, part) : asHtml(textOf(bytes, part))))
      .join('\n')
    const hasPlain = plainText.trim() !== ''
    texts.push(hasPlain || rich.length === 0 ? plainText : textFromHtml(htmlText))
    if (hasHtml) htmls.push(rich.length === 0 ? asHtml(plainText) : htmlText)
  }
  for (const part of files.filter(({ type }) => type === 'text/calendar').slice(0, MAX_CALENDARS)) {
    const invitation = readInvitation(textOf(bytes, part))
    if (invitation === '') continue
    texts.push(invitation)
    if (hasHtml) htmls.push(asHtml(invitation))
  }
  const text = texts.length === 1 ? (texts[0] as string) : texts.join('\n\n')
  const html = htmls.join('\n')
  return {
    text: text.slice(0, MAX_TEXT).trimEnd(),
    html: hasHtml ? html.slice(0, MAX_TEXT) : null,
    isCut:
      Math.max(text.length, html.length) > MAX_TEXT ||
      blocks.some(({ plain, rich }) => plain.some(isLong) || rich.some(isLong)),
    attachments: files.map((part) => describeAttachment(part, sizeOf(bytes, part, fullSize))),
  }
}

/** The attachments of a mail whose structure is all that is known; sizes are the server's. */
export function listAttachments(root: Part): MailAttachment[] {
  const files: Part[] = []
  collect(root, root, [], files)
  return files.map((part) => describeAttachment(part, decodedSize(Buffer.alloc(0), part)))
}

// The part in which the window ended goes on to about the end of the mail.
function sizeOf(bytes: Buffer, part: Part, fullSize: number | null): number {
  const size = decodedSize(bytes, part)
  if (fullSize === null || part.end < bytes.length) return size
  const missing = fullSize - bytes.length
  return size + (part.encoding === 'base64' ? Math.floor((missing * 57) / 78) : missing)
}
