import { createClient } from '#shared/ipc/client'
import type { AppEvent, Contract } from '#shared/ipc/contract'
import type { Bridge } from '#shared/ipc/procedure'

declare global {
  interface Window {
    readonly copydesk: Bridge
  }
}

// Looked up at each call, so that a test may put another desk behind the window.
const bridge: Bridge = {
  call: (path, input) => window.copydesk.call(path, input),
  subscribe: (listener) => window.copydesk.subscribe(listener),
}

/** Everything the renderer may ask of main. */
export const api = createClient<Contract>(bridge)

/** What main says unasked. Main checks its shape before it leaves. */
export function onEvent(listener: (event: AppEvent) => void): () => void {
  return bridge.subscribe((event) => {
    listener(event as AppEvent)
  })
}
