import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import { callChannel, eventChannel } from '#shared/ipc/client'
import type { Bridge, Envelope } from '#shared/ipc/procedure'

const bridge = {
  call: (path, input) => ipcRenderer.invoke(callChannel, path, input) as Promise<Envelope>,
  subscribe: (listener) => {
    // The Electron event carries `sender`, and with it all of ipcRenderer: it stays on this side.
    const forward = (_event: IpcRendererEvent, payload: unknown): void => listener(payload)
    ipcRenderer.on(eventChannel, forward)
    return () => {
      ipcRenderer.off(eventChannel, forward)
    }
  },
} satisfies Bridge

contextBridge.exposeInMainWorld('copydesk', bridge)
