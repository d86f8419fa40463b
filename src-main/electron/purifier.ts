// DOMPurify in the engine that shows the mail. The sanitiser in mail/html.ts has a parser of its own,
// and where two parsers disagree about broken markup, something may slip through between them; this
// pass sees what Chromium sees. It runs in a hidden sandboxed window without preload, network or mail.

import purify from 'dompurify/purify.min.js?raw'
import { BrowserWindow, type Session } from 'electron'

const limitMs = 10_000
/** Characters from which on a mail may take long: such mails have a window of their own, so that no other waits. */
const large = 300_000
const patienceMs = 60_000
const idleMs = 60_000
const page = 'mail://purifier/'

const options = {
  USE_PROFILES: { html: true },
  ADD_ATTR: ['target', 'nowrap'],
  ALLOW_DATA_ATTR: false,
  FORBID_TAGS: [
    ...['style', 'form', 'input', 'button', 'textarea', 'select', 'option', 'dialog', 'template'],
    ...['video', 'audio', 'source', 'track', 'picture', 'map', 'area'],
  ],
  FORBID_ATTR: ['id', 'name', 'srcset', 'background', 'poster', 'ping', 'download', 'popover'],
}
// What a link or a picture may name: the sanitiser before it has decided about each.
const allowedUrl = String.raw`/^(?:https?:\/\/|mailto:|part\/|remote\/\d{1,5}$|data:image\/(?:png|jpe?g|gif|webp);base64,)/i`
// A line of its own: the library ends in a comment.
const prepare = `${purify}
;globalThis.clean = (html) => DOMPurify.sanitize(html,
  { ...${JSON.stringify(options)}, ALLOWED_URI_REGEXP: ${allowedUrl} }); 1`

// Style attributes of mail are read here, never applied: without this Chromium complains of each. Nothing can be loaded.
const policy = "default-src 'none'; style-src 'unsafe-inline'"

/** Serves the empty page in which DOMPurify lives, and nothing else. */
function serveEmptyPage(session: Session): void {
  session.protocol.handle('mail', () => {
    const headers = { 'content-type': 'text/html', 'content-security-policy': policy }
    return new Response('<!doctype html><title>Purifier</title>', { headers })
  })
}

function createPurifier(session: Session, mostMs: number) {
  serveEmptyPage(session)
  let ready: Promise<BrowserWindow> | null = null
  let idle: NodeJS.Timeout | null = null

  const close = (): void => {
    if (idle) clearTimeout(idle)
    idle = null
    const closing = ready
    ready = null
    void closing?.then(
      (window) => {
        if (!window.isDestroyed()) window.destroy()
      },
      () => undefined,
    )
  }

  const open = async (): Promise<BrowserWindow> => {
    const window = new BrowserWindow({
      show: false,
      focusable: false,
      skipTaskbar: true,
      webPreferences: {
        session,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        backgroundThrottling: false,
        spellcheck: false,
      },
    })
    window.webContents.on('render-process-gone', close)
    await window.loadURL(page)
    await window.webContents.executeJavaScript(prepare)
    return window
  }

  const purifyNow = async (html: string): Promise<string> => {
    ready ??= open()
    const { webContents } = await ready
    const clean: unknown = await webContents.executeJavaScript(`clean(${JSON.stringify(html)})`)
    if (typeof clean !== 'string') throw new Error('DOMPurify gave no text.')
    return clean
  }

  return {
    /** Throws when it cannot say: such a mail is shown as text. */
    purify: async (html: string): Promise<string> => {
      if (idle) clearTimeout(idle)
      idle = setTimeout(close, idleMs)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_done, fail) => {
        timer = setTimeout(() => fail(new Error('DOMPurify did not answer.')), mostMs)
      })
      try {
        return await Promise.race([purifyNow(html), late])
      } catch (error) {
        close()
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
    close,
  }
}

/** Each session: one of its own, guarded like all. */
export function createPurifiers(sessions: { readonly usual: Session; readonly large: Session }) {
  const usual = createPurifier(sessions.usual, limitMs)
  const patient = createPurifier(sessions.large, patienceMs)
  return {
    purify: (html: string): Promise<string> => (html.length > large ? patient : usual).purify(html),
    close: (): void => {
      usual.close()
      patient.close()
    },
  }
}
