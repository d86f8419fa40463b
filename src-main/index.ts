// The desktop app: one instance per profile, the engine, one window, an orderly end.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  app,
  clipboard,
  dialog,
  Menu,
  safeStorage,
  session,
  shell,
  type BrowserWindow,
  type WebContents,
} from 'electron'
import { AppError } from '#shared/ipc/errors'
import { startApp } from './app'
import { showBadge, watchMachine } from './electron/attention'
import { connectBridge } from './electron/bridge'
import { createHost } from './electron/createHost'
import { forkUtility } from './electron/forkUtility'
import { readFileTable } from './electron/fileTable'
import { followPreferences } from './electron/followPreferences'
import { createFrameMeter } from './electron/frameMeter'
import { guardAllContents, guardSession } from './electron/guard'
import { contextTemplate, menuTemplate } from './electron/menu'
import { notify } from './electron/notifications'
import { newsActs } from './electron/newsActs'
import { createOpenRequests, listenForLinks } from './electron/openRequests'
import { profileFolder } from './electron/profile'
import { createPurifiers } from './electron/purifier'
import { registerSchemes, serveApp, serveMail } from './electron/protocol'
import { createSecrets } from './electron/secrets'
import { followTheme } from './electron/theme'
import { showTray } from './electron/tray'
import { focusWindow, letPageSave, openWindow } from './electron/window'
import { speakMain } from './electron/words'
import { log, startLogging } from './log'

const stopLimitMs = 8_000

const profile = profileFolder(process.argv, process.env, app.getPath('userData'))
const devUrl = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null)
const devOrigin = devUrl === null ? null : new URL(devUrl).origin
const logFile = join(profile, 'logs', 'copydesk.log')

const requests = createOpenRequests()
let window: BrowserWindow | null = null
const currentWindow = (): BrowserWindow | null => window

function open(desk: Promise<unknown>): BrowserWindow {
  const opened = openWindow({ profile, devUrl, desk })
  opened.on('closed', () => {
    window = null
  })
  opened.webContents.on('context-menu', (_event, params) => {
    showContextMenu(opened.webContents, params)
  })
  window = opened
  return opened
}

function showContextMenu(contents: WebContents, params: Electron.ContextMenuParams): void {
  const items = contextTemplate(params, {
    replaceWord: (word) => contents.replaceMisspelling(word),
    copyText: (text) => {
      void clipboard.writeText(text)
    },
  })
  if (items.length > 0) Menu.buildFromTemplate(items).popup()
}

async function run(): Promise<void> {
  const measuring = session.fromPartition('measuring')
  const usual = session.fromPartition('purifying')
  const large = session.fromPartition('purifying-large')
  const purifier = createPurifiers({ usual, large })
  const meter = createFrameMeter({ session: measuring, window: currentWindow })
  const { host, onLink, forgetOpened } = createHost({
    window: currentWindow,
    meter,
    requests,
    purify: purifier.purify,
  })
  const guard = { devOrigin, onLink }
  guardAllContents(guard)
  for (const each of [session.defaultSession, measuring, usual, large]) guardSession(each, guard)
  const starting = createSecrets(profile, safeStorage).then((secrets) =>
    startApp({
      profile,
      secrets,
      host,
      version: app.getVersion(),
      workers: import.meta.dirname,
      fork: forkUtility,
    }),
  )
  // The page is read while the desk starts, and seen in its theme: questions are answered in order.
  const ready = starting.then(async (desk) => {
    const stopTheme = followTheme(desk)
    await desk.serve('preferences.get', undefined)
    return { desk, stopTheme }
  })

  if (devUrl === null) {
    serveApp(session.defaultSession, readFileTable(join(import.meta.dirname, '../renderer')))
  }
  for (const each of [session.defaultSession, measuring]) serveMail(each, starting)
  connectBridge(starting, { window: currentWindow, devOrigin, requests })
  const openMain = (): void => {
    // The hidden window would keep the app from ending with its last visible one.
    const opened = open(ready)
    opened.on('closed', meter.close)
    opened.on('closed', purifier.close)
  }
  const newTicket = (): void => {
    requests.put({ kind: 'compose', to: [], cc: [], subject: '', body: '' })
  }
  const drawMenu = (): void => {
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(
        menuTemplate({
          appName: app.name,
          platform: process.platform,
          isDevelopment: !app.isPackaged,
          showLog: () => shell.showItemInFolder(logFile),
          newTicket,
        }),
      ),
    )
  }
  drawMenu()
  openMain()
  const { desk, stopTheme } = await ready
  const show = (): void => {
    if (window === null) openMain()
    else focusWindow(window)
  }
  requests.onRequest(show)
  const stopNotifying = notify(desk, {
    isLooking: () => window?.isFocused() ?? false,
    ...newsActs(desk, requests.put),
  })
  const tray = showTray(desk, { show, newTicket })
  const stopLanguage = followPreferences(
    desk,
    ({ language }) => {
      speakMain(language, app.getLocale())
      drawMenu()
      tray.refresh()
    },
    ({ language }) => language,
  )
  const ends = [
    tray.stop,
    stopLanguage,
    watchMachine(desk),
    showBadge(desk),
    stopTheme,
    forgetOpened,
    meter.close,
    purifier.close,
    stopNotifying,
  ]
  stopBeforeQuit(async () => {
    await letPageSave(window)
    for (const end of ends) end()
    await desk.stop()
  })
  app.on('activate', () => {
    if (window === null) openMain()
  })
}

/** The app is stopped before the process ends, but cannot keep it from ending. */
function stopBeforeQuit(stop: () => Promise<void>): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running'
  app.on('before-quit', (event) => {
    if (state === 'stopped') return
    event.preventDefault()
    if (state === 'stopping') return
    state = 'stopping'
    const limit = new Promise<void>((done) => setTimeout(done, stopLimitMs))
    void Promise.race([stop(), limit])
      .catch((error: unknown) => log.error('app', 'notStopped', { error }))
      .finally(() => {
        state = 'stopped'
        app.quit()
      })
  })
}

function fail(error: unknown): void {
  const isExpected = error instanceof AppError
  log.error('app', 'notStarted', { error })
  const sentence = isExpected
    ? error.message
    : `Copydesk could not start. Its log tells more: ${logFile}`
  dialog.showErrorBox(app.name, sentence)
  app.exit(1)
}

function start(): void {
  // Chromium's own files stay apart from the desk's. The lock of the single instance is kept here
  // too, so there is one instance per profile.
  const browserFiles = join(profile, 'browser')
  mkdirSync(browserFiles, { recursive: true, mode: 0o700 })
  app.setPath('userData', browserFiles)
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }
  app.on('second-instance', () => {
    if (window) focusWindow(window)
  })
  listenForLinks(requests)
  startLogging({ file: logFile, stderr: process.env.COPYDESK_LOG === 'stderr' })
  process.on('uncaughtException', (error) => log.error('app', 'uncaught', { error }))
  process.on('unhandledRejection', (error) => log.error('app', 'unhandled', { error }))

  // It takes back --no-sandbox, without which Chromium does not start as root (containers, CI).
  if (process.getuid?.() !== 0) app.enableSandbox()
  // No page of ours asks for a name, so Chromium resolves none: not for prefetching, dictionaries or
  // a request that slipped through. The mail connections are Node's and are not touched by this.
  const exceptions = devUrl === null ? '' : ', EXCLUDE localhost, EXCLUDE 127.0.0.1'
  app.commandLine.appendSwitch('host-resolver-rules', `MAP * ~NOTFOUND${exceptions}`)
  registerSchemes()
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  void app.whenReady().then(run).catch(fail)
}

start()
