import { utilityProcess } from 'electron'
import type { Fork } from '../host'

/** Electron's own child process: the released app has no other (its fuse `runAsNode` is off). */
export const forkUtility: Fork = (file, args) => {
  const child = utilityProcess.fork(file, [...args], { serviceName: 'Copydesk sync' })
  return {
    send: (message) => {
      child.postMessage(message)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      child.once('exit', listener)
    },
    kill: () => {
      child.kill()
    },
  }
}
