// What the app may ask of this machine, made of the parts in this folder.

import { dialog, shell, type BrowserWindow } from 'electron'
import { AppError } from '#shared/ipc/errors'
import type { Host } from '../host'
import { log } from '../log'
import { createFiles } from './files'
import type { OpenRequests } from './openRequests'
import { createPrinter } from './printer'
import type { FrameMeter } from './frameMeter'
import { readLink } from './links'
import { say } from './words'

const linkPauseMs = 500

export interface HostOptions {
  readonly window: () => BrowserWindow | null
  readonly meter: Pick<FrameMeter, 'height'>
  readonly requests: Pick<OpenRequests, 'take'>
  readonly purify: Host['purify']
}

export function createHost({ window, meter, requests, purify }: HostOptions) {
  const files = createFiles(window)
  const printer = createPrinter(window)
  let openedAt = -Infinity

  const openExternal = async (text: string): Promise<void> => {
    const link = readLink(text)
    if (!link)
      throw new AppError('refused', 'Only web and mail links can be opened from here.', {
        because: 'link-refused',
      })
    // However a page comes to ask: never a storm of browser windows.
    if (Date.now() - openedAt < linkPauseMs) return
    openedAt = Date.now()
    if (link.doubt !== null && !(await confirmLink(window(), link.url, link.doubt))) return
    await shell.openExternal(link.url)
  }

  const host: Host = {
    frameHeight: meter.height,
    purify,
    openExternal,
    saveFile: files.saveFile,
    saveLines: files.saveLines,
    showFile: (path) => {
      shell.showItemInFolder(path)
    },
    openFile: files.openFile,
    takeRequest: requests.take,
    print: printer.print,
    savePdf: printer.savePdf,
  }

  return {
    host,
    /** A click inside a mail: a link that may not be opened does nothing. */
    onLink: (url: string): void => {
      openExternal(url).catch((error: unknown) => log.warn('window', 'linkRefused', { error }))
    },
    forgetOpened: files.forgetOpened,
  }
}

async function confirmLink(parent: BrowserWindow | null, url: string, doubt: string) {
  const options = {
    type: 'warning' as const,
    buttons: [say('cancel'), say('openLink')],
    defaultId: 0,
    cancelId: 0,
    message: say('openLinkAsk'),
    detail: `${doubt}\n\n${url}`,
  }
  const { response } = await (parent
    ? dialog.showMessageBox(parent, options)
    : dialog.showMessageBox(options))
  return response === 1
}
