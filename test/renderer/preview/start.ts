// The renderer on a made-up desk, in any browser: `npx vite -c test/renderer/preview/vite.config.ts`,
// then /?tickets=60, ?tickets=0, ?tickets=10000&sync, ?setup, ?locked, ?offline, ?broken.
import { install } from '../support/fakeBridge'
import { createPreviewDesk } from './desk'
import { mailHtml } from './people'

install(createPreviewDesk(new URLSearchParams(location.search)))

// Outside Electron nobody serves mail://; the frame gets the same page in place.
new MutationObserver(() => {
  for (const frame of document.querySelectorAll('iframe')) {
    if (frame.src.startsWith('mail:')) {
      frame.removeAttribute('src')
      frame.srcdoc = mailHtml
    }
  }
}).observe(document, { childList: true, subtree: true })

await import('#renderer/main')
