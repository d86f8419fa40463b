import { fork } from 'node:child_process'
import type { Fork } from '../host'

/** A process of ours in plain Node. Electron has its own kind (`electron/forkUtility.ts`). */
export const forkNode: Fork = (file, args) => {
  const child = fork(file, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  return {
    send: (message) => {
      if (child.connected) child.send(message as object)
    },
    onMessage: (listener) => {
      child.on('message', listener)
    },
    onExit: (listener) => {
      child.once('error', () => {
        listener(null)
      })
      child.once('exit', listener)
    },
    kill: () => {
      child.kill('SIGKILL')
    },
  }
}
