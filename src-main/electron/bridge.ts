// The two channels between page and app.

import { ipcMain, type BrowserWindow } from 'electron'
import { callChannel, eventChannel } from '#shared/ipc/client'
import type { AppEvent } from '#shared/ipc/contract'
import type { Envelope } from '#shared/ipc/procedure'
import type { App } from '../host'
import { log } from '../log'
import type { OpenRequests } from './openRequests'
import { isOwnFrame } from './origins'

export interface BridgeOptions {
  readonly window: () => BrowserWindow | null
  readonly devOrigin: string | null
  readonly requests: Pick<OpenRequests, 'onRequest'>
}

const refused: Envelope = {
  ok: false,
  error: { code: 'refused', message: 'This page may not ask anything of Copydesk.', detail: {} },
}

/** A page may ask before the desk is there: it gets its answer then. */
export function connectBridge(
  app: Promise<App>,
  { window, devOrigin, requests }: BridgeOptions,
): void {
  ipcMain.handle(callChannel, async (event, path: unknown, input: unknown) => {
    const isOurs =
      event.sender === window()?.webContents && isOwnFrame(event.senderFrame, devOrigin)
    if (isOurs && typeof path === 'string') return (await app).serve(path, input)
    log.warn('ipc', 'senderRefused', {})
    return refused
  })
  const tell = (event: unknown): void => {
    const target = window()
    if (target && !target.isDestroyed()) target.webContents.send(eventChannel, event)
  }
  void app.then(
    ({ onEvent }) => onEvent(tell),
    () => undefined,
  )
  requests.onRequest(() => {
    tell({ type: 'request' } satisfies AppEvent)
  })
}
