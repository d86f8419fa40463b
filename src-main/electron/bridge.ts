// The two channels between page and app.

import { ipcMain, type BrowserWindow } from 'electron'
import { callChannel, eventChannel } from '#shared/ipc/client'
import type { Envelope } from '#shared/ipc/procedure'
import type { App } from '../host'
import { log } from '../log'
import { isOwnFrame } from './origins'

export interface BridgeOptions {
  readonly window: () => BrowserWindow | null
  readonly devOrigin: string | null
}

const refused: Envelope = {
  ok: false,
  error: { code: 'refused', message: 'This page may not ask anything of Copydesk.', detail: {} },
}

export function connectBridge(app: App, { window, devOrigin }: BridgeOptions): void {
  ipcMain.handle(callChannel, (event, path: unknown, input: unknown) => {
    const isOurs =
      event.sender === window()?.webContents && isOwnFrame(event.senderFrame, devOrigin)
    if (isOurs && typeof path === 'string') return app.serve(path, input)
    log.warn('ipc', 'senderRefused', {})
    return refused
  })
  app.onEvent((event) => {
    const target = window()
    if (target && !target.isDestroyed()) target.webContents.send(eventChannel, event)
  })
}
