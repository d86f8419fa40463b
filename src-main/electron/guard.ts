// What no page in any window of ours can do: leave, open, ask, fetch, download. Set on the session
// and on every webContents there will ever be, so that a forgotten window is safe too.

import { app, type Session, type WebContents } from 'electron'
import { log } from '../log'
import { appHost, isAllowedRequest, isMailUrl, isOwnPage, parseUrl } from './origins'

export interface GuardOptions {
  /** Origin of the development server, e.g. `http://localhost:5173`; null in a built app. */
  readonly devOrigin: string | null
  /** A link was clicked: what to do with its URL, which may be anything. */
  readonly onLink: (url: string) => void
}

export function guardSession(session: Session, { devOrigin }: GuardOptions): void {
  session.webRequest.onBeforeRequest(({ url, resourceType }, decide) => {
    const cancel = !isAllowedRequest(url, devOrigin)
    if (cancel)
      log.warn('window', 'requestRefused', { scheme: parseUrl(url)?.protocol, resourceType })
    decide({ cancel })
  })
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    decide(permission === 'notifications')
  })
  session.setPermissionCheckHandler((_contents, permission) => permission === 'notifications')
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  // The default fetches dictionaries from a Google host.
  session.setSpellCheckerDictionaryDownloadURL(`app://${appHost}/dictionaries/`)
}

/** Call once, before the first window. */
export function guardAllContents(options: GuardOptions): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, options))
}

function guardContents(contents: WebContents, { devOrigin, onLink }: GuardOptions): void {
  const refuse = (event: { preventDefault: () => void; url: string }): void => {
    event.preventDefault()
    log.warn('window', 'navigationRefused', { scheme: parseUrl(event.url)?.protocol })
  }
  contents.on('will-navigate', (event) => {
    if (!isOwnPage(event.url, devOrigin)) refuse(event)
  })
  contents.on('will-redirect', refuse)
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame) return
    // Only the page itself puts a mail into a frame: a link inside one mail must not show another.
    const isByPage = event.initiator?.parent === null
    if (!isByPage || !isMailUrl(event.url)) refuse(event)
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    onLink(url)
    return { action: 'deny' }
  })
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
}
