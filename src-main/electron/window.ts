// The main window. Every security setting of a page is in this file and in guard.ts, once.

import { join } from 'node:path'
import { app, BrowserWindow, nativeTheme, screen } from 'electron'
import { log } from '../log'
import { appUrl, isOwnPage } from './origins'
import { readWindowState, saveWindowState } from './windowState'

export interface WindowOptions {
  readonly profile: string
  readonly devUrl: string | null
  /** Its page is loaded at once, but nobody sees it before the desk can answer. */
  readonly desk: Promise<unknown>
}

const background = (): string => (nativeTheme.shouldUseDarkColors ? '#17181c' : '#ffffff')

export function openWindow({ profile, devUrl, desk }: WindowOptions): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea)
  const { box, isMaximized } = readWindowState(profile, screens)
  const window = new BrowserWindow({
    width: 1280,
    height: 820,
    ...(box ?? {}),
    minWidth: 720,
    minHeight: 480,
    title: app.name,
    show: false,
    backgroundColor: background(),
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: true,
      devTools: !app.isPackaged,
    },
  })
  const show = (): void => {
    if (window.isDestroyed()) return
    window.setBackgroundColor(background())
    if (isMaximized) window.maximize()
    window.show()
  }
  // A desk that does not start is told to the person by whoever started it.
  window.once('ready-to-show', () => void desk.then(show, () => undefined))
  window.on('close', () => {
    saveWindowState(profile, { box: window.getNormalBounds(), isMaximized: window.isMaximized() })
  })
  reviveAfterCrash(window)
  const home = devUrl ?? appUrl
  window.webContents.on('did-navigate', (_event, url) => {
    // The only page left that a script can go to without being asked is about:blank.
    if (!isOwnPage(url, devUrl === null ? null : new URL(devUrl).origin)) load(window, home)
  })
  load(window, home)
  return window
}

function load(window: BrowserWindow, url: string): void {
  window.loadURL(url).catch((error: unknown) => log.error('window', 'notLoaded', { error }))
}

/** The page owns no truth, so it is simply loaded again; twice within a minute it is left alone. */
function reviveAfterCrash(window: BrowserWindow): void {
  let revivedAt = -Infinity
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    log.error('window', 'pageGone', { reason, exitCode })
    if (reason === 'clean-exit' || Date.now() - revivedAt < 60_000) return
    revivedAt = Date.now()
    window.webContents.reload()
  })
}

const saveLimitMs = 1_000

/**
 * Tells the page that it goes while the desk can still take what was typed last: when the page hears it by itself, the
 * desk has ended. The question after it comes back when what went before has been heard.
 */
export async function letPageSave(window: BrowserWindow | null): Promise<void> {
  if (window === null || window.isDestroyed()) return
  const leave =
    "dispatchEvent(new Event('pagehide')); copydesk.call('preferences.get').then(() => null)"
  const isSaved = window.webContents.executeJavaScript(leave).catch((error: unknown) => {
    log.warn('window', 'notSaved', { error })
  })
  await Promise.race([isSaved, new Promise((done) => setTimeout(done, saveLimitMs))])
}

export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
