// Deep links and mailto: links on their way from the system to the page. One waits until the page takes it: a link may
// come before there is a window, and only the last one matters.
import { app } from 'electron'
import type { OpenRequest } from '#shared/model/openRequest'
import { readOpenRequest, requestIn } from '#shared/rules/openRequest'

export interface OpenRequests {
  /** What waits, once. */
  readonly take: () => OpenRequest | null
  readonly put: (request: OpenRequest | null) => void
  /** Somebody opened something: show the window and let the page ask. */
  readonly onRequest: (listener: () => void) => () => void
}

export function createOpenRequests(): OpenRequests {
  const listeners = new Set<() => void>()
  let waiting: OpenRequest | null = null
  const put = (request: OpenRequest | null): void => {
    if (request === null) return
    waiting = request
    for (const listener of listeners) listener()
  }
  return {
    take: () => {
      const taken = waiting
      waiting = null
      return taken
    },
    put,
    onRequest: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Call before the app is ready: macOS hands over the link of a cold start before that. */
export function listenForLinks(requests: OpenRequests): void {
  requests.put(requestIn(process.argv))
  app.on('second-instance', (_event, argv) => {
    requests.put(requestIn(argv))
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    requests.put(readOpenRequest(url))
  })
  // mailto: is offered by the installer and chosen by the person; only our own scheme is taken at once.
  if (app.isPackaged) app.setAsDefaultProtocolClient('copydesk')
}
