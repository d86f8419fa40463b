// What the frame of a mail shows of what is stored: a function of plain data, so that a worker can run it.
import type { FrameExtras } from '#shared/ipc/contract'
import { sanitizeMail, type SanitizedMail } from './html'
import { quoteStartOf } from './htmlQuote'
import { partsDiffer } from './partsDiffer'

export interface FrameJob extends FrameExtras {
  /** As it came. */
  readonly html: string
  /** The text of the mail, which lists and search show. */
  readonly text: string
  readonly isAnswer: boolean
  /** Content-ID → id of the attachment. */
  readonly parts: ReadonlyMap<string, string>
}

export interface FrameHtml extends SanitizedMail {
  readonly hasQuote: boolean
  readonly partsDiffer: boolean
}

export function frameHtml({ html, text, isAnswer, parts, ...extras }: FrameJob): FrameHtml {
  const { isWhole, withImages, withQuote } = extras
  const cidUrl = (cid: string): string | null => {
    const id = parts.get(cid)
    return id === undefined ? null : `part/${id}`
  }
  const pictureUrl = (n: number): string => `remote/${String(n)}`
  const options = withImages ? { keepSheet: true, pictureUrl } : { keepSheet: true }
  const { html: clean, ...rest } = sanitizeMail(html, cidUrl, { ...options, isWhole })
  const quoteStart = quoteStartOf(clean, isAnswer)
  return {
    ...rest,
    html: withQuote ? clean : clean.slice(0, quoteStart ?? clean.length),
    hasQuote: quoteStart !== null,
    partsDiffer: partsDiffer(text, html),
  }
}
