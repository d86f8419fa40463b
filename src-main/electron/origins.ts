// Which pages are ours, decided on parsed URLs: `app://copydesk.evil/` also starts well.

/** All mails share one host: an id as host would make each mail a site of its own, and Chromium
 * starts a process per site (20 mails: 1.8 GB instead of 0.2). Without scripts and with an opaque
 * origin they are no less apart. */
export const mailHost = 'copydesk'
export const appHost = 'copydesk'
export const appUrl = `app://${appHost}/`

export function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

export function isOwnPage(text: string, devOrigin: string | null): boolean {
  const url = parseUrl(text)
  if (!url) return false
  if (devOrigin !== null && url.origin === devOrigin) return true
  return url.protocol === 'app:' && url.host === appHost
}

export function isAllowedRequest(text: string, devOrigin: string | null): boolean {
  const url = parseUrl(text)
  if (!url) return false
  if (url.protocol === 'app:' || url.protocol === 'mail:') return true
  if (devOrigin === null) return false
  // Hot reload speaks over a socket to the same host.
  return url.protocol === 'devtools:' || url.origin.replace(/^ws/, 'http') === devOrigin
}

/** Where the page's frame finds a mail. */
export function mailUrl(mailId: string): string {
  return `mail://${mailHost}/${encodeURIComponent(mailId)}/`
}

export function isMailUrl(text: string): boolean {
  const url = parseUrl(text)
  return url?.protocol === 'mail:' && url.host === mailHost
}

interface Frame {
  readonly parent: unknown
  readonly url: string
}

/** May this frame ask the app? A mail frame, a page led astray and a frame that is gone may not. */
export function isOwnFrame(frame: Frame | null, devOrigin: string | null): boolean {
  return frame !== null && frame.parent === null && isOwnPage(frame.url, devOrigin)
}
