// How tall a mail is at the width of its frame. Scripts are off in there for us as well, and a frame
// below the fold is not laid out, so each mail is loaded once more into a hidden window as wide as
// the frame and one pixel high, and the layout engine is asked. Nothing runs in the mail.

import { BrowserWindow, type Session } from 'electron'
import { log } from '../log'
import { mailUrl } from './origins'

export interface FrameMeterOptions {
  /** Serves `mail:`; apart from the main window's, because zoom is kept per host and session. */
  readonly session: Session
  readonly window: () => BrowserWindow | null
}

const tallest = 30_000
const scrollbar = 16
const loadLimitMs = 3_000
const idleMs = 60_000
const mostKept = 2_000

interface Metrics {
  readonly cssContentSize: { readonly width: number; readonly height: number }
}

export function createFrameMeter({ session, window }: FrameMeterOptions) {
  // A mail never changes, so neither does its height at one width.
  const known = new Map<string, number>()
  let hidden: BrowserWindow | null = null
  let idle: NodeJS.Timeout | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const close = (): void => {
    if (idle) clearTimeout(idle)
    idle = null
    if (hidden && !hidden.isDestroyed()) hidden.destroy()
    hidden = null
  }

  const open = (): BrowserWindow => {
    if (idle) clearTimeout(idle)
    idle = setTimeout(close, idleMs)
    if (hidden && !hidden.isDestroyed() && !hidden.webContents.isCrashed()) return hidden
    hidden?.destroy()
    hidden = openHidden(session)
    return hidden
  }

  const measure = async (mailId: string, width: number): Promise<number> => {
    const key = `${mailId} ${width}`
    const before = known.get(key)
    if (before !== undefined) return before
    const height = await measureIn(open(), mailUrl(mailId), width)
    known.set(key, height)
    const oldest = known.keys().next()
    if (known.size > mostKept && !oldest.done) known.delete(oldest.value)
    return height
  }

  return {
    /** 0 says: not shown in the window, or not measurable. */
    height: async (mailId: string): Promise<number> => {
      try {
        const width = await shownWidth(window(), mailUrl(mailId))
        if (width <= 0) return 0
        const height = turn.then(() => measure(mailId, width))
        turn = height.catch(() => undefined)
        return await height
      } catch (error) {
        log.warn('window', 'frameNotMeasured', { error })
        return 0
      }
    },
    close,
  }
}

function openHidden(session: Session): BrowserWindow {
  return new BrowserWindow({
    show: false,
    focusable: false,
    skipTaskbar: true,
    webPreferences: {
      session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      backgroundThrottling: false,
      spellcheck: false,
    },
  })
}

/** Asked in a world of our own, where the page cannot have replaced anything. */
async function shownWidth(window: BrowserWindow | null, url: string): Promise<number> {
  const code = `[...document.querySelectorAll('iframe')].find(
    (frame) => frame.src === ${JSON.stringify(url)})?.clientWidth ?? 0`
  const width: unknown = await window?.webContents.executeJavaScriptInIsolatedWorld(999, [{ code }])
  return typeof width === 'number' ? Math.round(width) : 0
}

async function measureIn({ webContents }: BrowserWindow, url: string, width: number) {
  await load(webContents, url)
  const debug = webContents.debugger
  if (!debug.isAttached()) debug.attach('1.3')
  // One pixel high: heights that follow the frame's (100%, 100vh) would make it grow at each turn.
  const size = { width, height: 1, deviceScaleFactor: 0, mobile: false }
  await debug.sendCommand('Emulation.setDeviceMetricsOverride', size)
  await debug.sendCommand('Emulation.setScrollbarsHidden', { hidden: true })
  const { cssContentSize } = (await debug.sendCommand('Page.getLayoutMetrics')) as Metrics
  const extra = cssContentSize.width > width ? scrollbar : 0
  return Math.min(Math.ceil(cssContentSize.height) + extra, tallest)
}

/** Until everything of the mail is there, or for so long: a picture that hangs must not stop the rest. */
async function load(contents: Electron.WebContents, url: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((done) => {
    timer = setTimeout(done, loadLimitMs)
  })
  try {
    await Promise.race([contents.loadURL(url), limit])
  } finally {
    clearTimeout(timer)
  }
}

export type FrameMeter = ReturnType<typeof createFrameMeter>
