// What the system hands the app to open: `copydesk://ticket/KEY` and `mailto:` links. Any web page can make one, so it
// can only show a ticket or fill in a form, and never sends, attaches or hides a recipient (reliability.md H12).
import type { OpenRequest } from '#shared/model/openRequest'

const longest = 32_768
const keyPath = /^copydesk:\/\/ticket\/([0-9a-z]{4,64})\/?$/iu
// Line breaks are kept where a text may have them; everything else that is not seen could mislead.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const unseenInText = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const oneLine = (text: string): string => decoded(text).replace(unseen, ' ').trim()

/** Addresses are kept as text: the form they go into says which are not valid. RFC 6068 §2. */
function addresses(text: string): string[] {
  return text
    .split(',')
    .map(oneLine)
    .filter((part) => part !== '')
    .slice(0, 100)
}

function readMailto(text: string): OpenRequest {
  const [path = '', query = ''] = text.slice('mailto:'.length).split('#', 1).join('').split('?', 2)
  const to = addresses(path)
  const cc: string[] = []
  let subject = ''
  let body = ''
  for (const field of query.split('&')) {
    const cut = field.indexOf('=')
    const value = cut < 0 ? '' : field.slice(cut + 1)
    switch (oneLine(field.slice(0, Math.max(cut, 0))).toLowerCase()) {
      case 'to':
        to.push(...addresses(value))
        break
      case 'cc':
        cc.push(...addresses(value))
        break
      case 'subject':
        subject = oneLine(value).slice(0, 500)
        break
      case 'body':
        body = decoded(value).replace(/\r\n?/gu, '\n').replace(unseenInText, '').slice(0, 20_000)
        break
      default:
      // bcc, attach and whatever else a page may think of: not taken.
    }
  }
  return { kind: 'compose', to: to.slice(0, 100), cc: cc.slice(0, 100), subject, body }
}

/** A link as a request, or null when it is none of ours. Never throws. */
export function readOpenRequest(link: string): OpenRequest | null {
  if (link.length > longest) return null
  const [, key] = keyPath.exec(link) ?? []
  if (key !== undefined) return { kind: 'ticket', key: key.toUpperCase() }
  return /^mailto:/iu.test(link) ? readMailto(link) : null
}

/** The last link among the words the app was started with. */
export function requestIn(argv: readonly string[]): OpenRequest | null {
  for (const word of [...argv].reverse()) {
    const request = readOpenRequest(word)
    if (request !== null) return request
  }
  return null
}
