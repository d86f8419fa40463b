// What the frames of mails show: sanitised twice, without the mail they answer, with pictures from the internet only where an agent has chosen them.
import type { InlinePart, LeftOut, MailFrame } from './host'
import { findHtml, listInlineParts } from './db/messages'
import type { Reader } from './db/write'
import { createFrameCleaner } from './mail/frameCleaner'
import type { FrameExtras } from '#shared/ipc/contract'
import { createRemoteImages } from './mail/remoteImages'
import { extrasOf, frameIdOf, mailIdOf } from './tickets/frameId'
import { imageChoice } from './tickets/imageChoice'

const mostShown = 40

interface Shown extends MailFrame {
  readonly pictures: readonly string[]
  readonly trackers: number
  readonly hasQuote: boolean
  readonly isCut: boolean
  readonly partsDiffer: boolean
}

interface Options {
  readonly read: Reader
  readonly purify: (html: string) => Promise<string>
  readonly maySee: (mailId: string) => Promise<boolean>
  readonly images?: ReturnType<typeof createRemoteImages>
  /** How a mail is sanitised before it is purified. */
  readonly clean?: ReturnType<typeof createFrameCleaner>
}

export function createMailFrames({
  read,
  purify,
  maySee,
  images = createRemoteImages(),
  clean = createFrameCleaner(),
}: Options) {
  const make = async (mailId: string, extras: FrameExtras): Promise<Shown | null> => {
    const stored = await findHtml(read, mailId)
    if (stored === undefined) return null
    const parts = new Map((await listInlineParts(read, mailId)).map((p) => [p.cid, p.id]))
    const cleaned = await clean({ ...stored, ...extras, parts })
    return { ...cleaned, html: await purify(cleaned.html) }
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
    leftOutOf: async (mailId: string, extras: FrameExtras): Promise<LeftOut> => {
      const found = (await frame(frameIdOf(mailId, extras))) ?? (await frame(mailId))
      const choice = await imageChoice(read, mailId)
      const {
        hasRemote = false,
        hasQuote = false,
        isCut = false,
        partsDiffer = false,
      } = found ?? {}
      const { pictures = [], trackers = 0 } = found ?? {}
      const counted = { count: pictures.length, trackers, ...choice }
      return { hasRemote, hasQuote, isCut, partsDiffer, images: counted }
    },
  }
}
