// Makes a stranger's HTML fit for a frame without scripts: what runs, loads, submits or covers the
// window is gone. The frame's sandbox and CSP are the second wall, not the first.
import sanitize from 'sanitize-html'
import {
  filterStyle,
  hasRemoteStyle,
  LAYOUT,
  limitDepth,
  limitElements,
  REMOTE_ATTRIBUTES,
  REMOTE_TAGS,
  SILENT_TAGS,
  TAGS,
} from './htmlPolicy'
import { shownPictureType } from './picture'
import { safeSheet } from './styleSheet'

export { textFromHtml } from './htmlText'

export type SanitizedMail = {
  html: string
  /** There was too much of it: only its beginning is here. */
  isCut: boolean
  /** Something remote was removed: pictures, backgrounds, trackers. */
  hasRemote: boolean
  /** Style sheet for what is shown; empty unless asked for. */
  sheet: string
  /** Where its pictures on the internet lie, as often as they appear. */
  pictures: string[]
  /** Pictures on the internet that are too small to be seen; never shown. */
  trackers: number
}

export interface ShowOptions {
  /** Keep what is harmless of the mail's own style sheets, and the classes they speak of. */
  readonly keepSheet?: boolean
  /** All of it, however many elements: somebody has asked. */
  readonly isWhole?: boolean
  /** URL of ours for the n-th of `pictures`; without it they are left out. */
  readonly pictureUrl?: (n: number) => string
}

const MAX_HTML = 2_097_152
const OWN_PICTURE = /^data:image\/(?:png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]*$/i

type Attributes = Record<string, string>

function decodeCid(cid: string): string {
  try {
    // RFC 2392: the id is percent-encoded in the URL
    return decodeURIComponent(cid)
  } catch {
    return cid
  }
}

/** What a picture may show: a part of this mail, bytes in the mail itself, or nothing. */
function pictureSource(
  source: string,
  cidUrl: (cid: string) => string | null,
): { url: string | null; isRemote: boolean } {
  const cid = /^cid:(.{1,998})$/i.exec(source)?.[1]
  if (cid !== undefined) return { url: cidUrl(decodeCid(cid)), isRemote: false }
  if (OWN_PICTURE.test(source)) {
    const bytes = Buffer.from(source.slice(source.indexOf(',') + 1), 'base64')
    return { url: shownPictureType(bytes) === null ? null : source, isRemote: false }
  }
  return { url: null, isRemote: source !== '' }
}

function linkAttributes({ href, ...rest }: Attributes): Attributes {
  // A mail has no place of its own, so a link without a scheme leads nowhere good.
  const isSafe = /^(?:https?:\/\/|mailto:)/i.test(href?.trim() ?? '')
  return {
    ...rest,
    ...(isSafe && href !== undefined ? { href } : {}),
    // No window handle, no address of ours for the site that is opened.
    rel: 'noopener noreferrer nofollow',
    target: '_blank',
  }
}

/** Nobody can see it: all it does is tell that the mail was opened. */
function isTracker({ width = '', height = '', style = '' }: Attributes): boolean {
  const isTiny = (text: string): boolean => /^\s*[0-3](?:\.\d+)?(?:px)?\s*$/i.test(text)
  return (
    isTiny(width) ||
    isTiny(height) ||
    /(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*[0-3](?:px)?\s*(?:;|!|$)/i.test(style) ||
    /display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\s|;|$)/i.test(style)
  )
}

// What a `<style>` would have loaded.
function hasRemoteSheet(html: string): boolean {
  const style = html.search(/<style/i)
  return style >= 0 && /@import|url\s*\(/i.test(html.slice(style, MAX_HTML))
}

/**
 * Sanitises mail HTML (at most 2 MiB of it, and unless asked for the whole 10,000 elements). `cidUrl` turns a Content-ID into a URL of ours, or null
 * when the mail has no such part.
 */
export function sanitizeMail(
  html: string,
  cidUrl: (cid: string) => string | null,
  { keepSheet = false, isWhole = false, pictureUrl }: ShowOptions = {},
): SanitizedMail {
  let hasRemote = hasRemoteSheet(html)
  const shown = new Set<string>()
  const pictures: string[] = []
  let trackers = 0

  const remoteSource = (source: string, given: Attributes): string | null => {
    if (!/^https?:\/\//i.test(source) || source.length > 4_096) return null
    if (isTracker(given)) {
      trackers += 1
      return null
    }
    pictures.push(source)
    return pictureUrl?.(pictures.length - 1) ?? null
  }

  const transform = (tagName: string, { style = '', ...given }: Attributes) => {
    hasRemote ||=
      hasRemoteStyle(style) ||
      REMOTE_TAGS.has(tagName) ||
      REMOTE_ATTRIBUTES.some((name) => name in given)
    const safeStyle = filterStyle(style)
    const attribs = tagName === 'a' ? linkAttributes(given) : given
    if (safeStyle !== '') attribs.style = safeStyle
    if (tagName === 'img') {
      const source = given.src?.trim() ?? ''
      const { url: own, isRemote } = pictureSource(source, cidUrl)
      const url = isRemote ? remoteSource(source, { ...given, style }) : own
      hasRemote ||= isRemote
      delete attribs.src
      if (url !== null) {
        attribs.src = url
        shown.add(url)
      }
    }
    return { tagName, attribs }
  }

  const most = html.slice(0, MAX_HTML)
  const beginning = isWhole ? most : limitElements(most)
  const clean = sanitize(limitDepth(beginning), {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': keepSheet ? [...LAYOUT, 'class'] : LAYOUT,
      a: ['href', 'rel', 'target'],
      img: ['src', 'alt'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap'],
      col: ['span'],
      ol: ['start', 'type'],
      blockquote: ['type'],
      details: ['open'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    // Only sources made above remain (exclusiveFilter); these are the schemes `cidUrl` may use.
    allowedSchemesByTag: { img: ['data', 'attachment', 'mail', 'mail-part'] },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    nonTextTags: SILENT_TAGS,
    transformTags: { '*': transform },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && !shown.has(attribs.src ?? ''),
  })
  const sheet = keepSheet ? safeSheet(html.slice(0, MAX_HTML)) : ''
  const isCut = beginning.length < html.length
  return { html: clean, isCut, hasRemote, sheet, pictures, trackers }
}
