// The renderer on a made-up desk, in any browser: `npx vite -c test/renderer/preview/vite.config.ts`,
// then /?tickets=60, ?tickets=0, ?tickets=10000&sync, ?setup, ?locked, ?offline, ?broken.
import { install } from '../support/fakeBridge'
import { createPreviewDesk } from './desk'
import { mailHtml } from './people'

install(createPreviewDesk(new URLSearchParams(location.search)))

// Outside Electron nobody serves mail://, and a browser would ask to open a mail program.
Object.defineProperty(HTMLIFrameElement.prototype, 'src', {
  configurable: true,
  set(this: HTMLIFrameElement, address: string) {
    if (address.startsWith('mail:')) this.srcdoc = mailHtml
    else this.setAttribute('src', address)
  },
})

await import('#renderer/main')
