// Which links may leave the app for the system's browser or mail program. A link comes from a mail,
// so from anybody: file:, smb:, ms-* and the like would start programs on this machine.

export interface Link {
  readonly url: string
  /** Why a person should look twice before it opens; null when nothing is odd. */
  readonly doubt: string | null
}

const longest = 2_048
// Control and bidirectional-override characters: the URL parser drops some of them in silence, so
// that what was shown and what is opened would differ.
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s\\]/u
// Others, such as `attach`, name files on this machine in some mail programs.
const mailFields = ['to', 'cc', 'subject', 'body']

export function readLink(text: string): Link | null {
  if (text.length > longest || invisible.test(text)) return null
  const url = parse(text)
  if (!url || url.href.length > longest) return null
  switch (url.protocol) {
    case 'mailto:':
      return { url: plainMailto(url), doubt: null }
    case 'http:':
    case 'https:':
      return url.hostname === '' ? null : { url: url.href, doubt: doubtOf(url) }
    default:
      return null
  }
}

function parse(text: string): URL | null {
  if (!/^(?:https?:\/\/|mailto:)/i.test(text)) return null
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function plainMailto(url: URL): string {
  const fields = [...url.searchParams]
    .filter(([name]) => mailFields.includes(name.toLowerCase()))
    .map(([name, value]) => `${name.toLowerCase()}=${encodeURIComponent(value)}`)
  return `mailto:${url.pathname}${fields.length > 0 ? `?${fields.join('&')}` : ''}`
}

function doubtOf({ username, password, hostname }: URL): string | null {
  if (username || password) {
    return `What stands before the @ is not the address of the site. It leads to ${hostname}.`
  }
  if (/(?:^|\.)xn--/.test(hostname)) {
    return `The name of the site has letters that can look like others. It leads to ${hostname}.`
  }
  return null
}
