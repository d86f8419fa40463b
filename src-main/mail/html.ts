// Makes a stranger's HTML fit for a frame without scripts: what runs, loads, submits or covers the
// window is gone. The frame's sandbox and CSP are the second wall, not the first.
import sanitize from 'sanitize-html'

export { textFromHtml } from './htmlText'

export type SanitizedMail = {
  html: string
  /** Something remote was removed: pictures, backgrounds, trackers. */
  hasRemote: boolean
}

const MAX_HTML = 2_097_152
const MAX_STYLE = 4_000

const TAGS =
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  )

const LAYOUT = ['style', 'align', 'valign', 'width', 'height', 'bgcolor', 'dir', 'lang', 'title']

// Properties that cannot leave the mail's own box or load anything.
const STYLE_PROPERTY =
  /^(?:color|background-color|background|font(?:-(?:family|size|style|weight|variant))?|line-height|letter-spacing|text-(?:align|decoration|indent|transform)|vertical-align|white-space|word-(?:break|wrap|spacing)|overflow-wrap|(?:margin|padding)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|(?:min-|max-)?(?:width|height)|list-style(?:-type)?|display|float|clear|table-layout|direction|unicode-bidi|caption-side|empty-cells)$/
const STYLE_VALUE = /^[\w\s#.,%()+!'"/-]{1,300}$/
// url( loads, var/attr/image-set can hide one, expression and behaviours run in old engines.
const STYLE_DANGER =
  /url|image|expression|import|javascript|behaviou?r|binding|attr|var|env|element|paint|src|@|\\/i

function hasRemoteStyle(style: string): boolean {
  return /url\s*\(|image-set|src\s*\(|\\/i.test(style)
}

/** Keeps harmless declarations. Linear: the style is cut, split and each piece looked at once. */
function filterStyle(style: string): string {
  return style
    .slice(0, MAX_STYLE)
    .split(';')
    .map((declaration) => {
      const colon = declaration.indexOf(':')
      const property = declaration.slice(0, colon).trim().toLowerCase()
      const value = declaration.slice(colon + 1).trim()
      if (colon < 0 || !STYLE_PROPERTY.test(property)) return ''
      if (!STYLE_VALUE.test(value) || STYLE_DANGER.test(value)) return ''
      // A negative margin would pull the text over something else.
      if (/^margin/.test(property) && value.includes('-')) return ''
      return `${property}:${value}`
    })
    .filter((declaration) => declaration !== '')
    .join(';')
}

const MAX_DEPTH = 300
// These are closed by what follows them, or hold nothing: they do not nest by themselves.
const FLAT = new Set(
  'area base br col dd dt hr img input li link meta option p source tbody td tfoot th thead tr wbr'.split(
    ' ',
  ),
)

// The HTML parser needs time by the square of the depth, so a megabyte of `<div>` would hold the
// window for minutes. Tags deeper than anybody can see are left out, their text stays.
function limitDepth(html: string): string {
  const kept: string[] = []
  let from = 0
  let depth = 0
  let skipped = 0
  for (const match of html.matchAll(/<(\/?)([a-z][a-z0-9]{0,20})[^>]*>?/gi)) {
    const [tag, slash = '', name = ''] = match
    if (FLAT.has(name.toLowerCase())) continue
    const isClosing = slash !== ''
    if (isClosing ? skipped === 0 : depth < MAX_DEPTH) {
      depth = isClosing ? Math.max(0, depth - 1) : depth + 1
      continue
    }
    skipped += isClosing ? -1 : 1
    kept.push(html.slice(from, match.index))
    from = match.index + tag.length
  }
  return from === 0 ? html : kept.join('') + html.slice(from)
}

const REMOTE_ATTRIBUTES = ['background', 'poster', 'srcset', 'lowsrc', 'dynsrc', 'data']
const REMOTE_TAGS = new Set([
  'link',
  'iframe',
  'object',
  'embed',
  'video',
  'audio',
  'source',
  'image',
  'svg',
  'input',
])

type Attributes = Record<string, string>

/**
 * Sanitises mail HTML (at most 2 MiB of it). `cidUrl` turns a Content-ID into a URL of ours, or null
 * when the mail has no such part.
 */
export function sanitizeMail(html: string, cidUrl: (cid: string) => string | null): SanitizedMail {
  let hasRemote = false
  const own = new Set<string>()

  const transform = (tagName: string, attribs: Attributes) => {
    const { style, ...kept } = attribs
    if (style !== undefined) {
      if (hasRemoteStyle(style)) hasRemote = true
      const safe = filterStyle(style)
      if (safe !== '') kept.style = safe
    }
    if (REMOTE_ATTRIBUTES.some((name) => name in attribs) || REMOTE_TAGS.has(tagName))
      hasRemote = true
    if (tagName === 'a') {
      // A mail has no place of its own, so a link without a scheme leads nowhere good.
      if (!/^(?:https?:\/\/|mailto:)/i.test((kept.href ?? '').trim())) delete kept.href
      // No window handle, no address of ours for the site that is opened.
      kept.rel = 'noopener noreferrer nofollow'
      kept.target = '_blank'
    }
    if (tagName === 'img') {
      const source = (kept.src ?? '').trim()
      delete kept.src
      const cid = /^cid:(.{1,998})$/i.exec(source)?.[1]
      const url = cid === undefined ? null : cidUrl(decodeCid(cid))
      if (url !== null) {
        kept.src = url
        own.add(url)
      } else if (/^data:image\/(?:png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]*$/i.test(source)) {
        kept.src = source
        own.add(source)
      } else if (cid === undefined && source !== '') hasRemote = true
    }
    return { tagName, attribs: kept }
  }

  const clean = sanitize(limitDepth(html.slice(0, MAX_HTML)), {
    allowedTags: TAGS,
    allowedAttributes: {
      '*': LAYOUT,
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
    allowedSchemesByTag: { img: ['data', 'mail-part', 'cid', 'http', 'https'] },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    nonTextTags: [
      'script',
      'style',
      'textarea',
      'option',
      'noscript',
      'title',
      'template',
      'select',
      'svg',
      'math',
      'xmp',
      'noembed',
      'noframes',
      'plaintext',
      'head',
    ],
    transformTags: { '*': transform },
    // Whatever happened to the attribute, only a source that we made ourselves is shown.
    exclusiveFilter: (frame) => frame.tag === 'img' && !own.has(frame.attribs.src ?? ''),
  })
  return { html: clean, hasRemote: hasRemote || hasRemoteSheet(html) }
}

// `<style>` is dropped whole; it only matters whether it would have loaded something.
function hasRemoteSheet(html: string): boolean {
  const style = html.search(/<style/i)
  return style >= 0 && /@import|url\s*\(/i.test(html.slice(style, MAX_HTML))
}

function decodeCid(cid: string): string {
  try {
    // RFC 2392: the id is percent-encoded in the URL
    return decodeURIComponent(cid)
  } catch {
    return cid
  }
}
