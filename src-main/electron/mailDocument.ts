// The document around a mail's sanitised HTML, and the policy it is shown under. Three walls stand
// one behind the other: the sanitiser, the frame's sandbox attribute, and this policy.

import type { InlinePart } from '../host'
import { shownPictureType } from '../mail/picture'
import { mailHost } from './origins'

// No SVG: it is a document that can carry scripts and references.
const imageTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** The type under which a part is served as a picture, null when it is none that may be shown. */
export function inlineImageType({ type, bytes }: InlinePart): string | null {
  const plain = type.toLowerCase().split(';', 1)[0]?.trim() ?? ''
  return imageTypes.has(plain) ? shownPictureType(bytes) : null
}

export function mailPolicy(mailId: string): string {
  return [
    "default-src 'none'",
    `img-src mail://${mailHost}/${mailId}/part/ mail://${mailHost}/${mailId}/remote/ data:`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
    // A click must leave the frame, never fill it: see <base> below. Popups are all denied by main.
    'sandbox allow-popups',
  ].join('; ')
}

const style = `
:root { color-scheme: light dark }
html, body { height: auto !important; min-height: 0 !important }
body {
  margin: 0; font: 14px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
  color: #1f2328; display: flow-root;
}
img, video, table { max-width: 100% }
pre { white-space: pre-wrap }
blockquote { margin: 8px 0; padding-left: 12px; border-left: 2px solid #8886 }
a { color: #0b57d0 }
.paper { color-scheme: light; background: #fff }
.paper body { padding: 12px }
@media (prefers-color-scheme: dark) {
  :root:not(.paper) body { color: #e3e3e6 }
  :root:not(.paper) a { color: #9ec1ff }
}`

// A mail that sets any colour was designed on white; only one that sets none can follow the theme.
const ownColours = /<[^>]*\b(?:bgcolor|background|color)\b|[;{\s](?:background|color)\s*:/i

/** `sheet`: what is left of the mail's own style sheets, without a `<`. */
export function mailDocument(html: string, sheet = ''): string {
  const look = ownColours.test(html) || ownColours.test(`{${sheet}`) ? ' class="paper"' : ''
  return (
    `<!doctype html><html${look}><head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width">' +
    // Without it a click would replace the mail by an error page, because the app's own policy
    // allows nothing but mail: in its frames.
    `<base target="_blank"><style>${style}</style>` +
    `<style>${sheet.replaceAll('<', '')}</style></head><body>${html}</body></html>`
  )
}
