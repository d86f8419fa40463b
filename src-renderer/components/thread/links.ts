export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string }

const linkPattern = /https?:\/\/[^\s<>"']+|mailto:[^\s<>"']+/gi
/** What ends a sentence, not an address. */
const tail = /[).,;:!?\]}»”’]+$/

/** Plain text cut into words and links; a link says its real target. */
export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(linkPattern)) {
    const url = match[0].replace(tail, '')
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) })
    parts.push({ kind: 'link', text: url, url })
    from = match.index + url.length
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) })
  return parts
}
