// What mail HTML may hold: tags, attributes, styles, depth.

const MAX_STYLE = 4_000

export const TAGS =
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  )

export const LAYOUT = [
  'style',
  'align',
  'valign',
  'width',
  'height',
  'bgcolor',
  'dir',
  'lang',
  'title',
]

// Properties that cannot leave the mail's own box or load anything.
const STYLE_PROPERTY =
  /^(?:color|background-color|background|font(?:-(?:family|size|style|weight|variant))?|line-height|letter-spacing|text-(?:align|decoration|indent|transform)|vertical-align|white-space|word-(?:break|wrap|spacing)|overflow-wrap|(?:margin|padding)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|(?:min-|max-)?(?:width|height)|list-style(?:-type)?|display|float|clear|table-layout|direction|unicode-bidi|caption-side|empty-cells)$/
const STYLE_VALUE = /^[\w\s#.,%()+!'"/-]{1,300}$/
// url( loads, var/attr/image-set can hide one, expression and behaviours run in old engines.
const STYLE_DANGER =
  /url|image|expression|import(?!ant)|javascript|behaviou?r|binding|attr|var|env|element|paint|src|@|\\/i

/** Whether a style would load something. */
export function hasRemoteStyle(style: string): boolean {
  return /url\s*\(|image-set|src\s*\(|\\/i.test(style)
}

/** Keeps harmless declarations. Linear: the style is cut, split and each piece looked at once. */
export function filterStyle(style: string): string {
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

/**
 * Leaves out tags deeper than anybody can see; their text stays. The HTML parser needs time by the
 * square of the depth, so a megabyte of `<div>` would hold the window for minutes.
 */
export function limitDepth(html: string): string {
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

const MAX_ELEMENTS = 10_000

/**
 * The beginning of a mail that has more elements than anybody reads. Each costs main, the purifier and the frames time, and
 * other mails wait for it: 200,000 of them would hold the window for seconds.
 */
export function limitElements(html: string): string {
  let count = 0
  for (const { index } of html.matchAll(/<[a-z]/gi)) {
    count += 1
    if (count > MAX_ELEMENTS) return html.slice(0, index)
  }
  return html
}

// Their contents are no text: scripts, sheets, other namespaces.
export const SILENT_TAGS =
  'script style textarea option noscript title template select svg math xmp noembed noframes plaintext head'.split(
    ' ',
  )

export const REMOTE_ATTRIBUTES = ['background', 'poster', 'srcset', 'lowsrc', 'dynsrc', 'data']
export const REMOTE_TAGS = new Set([
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
