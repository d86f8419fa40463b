// What the frames of mails show: sanitised twice, without the mail they answer, with pictures from the internet only where an agent has chosen them.
import type { InlinePart, LeftOut, MailFrame } from './host'
import { findHtml, listInlineParts } from './db/messages'
import type { Reader } from './db/write'
import { sanitizeMail } from './mail/html'
import { quoteStartOf } from './mail/htmlQuote'
import { createRemoteImages } from './mail/remoteImages'
import { extrasOf, mailIdOf, type FrameExtras } from './tickets/frameId'
import { imageChoice } from './tickets/imageChoice'

const mostShown = 40

interface Shown extends MailFrame {
  readonly pictures: readonly string[]
  readonly trackers: number
  readonly hasQuote: boolean
  readonly isCut: boolean
}

interface Options {
  readonly read: Reader
  readonly purify: (html: string) => Promise<string>
  readonly maySee: (mailId: string) => Promise<boolean>
  readonly images?: ReturnType<typeof createRemoteImages>
}

export function createMailFrames({ read, purify, maySee, images = createRemoteImages() }: Options) {
  const make = async (
    mailId: string,
    { withImages, withQuote }: FrameExtras,
  ): Promise<Shown | null> => {
    const stored = await findHtml(read, mailId)
    if (stored === undefined) return null
    const parts = new Map((await listInlineParts(read, mailId)).map((p) => [p.cid, p.id]))
    const cidUrl = (cid: string): string | null => {
      const id = parts.get(cid)
      return id === undefined ? null : `part/${id}`
    }
    const pictureUrl = (n: number): string => `remote/${String(n)}`
    const options = withImages ? { keepSheet: true, pictureUrl } : { keepSheet: true }
    const { html: clean, ...rest } = sanitizeMail(stored.html, cidUrl, options)
    const quoteStart = quoteStartOf(clean, stored.isAnswer)
    const html = withQuote ? clean : clean.slice(0, quoteStart ?? clean.length)
    return { ...rest, hasQuote: quoteStart !== null, html: await purify(html) }
  }

  // The page, its measure and the question about remote content ask for the same mail in turn.
  const shown = new Map<string, Promise<Shown | null>>()
  const frame = async (frameId: string): Promise<Shown | null> => {
    const extras = extrasOf(frameId)
    const mailId = mailIdOf(frameId)
    if (!(await maySee(mailId))) return null
    if (extras.withImages && !(await imageChoice(read, mailId)).isChosen) return null
    const known = shown.get(frameId)
    if (known !== undefined) return known
    const made = make(mailId, extras)
    shown.set(frameId, made)
    made.catch(() => shown.delete(frameId))
    const oldest = shown.keys().next()
    if (shown.size > mostShown && !oldest.done) shown.delete(oldest.value)
    return made
  }

  return {
    frame,
    picture: async (frameId: string, n: number): Promise<InlinePart | null> => {
      if (!extrasOf(frameId).withImages) return null
      const url = (await frame(frameId))?.pictures[n]
      return url === undefined ? null : images.fetch(url)
    },
    leftOutOf: async (mailId: string): Promise<LeftOut> => {
      const found = await frame(mailId)
      const choice = await imageChoice(read, mailId)
      const { hasRemote = false, hasQuote = false, isCut = false } = found ?? {}
      const { pictures = [], trackers = 0 } = found ?? {}
      return { hasRemote, hasQuote, isCut, images: { count: pictures.length, trackers, ...choice } }
    },
  }
}
